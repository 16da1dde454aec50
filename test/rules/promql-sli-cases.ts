// SLIs that Prometheus counts, as tests for promtool: what is counted, and what the shared alerts make of it.
// Run by Debian's promtool in rules/, and by that of Prometheus 3 in platform/.
import { packGroups } from '../../src/generate/pack.ts';
import { prometheusRuleFile } from '../../src/generate/rule-files.ts';
import { sloRules } from '../../src/generate/slo/groups.ts';
import { shop, slo, validSpec } from '../spec/specs.ts';

const hourly = {
  window: '1h',
  tiers: [{ tier: 'page-fast', severity: 'page', long: '30m', short: '5m', budget: '50%' }],
};
const ratio = { kind: 'ratio', total: 'req{job="web"}' };
const spec = validSpec({
  targets: [shop],
  slos: [
    slo({ name: 'probe' }),
    slo({ name: 'bad', sli: { ...ratio, bad: 'err{job="web"}' } }),
    slo({ name: 'good', sli: { ...ratio, good: 'fine{job="web"}' } }),
    slo({ name: 'fast', sli: { kind: 'histogram', metric: 'took_seconds{job="web"}', below: '1s' } }),
    slo({ name: 'quick', sli: { kind: 'histogram', metric: 'took_seconds', below: '400ms' } }),
    slo({ name: 'quick-ms', sli: { kind: 'histogram', metric: 'took_ms', below: '400ms', unit: 'milliseconds' } }),
    slo({ name: 'native', sli: { kind: 'histogram', metric: 'native_seconds', below: '1s', native: true } }),
    slo({ name: 'whole', sli: { kind: 'gauge', query: 'pods # of the shop', above: 1 } }),
    slo({ name: 'near', sli: { kind: 'gauge', query: 'lag', below: 5 } }),
    slo({ name: 'hour', objective: '90%', window: '1h', sli: { ...ratio, bad: 'err{job="web"}' } }),
  ],
  policies: [hourly],
});

/** Everything that is generated of the SLOs of these names, as it is loaded; of all without names. */
export function rulesFor(names?: readonly string[]): string {
  const slos = names === undefined ? spec.slos : spec.slos.filter(({ name }) => names.includes(name));
  return prometheusRuleFile(packGroups(sloRules({ ...spec, slos }).groups));
}
/** Their base rules only: long tests need no more. */
const baseFor = (names: readonly string[]): string =>
  prometheusRuleFile(
    packGroups(sloRules(spec).groups.filter(({ name }) => names.some((slo) => name === `slo-promql ${slo}`))),
  );

export interface RuleCase {
  readonly name: string;
  readonly rules: string;
  readonly tests: string;
  /** Needs the notation of Prometheus 3 for native histograms. */
  readonly native?: boolean;
}
type Series = Readonly<Record<string, string>>;
/** What holds at a time: an expression with at least one result, or with none after `no`. */
type Holds = readonly [at: string, ...expressions: string[]];

/** Scrapes and evaluations are every 30 s. */
function ruleCase(
  name: string,
  series: Series,
  holds: readonly Holds[],
  kind: 'counts' | 'alerts' = 'counts',
  native = false,
): RuleCase {
  const tests = {
    rule_files: ['rules.yml'],
    evaluation_interval: '30s',
    tests: [
      {
        name,
        interval: '30s',
        input_series: Object.entries(series).map(([of, values]) => ({ series: of, values })),
        promql_expr_test: holds.flatMap(([eval_time, ...expressions]) =>
          expressions.map((text) => {
            const none = text.startsWith('no ');
            return {
              expr: `count(${none ? text.slice(3) : text})`,
              eval_time,
              exp_samples: none ? [] : [{ labels: '{}', value: 1 }],
            };
          }),
        ),
      },
    ],
  };
  const names = spec.slos
    .map((one) => one.name)
    .filter((one) => holds.flat().some((text) => text.includes(`slo="${one}"`)));
  return { name, rules: kind === 'counts' ? baseFor(names) : rulesFor(names), tests: JSON.stringify(tests), native };
}

