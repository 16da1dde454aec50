// Every outcome of a probe has its place: a component alert is about it, or alerts/README.md says why none is.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { COMPONENT_ALERTS } from '../../alerts/rules/families.ts';
import { blameOf, OUTCOMES, type Outcome } from '../../src/spec/outcome.ts';

const README = readFileSync(join(import.meta.dirname, '../../alerts/README.md'), 'utf8');
const all = Object.keys(OUTCOMES) as Outcome[];
const exprs = COMPONENT_ALERTS.flatMap(({ alerts }) => alerts.map(({ expr }) => expr));
/** Values that positive matchers of a label name in any alert. */
const matched = (label: string): Set<string> =>
  new Set(
    exprs.flatMap((expr) =>
      [...expr.matchAll(new RegExp(`[{ ]${label}=~?"([^"]+)"`, 'g'))].flatMap((match) => match[1]!.split('|')),
    ),
  );

/** Rows of the table: outcomes, and why. */
const rows = README.split('### Outcomes without an alert')[1]!
  .split(/^#+ /m)[0]!
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => {
    const [, outcomes = '', why = ''] = line.split('|').map((cell) => cell.trim());
    return { outcomes: [...outcomes.matchAll(/`(\w+)`/g)].map((match) => match[1]!), why };
  });
const explained = rows.flatMap(({ outcomes }) => outcomes);

it('the table has rows, each with a reason, and no outcome twice', () => {
  expect(rows.length).toBeGreaterThan(4);
  for (const { why } of rows) expect(why.length).toBeGreaterThan(30);
  expect(new Set(explained).size).toBe(explained.length);
  expect(explained.filter((name) => !(name in OUTCOMES))).toEqual([]);
});

it('each outcome is named by an alert, or its blame is, or the table says why not; and only one of these', () => {
  const [outcomes, blames] = [matched('outcome'), matched('blame')];
  expect([outcomes.size > 40, [...blames].sort()]).toEqual([true, ['config', 'prober']]);
  const isAlerted = (name: Outcome) => outcomes.has(name) || blames.has(blameOf(name));
  expect(all.filter((name) => !isAlerted(name)).sort()).toEqual([...explained].sort());
  expect([...outcomes].filter((name) => !(name in OUTCOMES))).toEqual([]);
});
