// One row per part of the telemetry stack: what it takes in, how it answers, what it drops and why.
import { LAG_SECONDS, RULER_SECONDS } from '../alerts/rules/telemetry.ts';
import { LOST_PER_SECOND, QUEUE_SHARE, SERVER_SHARE } from '../alerts/rules/telemetry-signals.ts';
import type { Board, Panel, Query, TimeseriesPanel } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { IN_CLUSTER } from './ask.ts';
import { chart } from './part-panels.ts';
import { alertsOf } from './probe-queries.ts';
import { collector, LAG, p95, QUEUE, rate, share, zero } from './telemetry-ask.ts';

const none = (part: string): string => `${part} is not scraped`;
type More = Partial<Omit<TimeseriesPanel, 'kind' | 'title' | 'description' | 'queries'>>;
const third = (part: string, what: string, description: string, queries: readonly Query[], more: More = {}): Panel =>
  chart({ title: `${part}: ${what}`, description, queries, min: 0, empty: none(part), ...more }, 8);
const LIMIT = { thresholds: [{ from: LOST_PER_SECOND, color: 'red' }] } as const;
const failing = (part: string, more: string): string =>
  share(
    rate(`${part}_request_duration_seconds_count`, `, status_code=~"5.."${more}`, 'route'),
    rate(`${part}_request_duration_seconds_count`, more, 'route'),
  );
/** By reason; with a line at 0 as long as anything is taken in. */
const byReason = (lost: string, takesIn: string, reason = 'reason'): Query[] => [
  { expr: `${rate(lost, '', reason)} > 0`, legend: `{{${reason}}}` },
  { expr: `0 * ${rate(takesIn)}`, legend: 'nothing else' },
];
const of = (spec: Spec, ...names: readonly string[]) => ({ alerts: alertsOf(spec, 'telemetry', ...names) });
const REMOTE = 'prometheus_remote_storage_samples';

const prometheus = (spec: Spec): Panel[] => [
  third(
    'Prometheus',
    'taking in',
    'Samples a second from all scrapes. A step down: targets are gone, see its page Targets.',
    [{ expr: rate('prometheus_tsdb_head_samples_appended_total'), legend: 'samples' }],
  ),
  third(
    'Prometheus',
    'answering',
    'Queries: 95 of 100 are faster. Rules: the slowest group; beyond its interval evaluations are missed and alerts come late.',
    [
      { expr: `max(prometheus_rule_group_last_duration_seconds{${IN_CLUSTER}})`, legend: 'slowest group of rules' },
      { expr: p95('prometheus_http_request_duration_seconds', ', handler=~"/api/v1/query.*"'), legend: 'queries' },
    ],
  ),
  third(
    'Prometheus',
    'dropping',
    'Remote write: refused for good (a limit or a wrong tenant), dropped before sending (relabelling or too old), and tried again (nothing is lost yet: Mimir is down or slow).',
    [
      { expr: rate(`${REMOTE}_failed_total`), legend: 'refused' },
      { expr: rate(`${REMOTE}_dropped_total`), legend: 'dropped' },
      { expr: rate(`${REMOTE}_retried_total`), legend: 'tried again' },
    ],
    of(spec, 'RemoteWriteFailing'),
  ),
  third(
    'Prometheus',
    'remote write is behind',
    'Age of the newest sample that was sent. It falls by itself when Mimir is back; after two hours samples are lost.',
    [{ expr: LAG, legend: 'behind' }],
    { thresholds: [{ from: LAG_SECONDS, color: 'red' }], ...of(spec, 'RemoteWriteLagging') },
  ),
  third(
    'Prometheus',
    'scrapes refused',
    'Too many samples: a target has new labels without end. Out of order or twice: two targets write the same series.',
    [
      { expr: rate('prometheus_target_scrapes_exceeded_sample_limit_total'), legend: 'too many samples' },
      { expr: rate('prometheus_target_scrapes_sample_out_of_order_total'), legend: 'out of order' },
      { expr: rate('prometheus_target_scrapes_sample_duplicate_timestamp_total'), legend: 'twice' },
    ],
    { unit: 'ops' },
  ),
  third(
    'Prometheus',
    'rules that fail',
    'Evaluations a second that failed or were missed. Its page Rules has the error.',
    [
      { expr: rate('prometheus_rule_evaluation_failures_total'), legend: 'failed' },
      { expr: rate('prometheus_rule_group_iterations_missed_total'), legend: 'missed' },
    ],
  ),
];