/** What the exporter serves of an SLO that Prometheus counts, for `steps` scrapes. */
export function served(name: string, steps = 2_000, { window = '30d', objective = 0.999 } = {}): Series {
  const labels = `slo="${name}", cluster="c", instance="e"`;
  return {
    [`slo_info{${labels}, service="shop", team="web", target="promql", window="${window}"}`]: `1x${steps}`,
    [`slo_objective_ratio{${labels}}`]: `${objective}x${steps}`,
    'probe_interval_seconds{target="promql", cluster="c", instance="e", location="main"}': `30x${steps}`,
  };
}

/** A total of an SLO is within `tolerance` of a number. */
const about = (what: 'bad_events' | 'valid_events' | 'known_steps', name: string, value: number, tolerance = 1e-6) =>
  `abs(slo:${what}:total{slo="${name}", location="prometheus", cluster="c"} - ${value}) <= ${tolerance}`;
const totals = (name: string, valid: number, bad: number, tolerance?: number): string[] => [
  about('valid_events', name, valid, tolerance),
  about('bad_events', name, bad, tolerance),
];
const badShare = (name: string, share: number): string =>
  `abs(slo:bad_events:total{slo="${name}"} / slo:valid_events:total{slo="${name}"} - ${share}) < ${share / 500}`;
const budgetIs = (name: string, value: number, tolerance = 0.003): string =>
  `abs(slo_budget_remaining_ratio{slo="${name}"} - ${value}) < ${tolerance}`;
const fires = (name: string, tier = 'page-fast'): string =>
  `ALERTS{alertname="SLOErrorBudgetBurn", slo="${name}", tier="${tier}", alertstate="firing", service="shop", team="web"}`;
const lost = (name: string): string => `ALERTS{alertname="SLOMeasurementLost", slo="${name}", alertstate="firing"}`;
/** promtool reads no NaNx20. */
const times = (value: string, count: number): string => `${value} `.repeat(count).trim();

const web = (name: string, more = ''): string => `${name}{job="web", cluster="c"${more}}`;
/** T1: by day 6,000 requests a minute, by night 60. */
const DAY_AND_NIGHT = '0+3000x1440 4320030+30x1440';

