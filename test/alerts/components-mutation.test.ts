// Every component alert, made wrong in one place at a time: its own tests must notice.
import { describe, expect, it } from 'vitest';
import { COMPONENT_ALERTS } from '../../alerts/rules/families.ts';
import { type ComponentAlert, componentRule } from '../../src/generate/component-alert.ts';
import { componentTestFile } from '../../src/generate/component-tests.ts';
import { prometheusRuleFile } from '../../src/generate/rule-files.ts';
import { problemsOf } from '../../src/promql/check.ts';
import { nodesOf, textOf, treeOf } from '../../src/promql/syntax.ts';
import { sampleOf } from '../rules/mutants.ts';
import { runPromtoolTests } from '../services/promtool.ts';

interface Mutant {
  readonly what: string;
  readonly alert: ComponentAlert;
}

const FLIPPED: Readonly<Record<string, string>> = {
  '>': '<',
  '<': '>',
  '>=': '<=',
  '<=': '>=',
  '==': '!=',
  '!=': '==',
};
const COMPARISONS = new Set(['Gtr', 'Lss', 'Gte', 'Lte', 'Eql', 'Neq']);

/** The expression with other text in place of a part of it. */
const spliced = (expr: string, { from, to }: { from: number; to: number }, by: string): string =>
  expr.slice(0, from) + by + expr.slice(to);

function mutantsOf(alert: ComponentAlert): Mutant[] {
  const { expr } = alert;
  const changed = (what: string, text: string): Mutant => ({ what, alert: { ...alert, expr: text } });
  const mutants = nodesOf(treeOf(expr)).flatMap((node): Mutant[] => {
    const text = textOf(expr, node);
    if (COMPARISONS.has(node.name) && node.parent?.name === 'BinaryExpr')
      return [changed(`${text} at ${node.from} flipped`, spliced(expr, node, FLIPPED[text]!))];
    if (node.name === 'UnquotedLabelMatcher') {
      // With the comma behind or before it.
      const from = expr.slice(0, node.from).replace(/,\s*$/, '').length;
      const to = from < node.from ? node.to : node.to + (/^,\s*/.exec(expr.slice(node.to))?.[0].length ?? 0);
      return [changed(`${text} at ${node.from} removed`, spliced(expr, { from, to }, ''))];
    }
    if (node.name !== 'BinaryExpr') return [];
    const [left, right] = [node.firstChild!, node.lastChild!];
    const operator = expr.slice(left.to, right.from).trim().split(/\s/)[0]!;
    if (['and', 'unless', 'or'].includes(operator))
      return [
        changed(`${operator} at ${left.to}: only the left side`, spliced(expr, node, textOf(expr, left))),
        changed(`${operator} at ${left.to}: only the right side`, spliced(expr, node, textOf(expr, right))),
      ];
    if (!(operator in FLIPPED) || right.name !== 'NumberDurationLiteral' || Number(textOf(expr, right)) === 0)
      return [];
    const limit = Number(textOf(expr, right));
    // 2.5 events are "three": its neighbours are two and four.
    const others = limit % 1 === 0.5 && limit > 1 ? [limit - 1, limit + 1] : [limit * 0.75, limit * 1.25];
    return others.map((other) => changed(`threshold ${limit} becomes ${other}`, spliced(expr, right, String(other))));
  });
  const { forMs } = alert;
  if (forMs > 0) mutants.push({ what: 'without for', alert: { ...alert, forMs: 0 } });
  if (forMs > 0) mutants.push({ what: 'twice the for', alert: { ...alert, forMs: 2 * forMs } });
  if (alert.keepFiringForMs !== undefined) {
    const { keepFiringForMs: _, ...rest } = alert;
    mutants.push({ what: 'without keep_firing_for', alert: rest });
  }
  return mutants.filter((mutant) => mutant.alert.expr !== expr || mutant.alert !== alert);
}

/** Mutants that say the same in every case that can be, and why. */
const EQUIVALENT: Readonly<Record<string, string>> = {
  'WordPressZoneSkew: threshold 1 becomes 1.25': 'pods are whole numbers: more than 1 is at least 2',
};

const all = COMPONENT_ALERTS.flatMap(({ name, alerts }) =>
  alerts.map((alert) => ({ family: name, name: alert.alert, alert })),
);

describe('mutants of component alerts', () => {
  it.each(all)('$name: all of them die', async ({ family, name, alert }) => {
    const mutants = mutantsOf(alert).filter(({ what }) => EQUIVALENT[`${name}: ${what}`] === undefined);
    expect(mutants.length).toBeGreaterThan(0);
    const tests = componentTestFile([{ name: family, alerts: [alert] }], ['rules.yml']);
    const survivors: string[] = [];
    for (const mutant of sampleOf(mutants)) {
      expect(problemsOf(mutant.alert.expr)).toEqual([]);
      const rules = prometheusRuleFile([
        { name: family, intervalMs: 60_000, rules: [componentRule(family, mutant.alert, {})] },
      ]);
      if ((await runPromtoolTests({ rules, tests })).length === 0) survivors.push(mutant.what);
    }
    if (process.env.MUTANTS) console.log(`MUTANTS ${name} ${mutants.length - survivors.length}/${mutants.length}`);
    expect(survivors).toEqual([]);
  });
  it('those that are listed as equivalent exist', () => {
    const mutants = all.flatMap(({ name, alert }) => mutantsOf(alert).map(({ what }) => `${name}: ${what}`));
    expect(Object.keys(EQUIVALENT).filter((known) => !mutants.includes(known))).toEqual([]);
  });
});