const mimir = (spec: Spec): Panel[] => [
  third('Mimir', 'taking in', 'Samples a second that it accepted.', [
    { expr: rate('cortex_distributor_received_samples_total'), legend: 'samples' },
  ]),
  third(
    'Mimir',
    'answering',
    '95 of 100 requests are faster, by route. Push slow: ingesters or disk; queries slow: store gateways, object storage.',
    [{ expr: `topk(8, ${p95('cortex_request_duration_seconds', '', 'route')})`, legend: '{{route}}' }],
  ),
  third(
    'Mimir',
    'dropping',
    'Samples a second by reason. per_user_series_limit: new SLOs and targets are invisible, raise the limit or find the label that grows.',
    byReason('cortex_discarded_samples_total', 'cortex_distributor_received_samples_total'),
    { ...LIMIT, ...of(spec, 'MimirDiscardingSamples') },
  ),
  third(
    'Mimir',
    'answers with 5xx',
    'Share of the requests of a route. On push: Prometheus tries again, see how far it is behind.',
    [{ expr: `topk(8, ${failing('cortex', '')})`, legend: '{{route}}' }],
  ),
  third(
    'Mimir',
    'rules that fail',
    'Evaluations a second that failed or were missed, by group. Alerts of this group cannot fire: read the log of the ruler.',
    [
      {
        expr: rate('cortex_prometheus_rule_evaluation_failures_total', '', 'rule_group'),
        legend: '{{rule_group}} failed',
      },
      {
        expr: rate('cortex_prometheus_rule_group_iterations_missed_total', '', 'rule_group'),
        legend: '{{rule_group}} missed',
      },
    ],
    of(spec, 'MimirRulerFailing'),
  ),
  third(
    'Mimir',
    'rules last evaluated',
    'Of the slowest five groups. Above the line the ruler stands still: its alerts say nothing about now.',
    [
      {
        expr: `topk(5, time() - max by (rule_group) (cortex_prometheus_rule_group_last_evaluation_timestamp_seconds{${IN_CLUSTER}}))`,
        legend: '{{rule_group}}',
      },
    ],
    { thresholds: [{ from: RULER_SECONDS, color: 'red' }], ...of(spec, 'MimirRulerBehind') },
  ),
  third(
    'Mimir',
    'series',
    'Active series by tenant; each replica counts its own. Growing without end: a label without bounds.',
    [{ expr: `sum by (user) (cortex_ingester_active_series{${IN_CLUSTER}})`, legend: '{{user}}' }],
  ),
];

/** Loki and Tempo are built alike. */
const store = (
  part: 'Loki' | 'Tempo',
  takesIn: string,
  lost: string,
  reasons: string,
  alerts: { readonly failing?: readonly string[]; readonly losing: readonly string[] },
): Panel[] => {
  const name = part.toLowerCase();
  return [
    third(part, 'taking in', `A second, by tenant. 0: nobody writes to it, look at Alloy and the Collector.`, [
      { expr: rate(takesIn, '', 'tenant'), legend: '{{tenant}}' },
    ]),
    third(
      part,
      'answering',
      '95 of 100 requests are faster, by route. Slow queries read too much; slow writes: the disk of the ingesters.',
      [{ expr: `topk(8, ${p95(`${name}_request_duration_seconds`, '', 'route')})`, legend: '{{route}}' }],
    ),
    third(part, 'dropping', `A second by reason. ${reasons}`, byReason(lost, takesIn), {
      ...LIMIT,
      alerts: alerts.losing,
    }),
    third(
      part,
      'answers with 5xx',
      'Share of the requests of a route. Writes: what sends tries again for a while and then drops.',
      [{ expr: `topk(8, ${failing(name, '')})`, legend: '{{route}}' }],
      { thresholds: [{ from: SERVER_SHARE, color: 'red' }], ...(alerts.failing && { alerts: alerts.failing }) },
    ),
  ];
};

const alloy = (spec: Spec): Panel[] => [
  third('Alloy', 'taking in', 'Lines a second that Loki took from it.', [
    { expr: rate('loki_write_sent_entries_total'), legend: 'lines' },
  ]),
  third(
    'Alloy',
    'answering',
    'Components by health. Other than healthy: open its page, it says which component and why; logs of that node do not arrive.',
    [
      {
        expr: `sum by (health_type) (alloy_component_controller_running_components{${IN_CLUSTER}})`,
        legend: '{{health_type}}',
      },
    ],
    { stack: true, ...of(spec, 'AlloyUnhealthy') },
  ),
  third(
    'Alloy',
    'dropping',
    'Lines a second by reason. rate_limited and stream_limited: limits of Loki; ingester_error: Loki was down longer than Alloy waits. They are still at the node: kubectl logs.',
    byReason('loki_write_dropped_entries_total', 'loki_write_sent_entries_total'),
    { ...LIMIT, ...of(spec, 'AlloyLogsDropped') },
  ),
  third(
    'Alloy',
    'writing to Loki',
    '95 of 100 writes are faster, by answer. 429: a limit; 5xx: Loki; -1: no connection.',
    [{ expr: p95('loki_write_request_duration_seconds', '', 'status_code'), legend: '{{status_code}}' }],
  ),
  third('Alloy', 'batches tried again', 'A second. Nothing is lost yet; if it lasts, drops follow.', [
    { expr: rate('loki_write_batch_retries_total'), legend: 'batches' },
  ]),
];

