// The SLO rules, made wrong in one place at a time: cases written by hand and the tests that are generated must notice.
import { describe, expect, it } from 'vitest';
import type { AlertingRule, Rule, RuleGroup } from '../../src/generate/rule.ts';
import { prometheusRuleFile } from '../../src/generate/rule-files.ts';
import { ALERT } from '../../src/generate/slo/names.ts';
import { sloTestFile, storiesOf } from '../../src/generate/slo/tests.ts';
import { problemsOf } from '../../src/promql/check.ts';
import { runPromtoolTests } from '../services/promtool.ts';
import { BURNS } from './burn-cases.ts';
import { CASES, GROUPS, SPEC } from './cases.ts';
import { mutantsOf, sampleOf } from './mutants.ts';
import { FORGOTTEN, RECORDED } from './recorded-cases.ts';
import { type Case, caseFile } from './served.ts';
import { UPKEEP } from './upkeep-cases.ts';

/** What looks at Prometheus itself has a test of its own, with its mutants: rule-alerts.test.ts. */
const OF_PROMETHEUS: readonly string[] = [ALERT.failing, ALERT.late, ALERT.outdated];
const seenOf = (rule: Rule): string | undefined => ('record' in rule ? rule.labels?.seen : undefined);
const nameOf = (rule: Rule): string =>
  'alert' in rule ? rule.alert : rule.record + (seenOf(rule)?.startsWith('not') ? ' (forgotten)' : '');
const isBurnOrLoss = (rule: AlertingRule): boolean => rule.alert === ALERT.burn || rule.alert === ALERT.lost;
/** Without texts, which cost most of the time. */
const bare = (rule: Rule): Rule => ('alert' in rule ? { ...rule, annotations: {} } : rule);
const groups: readonly RuleGroup[] = GROUPS.map((group) => ({
  ...group,
  rules: group.rules
    .filter((rule) => !OF_PROMETHEUS.includes(nameOf(rule)))
    // The second one that remembers SLOs for a day would stand in for mutants of the first.
    .filter((rule) => seenOf(rule) !== '1d')
    .map(bare),
}));
// Rules of one name are the same but for lengths: the first stands for all.
const rules = [
  ...new Map(
    groups
      .flatMap((group) => group.rules)
      .reverse()
      .map((rule) => [nameOf(rule), rule]),
  ).values(),
].reverse();

const names = groups.map(({ name }) => name);
interface Test {
  readonly text: string;
  /** What it asks for: what is recorded, burns and lost measurement, or all alerts. */
  readonly asks: 'records' | 'burns' | 'all';
}
const testOf = (asks: Test['asks'], ...cases: readonly Case[]): Test => ({ text: caseFile(cases, names), asks });
/** One file each, so that a mutant need not go through all of them. */
const burnTests: readonly Test[] = [...BURNS, ...Object.values(CASES).filter(({ series }) => series.length < 100)].map(
  (one) => testOf('burns', one),
);
const upkeepTests: readonly Test[] = UPKEEP.map((one) => testOf('all', one));
const recordTests: readonly Test[] = [testOf('records', ...RECORDED), testOf('records', FORGOTTEN)];
const stories: readonly Test[] = storiesOf(SPEC).map(({ name }) => ({
  text: sloTestFile(SPEC, ['rules.yml'], (story) => story.name === name).replaceAll(
    /^ {4}alert_rule_test:\n(?: {6}.*\n)*/gm,
    '',
  ),
  asks: 'all',
}));
/** All of them, beginning with those that are about the rule. */
function testsFor(rule: Rule): readonly Test[] {
  if ('record' in rule) return [...recordTests, ...burnTests, ...upkeepTests, ...stories];
  if (rule.alert === ALERT.burn) return [...burnTests, ...stories, ...upkeepTests];
  return [...upkeepTests, ...stories, ...burnTests];
}

