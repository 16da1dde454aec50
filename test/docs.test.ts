// README and code say the same: metrics, outcomes, options, commands, rules; in both directions.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../src/spec/names.ts';
import { outcomeTable, specReference } from '../src/spec/reference.ts';
import { RULES } from '../src/spec/rules.ts';

const ROOT = join(import.meta.dirname, '..');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const section = (name: string): string => readme.split(`<!-- ${name} -->\n`)[1]?.split(`\n<!-- /${name} -->`)[0] ?? '';
const help = (...args: string[]): string =>
  execFileSync(process.execPath, [join(ROOT, 'src/main.ts'), ...args, '--help'], { encoding: 'utf8' });

describe('the README', () => {
  it('has every metric with its labels, as names.ts has them', () => {
    const rows = Object.entries(METRICS).map(
      ([name, { type, labels, help: text }]) => `| \`${name}\` | ${type} | ${labels.join(', ')} | ${text} |`,
    );
    expect(section('metrics')).toBe(
      ['| metric | type | labels | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n'),
    );
  });
  it('has every outcome', () => {
    expect(section('outcomes')).toBe(outcomeTable().trim());
  });
  it('has every option of the spec', () => {
    expect(section('spec')).toBe(specReference().trim());
  });
  it('has every rule', () => {
    const rows = Object.entries(RULES).map(([id, { severity, summary }]) => `| \`${id}\` | ${severity} | ${summary} |`);
    expect(section('rules')).toBe(['| rule | severity | finds |', '| --- | --- | --- |', ...rows].join('\n'));
  });
  it('names every option of every command, and no other', () => {
    const commands = [...help().matchAll(/^ {2}([a-z]+) .*$/gm)].map((m) => m[1]!).filter((c) => c !== 'help');
    expect(commands.length).toBeGreaterThan(6);
    const real = new Set(commands.flatMap((c) => [...help(c).matchAll(/--[a-z][a-z-]+/g)].map((m) => m[0])));
    real.delete('--help');
    const commandSection = section('commands');
    for (const command of commands) expect(commandSection).toContain(`\`${command}`);
    const named = new Set([...commandSection.matchAll(/--[a-z][a-z-]+/g)].map((m) => m[0]));
    expect([...named].sort()).toEqual([...real].sort());
  });
});
