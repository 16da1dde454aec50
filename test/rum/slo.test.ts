// SLOs of real users: what their rules do in Debian's promtool.
import { describe, expect, it } from 'vitest';
import { checkAgainstCatalogue } from '../../src/generate/catalogue/catalogue.ts';
import { packGroups } from '../../src/generate/pack.ts';
import { prometheusRuleFile } from '../../src/generate/rule-files.ts';
import { sloRules } from '../../src/generate/slo/groups.ts';
import { served } from '../rules/promql-sli-cases.ts';
import { checkRules, runPromtoolTests } from '../services/promtool.ts';
import { slo, validSpec } from '../spec/specs.ts';

const site = {
  key: 'shop',
  origins: ['https://shop.example.org'],
  mode: 'full',
  pages: [{ name: 'front', paths: ['/'] }],
};
const rum = (of: string, more: object = {}) => ({ kind: 'rum', site: 'shop', of, ...more });

const quick = {
  window: '1h',
  tiers: [
    { tier: 'page-fast', severity: 'page', long: '30m', short: '5m', budget: '60%' },
    { tier: 'ticket', severity: 'ticket', long: '30m', short: '5m', budget: '60%' },
  ],
};
const spec = validSpec({
  targets: [{ name: 'shop', kind: 'wordpress', url: 'https://shop.example.org/' }],
  sites: [site],
  slos: [
    slo({ name: 'lcp', objective: '75%', window: '1h', sli: rum('lcp') }),
    slo({ name: 'lcp-poor', objective: '95%', window: '1h', sli: rum('lcp', { grade: 'not-poor' }) }),
    slo({ name: 'errors', objective: '99%', window: '1h', sli: rum('errors', { minimum: 10 }) }),
    slo({ name: 'probe', window: '1h' }),
  ],
  policies: [quick],
});
const rules = prometheusRuleFile(packGroups(sloRules(spec).groups));

/** Fails with what did not hold. */
async function holds(
  series: Record<string, string>,
  ...at: readonly (readonly [string, ...string[]])[]
): Promise<void> {
  const tests = {
    rule_files: ['rules.yml'],
    evaluation_interval: '30s',
    tests: [
      {
        interval: '30s',
        input_series: Object.entries(series).map(([of, values]) => ({ series: of, values })),
        promql_expr_test: at.flatMap(([eval_time, ...expressions]) =>
          expressions.map((text) => ({
            expr: `count(${text.replace(/^no /, '')})`,
            eval_time,
            exp_samples: text.startsWith('no ') ? [] : [{ labels: '{}', value: 1 }],
          })),
        ),
      },
    ],
  };
  expect(await runPromtoolTests({ rules, tests: JSON.stringify(tests) })).toEqual([]);
}

const place = 'site="shop", page="front", device="desktop", navigation="navigate", cluster="c", instance="e"';
const views = (perStep: number, within25: number, within4: number, steps = 400) => ({
  [`rum_lcp_seconds_count{${place}}`]: `0+${perStep}x${steps}`,
  [`rum_lcp_seconds_bucket{${place}, le="2.5"}`]: `0+${within25}x${steps}`,
  // As Prometheus 3 writes it.
  [`rum_lcp_seconds_bucket{${place}, le="4.0"}`]: `0+${within4}x${steps}`,
  [`rum_views_total{${place}}`]: `0+${perStep}x${steps}`,
});
const present = (values = '1x400') => ({ 'rum_site_present{site="shop", cluster="c", instance="e"}': values });
const info = (name: string, objective: number) => served(name, 400, { window: '1h', objective });
const infos = { ...info('lcp', 0.75), ...info('lcp-poor', 0.95), ...info('errors', 0.99) };
const burns = (name: string, severity: string) =>
  `ALERTS{alertname="SLOErrorBudgetBurn", slo="${name}", severity="${severity}", alertstate="firing"}`;
const total = (what: string, name: string) => `slo:${what}:total{slo="${name}", location="prometheus", cluster="c"}`;
const lost = (severity: string) =>
  `ALERTS{alertname="SLOMeasurementLost", slo="lcp", severity="${severity}", alertstate="firing"}`;

describe('the rules', () => {
  it('are accepted by promtool, and know every series', async () => {
    expect(await checkRules(rules)).toEqual([]);
    const expressions = sloRules(spec).groups.flatMap((group) => group.rules.map(({ expr }) => expr));
    expect(expressions.flatMap(checkAgainstCatalogue)).toEqual([]);
  });
  it('count views by threshold: 10 a step, 7 good, 9 not poor', () =>
    holds({ ...infos, ...present(), ...views(10, 7, 9) }, [
      '1h',
      `${total('bad_events', 'lcp')} / ${total('valid_events', 'lcp')} == 0.3`,
      `${total('bad_events', 'lcp-poor')} / ${total('valid_events', 'lcp-poor')} == 0.1`,
      `${total('bad_events', 'errors')} == 0`,
      `${total('valid_events', 'errors')} > 1000`,
    ]));
  it('make a ticket of slow views, and never a page', () =>
    holds({ ...infos, ...present(), ...views(10, 0, 0) }, [
      '1h',
      burns('lcp', 'ticket'),
      `no ${burns('lcp', 'page')}`,
      burns('lcp-poor', 'ticket'),
      `no ${burns('lcp-poor', 'page')}`,
    ]));
  it('say nothing below the minimum in a day', () =>
    holds(
      {
        ...infos,
        ...present(),
        [`rum_lcp_seconds_count{${place}}`]: `${'0 '.repeat(10)}0+1x60 ${'60 '.repeat(300)}`,
        [`rum_lcp_seconds_bucket{${place}, le="2.5"}`]: '0x400',
      },
      [
        '50m',
        `${total('bad_events', 'lcp')} > 50`,
        `${total('known_steps', 'lcp')} == 0`,
        `no ${burns('lcp', 'ticket')}`,
      ],
    ));
  it('take no beacons for unmeasured, not for good: steps are known no longer, and that becomes a ticket', () => {
    const count = `0+10x120 ${'1200 '.repeat(280)}`;
    return holds(
      {
        ...infos,
        ...present(`1x120 ${'0 '.repeat(280)}`),
        [`rum_lcp_seconds_count{${place}}`]: count,
        [`rum_lcp_seconds_bucket{${place}, le="2.5"}`]: count,
      },
      ['1h', `${total('known_steps', 'lcp')} > 90`, `no ${lost('ticket')}`],
      ['1h40m', `${total('known_steps', 'lcp')} < 125`, 'slo:uncovered:info{slo="lcp"}', `no ${lost('page')}`],
      ['2h30m', lost('ticket'), `no ${lost('page')}`],
    );
  });
  it('leave other SLOs as they were: without real users not a letter differs', () => {
    const without = { ...spec, sites: [], slos: spec.slos.filter(({ name }) => name === 'probe') };
    const text = prometheusRuleFile(packGroups(sloRules(without).groups));
    expect(text).not.toMatch(/rum|slo!~|severity: ticket\n\s+step/);
  });
});
