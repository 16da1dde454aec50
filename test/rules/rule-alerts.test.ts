// The alerts on rules that fail, are late or are not those of the spec: when they come, and that every part of them is needed.
import { describe, expect, it } from 'vitest';
import { packGroups } from '../../src/generate/pack.ts';
import type { AlertingRule, Rule, RuleGroup } from '../../src/generate/rule.ts';
import { prometheusRuleFile, yamlText } from '../../src/generate/rule-files.ts';
import { sloRules } from '../../src/generate/slo/groups.ts';
import { ALERT, RULES_INFO } from '../../src/generate/slo/names.ts';
import { problemsOf } from '../../src/promql/check.ts';
import { runPromtoolTests } from '../services/promtool.ts';
import { shop, slo, validSpec } from '../spec/specs.ts';
import { survivors } from './batch.ts';
import { mutantsOf } from './mutants.ts';
import {
  bothFamilies,
  FAMILIES,
  failingCases,
  lateCases,
  outdatedCases,
  type RuleAlertCase,
  ruleAlertFile,
} from './rule-alerts-cases.ts';

const { groups: all, version } = sloRules(validSpec({ targets: [shop], slos: [slo()] }));
const WANTED: readonly string[] = [RULES_INFO, ALERT.failing, ALERT.late, ALERT.outdated];
const nameOf = (rule: Rule): string => ('alert' in rule ? rule.alert : rule.record);
const only = (names: readonly string[]): readonly RuleGroup[] =>
  packGroups(all)
    .map((group) => ({ ...group, rules: group.rules.filter((rule) => names.includes(nameOf(rule))) }))
    .filter(({ rules }) => rules.length > 0);
const RULES = prometheusRuleFile(only(WANTED));

const CASES: Readonly<Record<string, readonly RuleAlertCase[]>> = {
  [ALERT.failing]: [...FAMILIES.flatMap(failingCases), bothFamilies('failing')],
  [ALERT.late]: [...FAMILIES.flatMap(lateCases), bothFamilies('late')],
  [ALERT.outdated]: outdatedCases(version),
};
const each = Object.entries(CASES).flatMap(([alert, cases]) =>
  cases.map((one) => ({ alert, one, name: `${one.name}: ${one.series[0]!.series.split('{')[0]}` })),
);

/** Other aggregations, and other groups that are asked: everywhere in the expression, as both families have the same. */
const otherMutants = (expr: string) =>
  [
    ['max by', 'min by'],
    ['|slow|', '|'],
    ['burn|', ''],
    ['|promql', ''],
    ['(burn|slow|promql)', ''],
    ['.*;slo', '.*slo'],
    ['promql).*', 'promql)'],
    ['.*;', ''],
  ]
    .map(([from, to]) => ({ what: `${to} instead of ${from}`, expr: expr.replaceAll(from!, to!) }))
    .filter((mutant) => mutant.expr !== expr);

/** Half and twice as long, and not at all. */
const otherTimes = ({ forMs, keepFiringForMs }: AlertingRule) =>
  [
    ...[forMs / 2, forMs * 2, 0].map((ms) => ({
      what: `for ${ms} ms`,
      forMs: ms,
      keepFiringForMs: keepFiringForMs ?? 0,
    })),
    ...[0.5, 2, 0].map((factor) => {
      const ms = (keepFiringForMs ?? 0) * factor;
      return { what: `kept for ${ms} ms`, forMs, keepFiringForMs: ms };
    }),
  ].filter((times) => times.forMs !== forMs || times.keepFiringForMs !== (keepFiringForMs ?? 0));