export const COUNTS: readonly RuleCase[] = [
  ruleCase(
    'an even stream: 60 requests and 6 failures a step, from the first whole range on',
    {
      [web('req')]: '0+60x400',
      [web('err')]: '0+6x400',
    },
    [
      ['10m', ...totals('bad', 60 * 20, 6 * 20)],
      ['1h', ...totals('bad', 60 * 120, 6 * 120), about('known_steps', 'bad', 120)],
      ['1h', badShare('bad', 0.1)],
    ],
  ),
  ruleCase(
    'T1: 1 % fail by day and none by night',
    {
      [web('req')]: DAY_AND_NIGHT,
      [web('err')]: '0+30x1440 43200+0x1440',
    },
    [['1440m', badShare('bad', 43_200 / 4_363_200), about('valid_events', 'bad', 4_363_200, 1)]],
  ),
  ruleCase(
    'T1: half fail by night and none by day',
    {
      [web('req')]: DAY_AND_NIGHT,
      [web('err')]: '0+0x1440 15+15x1440',
    },
    [['1440m', badShare('bad', 21_600 / 4_363_200)]],
  ),
  ruleCase(
    'T2: no requests for 20 min are known, and no events',
    {
      [web('req')]: '0+60x40 2400+0x40 2400+60x400',
      [web('err')]: '0+0x480',
    },
    [
      ['24m', ...totals('bad', 2_400, 0), about('known_steps', 'bad', 48)],
      ['40m', ...totals('bad', 2_400, 0), about('known_steps', 'bad', 80)],
      ['50m', ...totals('bad', 2_400 + 60 * 18, 0)],
    ],
  ),
  ruleCase(
    'T3: without a series of failures there were none, in each cluster by itself',
    {
      [web('req')]: '0+60x400',
      'req{job="web", cluster="d"}': '0+60x400',
      'err{job="web", cluster="d"}': '0+6x400',
    },
    [['1h', ...totals('bad', 7_200, 0), 'abs(slo:bad_events:total{slo="bad", cluster="d"} - 720) < 0.01']],
  ),
  ruleCase(
    'T3: without a series of good events all were bad; with good ones the rest',
    {
      [web('req')]: '0+60x400',
      'req{job="web", cluster="d"}': '0+60x400',
      'fine{job="web", cluster="d"}': '0+54x400',
    },
    [['1h', ...totals('good', 7_200, 7_200), 'abs(slo:bad_events:total{slo="good", cluster="d"} - 720) < 0.01']],
  ),
  ruleCase(
    'T10: a counter that is reset, and a pod that takes over from another, invent no requests',
    {
      [web('req', ', pod="a"')]: '1000000+60x40 stale',
      [web('req', ', pod="b"')]: '_x40 0+60x80',
      [web('req', ', pod="r"')]: '700000+60x60 30+60x60',
    },
    [
      // Lost is only what a counter had counted between its last scrape and its reset; 30 came after it.
      ['55m', about('valid_events', 'bad', 60 * (40 + 70 + 109) + 30)],
    ],
  ),
  ruleCase(
    'T10: more failures, or more good ones, than requests are as many as requests',
    {
      [web('req')]: '0+60x400',
      [web('err')]: '0+90x400',
      [web('fine')]: '0+90x400',
    },
    [['1h', ...totals('bad', 7_200, 7_200), ...totals('good', 7_200, 0)]],
  ),
  ruleCase(
    'T2: a counter that is NaN or infinite is left out, and poisons nothing',
    {
      [web('req', ', pod="a"')]: '0+60x400',
      [web('req', ', pod="n"')]: times('NaN', 400),
      [web('req', ', pod="i"')]: `0+60x20 ${times('Inf', 380)}`,
      [web('err', ', pod="a"')]: '0+6x400',
      [web('err', ', pod="n"')]: times('NaN', 400),
    },
    [['1h', 'slo:valid_events:total{slo="bad"} < 8500', about('bad_events', 'bad', 720, 0.01)]],
  ),
  ruleCase(
    'what is gone is not counted, and its totals stand still: over the look-back of 5 min, for hours, and on',
    {
      [web('req')]: '0+60x120 _x400 31200+60x200',
      [web('err')]: '0+6x120 _x400 3120+6x200',
      ...served('bad'),
    },
    [
      ['1h10m', about('known_steps', 'bad', 124, 1)],
      ['4h', about('known_steps', 'bad', 124, 1), 'slo:valid_events:total{slo="bad", location="prometheus"} == 7200'],
      ['5h', ...totals('bad', 7_200 + 60 * 79, 6 * 199)],
    ],
  ),
];

const buckets = (series: Readonly<Record<string, string>>): Series =>
  Object.fromEntries(
    Object.entries(series).map(([of, values]) => [of.replace('{', '{job="web", cluster="c", '), values]),
  );

