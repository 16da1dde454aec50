// What goes wrong with burn-rate rules elsewhere does not with ours. T22 is about arithmetic with -1 for "no data" and rounded burn
// rates in a program that judges on its own: no rule here has such a value; nothing is rounded before it is compared.
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { packGroups } from '../../src/generate/pack.ts';
import type { Rule } from '../../src/generate/rule.ts';
import { mimirRuleFile, prometheusRuleFile, prometheusRuleObject, yamlText } from '../../src/generate/rule-files.ts';
import { sloRules } from '../../src/generate/slo/groups.ts';
import { ALERT, TOTALS } from '../../src/generate/slo/names.ts';
import { parsePercent } from '../../src/spec/scalars.ts';
import { runPromtoolTests } from '../services/promtool.ts';
import { rulesIn, shop, slo, validSpec } from '../spec/specs.ts';
import { BURNS } from './burn-cases.ts';
import { CASES, GROUPS } from './cases.ts';
import { FORGOTTEN, RECORDED } from './recorded-cases.ts';
import { caseFile, served } from './served.ts';
import { UPKEEP } from './upkeep-cases.ts';

// Texts have their own tests, and cost most of the time.
const RULES = prometheusRuleFile(
  GROUPS.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => ('alert' in rule ? { ...rule, annotations: {} } : rule)),
  })),
);
const ALL = [...Object.values(CASES), ...BURNS, ...RECORDED, FORGOTTEN, ...UPKEEP];
const names = GROUPS.map(({ name }) => name);
const nameOf = (rule: Rule): string => ('alert' in rule ? rule.alert : rule.record);
const rulesFor = (...slos: object[]) => sloRules(validSpec({ targets: [shop], slos })).groups;

describe("in Debian's promtool", () => {
  it.each(ALL)('$name', async (one) => {
    expect(await runPromtoolTests({ rules: RULES, tests: caseFile([one], names) })).toEqual([]);
  });
  it.each(ALL)('and it is asked: $name', async (one) => {
    const fires = Object.fromEntries(
      Object.entries(one.fires ?? {}).map(([at, alerts]) => [at, alerts.length === 0 ? ['burn nothing page'] : []]),
    );
    const records = Object.fromEntries(
      Object.entries(one.records ?? {}).map(([at, of]) => [
        at,
        Object.fromEntries(Object.keys(of).map((selector) => [selector, { nothing: 7 }])),
      ]),
    );
    const failures = await runPromtoolTests({ rules: RULES, tests: caseFile([{ ...one, fires, records }], names) });
    const questions = Object.keys(fires).length + Object.values(records).flatMap(Object.keys).length;
    expect(failures.length).toBe(questions);
  });
  it.each(Object.values(TOTALS))('T8 %s has no labels but cluster, slo and location', async (name) => {
    const tests = yamlText({
      rule_files: ['rules.yml'],
      evaluation_interval: '30s',
      tests: [
        {
          interval: '30s',
          input_series: served({ good: 7, bad: 3, excluded: 0 }),
          promql_expr_test: [
            {
              expr: name,
              eval_time: '1m',
              exp_samples: [
                { labels: `${name}{cluster="c", slo="a", location="main"}`, value: name === TOTALS.bad ? 3 : 10 },
              ],
            },
          ],
        },
      ],
    });
    expect(await runPromtoolTests({ rules: RULES, tests })).toEqual([]);
  });
});

describe('the rules as they are written', () => {
  it('T13 a short window that holds too few steps is refused or found before rules are made of it', () => {
    const policy = (short: string) => ({
      targets: [shop],
      slos: [slo({ window: '6h' })],
      policies: [{ window: '6h', tiers: [{ tier: 'page', severity: 'page', long: '20m', short, budget: '50%' }] }],
    });
    // Four steps of 30 s.
    expect(rulesIn(policy('2m'))).not.toContain('short-window');
    expect(rulesIn(policy('119s'))).toContain('short-window');
    expect(rulesIn(policy('0s'))).not.toEqual([]);
  });
  it('T14 are as many for 100 SLOs as for one, within Mimir’s limits', () => {
    const count = (slos: object[]) => packGroups(rulesFor(...slos)).map((group) => group.rules.length);
    const hundred = Array.from({ length: 100 }, (_, i) => slo({ name: `s-${i}` }));
    expect(count(hundred)).toEqual(count([slo()]));
    expect(Math.max(...count(hundred))).toBeLessThanOrEqual(20);
  });
  it('T15 what is recorded stands before what uses it, in one group', () => {
    const [first] = rulesFor(slo());
    expect(first!.chain).toBe(true);
    const order = first!.rules.map(nameOf);
    for (const [i, rule] of first!.rules.entries())
      for (const total of Object.values(TOTALS).filter((name) => rule.expr.includes(name) && nameOf(rule) !== name))
        expect([nameOf(rule), order.indexOf(total) < i]).toEqual([nameOf(rule), true]);
  });
  it('T17 count events that were judged when they happened: no bucket, no boundary, no quantile', () => {
    const latency = { kind: 'latency', target: 'shop', step: 'front', below: '400ms' };
    const exprs = rulesFor(slo({ sli: latency })).flatMap((group) => group.rules.map((rule) => rule.expr));
    expect(exprs.filter((expr) => /_bucket|\ble\b|quantile|histogram/.test(expr))).toEqual([]);
  });
  it('T9, T18 burn alerts extrapolate nothing and wait for nothing', () => {
    const rules = rulesFor(slo()).flatMap((group) => group.rules);
    const burns = rules.filter((rule) => nameOf(rule) === ALERT.burn);
    expect(burns.length).toBe(4);
    for (const rule of burns) expect('alert' in rule && rule.forMs).toBe(0);
    expect(burns.filter(({ expr }) => /\b(rate|increase|delta|avg_over_time)\(/.test(expr))).toEqual([]);
  });
  it('T21 an objective of 100 % is refused, and a tier that can never fire is found', () => {
    expect(rulesIn({ targets: [shop], slos: [slo({ objective: '100%' })] })).not.toEqual([]);
    expect(rulesIn({ targets: [shop], slos: [slo({ objective: '99%' })] })).toEqual([]);
    expect(rulesIn({ targets: [shop], slos: [slo({ objective: '90%' })] })).not.toEqual([]);
    // 1 - 1/14.4 = 93.06 %
    expect(14.4 * (1 - parsePercent('93%')!)).toBeGreaterThan(1);
  });
  it('T24 know SLOs by name: another order of the same SLOs makes the same rules', () => {
    const [a, b] = [slo(), slo({ name: 'b', objective: '99%', window: '7d' })];
    expect(rulesFor(a, b)).toEqual(rulesFor(b, a));
  });
  it('T25 are one YAML document per file', () => {
    const groups = packGroups(rulesFor(slo()));
    for (const text of [
      prometheusRuleFile(groups),
      mimirRuleFile(groups),
      prometheusRuleObject({ name: 'plimsoll' }, groups),
    ])
      expect(parseAllDocuments(text).length).toBe(1);
  });
});
