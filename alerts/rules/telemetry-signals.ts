// Logs and traces on their way: Alloy, Loki, Tempo, the OpenTelemetry Collector. Part of the family telemetry.
import type { ComponentAlert } from '../../src/generate/component-alert.ts';
import { minutes, when } from './alert-test.ts';

const common = { severity: 'ticket', owner: 'platform' } as const;

/** Lines, spans, samples: below one a second it is a stray, and a limit that is reached loses thousands. */
export const LOST_PER_SECOND = 1;

const components = (health: string) =>
  `alloy_component_controller_running_components{controller_id="", controller_path="/", health_type="${health}"}`;
const alloyUnhealthy: ComponentAlert = {
  ...common,
  alert: 'AlloyUnhealthy',
  expr: 'sum by (cluster, instance) (alloy_component_controller_running_components{health_type!="healthy"}) > 0',
  // A component is "unknown" until it has run once.
  forMs: minutes(15),
  summary: '{{ $value }} component(s) of Alloy at {{ $labels.instance }} are not healthy',
  description:
    '{{ $value }} component(s) of Alloy at {{ $labels.instance }} have not been healthy for 15 minutes: logs or RUM data of this node do not arrive.',
  tests: [
    when(
      'one is unhealthy',
      16,
      { [components('unhealthy')]: '1x20', [components('healthy')]: '9x20' },
      { instance: 'a:9' },
    ),
    when('all are healthy', 16, { [components('unhealthy')]: '0x20', [components('healthy')]: '9x20' }),
    when('14 minutes only', 14, { [components('exited')]: '1x20' }),
  ],
};

const droppedLines = 'loki_write_dropped_entries_total{component_id="c", host="loki", tenant="wp", reason="r"}';
const alloyDropping: ComponentAlert = {
  ...common,
  alert: 'AlloyLogsDropped',
  expr: `sum by (cluster, host, reason) (rate(loki_write_dropped_entries_total[10m])) > ${LOST_PER_SECOND}`,
  forMs: minutes(10),
  summary: 'Alloy drops log lines for {{ $labels.host }}: {{ $labels.reason }}',
  description:
    '{{ $value | humanize }} lines a second for {{ $labels.host }} are dropped ({{ $labels.reason }}) and lost. They are still at the node: kubectl logs.',
  tests: [
    when('1.1 a second', 22, { [droppedLines]: '0+66x40' }, { host: 'loki', reason: 'r' }),
    when('0.9 a second', 22, { [droppedLines]: '0+54x40' }),
    when('9 minutes only', 9, { [droppedLines]: '0+6000x40' }),
  ],
};

const PUSH = 'route=~"loki_api_v1_push|otlp_v1_logs"';
export const SERVER_SHARE = 0.05;
const pushed = (code: string, route = 'loki_api_v1_push') =>
  `loki_request_duration_seconds_count{route="${route}", method="POST", status_code="${code}", namespace="loki"}`;
const lokiFailing: ComponentAlert = {
  ...common,
  alert: 'LokiFailing',
  expr: `sum by (cluster, namespace) (rate(loki_request_duration_seconds_count{${PUSH}, status_code=~"5.."}[10m]))
/
sum by (cluster, namespace) (rate(loki_request_duration_seconds_count{${PUSH}}[10m]))
> ${SERVER_SHARE}`,
  forMs: minutes(10),
  summary: 'Loki answers writes with 5xx',
  description:
    '{{ $value | humanizePercentage }} of the writes to Loki in {{ $labels.namespace }} fail. Alloy and the Collector try again for a while, then drop.',
  tests: [
    when('6 % fail', 15, { [pushed('500')]: '0+6x40', [pushed('204')]: '0+94x40' }, { namespace: 'loki' }),
    when('4 % fail', 22, { [pushed('500')]: '0+4x40', [pushed('204')]: '0+96x40' }),
    when('queries fail', 15, {
      [pushed('500', 'query')]: '0+50x40',
      [pushed('204')]: '0+50x40',
      [pushed('500')]: '0+0x40',
    }),
    when(
      '6 % fail beside many queries',
      15,
      { [pushed('500')]: '0+6x40', [pushed('204')]: '0+94x40', [pushed('200', 'query')]: '0+900x40' },
      { namespace: 'loki' },
    ),
    when('429 is no 5xx', 22, { [pushed('429')]: '0+50x40', [pushed('204')]: '0+50x40' }),
    when('9 minutes only', 9, { [pushed('503')]: '0+60x40', [pushed('204')]: '0+40x40' }),
  ],
};

