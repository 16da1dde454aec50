// The telemetry stack: one lane per part and what is lost now; then one row per part. Alerts travel on it.
import { FAILED_SHARE, LAG_SECONDS, NOTIFY_SHARE } from '../alerts/rules/telemetry.ts';
import { LOST_PER_SECOND, QUEUE_SHARE } from '../alerts/rules/telemetry-signals.ts';
import { ALERT } from '../src/generate/slo/names.ts';
import type { Board, Panel } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { toBoard, toLogs } from './links.ts';
import { alertPanels, chart, errorLogs, number } from './part-panels.ts';
import { alertsOf } from './probe-queries.ts';
import { STATES } from './states.ts';
import { byPart, LAG, PARTS, type Part, QUEUE, rate, share, worst } from './telemetry-ask.ts';
import { partRows } from './telemetry-rows.ts';

const LOGS = 'prometheus.*|alertmanager.*|mimir.*|loki.*|tempo.*|alloy.*|otel.*';
const NOTHING = 'nothing of the stack is scraped';

/** Orange from the share of RemoteWriteFailing on, or while something else is wrong; red when half of the work fails. */
function stateOfPart({ fails, wrong }: Part): string {
  const of = worst(fails);
  const state = `(${of} > bool ${FAILED_SHARE}) + (${of} >= bool 0.5)`;
  return wrong === undefined ? state : worst([state, wrong]);
}

const stats = (spec: Spec): Panel[] => [
  number({
    title: 'Notifications that fail',
    description:
      'Share over the worst receiver: somebody sleeps through an outage. Red: "Alertmanager: failed by receiver" in its row says which and why; tell those people by another way.',
    queries: [
      {
        expr: `max(${share(rate('alertmanager_notifications_failed_total', '', 'integration'), rate('alertmanager_notifications_total', '', 'integration'))}) or 0 * max(${rate('alertmanager_notifications_total')})`,
      },
    ],
    unit: 'percentunit',
    decimals: 0,
    empty: 'Alertmanager is not scraped',
    base: 'green',
    thresholds: [{ from: NOTIFY_SHARE, color: 'red' }],
    alerts: [ALERT.watchdog, ...alertsOf(spec, 'telemetry', 'AlertDeliveryFailing', 'AlertsNotReachingAlertmanager')],
  }),
  number({
    title: 'Remote write is behind by',
    description:
      'Rules in Mimir see the platform this late; from two minutes on, burn rates lose their short window. Look at the lane of Mimir: is it down, does it refuse, or is Prometheus short of shards?',
    queries: [{ expr: LAG }],
    decimals: 0,
    empty: 'nothing is written to Mimir',
    base: 'green',
    thresholds: [{ from: LAG_SECONDS, color: 'red' }],
    alerts: alertsOf(spec, 'telemetry', 'RemoteWriteLagging'),
  }),
];

const lanes: Panel = {
  kind: 'state-timeline',
  title: 'Parts',
  description:
    'Orange while 1 % of its work fails or it is behind, red from half on. A lane that ends: the part is down or not scraped, kubectl get pods. Several at once: the one that the others write to, or the object storage behind Mimir, Loki and Tempo.',
  width: 14,
  height: 9,
  queries: PARTS.map((part) => ({ legend: part.name, expr: stateOfPart(part) })),
  mappings: STATES,
  empty: NOTHING,
  alerts: [ALERT.failing, ALERT.late, ALERT.outdated],
  links: [toBoard('Storage', 'plimsoll-storage'), toLogs(`{service_name=~"${LOGS}"}`)],
};

const table: Panel = {
  kind: 'table',
  title: 'Each part now',
  description:
    'Is it taking in (things a second), is it answering (share that fails, and 95 of 100 are faster than), is it losing (a second, for good)? The row of the part has the details.',
  width: 10,
  height: 9,
  labels: { part: 'Part' },
  columns: [
    { title: 'Takes in', expr: byPart((part) => part.takesIn), decimals: 1 },
    {
      title: 'Fails',
      expr: byPart((part) => worst(part.fails)),
      unit: 'percentunit',
      decimals: 1,
      thresholds: [
        { from: FAILED_SHARE, color: 'orange' },
        { from: 0.5, color: 'red' },
      ],
    },
    { title: 'Answers in', expr: byPart((part) => part.answers), decimals: 2 },
    {
      title: 'Loses',
      expr: byPart((part) => part.loses),
      decimals: 1,
      thresholds: [{ from: LOST_PER_SECOND, color: 'red' }],
    },
  ],
  sortBy: { column: 'Fails', descending: true },
  empty: NOTHING,
};

const charts: readonly Panel[] = [
  chart(
    {
      title: 'What is lost',
      description:
        'Samples, lines, spans and notifications a second that nobody will see again. The line is where alerts begin; usually a limit of the tenant (the row says which reason) or a part behind it that is down.',
      queries: [{ expr: byPart((part) => part.loses), legend: '{{part}}' }],
      min: 0,
      thresholds: [{ from: LOST_PER_SECOND, color: 'red' }],
      empty: NOTHING,
    },
    8,
  ),
  chart(
    {
      title: 'What is taken in',
      description:
        'A second, on a logarithmic scale. A line that falls to 0: nobody writes to it any more, or it is down. All fall: the network or the nodes.',
      queries: [{ expr: byPart((part) => part.takesIn), legend: '{{part}}' }],
      log: true,
      empty: NOTHING,
    },
    8,
  ),
  chart(
    {
      title: 'What waits',
      description:
        'Share of the shards that remote write may use, and of the queues of the Collector. Near 1 it cannot catch up: what it writes to is slow or down. Full queues drop.',
      queries: [
        {
          expr: `max by (remote_name) (prometheus_remote_storage_shards{cluster=~"$cluster"} / prometheus_remote_storage_shards_max{cluster=~"$cluster"})`,
          legend: 'remote write to {{remote_name}}',
        },
        { expr: QUEUE, legend: 'Collector to {{exporter}}' },
      ],
      min: 0,
      max: 1,
      decimals: 0,
      thresholds: [{ from: QUEUE_SHARE, color: 'red' }],
      empty: 'no remote write and no Collector is scraped',
    },
    8,
  ),
];

export const telemetry = (spec: Spec): Board => {
  const [firing, which, history] = alertPanels(spec, 'telemetry');
  return {
    uid: 'plimsoll-telemetry',
    title: 'Telemetry stack',
    description:
      'What carries metrics, logs, traces and alerts. While something is red here, green elsewhere may mean nothing.',
    uses: ['cluster'],
    first: [...stats(spec), firing, which, lanes, table, ...charts],
    rows: [
      ...partRows(spec),
      { title: 'Alerts over time', panels: [history] },
      { title: 'Logs', panels: [errorLogs(LOGS, 'the telemetry stack')] },
    ],
    links: [toBoard('Storage', 'plimsoll-storage'), toBoard('Exporter', 'plimsoll-exporter')],
  };
};
