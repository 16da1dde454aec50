// The telemetry stack, one lane and one row per part: is it taking in, is it answering, is it dropping. Alerts travel on it.
import { LAG_SECONDS } from '../alerts/rules/telemetry.ts';
import { QUEUE_SHARE } from '../alerts/rules/telemetry-signals.ts';
import { ALERT } from '../src/generate/slo/names.ts';
import type { Board, Panel } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { IN_CLUSTER, stateOf } from './ask.ts';
import { alertPanels, chart, errorLogs, number } from './part-panels.ts';
import { STATES } from './states.ts';

const rate = (name: string, more = '', by = ''): string =>
  `sum${by && ` by (${by})`} (rate(${name}{${IN_CLUSTER}${more}}[$__rate_interval]))`;
/** Of two counters: what is lost among all. */
const lost = (failed: string, all: string): string => `(${failed} or 0 * ${all}) / (${all} > 0)`;
const FAILED = ', status_code=~"5.."';
const requests = (part: string, more = ''): string => rate(`${part}_request_duration_seconds_count`, more);

const LANES = [
  [
    'Prometheus: rules',
    lost(rate('prometheus_rule_evaluation_failures_total'), rate('prometheus_rule_evaluations_total')),
  ],
  [
    'Prometheus: remote write',
    lost(rate('prometheus_remote_storage_samples_failed_total'), rate('prometheus_remote_storage_samples_total')),
  ],
  [
    'Alertmanager: delivery',
    lost(rate('alertmanager_notifications_failed_total'), rate('alertmanager_notifications_total')),
  ],
  ['Mimir', lost(requests('cortex', FAILED), requests('cortex'))],
  [
    'Mimir: rules',
    lost(rate('cortex_prometheus_rule_evaluation_failures_total'), rate('cortex_prometheus_rule_evaluations_total')),
  ],
  ['Loki', lost(requests('loki', FAILED), requests('loki'))],
  ['Tempo', lost(requests('tempo', FAILED), requests('tempo'))],
  ['Alloy', lost(rate('loki_write_dropped_entries_total'), rate('loki_write_sent_entries_total'))],
  ['Collector', lost(rate('otelcol_exporter_send_failed_spans_total'), rate('otelcol_exporter_sent_spans_total'))],
] as const;

const none = (part: string) => `${part} is not scraped`;
/** Taking in, answering, dropping. */
const row = (
  part: string,
  takesIn: string,
  answers: string,
  drops: string,
  units: readonly (string | undefined)[] = [],
): { title: string; panels: Panel[] } => ({
  title: part,
  panels: [
    chart(
      {
        title: `${part}: taking in`,
        description: 'A fall to 0 means that nobody writes to it, or it is down.',
        queries: [{ expr: takesIn, legend: 'taken in' }],
        ...(units[0] && { unit: units[0] }),
        empty: none(part),
      },
      8,
    ),
    chart(
      {
        title: `${part}: answering`,
        description: 'What it answers, or how long it takes.',
        queries: [{ expr: answers, legend: 'answered' }],
        ...(units[1] && { unit: units[1] }),
        empty: none(part),
      },
      8,
    ),
    chart(
      {
        title: `${part}: dropping`,
        description: 'Anything above 0 is lost. Logs of the part say why; limits are the usual reason.',
        queries: [{ expr: drops, legend: 'dropped' }],
        ...(units[2] && { unit: units[2] }),
        empty: `${none(part)}, or nothing was dropped`,
      },
      8,
    ),
  ],
});
const p95 = (part: string) =>
  `histogram_quantile(0.95, sum by (le) (rate(${part}_request_duration_seconds_bucket{${IN_CLUSTER}}[$__rate_interval])))`;

export const telemetry = (spec: Spec): Board => {
  const [firing, which, history] = alertPanels(spec, 'telemetry');
  return {
    uid: 'plimsoll-telemetry',
    title: 'Telemetry stack',
    description:
      'What carries metrics, logs, traces and alerts. While something is red here, green elsewhere may mean nothing.',
    uses: ['cluster'],
    first: [
      number(
        {
          title: 'Alerts that were not delivered',
          description:
            'A second, over all receivers. Above 0, somebody sleeps through an outage: see the Alertmanager’s log.',
          queries: [{ expr: rate('alertmanager_notifications_failed_total') }],
          empty: none('Alertmanager'),
          thresholds: [{ from: 0.0001, color: 'red' }],
          alerts: [ALERT.watchdog],
        },
        4,
      ),
      number(
        {
          title: 'Remote write is behind by',
          description: 'Rules in Mimir see the platform this late.',
          queries: [
            {
              expr: `time() - min(prometheus_remote_storage_queue_highest_sent_timestamp_seconds{${IN_CLUSTER}})`,
            },
          ],
          decimals: 0,
          empty: 'no remote write',
          thresholds: [{ from: LAG_SECONDS, color: 'red' }],
        },
        4,
      ),
      firing,
      which,
      {
        kind: 'state-timeline',
        title: 'Parts',
        description:
          'Red where half or more is lost or fails, orange where some is. A lane that is missing: the part is not scraped.',
        width: 24,
        height: 8,
        queries: LANES.map(([legend, share]) => ({ legend, expr: stateOf(share) })),
        mappings: STATES,
        empty: 'nothing of the stack is scraped',
        alerts: [ALERT.failing, ALERT.late, ALERT.outdated],
      },
    ],
    rows: [
      row(
        'Prometheus',
        rate('prometheus_remote_storage_samples_total'),
        `max(prometheus_rule_group_last_duration_seconds{${IN_CLUSTER}})`,
        rate('prometheus_remote_storage_samples_dropped_total'),
      ),
      row(
        'Mimir',
        `sum(cortex_ingester_active_series{${IN_CLUSTER}})`,
        p95('cortex'),
        rate('cortex_discarded_samples_total'),
      ),
      row('Loki', rate('loki_distributor_lines_received_total'), p95('loki'), rate('loki_discarded_samples_total')),
      row('Tempo', rate('tempo_distributor_spans_received_total'), p95('tempo'), rate('tempo_discarded_spans_total')),
      row(
        'Alloy',
        rate('loki_write_sent_entries_total'),
        `sum by (health_type) (alloy_component_controller_running_components{${IN_CLUSTER}})`,
        rate('loki_write_dropped_entries_total'),
      ),
      {
        title: 'Collector',
        panels: [
          ...row(
            'Collector',
            rate('otelcol_receiver_accepted_spans_total'),
            rate('otelcol_exporter_sent_spans_total'),
            rate('otelcol_exporter_send_failed_spans_total'),
          ).panels,
          chart({
            title: 'Collector: queue',
            description: 'Share of the queue in use. Full: what comes is dropped; what it sends to is slow or down.',
            queries: [
              {
                expr: `max by (exporter) (otelcol_exporter_queue_size{${IN_CLUSTER}}) / max by (exporter) (otelcol_exporter_queue_capacity{${IN_CLUSTER}})`,
                legend: '{{exporter}}',
              },
            ],
            thresholds: [{ from: QUEUE_SHARE, color: 'red' }],
            empty: none('the Collector'),
          }),
        ],
      },
      row(
        'Alertmanager',
        `sum(alertmanager_alerts{${IN_CLUSTER}})`,
        rate('alertmanager_notifications_total'),
        rate('alertmanager_notifications_failed_total'),
      ),
      {
        title: 'Alerts and logs',
        panels: [
          history,
          errorLogs('prometheus|alertmanager|mimir.*|loki.*|tempo.*|alloy|otel.*', 'the telemetry stack'),
        ],
      },
    ],
  };
};