/** Loki and Tempo count what they discard in the same way: more than one a second for 15 minutes is a limit, not a stray. */
const discarding = (
  series: string,
  rest: Pick<ComponentAlert, 'alert' | 'summary' | 'description'>,
): ComponentAlert => {
  const of = `${series}{tenant="wp", reason="r"}`;
  return {
    ...common,
    ...rest,
    expr: `sum by (cluster, tenant, reason) (rate(${series}[10m])) > ${LOST_PER_SECOND}`,
    forMs: minutes(15),
    tests: [
      when('1.1 a second', 27, { [of]: '0+66x40' }, { tenant: 'wp', reason: 'r' }),
      when('0.9 a second', 27, { [of]: '0+54x40' }),
      when('14 minutes only', 14, { [of]: '0+6000x40' }),
    ],
  };
};

const lokiDiscarding = discarding('loki_discarded_samples_total', {
  alert: 'LokiDiscardingLogs',
  summary: 'Loki discards log lines of {{ $labels.tenant }}: {{ $labels.reason }}',
  description:
    '{{ $value | humanize }} lines a second of {{ $labels.tenant }} are discarded ({{ $labels.reason }}). With rate_limited something logs too much; with stream_limit a label has too many values.',
});

const tempoDiscarding = discarding('tempo_discarded_spans_total', {
  alert: 'TempoDiscardingSpans',
  summary: 'Tempo discards spans of {{ $labels.tenant }}: {{ $labels.reason }}',
  description:
    '{{ $value | humanize }} spans a second of {{ $labels.tenant }} are discarded ({{ $labels.reason }}). Links from exemplars and logs lead to traces that are not there.',
});

const SIGNALS = ['spans', 'log_records', 'metric_points'] as const;
const sendFailed = (signal: string) => `otelcol_exporter_send_failed_${signal}_total`;
const collectorDropping: ComponentAlert = {
  ...common,
  alert: 'CollectorDropping',
  expr: SIGNALS.map(
    (signal) => `sum by (cluster, exporter) (rate(${sendFailed(signal)}[10m])) > ${LOST_PER_SECOND}`,
  ).join('\nor\n'),
  forMs: minutes(10),
  summary: 'The Collector loses data for {{ $labels.exporter }}',
  description:
    '{{ $value | humanize }} items a second could not be sent to {{ $labels.exporter }} and are lost: Loki, Tempo or Mimir behind it is down, slow or refuses.',
  tests: [
    ...SIGNALS.flatMap((signal) => [
      when(
        `1.1 ${signal} a second`,
        22,
        { [`${sendFailed(signal)}{exporter="otlp"}`]: '0+66x40' },
        { exporter: 'otlp' },
      ),
      when(`0.9 ${signal} a second`, 22, { [`${sendFailed(signal)}{exporter="otlp"}`]: '0+54x40' }),
    ]),
    when('9 minutes only', 9, { [`${sendFailed('spans')}{exporter="otlp"}`]: '0+6000x40' }),
  ],
};

export const QUEUE_SHARE = 0.8;
const queue = (what: string) => `otelcol_exporter_queue_${what}{exporter="otlp"}`;
const collectorQueue: ComponentAlert = {
  ...common,
  alert: 'CollectorQueueNearlyFull',
  expr: `max by (cluster, instance, exporter) (otelcol_exporter_queue_size) / max by (cluster, instance, exporter) (otelcol_exporter_queue_capacity) > ${QUEUE_SHARE}`,
  forMs: minutes(10),
  summary: 'The queue of the Collector for {{ $labels.exporter }} is nearly full',
  description:
    'The queue of {{ $labels.instance }} for {{ $labels.exporter }} has been {{ $value | humanizePercentage }} full for 10 minutes. When it is full, the Collector drops.',
  tests: [
    when(
      '81 %',
      11,
      { [queue('size')]: '81x20', [queue('capacity')]: '100x20' },
      { instance: 'a:9', exporter: 'otlp' },
    ),
    when('80 %', 11, { [queue('size')]: '80x20', [queue('capacity')]: '100x20' }),
    when('9 minutes only', 9, { [queue('size')]: '99x20', [queue('capacity')]: '100x20' }),
  ],
};

export const SIGNAL_ALERTS: readonly ComponentAlert[] = [
  alloyUnhealthy,
  alloyDropping,
  lokiFailing,
  lokiDiscarding,
  tempoDiscarding,
  collectorDropping,
  collectorQueue,
];
