// The exporter itself: does it probe in time, keep its history, and have room. What is wrong here is not wrong with the platform.
import {
  BLIND_SHARE,
  DELAY_SECONDS,
  MISSED_SHARE,
  missedShare,
  OFFSET_SECONDS,
  runsByTarget,
} from '../alerts/rules/exporter.ts';
import { ALERT } from '../src/generate/slo/names.ts';
import type { Board, Panel, Query } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { IN_CLUSTER } from './ask.ts';
import { exporterRows } from './exporter-rows.ts';
import { toBoard, toLogs, toTraces } from './links.ts';
import { alertPanels, chart, number } from './part-panels.ts';
import { alertsOf } from './probe-queries.ts';
import { STATES } from './states.ts';

const EMPTY = 'the exporter is not scraped';
const RATE = '$__rate_interval';
const RUNS = runsByTarget(IN_CLUSTER, RATE);
/** By target, and 0 where none was missed. */
const MISSED = `((${missedShare(IN_CLUSTER, RATE)}) >= 0 or 0 * ${RUNS})`;
const judged = (more = ''): string =>
  `sum by (cluster, target, step) (increase(probe_runs_total{${IN_CLUSTER}, outcome!="skipped"${more}}[${RATE}]))`;
/** By step of a target: the share of runs that say nothing of it. */
const BLIND = `((${judged(', blame=~"config|prober"')} or 0 * ${judged()}) / (${judged()} > 0))`;
const DROPPED = `sum(increase(plimsoll_series_dropped_total{${IN_CLUSTER}}[${RATE}]))`;
const own = (name: string): string => `plimsoll_${name}{${IN_CLUSTER}}`;
const DELAY = `max(${own('event_loop_delay_seconds')})`;
const OFFSET = `max(abs(${own('clock_offset_seconds')}))`;

const LANES: readonly Query[] = [
  { legend: 'Store', expr: `2 * max(${own('store_up')} == bool 0)` },
  { legend: 'Spec', expr: `max(${own('config_last_reload_successful')} == bool 0)` },
  { legend: 'Schedule', expr: `max(${MISSED} > bool ${MISSED_SHARE}) + max(${MISSED} >= bool 0.5)` },
  { legend: 'Runs can judge', expr: `max(${BLIND} > bool 0) + max(${BLIND} >= bool ${BLIND_SHARE})` },
  { legend: 'CPU', expr: `${DELAY} > bool ${DELAY_SECONDS}` },
  { legend: 'Clock', expr: `${OFFSET} > bool ${OFFSET_SECONDS}` },
  { legend: 'Series', expr: `${DROPPED} > bool 0 or 0 * count(${own('series')})` },
];

const yesNo = {
  base: 'red',
  thresholds: [{ from: 1, color: 'green' }],
  mappings: [
    { value: 1, text: 'yes', color: 'green' },
    { value: 0, text: 'no', color: 'red' },
  ],
} as const;

type Own = (...names: readonly string[]) => string[];
const stats = (alerts: Own): Panel[] => [
  number({
    title: 'History is written',
    description:
      'The last commit to the store succeeded. No: disk full, read-only or broken; do not restart it, what is in memory is written when the disk is back.',
    queries: [{ expr: `min(${own('store_up')})` }],
    empty: EMPTY,
    ...yesNo,
    alerts: alerts('PlimsollStoreDown'),
  }),
  number({
    title: 'Spec is valid',
    description:
      'The last reload was accepted. No: the log and `plimsoll check` say why; the old spec goes on, and a restart would fail.',
    queries: [{ expr: `min(${own('config_last_reload_successful')})` }],
    empty: EMPTY,
    ...yesNo,
    alerts: alerts('PlimsollConfigInvalid'),
  }),
];

const lanes = (alerts: Own): Panel => ({
  kind: 'state-timeline',
  title: 'What is wrong since when',
  description:
    'All lanes end: it is down or not scraped, and SLOMeasurementLost pages. CPU turns before Schedule: give it more. Runs can judge: our password, grant or network, see the row "Targets". Clock: the node. Series: a target has too many.',
  width: 24,
  height: 8,
  queries: LANES,
  mappings: STATES,
  empty: EMPTY,
  alerts: [ALERT.lost, ...alerts('PlimsollClockJumped')],
  links: [
    toLogs('{service_name="plimsoll"}'),
    toTraces('{ resource.service.name = "plimsoll" && status = error }', 'Traces of failed runs'),
  ],
});