const collectorRow = (spec: Spec): Panel[] => [
  third('Collector', 'taking in', 'Spans, lines and points a second that it accepted.', [
    { expr: collector('receiver_accepted'), legend: 'accepted' },
    { expr: zero(collector('receiver_refused'), collector('receiver_accepted')), legend: 'refused' },
  ]),
  third('Collector', 'answering', 'What it sent on. Lower than what it takes in for long: the queue grows.', [
    { expr: collector('exporter_sent'), legend: 'sent' },
  ]),
  third(
    'Collector',
    'dropping',
    'A second: not sent after all tries (what is behind it is down or refuses), and not even queued (the queue is full).',
    [
      { expr: zero(collector('exporter_send_failed'), collector('receiver_accepted')), legend: 'not sent' },
      { expr: zero(collector('exporter_enqueue_failed'), collector('receiver_accepted')), legend: 'not queued' },
    ],
    { ...LIMIT, ...of(spec, 'CollectorDropping') },
  ),
  third(
    'Collector',
    'queue',
    'Share of the queue in use. Full: what comes is dropped; what it sends to is slow or down.',
    [{ expr: QUEUE, legend: '{{exporter}}' }],
    { max: 1, thresholds: [{ from: QUEUE_SHARE, color: 'red' }], ...of(spec, 'CollectorQueueNearlyFull') },
  ),
];

const alertmanager = (spec: Spec): Panel[] => [
  third(
    'Alertmanager',
    'taking in',
    'Alerts a second that Prometheus and Mimir send, again and again while they fire. 0: not even the watchdog arrives.',
    [{ expr: rate('alertmanager_alerts_received_total', '', 'status'), legend: '{{status}}' }],
  ),
  third(
    'Alertmanager',
    'answering',
    '95 of 100 notifications are taken faster, by receiver. Seconds: the network or the service behind it.',
    [{ expr: p95('alertmanager_notification_latency_seconds', '', 'integration'), legend: '{{integration}}' }],
  ),
  third(
    'Alertmanager',
    'failed by receiver',
    'Notifications a second that failed. A wrong key, an address that is gone, a limit of the service: its log has the answer.',
    [
      {
        expr: zero(
          rate('alertmanager_notifications_failed_total', '', 'integration'),
          rate('alertmanager_notifications_total', '', 'integration'),
        ),
        legend: '{{integration}}',
      },
    ],
    of(spec, 'AlertDeliveryFailing'),
  ),
  third(
    'Alertmanager',
    'alerts that did not reach it',
    'A second, dropped by Prometheus or Mimir because no Alertmanager took them: is it up, do they know its address?',
    [
      { expr: rate('prometheus_notifications_dropped_total'), legend: 'Prometheus' },
      { expr: rate('cortex_prometheus_notifications_dropped_total'), legend: 'Mimir' },
    ],
    of(spec, 'AlertsNotReachingAlertmanager'),
  ),
  third(
    'Alertmanager',
    'alerts and silences',
    'What it holds. Suppressed: silenced or explained by another alert. A silence that is forgotten hides the next outage.',
    [
      { expr: `max by (state) (alertmanager_alerts{${IN_CLUSTER}})`, legend: 'alerts {{state}}' },
      { expr: `max(alertmanager_silences{${IN_CLUSTER}, state="active"})`, legend: 'silences' },
    ],
    { decimals: 0, unit: 'short' },
  ),
  third(
    'Alertmanager',
    'its configuration',
    '1: the last reload was accepted. 0: it goes on with the old one; its log says which line.',
    [{ expr: `min(alertmanager_config_last_reload_successful{${IN_CLUSTER}})`, legend: 'accepted' }],
    { max: 1, decimals: 0 },
  ),
];

export const partRows = (spec: Spec): Board['rows'] => [
  { title: 'Prometheus', panels: prometheus(spec) },
  { title: 'Mimir', panels: mimir(spec) },
  {
    title: 'Loki',
    panels: store(
      'Loki',
      'loki_distributor_lines_received_total',
      'loki_discarded_samples_total',
      'rate_limited: something logs too much; stream_limit: a label has too many values; too_far_behind: a clock or an old file.',
      {
        failing: alertsOf(spec, 'telemetry', 'LokiFailing'),
        losing: alertsOf(spec, 'telemetry', 'LokiDiscardingLogs'),
      },
    ),
  },
  {
    title: 'Tempo',
    panels: store(
      'Tempo',
      'tempo_distributor_spans_received_total',
      'tempo_discarded_spans_total',
      'rate_limited: sample less; trace_too_large: one request makes too many spans; live_traces_exceeded: too many at once.',
      { losing: alertsOf(spec, 'telemetry', 'TempoDiscardingSpans') },
    ),
  },
  { title: 'Alloy', panels: alloy(spec) },
  { title: 'Collector', panels: collectorRow(spec) },
  { title: 'Alertmanager', panels: alertmanager(spec) },
];