export const KINDS: readonly RuleCase[] = [
  ruleCase(
    'T17: a bucket is found however its boundary is written',
    {
      ...buckets({
        'took_seconds_count{pod="a"}': '0+60x400',
        'took_seconds_bucket{pod="a", le="1"}': '0+54x400',
        'took_seconds_count{pod="b"}': '0+60x400',
        'took_seconds_bucket{pod="b", le="1.0"}': '0+54x400',
        'took_seconds_bucket{pod="a", le="10"}': '0+60x400',
        'took_seconds_bucket{pod="a", le="0.1"}': '0+1x400',
        'took_seconds_bucket{pod="a", le="0.4"}': '0+30x400',
        'took_seconds_bucket{pod="b", le="0.40"}': '0+30x400',
        'took_ms_count{pod="a"}': '0+60x400',
        'took_ms_bucket{pod="a", le="400"}': '0+45x400',
      }),
    },
    [
      [
        '1h',
        ...totals('fast', 14_400, 1_440),
        ...totals('quick', 14_400, 7_200),
        ...totals('quick-ms', 7_200, 7_200 / 4),
      ],
    ],
  ),
  ruleCase(
    'T17: without a bucket that ends at the limit nothing is known, and that is said',
    {
      ...buckets({ 'took_seconds_count{}': '0+60x400', 'took_seconds_bucket{le="0.5"}': '0+54x400' }),
      ...served('fast'),
    },
    [
      ['1m', `no ${lost('fast')}`],
      ['5m', lost('fast'), ...totals('fast', 0, 0), about('known_steps', 'fast', 0), `no ${fires('fast')}`],
    ],
    'alerts',
  ),
  ruleCase(
    'a name that no series has is said too',
    served('bad'),
    [['5m', lost('bad'), `no ${fires('bad')}`]],
    'alerts',
  ),
  ruleCase(
    'a native histogram: 3 of 4 observations within a second, and none for a while',
    {
      'native_seconds{cluster="c"}':
        '{{schema:0 sum:0 count:0 buckets:[0 0 0]}}+{{schema:0 sum:6 count:40 buckets:[30 0 10]}}x100 {{schema:0 sum:600 count:4000 buckets:[3000 0 1000]}}x60',
    },
    [
      ['50m', about('valid_events', 'native', 40 * 98.5, 60), badShare('native', 0.25)],
      [
        '1h15m',
        'abs(slo:valid_events:total{slo="native"} - 4000) < 60',
        badShare('native', 0.25),
        about('known_steps', 'native', 150, 1),
      ],
    ],
    'counts',
    true,
  ),
  ruleCase(
    'a gauge is one event an evaluation, judged by its worst series; NaN is no value',
    {
      'pods{cluster="c", zone="a"}': `2x19 1x10 ${times('NaN', 11)} 2x100`,
      'pods{cluster="c", zone="b"}': '3x140',
      'lag{cluster="c", replica="a"}': `1x19 5x10 ${times('Inf', 11)} 4.9x100`,
      'lag{cluster="d"}': times('-Inf', 140),
      'lag{cluster="c", replica="b"}': times('-Inf', 140),
    },
    [
      ['9m30s', ...totals('whole', 20, 0), ...totals('near', 20, 0)],
      ['15m', ...totals('whole', 31, 11), ...totals('near', 31, 11)],
      ['20m', ...totals('whole', 41, 11), ...totals('near', 41, 21)],
      [
        '30m',
        ...totals('whole', 61, 11),
        ...totals('near', 61, 22),
        'slo:valid_events:total{slo="near", cluster="d"} == 61',
      ],
    ],
  ),
  ruleCase(
    'a gauge that is NaN, or gone, measures nothing',
    {
      'pods{cluster="c"}': `2x20 ${times('NaN', 20)} _x20 2x100`,
    },
    [
      ['25m', about('known_steps', 'whole', 21), ...totals('whole', 21, 0)],
      ['50m', ...totals('whole', 61, 0, 11)],
    ],
  ),
];

/** Ten steps a minute of failures at `from` steps, for `length` steps, of 60 requests a step. */
const outage = (from: number, length: number, share = 1): Series => ({
  [web('req')]: '0+60x1900',
  [web('err')]: `0+0x${from} ${60 * share}+${60 * share}x${length - 1} ${60 * share * length}+0x1500`,
});

