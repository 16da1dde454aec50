// What rules say of windows without events, and rules that a tenant of Mimir would not take.
import { afterEach, describe, expect, it } from 'vitest';
import { type PackableGroup, packGroups } from '../../src/generate/pack.ts';
import { prometheusRuleFile, yamlText } from '../../src/generate/rule-files.ts';
import { sloRules } from '../../src/generate/slo/groups.ts';
import { TOTALS } from '../../src/generate/slo/names.ts';
import { GROUPS, SPEC } from '../rules/cases.ts';
import { caseFile, served } from '../rules/served.ts';
import { runPromtoolTests } from '../services/promtool.ts';
import { shop, slo, validSpec } from '../spec/specs.ts';
import { type Inside, startInside } from './inside.ts';

let inside: Inside | undefined;
afterEach(async () => {
  await inside?.stop();
  inside = undefined;
});

describe('a window without events', () => {
  it('G08 has no ratio and no burn rate, nowhere: neither 0, which would be health, nor infinity; coverage is 0', async () => {
    const target = { name: 'shop', kind: 'http', url: 'http://127.0.0.1:9/', interval: '1h', timeout: '1s' };
    inside = await startInside(validSpec({ targets: [target], slos: [slo()] }));
    const { slos } = (await (await fetch(`${inside.url}/api/v1/slos`)).json()) as { slos: Record<string, unknown>[] };
    expect(slos[0]).toMatchObject({
      state: 'no-data',
      sliRatio: null,
      budgetRemainingRatio: null,
      currentBurnRate: null,
      coverageRatio: 0,
      firing: [],
    });
    const metrics = await inside.metrics();
    const windows = metrics.match(/^slo_burn_rate\{.*$/gm) ?? [];
    expect(windows.length).toBeGreaterThan(4);
    for (const line of windows) expect(line).toMatch(/ NaN$/);
    for (const line of metrics.match(/^slo_coverage_ratio\{.*$/gm)!) expect(line).toMatch(/ 0$/);
    expect(metrics).toMatch(/^slo_budget_remaining_ratio\{slo="a"\} NaN$/m);
  });

  const names = GROUPS.map(({ name }) => name);
  const RULES = prometheusRuleFile(GROUPS);
  it('G08 burns nothing in the rules either, whatever was before, and it is said that nothing is measured', async () => {
    const nothing = { name: 'nothing', series: served({ good: '1000x200', bad: 7 }), fires: { '60m': ['lost a'] } };
    expect(await runPromtoolTests({ rules: RULES, tests: caseFile([nothing], names) })).toEqual([]);
    const firing = { ...nothing, fires: { '60m': ['lost a', 'burn a page'] } };
    expect(await runPromtoolTests({ rules: RULES, tests: caseFile([firing], names) })).not.toEqual([]);
  });
  it('G08 has no sample of a ratio in PromQL, rather than one of 0 or NaN', async () => {
    const of = (total: string) => `(${total} - ${total} offset 20m)`;
    const asked = (good: string | number) =>
      yamlText({
        rule_files: ['rules.yml'],
        evaluation_interval: '30s',
        group_eval_order: names,
        tests: [
          {
            interval: '30s',
            input_series: served({ good, bad: 7 }),
            promql_expr_test: [{ expr: `${of(TOTALS.bad)} / (${of(TOTALS.valid)} > 0)`, eval_time: '60m' }],
          },
        ],
      });
    expect(await runPromtoolTests({ rules: RULES, tests: asked('1000x200') })).toEqual([]);
    // With events there is one, which this test does not expect.
    expect((await runPromtoolTests({ rules: RULES, tests: asked('1000+1x200') })).join()).toContain('slo="a"');
  });
});

describe('the limits of Mimir', () => {
  it('G10 hold however many SLOs there are: at most 20 rules a group, 70 groups, none lost', () => {
    const count = (slos: object[]) => packGroups(sloRules(validSpec({ targets: [shop], slos })).groups);
    const [few, many] = [count([slo()]), count(Array.from({ length: 500 }, (_, i) => slo({ name: `s-${i}` })))];
    expect(many.map(({ rules }) => rules.length)).toEqual(few.map(({ rules }) => rules.length));
    for (const { rules } of many) expect(rules.length).toBeLessThanOrEqual(20);
    expect(many.length).toBeLessThanOrEqual(70);
    const unpacked = sloRules(SPEC).groups.flatMap(({ rules }) => rules);
    expect(packGroups(sloRules(SPEC).groups).flatMap(({ rules }) => rules)).toHaveLength(unpacked.length);
  });
  it('G10 that would not hold are refused, with both numbers and the first group too many', () => {
    const group = (i: number, rules: number, chain = false): PackableGroup => ({
      name: `g-${i}`,
      intervalMs: 30_000,
      chain,
      rules: Array.from({ length: rules }, (_, n) => ({ record: `r:${n}`, expr: '1' })),
    });
    const groups = (n: number) => Array.from({ length: n }, (_, i) => group(i, 1));
    expect(packGroups(groups(70))).toHaveLength(70);
    expect(() => packGroups(groups(71))).toThrow(
      /71 groups with 71 rules, Mimir takes 70 groups a tenant .*g-70 is the first too many/,
    );
    expect(packGroups([group(0, 20, true)])).toHaveLength(1);
    expect(() => packGroups([group(0, 21, true)])).toThrow(
      /21 rules that must be evaluated in order, Mimir takes 20 a group/,
    );
  });
});
