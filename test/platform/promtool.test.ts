// Prometheus 3 reads what was generated: promtool checks every rule file and runs every rule test, mimirtool reads the form for Mimir.
// PLIMSOLL_GENERATED names another folder than alerts/generated. No files is a fault, not a pass.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readRuleFile } from '../../src/generate/read-rules.ts';
import { GENERATED, textOf, yamlFiles } from './generated.ts';
import { toolPath } from './tools.ts';

const ofKind = (kind: string) => yamlFiles.filter((file) => readRuleFile(textOf(file)).kind === kind);
const isTest = (file: string) => {
  const { rule_files, tests } = (parse(textOf(file)) ?? {}) as { rule_files?: unknown; tests?: unknown };
  return Array.isArray(rule_files) && Array.isArray(tests);
};
const [ruleFiles, mimirFiles, testFiles] = [ofKind('prometheus'), ofKind('mimir'), yamlFiles.filter(isTest)];

function run(tool: 'promtool' | 'mimirtool', ...args: string[]): { status: number | null; out: string } {
  const { status, stdout, stderr } = spawnSync(toolPath(tool), args, { cwd: GENERATED, encoding: 'utf8' });
  return { status, out: stdout + stderr };
}

it('is promtool 3.14', () => {
  expect(run('promtool', '--version').out).toContain('promtool, version 3.14.0');
});

it(`${GENERATED} holds rule files, their tests, and a form for Mimir (npm run alerts writes them)`, () => {
  expect([ruleFiles.length, testFiles.length, mimirFiles.length].map((n) => n > 0)).toEqual([true, true, true]);
});

describe('promtool 3', () => {
  it.each(ruleFiles)('checks %s', (file) => {
    const { status, out } = run('promtool', 'check', 'rules', '--lint=all', '--lint-fatal', file);
    expect(out).toMatch(/SUCCESS: \d+ rules found/);
    expect(status, out).toBe(0);
  });

  it.each(testFiles)('runs the tests of %s', (file) => {
    const { status, out } = run('promtool', 'test', 'rules', file);
    expect(status, out.slice(-4_000)).toBe(0);
    expect(out).toContain('SUCCESS');
  });
});

describe('mimirtool', () => {
  it.each(mimirFiles)('reads %s', (file) => {
    const { status, out } = run('mimirtool', 'rules', 'lint', '--dry-run', file);
    expect(status, out).toBe(0);
    expect(out).toMatch(/msg=SUCCESS rules_found=[1-9]/);
  });
});
