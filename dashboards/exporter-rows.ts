// Details of the exporter: its targets, store, series and process.
import { BLIND_SHARE, MISSED_SHARE, missedShare, OFFSET_SECONDS, runsByTarget } from '../alerts/rules/exporter.ts';
import type { Board, Panel } from '../src/grafana/board.ts';
import { IN_CLUSTER } from './ask.ts';
import { chart, errorLogs } from './part-panels.ts';

const EMPTY = 'the exporter is not scraped';
const WINDOW = '30m';
const own = (name: string): string => `plimsoll_${name}{${IN_CLUSTER}}`;
/** Of all processes, those of the exporter. */
const ofProcess = (expr: string): string =>
  `${expr} * on (cluster, instance) group_left () max by (cluster, instance) (${own('build_info')})`;
const judged = (more = ''): string =>
  `sum by (cluster, target, step) (increase(probe_runs_total{${IN_CLUSTER}, outcome!="skipped"${more}}[${WINDOW}]))`;
const BLIND = `(${judged(', blame=~"config|prober"')} or 0 * ${judged()}) / (${judged()} > 0)`;

const targets: Panel = {
  kind: 'table',
  title: 'Targets',
  description: `What fires over the last ${WINDOW}, by target. Missed: the target is slower than its interval, or the exporter is. Cannot judge: our own password, setting or network. Last run far above the interval: it is backed off or was removed from the spec.`,
  width: 24,
  height: 9,
  labels: { target: 'Target' },
  columns: [
    {
      title: 'Missed',
      expr: `max by (target) ((${missedShare(IN_CLUSTER)}) >= 0 or 0 * ${runsByTarget(IN_CLUSTER)})`,
      unit: 'percentunit',
      decimals: 1,
      thresholds: [{ from: MISSED_SHARE, color: 'red' }],
    },
    {
      title: 'Cannot judge',
      expr: `max by (target) (${BLIND})`,
      unit: 'percentunit',
      decimals: 1,
      thresholds: [{ from: BLIND_SHARE, color: 'red' }],
    },
    { title: 'Interval', expr: `max by (target) (probe_interval_seconds{${IN_CLUSTER}})` },
    {
      title: 'Last run',
      expr: `time() - max by (target) (probe_last_run_timestamp_seconds{${IN_CLUSTER}})`,
      decimals: 0,
    },
    { title: 'Series', expr: `count by (target) (probe_runs_total{${IN_CLUSTER}})` },
  ],
  sortBy: { column: 'Missed', descending: true },
  empty: 'nothing is probed',
  waive: {
    'target-rate-interval-rule': 'the window of the alerts, so that the number here and that in the alert are the same',
    'target-counter-agg-rule': 'series are counted, not what they count',
  },
};

type Own = (...names: readonly string[]) => string[];
const store = (alerts: Own): Panel[] => [
  chart({
    title: 'Last commit',
    description:
      'How long ago the history was written last; usually seconds. If it grows, "Not written yet" does as well.',
    queries: [{ expr: `time() - min(${own('store_last_commit_timestamp_seconds')})`, legend: 'ago' }],
    min: 0,
    empty: EMPTY,
  }),
  chart({
    title: 'How long a commit takes',
    description: 'Of a history tick to the disk. Slow: the volume is; look at its node and at what else writes to it.',
    queries: [{ expr: `max(${own('store_commit_duration_seconds')})`, legend: 'commit' }],
    min: 0,
    empty: EMPTY,
  }),
  chart({
    title: 'Failed commits',
    description: 'A second. Single ones are tried again; a row of them is "History is written: no".',
    queries: [
      { expr: `sum(rate(plimsoll_store_errors_total{${IN_CLUSTER}}[$__rate_interval]))`, legend: 'failed commits' },
    ],
    min: 0,
    empty: EMPTY,
  }),
  chart({
    title: 'Damaged records',
    description:
      'Since the exporter was started, found when the store was read. Each costs its own step only; the disk that did this may do worse: look at its events, and move the volume.',
    queries: [{ expr: `max(${own('store_damaged_records_total')})`, legend: 'records' }],
    decimals: 0,
    min: 0,
    empty: EMPTY,
    alerts: alerts('PlimsollStoreDamaged'),
    waive: { 'target-counter-agg-rule': 'counted once, at the start: increase() never sees it' },
  }),
];

const series = (alerts: Own): Panel[] => [
  chart({
    title: 'Samples that were refused',
    description:
      'A second, of targets that have as many series as exporter.seriesPerTarget allows. SLOs are right; boards lack these.',
    queries: [
      {
        expr: `sum by (target) (rate(plimsoll_series_dropped_total{${IN_CLUSTER}}[$__rate_interval])) > 0`,
        legend: '{{target}}',
      },
    ],
    empty: 'none were refused',
    alerts: alerts('PlimsollSeriesDropped'),
  }),
  chart({
    title: 'Series by target',
    description: 'Steps, outcomes and locations of each, the largest ten. The one that grows is the one to look at.',
    queries: [{ expr: `topk(10, count by (target) (probe_runs_total{${IN_CLUSTER}}))`, legend: '{{target}}' }],
    decimals: 0,
    min: 0,
    empty: 'nothing is probed',
    waive: { 'target-counter-agg-rule': 'series are counted, not what they count' },
  }),
];

const processes = (alerts: Own): Panel[] => [
  chart({
    title: 'CPU',
    description:
      'Cores in use. At its limit Kubernetes stops it for moments, and every latency that it measures is too long.',
    queries: [
      {
        expr: ofProcess(
          `sum by (cluster, instance) (rate(process_cpu_seconds_total{${IN_CLUSTER}}[$__rate_interval]))`,
        ),
        legend: '{{instance}}',
      },
    ],
    unit: 'short',
    min: 0,
    empty: EMPTY,
  }),
  chart({
    title: 'Memory',
    description:
      'Resident. It grows with targets and series and then stays; if it does not, look at "Series by target".',
    queries: [
      {
        expr: ofProcess(`max by (cluster, instance) (process_resident_memory_bytes{${IN_CLUSTER}})`),
        legend: '{{instance}}',
      },
    ],
    min: 0,
    empty: EMPTY,
  }),
  chart({
    title: 'Clock',
    description:
      'How far the system clock is from the one that the history uses. Beyond the line it has jumped: windows stay right, time stamps of logs and traces are not; look at NTP on the node.',
    queries: [{ expr: `max(abs(${own('clock_offset_seconds')}))`, legend: 'offset' }],
    min: 0,
    thresholds: [{ from: OFFSET_SECONDS, color: 'red' }],
    empty: EMPTY,
    alerts: alerts('PlimsollClockJumped'),
  }),
  {
    kind: 'table',
    title: 'Instances',
    description:
      'More than one of a cluster: both probe, and both count. Another version than expected: the rollout did not end.',
    width: 12,
    height: 8,
    labels: { instance: 'Instance', version: 'Version', node: 'Node.js' },
    columns: [
      {
        title: 'Running for',
        expr: `(time() - max by (instance) (process_start_time_seconds{${IN_CLUSTER}})) * on (instance) group_right () max by (instance, version, node) (${own('build_info')})`,
        unit: 's',
      },
    ],
    sortBy: { column: 'Running for', descending: false },
    empty: EMPTY,
  },
];

export const exporterRows = (alerts: Own): Board['rows'] => [
  { title: 'Targets', panels: [targets] },
  { title: 'Store', panels: store(alerts) },
  { title: 'Series', panels: series(alerts) },
  { title: 'Process', panels: processes(alerts) },
  { title: 'Logs', panels: [errorLogs('plimsoll', 'the exporter')] },
];
