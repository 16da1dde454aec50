// What exporters serve, and which alerts fire at which time, as a promtool test written by hand. Never computes what is expected.
import { yamlText } from '../../src/generate/rule-files.ts';

/** Counters as promtool writes them; a number stands still. */
interface Counts {
  readonly good: string | number;
  readonly bad?: string | number;
  readonly unmeasured?: string | number;
  readonly excluded?: string | number;
}
interface Labels {
  readonly slo?: string;
  readonly cluster?: string;
  readonly instance?: string;
  readonly namespace?: string;
  readonly job?: string;
  readonly location?: string;
  readonly team?: string;
  readonly service?: string;
  readonly target?: string;
  readonly window?: string;
}
interface Gauges {
  readonly objective?: number;
  /** Seconds since the beginning of the test; negative: before. */
  readonly created?: string | number;
  readonly budget?: string | number;
  readonly maintenance?: string | number;
  readonly stepSeconds?: number;
  /** Values of all gauges, to end or begin them: "1x20 stale" with 1 in place of the value. */
  readonly shape?: string;
}
interface Series {
  readonly series: string;
  readonly values: string;
}

const FOREVER = 120;
const held = (value: string | number): string => (typeof value === 'number' ? `${value}x${FOREVER}` : value);

/** All series of one SLO from one exporter, a value every 30 s. Without more, it is SLO a of long ago, 99 %, and its step is 30 s. */
export function served(counts: Counts, labels: Labels = {}, gauges: Gauges = {}): Series[] {
  const { slo = 'a', cluster = 'c', instance = 'i:1', location = 'main', team = 'web', service = 'shop' } = labels;
  const { target = 'shop', window = '6h', job = 'plimsoll', namespace } = labels;
  const { objective = 0.99, created = -9_999_999, budget = 0.5, maintenance = 0, stepSeconds = 30, shape } = gauges;
  const of = (name: string, own: Record<string, string>, value: string | number): Series => ({
    series: `${name}{${Object.entries({ cluster, instance, job, ...(namespace && { namespace }), ...own })
      .map(([key, text]) => `${key}="${text}"`)
      .join(', ')}}`,
    values: typeof value === 'number' && shape !== undefined ? shape.replaceAll(/\b1x/g, `${value}x`) : held(value),
  });
  const events = (result: string, value: string | number = 0): Series =>
    of(
      'slo_events_total',
      { slo, result, location },
      typeof value === 'number' && shape !== undefined ? value : held(value),
    );
  return [
    events('good', counts.good),
    events('bad', counts.bad),
    events('unmeasured', counts.unmeasured),
    events('excluded', counts.excluded),
    of('slo_objective_ratio', { slo }, objective),
    of('slo_created_timestamp_seconds', { slo }, created),
    of('slo_budget_remaining_ratio', { slo }, budget),
    of('slo_maintenance_active', { slo }, maintenance),
    of('slo_info', { slo, service, team, target, window }, 1),
    of('probe_interval_seconds', { target, location }, stepSeconds),
  ];
}

/** What fires at a time: "SLOErrorBudgetBurn a page", "SLOMeasurementLost a", as sorted texts; the cluster if it is not c. */
export interface Case {
  readonly name: string;
  readonly series: readonly Series[];
  readonly fires?: Readonly<Record<string, readonly string[]>>;
  /** What is recorded at a time: selector -> all its series ("a main", "a", with "@d" if the cluster is not c) -> value. */
  readonly records?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>;
}

const LABELS = ['alertname', 'slo', 'tier', 'team', 'cluster', 'service'] as const;
const QUESTION = `count by (${LABELS.join(', ')}) (ALERTS{alertstate="firing", alertname!="Watchdog"})`;

/** "burn a page", "lost a", "exhausted a", "maintenance shop", "burn a page team=other cluster=d" */
function sample(text: string): { labels: string; value: number } {
  const [kind, name, ...rest] = text.split(' ');
  const own = Object.fromEntries(rest.filter((part) => part.includes('=')).map((part) => part.split('=')));
  const tier = rest.find((part) => !part.includes('='));
  const alertname = { burn: 'SLOErrorBudgetBurn', lost: 'SLOMeasurementLost', exhausted: 'SLOBudgetExhausted' }[kind!];
  const labels =
    kind === 'maintenance'
      ? { alertname: 'MaintenanceActive', service: name, cluster: 'c', ...own }
      : {
          alertname: alertname ?? kind,
          slo: name,
          ...(tier && { tier }),
          team: 'web',
          service: 'shop',
          cluster: 'c',
          ...own,
        };
  return {
    labels: `{${Object.entries(labels)
      .map(([key, value]) => `${key}="${value}"`)
      .join(', ')}}`,
    value: 1,
  };
}

const asked = (expr: string, at: string, samples: { labels: string; value: number }[]) => ({
  expr,
  eval_time: at,
  ...(samples.length > 0 && { exp_samples: samples }),
});

/** "a main@d"; "@d" is the cluster alone. */
function recorded(key: string): string {
  const [, slo, location, cluster = 'c'] = /^(.*?)(?: (\S+?))?(?:@(\S+))?$/.exec(key)!;
  const labels = { cluster, ...(slo && { slo }), ...(location && { location }) };
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}}`;
}

/** A test file for promtool. */
export const caseFile = (cases: readonly Case[], groups: readonly string[], ruleFile = 'rules.yml'): string =>
  yamlText({
    rule_files: [ruleFile],
    evaluation_interval: '30s',
    group_eval_order: [...groups],
    tests: cases.map(({ name, series, fires = {}, records = {} }) => ({
      name,
      interval: '30s',
      input_series: [...new Map(series.map((one) => [one.series, one])).values()],
      promql_expr_test: [
        ...Object.entries(fires).map(([at, alerts]) => asked(QUESTION, at, alerts.map(sample))),
        ...Object.entries(records).flatMap(([at, selectors]) =>
          Object.entries(selectors).map(([selector, series]) =>
            asked(
              `sum by (cluster, slo, location) (${selector})`,
              at,
              Object.entries(series).map(([key, value]) => ({ labels: recorded(key), value })),
            ),
          ),
        ),
      ],
    })),
  });
