// What Prometheus, Mimir's ruler and the exporter say of the rules themselves, and which alerts must follow. Never computes them.
import { yamlText } from '../../src/generate/rule-files.ts';

interface Series {
  readonly series: string;
  readonly values: string;
}

/** What fires at a time, as sorted texts: "c;/etc/rules.yml;slo-burn" is cluster c and the group, "c v2" cluster and version. */
export interface RuleAlertCase {
  readonly name: string;
  readonly series: readonly Series[];
  readonly fires: Readonly<Record<string, readonly string[]>>;
}

/** The same series in Prometheus and, with this before their names, in Mimir's ruler. */
export const FAMILIES = ['', 'cortex_'] as const;
export type Family = (typeof FAMILIES)[number];

/** As both write it: file and group. */
const BURN = '/etc/rules.yml;slo-burn';
const SLOW = '/etc/rules.yml;slo-slow';
const PROMQL = '/etc/rules.yml;slo-promql-2';

const series = (name: string, labels: Readonly<Record<string, string>>, values: string): Series => {
  const all = { cluster: 'c', job: 'j', instance: 'p:1', ...labels };
  const text = Object.entries(all).map(([key, value]) => `${key}="${value}"`);
  return { series: `${name}{${text.join(', ')}}`, values };
};

const QUESTION =
  'count by (alertname, cluster, rule_group, version) (ALERTS{alertstate="firing", alertname!="Watchdog"})';

/** A test file for promtool; all cases are about one alert. A sample every 30 s. */
export const ruleAlertFile = (alertname: string, cases: readonly RuleAlertCase[]): string =>
  yamlText({
    rule_files: ['rules.yml'],
    evaluation_interval: '30s',
    tests: cases.map(({ name, series: input, fires }) => ({
      name,
      interval: '30s',
      input_series: input,
      promql_expr_test: Object.entries(fires).map(([at, alerts]) => ({
        expr: QUESTION,
        eval_time: at,
        ...(alerts.length > 0 && {
          exp_samples: alerts.map((text) => ({ labels: labelsOf(alertname, text), value: 1 })),
        }),
      })),
    })),
  });

function labelsOf(alertname: string, text: string): string {
  const [, cluster, group, version] = /^(\w*)(?:;(.+)| (\w+))$/.exec(text)!;
  const labels = Object.entries({ alertname, cluster, rule_group: group, version }).filter(([, value]) => value);
  return `{${labels.map(([key, value]) => `${key}="${value}"`).join(', ')}}`;
}

const failures = (family: Family, group: string, values: string, more: Readonly<Record<string, string>> = {}) =>
  series(`${family}prometheus_rule_evaluation_failures_total`, { rule_group: group, ...more }, values);
/** None until 20:00 (41 samples), one more at 20:30. */
const ONE = '5x40 6x60';

/** SLORulesFailing: increase over 10 min, and kept for 10 min. */
export const failingCases = (family: Family): RuleAlertCase[] => [
  {
    name: 'one evaluation that failed is told at once, for ten minutes and ten more',
    series: [failures(family, BURN, ONE)],
    fires: { '20m': [], '20m30s': [`c;${BURN}`], '39m': [`c;${BURN}`], '41m': [] },
  },
  {
    name: 'nothing fails',
    series: [failures(family, BURN, '5x100'), failures(family, SLOW, '0x100')],
    fires: { '5m': [], '30m': [] },
  },
  {
    name: 'groups of others may fail',
    series: [
      failures(family, '/etc/rules.yml;node', '0+1x100'),
      failures(family, '/slo-burn.yml;kube', '0+1x100'),
      failures(family, '/etc/rules.yml;my-slo-burn', '0+1x100'),
    ],
    fires: { '30m': [] },
  },
  {
    name: 'the rules on rules are not asked of themselves',
    series: [failures(family, '/etc/rules.yml;slo-rules', '0+1x100')],
    fires: { '30m': [] },
  },
  {
    name: 'each group and cluster by itself, whoever evaluates it',
    series: [
      failures(family, BURN, '0+1x100'),
      failures(family, BURN, '0+1x100', { instance: 'p:2' }),
      failures(family, BURN, '0+1x100', { cluster: 'd' }),
      failures(family, SLOW, '0+1x100'),
      failures(family, PROMQL, '0+1x100'),
    ],
    fires: { '15m': [`c;${BURN}`, `c;${PROMQL}`, `c;${SLOW}`, `d;${BURN}`] },
  },
];

