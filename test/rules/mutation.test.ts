// The SLO rules, made wrong in one place at a time: cases written by hand and the tests that are generated must notice.
import { describe, expect, it } from 'vitest';
import type { Rule, RuleGroup } from '../../src/generate/rule.ts';
import { prometheusRuleFile } from '../../src/generate/rule-files.ts';
import { ALERT } from '../../src/generate/slo/names.ts';
import { sloTestFile } from '../../src/generate/slo/tests.ts';
import { problemsOf } from '../../src/promql/check.ts';
import { runPromtoolTests } from '../services/promtool.ts';
import { CASES, GROUPS, SPEC } from './cases.ts';
import { mutantsOf } from './mutants.ts';
import { caseFile } from './served.ts';

/** What looks at Prometheus itself has its own tests (rule-alerts.test.ts). */
const OF_PROMETHEUS: readonly string[] = [ALERT.failing, ALERT.late, ALERT.outdated];
const nameOf = (rule: Rule): string => ('alert' in rule ? rule.alert : rule.record);
/** Without texts, which cost most of the time. */
const bare = (rule: Rule): Rule => ('alert' in rule ? { ...rule, annotations: {} } : rule);
const groups: readonly RuleGroup[] = GROUPS.map((group) => ({
  ...group,
  rules: group.rules.filter((rule) => !OF_PROMETHEUS.includes(nameOf(rule))).map(bare),
}));
const rules = groups.flatMap((group) => group.rules);

const names = groups.map(({ name }) => name);
/** The cheapest first; what survives them all is a survivor. */
const TESTS: readonly string[] = [
  caseFile(
    Object.values(CASES).filter(({ series }) => series.length < 100),
    names,
  ),
  sloTestFile(SPEC, ['rules.yml'], ({ texts }) => texts === undefined),
];

const fileWith = (rule: Rule, instead: Rule): string =>
  prometheusRuleFile(
    groups.map((group) => ({ ...group, rules: group.rules.map((one) => (one === rule ? instead : one)) })),
  );

async function survives(mutated: string): Promise<boolean> {
  for (const tests of TESTS) if ((await runPromtoolTests({ rules: mutated, tests })).length > 0) return false;
  return true;
}

interface Named {
  readonly what: string;
  readonly instead: Rule;
}
function allOf(rule: Rule): Named[] {
  // What cannot be loaded is not a mutant.
  const valid = mutantsOf(rule.expr).filter(({ expr }) => problemsOf(expr).length === 0);
  const mutants = valid.map(({ what, expr }) => ({
    what: `${nameOf(rule)}: ${what}`,
    instead: { ...rule, expr },
  }));
  if (!('alert' in rule) || rule.keepFiringForMs === undefined) return mutants;
  const { keepFiringForMs: _, ...rest } = rule;
  return [...mutants, { what: `${nameOf(rule)}: without keep_firing_for`, instead: rest }];
}

/** Mutants that say the same in every case that can be, and why. */
const EQUIVALENT: Readonly<Record<string, string>> = {};

/** Two promtools at a time. */
async function survivorsOf(rule: Rule, mutants: readonly Named[]): Promise<string[]> {
  const waiting = [...mutants];
  const survivors: string[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (await survives(fileWith(rule, next.instead))) survivors.push(next.what);
    }
  };
  await Promise.all([work(), work()]);
  return survivors.sort();
}

describe('mutants of the SLO rules', () => {
  it('the rules themselves pass', { timeout: 120_000 }, async () => {
    expect(await survives(prometheusRuleFile(groups))).toBe(true);
  });
  it.each(rules.map((rule, i) => [`${i} ${nameOf(rule)}`, rule] as const))(
    '%s: all of them die',
    { timeout: 600_000 },
    async (_, rule) => {
      const mutants = allOf(rule).filter(({ what }) => EQUIVALENT[what] === undefined);
      const survivors = await survivorsOf(rule, mutants);
      if (process.env.MUTANTS)
        console.log(`MUTANTS ${nameOf(rule)} ${mutants.length - survivors.length}/${mutants.length}`);
      expect(survivors).toEqual([]);
    },
  );
  it('those that are listed as equivalent exist', () => {
    const known = rules.flatMap((rule) => allOf(rule).map(({ what }) => what));
    expect(Object.keys(EQUIVALENT).filter((what) => !known.includes(what))).toEqual([]);
  });
});