describe.each(Object.keys(CASES))('%s', (alert) => {
  it.each(each.filter((one) => one.alert === alert))('$name', async ({ one }) => {
    expect(await runPromtoolTests({ rules: RULES, tests: ruleAlertFile(alert, [one]) })).toEqual([]);
  });
  it('every operator, label, matcher, window and number in it is needed', async () => {
    const groups = only([RULES_INFO, alert]);
    const rule = groups.flatMap(({ rules }) => rules).find((one): one is AlertingRule => nameOf(one) === alert)!;
    // Information is always 1: its smallest is its largest.
    const others = otherMutants(rule.expr).filter(({ what }) => alert !== ALERT.outdated || !what.startsWith('min'));
    const exprs = [...mutantsOf(rule.expr), ...others].filter(({ expr }) => problemsOf(expr).length === 0);
    const mutants = [
      ...exprs.map(({ what, expr }) => ({ what, rule: { ...rule, expr } })),
      ...otherTimes(rule).map(({ what, ...times }) => ({ what, rule: { ...rule, ...times } })),
    ];
    expect(mutants.length).toBeGreaterThan(8);
    const copies = mutants.map((mutant) => ({ ...mutant.rule, annotations: {} }));
    const alive = await survivors(groups, rule, copies, ruleAlertFile(alert, CASES[alert]!));
    expect(alive.map((i) => mutants[i]!.what)).toEqual([]);
  });
});

describe('what they say', () => {
  const told = (alertname: string, at: string, series: RuleAlertCase['series'], exp: object) =>
    runPromtoolTests({
      rules: RULES,
      tests: yamlText({
        rule_files: ['rules.yml'],
        evaluation_interval: '30s',
        tests: [
          {
            interval: '30s',
            input_series: series,
            alert_rule_test: [{ eval_time: at, alertname, exp_alerts: [exp] }],
          },
        ],
      }),
    });
  const rule = (alert: string) =>
    all.flatMap(({ rules }) => rules).find((one): one is AlertingRule => nameOf(one) === alert)!;
  const ticket = { severity: 'ticket', team: 'platform', cluster: 'c' };
  const { runbook_url } = rule(ALERT.failing).annotations;

  it('names the group and how many evaluations failed', async () => {
    const group = '/etc/rules.yml;slo-burn';
    const series = [
      { series: `prometheus_rule_evaluation_failures_total{cluster="c", rule_group="${group}"}`, values: '0+1x100' },
    ];
    const texts = {
      summary: `Rules of ${group} fail`,
      description: 'In the last 10 minutes 20 evaluations failed: SLO alerts may not fire.',
      runbook_url,
    };
    const exp = { exp_labels: { ...ticket, rule_group: group }, exp_annotations: texts };
    expect(await told(ALERT.failing, '30m', series, exp)).toEqual([]);
  });
  it('names the group and how long ago it was evaluated', async () => {
    const group = 'plimsoll;slo-slow';
    const series = [
      {
        series: `cortex_prometheus_rule_group_last_evaluation_timestamp_seconds{cluster="c", rule_group="${group}"}`,
        values: '0x100',
      },
    ];
    const texts = {
      summary: `Rules of ${group} are late`,
      description: 'The group was last evaluated 30m 0s ago: alerts come that much later.',
      runbook_url: runbook_url!.replace(ALERT.failing, ALERT.late),
    };
    const exp = { exp_labels: { ...ticket, rule_group: group }, exp_annotations: texts };
    expect(await told(ALERT.late, '30m', series, exp)).toEqual([]);
  });
  it('names the version that should be there', async () => {
    const series = [{ series: 'plimsoll_rules_info{cluster="c", version="other"}', values: '1x100' }];
    const texts = {
      summary: 'The SLO rules are not those of the spec',
      description:
        'The exporter runs a spec whose rules have version other, and other rules are loaded: generate and load them again.',
      runbook_url: runbook_url!.replace(ALERT.failing, ALERT.outdated),
    };
    const exp = { exp_labels: { ...ticket, version: 'other' }, exp_annotations: texts };
    expect(await told(ALERT.outdated, '30m', series, exp)).toEqual([]);
  });
});

describe('times', () => {
  it('what is late follows from the interval of the slowest group: 5 x 8 x 10 s', () => {
    const spec = validSpec({ targets: [shop], slos: [slo()], alerting: { interval: '10s', scrapeInterval: '10s' } });
    const rules = sloRules(spec).groups.flatMap((group) => group.rules);
    expect(rules.find((rule) => nameOf(rule) === ALERT.late)?.expr).toMatch(/> 400\n.+> 400$/s);
  });
});