export const ALERTS: readonly RuleCase[] = [
  ruleCase(
    'a full outage of 10 min after 3 h pages within 3 min, with its labels, and is over 15 min after its end',
    {
      ...outage(360, 20),
      ...served('bad'),
    },
    [
      ['3h', `no ${fires('bad')}`, budgetIs('bad', 1, 1e-9)],
      ['3h3m', fires('bad')],
      ['3h14m', fires('bad')],
      ['3h26m', `no ${fires('bad')}`, `no ${lost('bad')}`],
    ],
    'alerts',
  ),
  ruleCase(
    'a hundredth of all requests fails: below the page of 1.44 %, above that of 0.6 %',
    {
      ...outage(1, 300, 0.01),
      ...served('bad'),
    },
    [['2h', `no ${fires('bad')}`, fires('bad', 'page-slow')]],
    'alerts',
  ),
  ruleCase(
    'an SLO of ten minutes pages in a full outage',
    { ...outage(20, 300), ...served('bad') },
    [
      ['10m', `no ${fires('bad')}`],
      ['13m', fires('bad')],
    ],
    'alerts',
  ),
  ruleCase(
    'T12: five bad minutes of the first hour are 11.6 % of the budget of 30 days, not 83 times it',
    {
      ...outage(100, 10),
      ...served('bad'),
    },
    [['1h', budgetIs('bad', 1 - 5 / 43.2, 0.004), 'no ALERTS{alertname="SLOBudgetExhausted"}']],
    'alerts',
  ),
  ruleCase(
    'a budget rolls: a tenth of it is spent, and comes back an hour later',
    {
      ...outage(120, 4, 0.3),
      ...served('hour', 2_000, { window: '1h', objective: 0.9 }),
    },
    [
      ['1h', budgetIs('hour', 1, 1e-9)],
      ['1h30m', budgetIs('hour', 0.9)],
      ['2h', budgetIs('hour', 0.9)],
      ['2h10m', budgetIs('hour', 1, 1e-6)],
    ],
  ),
  ruleCase(
    'a budget that is used up is said',
    {
      ...outage(120, 30, 0.5),
      ...served('hour', 2_000, { window: '1h', objective: 0.9 }),
    },
    [['1h30m', 'slo_budget_remaining_ratio{slo="hour"} < 0', 'ALERTS{alertname="SLOBudgetExhausted", slo="hour"}']],
    'alerts',
  ),
  ruleCase(
    'maintenance: nothing of it is good or bad, steps stay known, nobody is woken, and what comes after counts',
    {
      ...outage(360, 40),
      ...served('bad'),
      'slo_maintenance_active{slo="bad", cluster="c", instance="e"}': '0x359 1x42 0x1000',
    },
    [
      ['2h59m', about('valid_events', 'bad', 60 * 358)],
      ['3h10m', `no ${fires('bad')}`, about('valid_events', 'bad', 60 * 359), about('known_steps', 'bad', 380)],
      [
        '3h40m',
        `no ${fires('bad')}`,
        about('bad_events', 'bad', 0),
        about('known_steps', 'bad', 440),
        `no ${lost('bad')}`,
      ],
      ['4h', ...totals('bad', 60 * (359 + 74), 0, 60)],
    ],
    'alerts',
  ),
  ruleCase(
    'measurement that is lost in an outage freezes the alert, and is said',
    {
      [web('req')]: '0+60x380 _x200',
      [web('err')]: '0+0x360 60+60x19 _x200',
      ...served('bad'),
    },
    [
      ['3h6m', fires('bad'), `no ${lost('bad')}`],
      ['3h30m', fires('bad'), lost('bad')],
      ['4h', fires('bad'), lost('bad')],
    ],
    'alerts',
  ),
  ruleCase(
    'where Prometheus counts everything, Watchdog stops with the exporter that says what is promised',
    { ...outage(360, 20), ...served('bad', 20) },
    [
      ['10m', about('known_steps', 'bad', 20), 'ALERTS{alertname="Watchdog"}'],
      ['16m', 'no ALERTS{alertname="Watchdog"}'],
    ],
    'alerts',
  ),
];