const charts = (spec: Spec, alerts: Own): Panel[] => [
  chart(
    {
      title: 'Why runs were missed',
      description:
        'overlap: the target is slower than its interval; concurrency: too many at once; late: the prober was blocked. backoff (asked less because it is overloaded) and changed (a reload) are meant.',
      queries: [
        {
          expr: `sum by (reason) (increase(plimsoll_missed_runs_total{${IN_CLUSTER}}[${RATE}])) > 0`,
          legend: '{{reason}}',
        },
      ],
      stack: true,
      bars: true,
      decimals: 0,
      empty: 'no run was missed',
      alerts: alerts('PlimsollRunsMissed'),
    },
    8,
  ),
  chart(
    {
      title: 'Runs that could not judge',
      description:
        'Ended with the blame prober or config: our own fault, and not counted against anybody. auth_failed: password or grant; no_network: the node or a NetworkPolicy.',
      queries: [
        {
          expr: `sum by (target, outcome) (increase(probe_runs_total{${IN_CLUSTER}, blame=~"prober|config", outcome!="skipped"}[${RATE}])) > 0`,
          legend: '{{target}}: {{outcome}}',
        },
      ],
      stack: true,
      bars: true,
      decimals: 0,
      empty: 'all runs could judge',
      alerts: alerts('ProbeCannotJudge'),
    },
    8,
  ),
  chart(
    {
      title: 'How late it is',
      description:
        'Longest block of the event loop in two ticks, and by how much 95 of 100 runs start late. Above the line measured latencies are too long: more CPU, or fewer targets.',
      queries: [
        { expr: DELAY, legend: 'event loop' },
        {
          expr: `histogram_quantile(0.95, sum by (le) (rate(plimsoll_run_start_delay_seconds_bucket{${IN_CLUSTER}}[${RATE}])))`,
          legend: 'start of runs',
        },
      ],
      min: 0,
      thresholds: [{ from: DELAY_SECONDS, color: 'red' }],
      empty: EMPTY,
      alerts: alerts('PlimsollOverloaded'),
    },
    8,
  ),
  chart(
    {
      title: 'Runs going on',
      description:
        'The line is exporter.concurrency: there new runs are missed. Near it: slow targets, raise the limit or shorten timeouts.',
      queries: [{ expr: `max(${own('runs_in_flight')})`, legend: 'runs' }],
      decimals: 0,
      min: 0,
      thresholds: [{ from: spec.exporter.concurrency, color: 'red' }],
      empty: EMPTY,
    },
    8,
  ),
  chart(
    {
      title: 'Not written yet',
      description:
        'Ticks that are only in memory. They are lost if the process ends now. Growing: the store is down or its volume slow, see the row "Store".',
      queries: [{ expr: `max(${own('store_pending_ticks')})`, legend: 'ticks' }],
      decimals: 0,
      min: 0,
      empty: EMPTY,
    },
    8,
  ),
  chart(
    {
      title: 'Series',
      description:
        'Probe series in memory. A number that only grows: names in a label that never end; the row "Series" says of which target.',
      queries: [{ expr: `max(${own('series')})`, legend: 'series' }],
      min: 0,
      empty: EMPTY,
      alerts: alerts('PlimsollSeriesDropped'),
    },
    8,
  ),
  chart(
    {
      title: 'Boards of others',
      description:
        'Readings for exporter.boardSeries that failed: a right that the probe user lacks (PROCESS, or +info), or no time left before the deadline. Probes and SLOs are not touched by it.',
      queries: [
        {
          expr: `sum by (target, reason) (increase(plimsoll_board_faults_total{${IN_CLUSTER}}[${RATE}])) > 0`,
          legend: '{{target}}: {{reason}}',
        },
      ],
      bars: true,
      decimals: 0,
      empty: 'all could be read, or none are asked for',
    },
    24,
  ),
];

export const exporter = (spec: Spec): Board => {
  const [firing, which, history] = alertPanels(spec, 'exporter');
  const alerts: Own = (...names) => alertsOf(spec, 'exporter', ...names);
  return {
    uid: 'plimsoll-exporter',
    title: 'Exporter',
    description:
      'Plimsoll’s own health. While it is ill, SLOs lose coverage and not budget: look here before you trust a green board.',
    uses: ['cluster'],
    first: [...stats(alerts), firing, which, lanes(alerts), ...charts(spec, alerts)],
    rows: [...exporterRows(alerts), { title: 'Alerts over time', panels: [history] }],
    links: [toBoard('All SLOs', 'plimsoll-slos'), toLogs('{service_name="plimsoll"}')],
  };
};
