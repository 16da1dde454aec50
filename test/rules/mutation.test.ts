// The SLO rules, made wrong in one place at a time: cases written by hand and the tests that are generated must notice.
import { describe, expect, it } from 'vitest';
import type { AlertingRule, Rule, RuleGroup } from '../../src/generate/rule.ts';
import { prometheusRuleFile } from '../../src/generate/rule-files.ts';
import { ALERT } from '../../src/generate/slo/names.ts';
import { sloTestFile, storiesOf } from '../../src/generate/slo/tests.ts';
import { problemsOf } from '../../src/promql/check.ts';
import { runPromtoolTests } from '../services/promtool.ts';
import { survivors } from './batch.ts';
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
  rules: group.rules
    .filter((rule) => !OF_PROMETHEUS.includes(nameOf(rule)))
    // The second one that remembers SLOs for a day would stand in for mutants of the first.
    .filter((rule) => !('record' in rule && rule.labels?.seen === '1d'))
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
  /** It asks for all alerts, not only for burns and lost measurement. */
  readonly all: boolean;
}
/** One file each, so that a mutant need not go through all of them. */
const tests: Test[] = [
  ...Object.values(CASES)
    .filter(({ series }) => series.length < 100)
    .map((one) => ({ text: caseFile([one], names), all: false })),
  ...storiesOf(SPEC).map(({ name }) => ({
    text: sloTestFile(SPEC, ['rules.yml'], (story) => story.name === name).replaceAll(
      /^ {4}alert_rule_test:\n(?: {6}.*\n)*/gm,
      '',
    ),
    all: true,
  })),
];

/** The rules with one in place of another; only what cases by hand ask for, or all. */
const fileWith = (rule: Rule | undefined, instead: Rule | undefined, all: boolean): string =>
  prometheusRuleFile(
    groups
      .map((group) => ({
        ...group,
        rules: group.rules
          .filter(
            (one) =>
              all || one === rule || 'record' in one || [ALERT.burn, ALERT.lost].some((name) => name === one.alert),
          )
          .map((one) => (one === rule ? instead! : one)),
      }))
      .filter((group) => group.rules.length > 0),
  );

/** What burns and losses need. */
const few: readonly RuleGroup[] = groups
  .map((group) => ({
    ...group,
    rules: group.rules.filter((one) => 'record' in one || one.alert === ALERT.burn || one.labels.step === '30s'),
  }))
  .filter((group) => group.rules.length > 0);

/** The test that notices, which is asked first the next time. */
async function killerOf(rule?: Rule, instead?: Rule): Promise<Test | undefined> {
  const texts = { all: fileWith(rule, instead, true), few: fileWith(rule, instead, false) };
  for (const test of [...tests]) {
    const failures = await runPromtoolTests({ rules: test.all ? texts.all : texts.few, tests: test.text });
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

/** Mutants that say the same in every case that can be, and why. */
const EQUIVALENT: Readonly<Record<string, string>> = {};

/** Alerts of which many mutants are run at once, and the SLOs that they are about in all tests. */
const BATCHED: Readonly<Record<string, (labels: string) => boolean>> = {
  [ALERT.burn]: () => true,
  [ALERT.lost]: (labels) => labels.includes('slo="a'),
};
const BATCH = 160;

/** Two promtools at a time. */
async function together<T>(waiting: T[], one: (item: T) => Promise<void>): Promise<void> {
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await one(next);
  };
  await Promise.all([work(), work()]);
}

async function survivorsOf(rule: Rule, mutants: readonly Named[]): Promise<string[]> {
  const left: string[] = [];
  const isMine = BATCHED[nameOf(rule)];
  if ('alert' in rule && isMine !== undefined) {
    const batches = Array.from({ length: Math.ceil(mutants.length / BATCH) }, (_, i) =>
      mutants.slice(i * BATCH, (i + 1) * BATCH),
    );
    await together(batches, async (batch) => {
      let alive = batch;
      for (const { text: file } of [...tests]) {
        const found = await survivors(
          few,
          rule,
          alive.map(({ instead }) => instead as AlertingRule),
          file,
          isMine,
        );
        alive = found.map((i) => alive[i]!);
        if (alive.length === 0) break;
      }
      left.push(...alive.map(({ what }) => what));
    });
  } else {
    await together([...mutants], async ({ what, instead }) => {
      if ((await killerOf(rule, instead)) === undefined) left.push(what);
    });
  }
  return left.sort();
}

describe('mutants of the SLO rules', () => {
  it('the rules themselves pass', { timeout: 120_000 }, async () => {
    expect(await killerOf()).toBeUndefined();
  });
  it.each(rules.map((rule, i) => [`${i} ${nameOf(rule)}`, rule] as const))(
    '%s: all of them die',
    { timeout: 600_000 },
    async (_, rule) => {
      const mutants = allOf(rule).filter(({ what }) => EQUIVALENT[what] === undefined);
      const left = await survivorsOf(rule, mutants);
      if (process.env.MUTANTS) console.log(`MUTANTS ${nameOf(rule)} ${mutants.length - left.length}/${mutants.length}`);
      expect(left).toEqual([]);
    },
  );
  it('those that are listed as equivalent exist', () => {
    const known = rules.flatMap((rule) => allOf(rule).map(({ what }) => what));
    expect(Object.keys(EQUIVALENT).filter((what) => !known.includes(what))).toEqual([]);
  });
});
