// README and code say the same: metrics, outcomes, options, commands, rules; in both directions.
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { MAIN } from '../services/exporter.ts';
import { section, TABLES } from './tables.ts';

const help = (...args: string[]): string =>
  execFileSync(process.execPath, [MAIN, ...args, '--help'], { encoding: 'utf8' });

describe('the README', () => {
  it.each(Object.keys(TABLES))('has the table of %s as the code has it; npm run docs writes it', (name) => {
    expect(section(name).split('\n').length).toBeGreaterThan(10);
    expect(section(name)).toBe(TABLES[name]!());
  });
  it('names every option of every command, and no other', () => {
    const named = (text: string) =>
      [...text.matchAll(/^ {2}([a-z]+) .*$/gm)].map((m) => m[1]!).filter((c) => c !== 'help');
    const commands = named(help());
    expect(commands.length).toBeGreaterThan(6);
    const texts = commands.flatMap((c) => {
      const own = help(c);
      const [, below = ''] = own.split('Commands:');
      return [own, ...named(below).map((inner) => help(c, inner))];
    });
    expect(texts.length).toBeGreaterThan(commands.length);
    const real = new Set(texts.flatMap((text) => [...text.matchAll(/--[a-z][a-z-]+/g)].map((m) => m[0])));
    real.delete('--help');
    const commandSection = section('commands');
    for (const command of commands) expect(commandSection).toContain(`\`${command}`);
    const inTable = new Set([...commandSection.matchAll(/--[a-z][a-z-]+/g)].map((m) => m[0]));
    expect([...inTable].sort()).toEqual([...real].sort());
  });
});