/** The rules that a test asks for, with one in place of another. */
const fileWith = (rule: Rule | undefined, instead: Rule | undefined, asks: Test['asks']): string =>
  prometheusRuleFile(
    groups
      .map((group) => ({
        ...group,
        rules: group.rules
          .filter((one) => one === rule || 'record' in one || asks === 'all' || (asks === 'burns' && isBurnOrLoss(one)))
          .map((one) => (one === rule ? instead! : one)),
      }))
      .filter((group) => group.rules.length > 0),
  );

/** The test that notices, which is asked first the next time. */
async function killerOf(tests: Test[], rule?: Rule, instead?: Rule): Promise<Test | undefined> {
  for (const test of [...tests]) {
    const failures = await runPromtoolTests({ rules: fileWith(rule, instead, test.asks), tests: test.text });
    if (failures.length === 0) continue;
    tests.splice(tests.indexOf(test), 1);
    tests.unshift(test);
    return test;
  }
  return undefined;
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

const same = (reason: string, mutants: readonly string[]): Record<string, string> =>
  Object.fromEntries(mutants.map((what) => [`${ALERT.burn}: ${what}`, reason]));
/** Mutants that say the same in every case that can be, and why. */
const EQUIVALENT: Readonly<Record<string, string>> = {
  'slo:uncovered:info: >= is > (225) at 95': 'no known event is as little as a count of 0',
  'SLOMeasurementLost: without alertstate="firing" at 266': 'it waits for nothing, so it is never pending',
  'SLOErrorBudgetBurn: without alertstate="firing" at 1986': 'it waits for nothing, so it is never pending',
  ...same('no events are as little as a count of 0: neither is more than the share that is allowed', [
    '>= is > (1288) at 1097',
    '>= is > (1456) at 1328',
    '>= is > (1786) at 1654',
    '>= is > (323) at 138',
    '>= is > (718) at 527',
  ]),
  ...same('one of two counts has a past there, the other has not, and the short window is uncovered as well', [
    '4m is 12m at 1272',
    '4m is 12m at 1440',
    '4m is 12m at 1770',
    '4m is 12m at 307',
    '4m is 12m at 702',
  ]),
  ...same('the last factor stands for the periods that are left, and what has no policy is left out by slo_info', [
    'without window=~"12h" at 1002',
    'without window=~"12h" at 1560',
    'without window=~"12h" at 433',
    'without window=~"12h" at 834',
  ]),
  ...same('what has no policy has no factor either', ['without window=~"6h|12h" at 55']),
  ...same('no whole number of events makes both sides equal (searched: 4,000 events, objectives of 4 digits)', [
    '> is >= (728) at 114',
  ]),
};

/** Two promtools at a time. */
async function together<T>(waiting: T[], one: (item: T) => Promise<void>): Promise<void> {
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await one(next);
  };
  await Promise.all([work(), work()]);
}

async function survivorsOf(rule: Rule, mutants: readonly Named[]): Promise<string[]> {
  const left: string[] = [];
  const tests = [...testsFor(rule)];
  await together([...mutants], async ({ what, instead }) => {
    if ((await killerOf(tests, rule, instead)) === undefined) left.push(what);
  });
  return left.sort();
}

describe('mutants of the SLO rules', () => {
  it('the rules themselves pass', { timeout: 120_000 }, async () => {
    expect(await killerOf([...recordTests, ...burnTests, ...upkeepTests, ...stories])).toBeUndefined();
  });
  it.each(rules.map((rule, i) => [`${i} ${nameOf(rule)}`, rule] as const))(
    '%s: all of them die',
    { timeout: 600_000 },
    async (_, rule) => {
      const mutants = allOf(rule).filter(({ what }) => EQUIVALENT[what] === undefined);
      const left = await survivorsOf(rule, sampleOf(mutants));
      expect(left).toEqual([]);
    },
  );
  it('those that are listed as equivalent exist', () => {
    const known = rules.flatMap((rule) => allOf(rule).map(({ what }) => what));
    expect(Object.keys(EQUIVALENT).filter((what) => !known.includes(what))).toEqual([]);
  });
});
