// What the telemetry stack is asked, part by part: what it takes in, how much of its work fails, what it loses, how long it takes.
import { LAG_SECONDS, remoteWriteLag } from '../alerts/rules/telemetry.ts';
import { QUEUE_SHARE } from '../alerts/rules/telemetry-signals.ts';
import { IN_CLUSTER } from './ask.ts';

export const rate = (name: string, more = '', by = ''): string =>
  `sum${by && ` by (${by})`} (rate(${name}{${IN_CLUSTER}${more}}[$__rate_interval]))`;
/** What has no series has never happened: 0, as long as `all` is there. */
export const zero = (some: string, all: string): string => `(${some} or 0 * ${all})`;
/** Nothing where nothing was to be done. */
export const share = (some: string, all: string): string => `${zero(some, all)} / (${all} > 0)`;
/** Of what was lost and what was kept, which are counted apart; either may never have happened. */
const lostShare = (lost: string, kept: string): string => share(lost, `(${zero(kept, lost)} + ${zero(lost, kept)})`);
export const p95 = (histogram: string, more = '', by = ''): string =>
  `histogram_quantile(0.95, ${rate(`${histogram}_bucket`, more, by === '' ? 'le' : `${by}, le`)})`;

const SIGNALS = ['spans', 'log_records', 'metric_points'] as const;
/** All signals of the Collector together; a signal that it does not carry has no series. */
export const collector = (what: string): string =>
  `sum(${SIGNALS.map((signal) => named(rate(`otelcol_${what}_${signal}_total`), 'signal', signal)).join(' or ')})`;

/** A result of no labels, with one: so that several can stand side by side. */
const named = (expr: string, label: string, value: string): string =>
  `label_replace(${expr}, "${label}", "${value}", "", "")`;

/** Loki and Tempo count refused requests (4xx) as done: what they refuse is in what they discard. */
const FAILED = ', status_code=~"5.."';
const server = (part: string): string =>
  share(rate(`${part}_request_duration_seconds_count`, FAILED), rate(`${part}_request_duration_seconds_count`));
const components = (more = ''): string => `sum(alloy_component_controller_running_components{${IN_CLUSTER}${more}})`;

const REMOTE = 'prometheus_remote_storage_samples';
export const LAG = `max(${remoteWriteLag(`{${IN_CLUSTER}}`)})`;
export const QUEUE = `max by (exporter) (max by (cluster, instance, exporter) (otelcol_exporter_queue_size{${IN_CLUSTER}}) / max by (cluster, instance, exporter) (otelcol_exporter_queue_capacity{${IN_CLUSTER}}))`;

export interface Part {
  readonly name: string;
  /** Things a second. */
  readonly takesIn: string;
  /** Shares of its work that fail, 0 to 1, without labels. */
  readonly fails: readonly string[];
  /** Without labels: 1 while something else is wrong. */
  readonly wrong?: string;
  /** Things a second that nobody will see again. */
  readonly loses: string;
  /** Seconds that 95 of 100 of its answers are faster than. */
  readonly answers?: string;
}

export const PARTS: readonly Part[] = [
  {
    name: 'Prometheus',
    takesIn: rate('prometheus_tsdb_head_samples_appended_total'),
    fails: [
      share(rate('prometheus_rule_evaluation_failures_total'), rate('prometheus_rule_evaluations_total')),
      share(rate(`${REMOTE}_failed_total`), rate(`${REMOTE}_total`)),
      // A Mimir that is down is no failure for it, only tried again.
      share(rate(`${REMOTE}_retried_total`), rate(`${REMOTE}_total`)),
    ],
    wrong: `${LAG} > bool ${LAG_SECONDS}`,
    loses: `${rate(`${REMOTE}_failed_total`)} + ${rate(`${REMOTE}_dropped_total`)}`,
    answers: p95('prometheus_http_request_duration_seconds', ', handler=~"/api/v1/query.*"'),
  },
  {
    name: 'Mimir',
    takesIn: rate('cortex_distributor_received_samples_total'),
    fails: [
      server('cortex'),
      share(rate('cortex_prometheus_rule_evaluation_failures_total'), rate('cortex_prometheus_rule_evaluations_total')),
      lostShare(rate('cortex_discarded_samples_total'), rate('cortex_distributor_received_samples_total')),
    ],
    loses: zero(rate('cortex_discarded_samples_total'), rate('cortex_distributor_received_samples_total')),
    answers: p95('cortex_request_duration_seconds'),
  },
  {
    name: 'Loki',
    takesIn: rate('loki_distributor_lines_received_total'),
    // Lines are counted before its limits; Mimir and Alloy count what they kept.
    fails: [server('loki'), share(rate('loki_discarded_samples_total'), rate('loki_distributor_lines_received_total'))],
    loses: zero(rate('loki_discarded_samples_total'), rate('loki_distributor_lines_received_total')),
    answers: p95('loki_request_duration_seconds'),
  },
  {
    name: 'Tempo',
    takesIn: rate('tempo_distributor_spans_received_total'),
    fails: [
      server('tempo'),
      lostShare(rate('tempo_discarded_spans_total'), rate('tempo_distributor_spans_received_total')),
    ],
    loses: zero(rate('tempo_discarded_spans_total'), rate('tempo_distributor_spans_received_total')),
    answers: p95('tempo_request_duration_seconds'),
  },
  {
    name: 'Alloy',
    takesIn: rate('loki_write_sent_entries_total'),
    fails: [
      share(components(', health_type!="healthy"'), components()),
      lostShare(rate('loki_write_dropped_entries_total'), rate('loki_write_sent_entries_total')),
    ],
    loses: zero(rate('loki_write_dropped_entries_total'), rate('loki_write_sent_entries_total')),
    answers: p95('loki_write_request_duration_seconds'),
  },
  {
    name: 'Collector',
    takesIn: collector('receiver_accepted'),
    fails: [
      lostShare(collector('exporter_send_failed'), collector('exporter_sent')),
      lostShare(collector('receiver_refused'), collector('receiver_accepted')),
    ],
    wrong: `max(${QUEUE}) > bool ${QUEUE_SHARE}`,
    loses: zero(collector('exporter_send_failed'), collector('receiver_accepted')),
  },
  {
    name: 'Alertmanager',
    takesIn: rate('alertmanager_alerts_received_total'),
    fails: [
      share(rate('alertmanager_notifications_failed_total'), rate('alertmanager_notifications_total')),
      lostShare(rate('prometheus_notifications_dropped_total'), rate('prometheus_notifications_sent_total')),
    ],
    loses: `${zero(rate('alertmanager_notifications_failed_total'), rate('alertmanager_alerts_received_total'))} + ${zero(rate('prometheus_notifications_dropped_total'), rate('alertmanager_alerts_received_total'))}`,
    answers: p95('alertmanager_notification_latency_seconds'),
  },
];

/** One expression for all parts, with the label `part`. */
export const byPart = (of: (part: Part) => string | undefined): string =>
  PARTS.flatMap((part) => {
    const expr = of(part);
    return expr === undefined ? [] : [named(expr, 'part', part.name)];
  }).join('\nor\n');

/** The worst of several shares, each without labels; any may be missing. */
export const worst = (shares: readonly string[]): string =>
  `max(${shares.map((one, i) => named(one, 'what', String(i))).join(' or ')})`;