const last = (family: Family, group: string, values: string, more: Readonly<Record<string, string>> = {}) =>
  series(`${family}prometheus_rule_group_last_evaluation_timestamp_seconds`, { rule_group: group, ...more }, values);

/** SLORulesLate: five times the four minutes of the slowest group, for a minute. */
export const lateCases = (family: Family): RuleAlertCase[] => [
  {
    // 1200 s at 20:00, more at 20:30, and a minute after that.
    name: 'evaluated for the last time at the beginning',
    series: [last(family, BURN, '0x100')],
    fires: { '21m': [], '21m30s': [`c;${BURN}`], '45m': [`c;${BURN}`] },
  },
  {
    name: 'late, and evaluated again before the minute is over',
    series: [last(family, BURN, '0x42 1290+30x60')],
    fires: { '21m30s': [], '40m': [] },
  },
  {
    name: 'evaluated all the time',
    series: [last(family, BURN, '0+30x100'), last(family, SLOW, '0+30x100')],
    fires: { '21m30s': [], '45m': [] },
  },
  {
    name: 'groups of others may be late',
    series: [
      last(family, '/etc/rules.yml;node', '0x100'),
      last(family, '/etc/rules.yml;slo-rules', '0x100'),
      last(family, '/slo-burn.yml;kube', '0x100'),
      last(family, '/etc/rules.yml;my-slo-burn', '0x100'),
    ],
    fires: { '45m': [] },
  },
  {
    name: 'one of two replicas evaluates it',
    series: [last(family, BURN, '0x100'), last(family, BURN, '0+30x100', { instance: 'p:2' })],
    fires: { '45m': [] },
  },
  {
    name: 'each group and cluster by itself',
    series: [
      last(family, BURN, '0x100'),
      last(family, BURN, '0x100', { instance: 'p:2' }),
      last(family, BURN, '0x100', { cluster: 'd' }),
      last(family, SLOW, '0+30x100'),
      last(family, PROMQL, '0x100'),
    ],
    fires: { '30m': [`c;${BURN}`, `c;${PROMQL}`, `d;${BURN}`] },
  },
];

/** Both in one place: Prometheus sends what its own rules do to the Mimir whose ruler has rules too. */
export const bothFamilies = (kind: 'failing' | 'late'): RuleAlertCase => {
  const [of, bad, good] = kind === 'failing' ? [failures, '0+1x100', '0x100'] : [last, '0x100', '0+30x100'];
  return {
    name: 'rules of Prometheus and of Mimir, each of which may be wrong without the other',
    series: [
      of('', BURN, bad),
      of('cortex_', BURN, good),
      of('', SLOW, good),
      of('cortex_', SLOW, bad),
      of('', PROMQL, bad),
      of('cortex_', PROMQL, bad),
    ],
    fires: { '30m': [`c;${BURN}`, `c;${PROMQL}`, `c;${SLOW}`] },
  };
};

const runs = (version: string, values: string, more: Readonly<Record<string, string>> = {}) =>
  series('plimsoll_rules_info', { version, ...more }, values);

/** SLORulesOutdated, where rules of the version `loaded` are: for half an hour. */
export const outdatedCases = (loaded: string): RuleAlertCase[] => [
  {
    name: 'the exporter runs a spec with other rules',
    series: [runs('other', '1x100')],
    fires: { '29m30s': [], '30m': ['c other'], '45m': ['c other'] },
  },
  {
    name: 'the exporter runs a spec with these rules',
    series: [runs(loaded, '1x100')],
    fires: { '30m': [], '45m': [] },
  },
  {
    name: 'rules are loaded within half an hour after the exporter has its spec',
    series: [runs('before', '1x50 stale'), runs(loaded, '_x51 1x60')],
    fires: { '29m30s': [], '45m': [] },
  },
  {
    name: 'each cluster by itself; two exporters of one cluster are one',
    series: [
      runs(loaded, '1x100'),
      runs('other', '1x100', { cluster: 'd' }),
      runs('other', '1x100', { cluster: 'd', instance: 'p:2' }),
      runs('third', '1x100', { cluster: 'e' }),
    ],
    fires: { '30m': ['d other', 'e third'] },
  },
  {
    name: 'rules of another version are loaded beside them',
    series: [runs('second', '1x100'), series('slo:rules:info', { version: 'second', cluster: 'd' }, '1x100')],
    fires: { '45m': [] },
  },
  { name: 'there is no exporter', series: [series('up', {}, '0x100')], fires: { '45m': [] } },
];
