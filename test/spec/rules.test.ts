// Every rule has an explanation, and a test of this directory names it.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadSpec } from '../../src/files/load-spec.ts';
import { RULE_IDS, RULES } from '../../src/spec/rules.ts';
import { outcomeTable, specReference } from '../docs/reference.ts';

const tests = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.ts') && name !== 'rules.test.ts');
const sources = tests.map((name) => readFileSync(`${import.meta.dirname}/${name}`, 'utf8')).join('\n');

it.each(RULE_IDS.filter((id) => id !== 'file-unreadable'))('%s is explained and tested', (id) => {
  expect(RULES[id].explanation).toMatch(/\S{1,}[\s\S]{20,}To fix it: /);
  expect(RULES[id].exit).toBe(RULES[id].severity === 'error' ? 'invalid' : 'finding');
  expect(sources).toContain(id);
});

it('a file that is not there is file-unreadable, with what to do', () => {
  expect(loadSpec(['/nowhere/plimsoll.yaml'])).toMatchObject({
    ok: false,
    findings: [{ rule: 'file-unreadable', line: 1 }],
  });
});

it('the sample at the root has no findings', () => {
  const result = loadSpec([`${import.meta.dirname}/../../plimsoll.yaml`]);
  expect(result).toMatchObject({ ok: true, findings: [] });
});

it('every option of the reference has a type and a meaning', () => {
  const rows = specReference()
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  expect(rows.length).toBeGreaterThan(80);
  expect(rows.filter((line) => line.includes('pipe'))).toEqual([]);
  expect(rows.filter((line) => line.endsWith('|  |'))).toEqual([]);
  expect(outcomeTable()).toContain('| `ok` | good | none |');
});
