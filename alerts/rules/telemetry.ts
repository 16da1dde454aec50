// The path that carries samples and the alerts themselves: remote write, ruler, Alertmanager. When it breaks, silence looks like health.
import type { AlertFamily, ComponentAlert } from '../../src/generate/component-alert.ts';
import { minutes, when } from './alert-test.ts';
import { LOST_PER_SECOND, SIGNAL_ALERTS } from './telemetry-signals.ts';

const common = { severity: 'ticket', owner: 'platform' } as const;

// Two missed scrapes are a minute; from two minutes on windows of 5 min in Mimir lose half of their data.
export const LAG_SECONDS = 120;
/** Seconds that the newest sample sent is old. `matchers`: of all series, in braces. */
export const remoteWriteLag = (matchers = ''): string =>
  // Until something was sent, Prometheus 2.x has no such series: then it counts from the start of the process.
  `time() - (
  max by (cluster, instance, remote_name) (prometheus_remote_storage_queue_highest_sent_timestamp_seconds${matchers})
  or
  0 * max by (cluster, instance, remote_name) (prometheus_remote_storage_samples_pending${matchers})
  + on (cluster, instance) group_left ()
  max by (cluster, instance) (process_start_time_seconds${matchers})
)`;
const sent = 'prometheus_remote_storage_queue_highest_sent_timestamp_seconds{remote_name="mimir", url="u"}';
const started = {
  'prometheus_remote_storage_samples_pending{remote_name="mimir", url="u"}': '5x20',
  process_start_time_seconds: '0x20',
};
const lagging: ComponentAlert = {
  ...common,
  alert: 'RemoteWriteLagging',
  expr: `${remoteWriteLag()} > ${LAG_SECONDS}`,
  forMs: minutes(10),
  needs: 'rules that are evaluated in Prometheus: in Mimir the series itself would be late',
  summary:
    'Remote write of {{ $labels.instance }} to {{ $labels.remote_name }} is {{ $value | humanizeDuration }} behind',
  description:
    'The newest sample that {{ $labels.instance }} has sent to {{ $labels.remote_name }} is {{ $value | humanizeDuration }} old. Rules in Mimir see that little of the present: burn-rate alerts come late or lose their short window.',
  tests: [
    when('121 s behind', 15, { [sent]: '-121+60x20' }, { instance: 'a:9', remote_name: 'mimir' }),
    when('120 s behind', 15, { [sent]: '-120+60x20' }),
    when('120 s behind, and the process is older', 15, { [sent]: '-120+60x20', ...started }),
    when('nothing was sent since the start 13 minutes ago', 13, started, { instance: 'a:9', remote_name: 'mimir' }),
    when('nothing was sent since the start 11 minutes ago', 11, started),
    when('stands still for 11 minutes', 11, { [sent]: '0x20' }),
    when('stands still for 13 minutes', 13, { [sent]: '0x20' }, { instance: 'a:9', remote_name: 'mimir' }),
  ],
};

export const FAILED_SHARE = 0.01;
const remote = (what: string) => `prometheus_remote_storage_samples_${what}{remote_name="mimir", url="u"}`;
const failing: ComponentAlert = {
  ...common,
  alert: 'RemoteWriteFailing',
  expr: `sum by (cluster, instance, remote_name) (rate(prometheus_remote_storage_samples_failed_total[10m]))
/
sum by (cluster, instance, remote_name) (rate(prometheus_remote_storage_samples_total[10m]))
> ${FAILED_SHARE}`,
  forMs: minutes(10),
  summary: '{{ $labels.remote_name }} refuses samples of {{ $labels.instance }}',
  description:
    '{{ $value | humanizePercentage }} of the samples that {{ $labels.instance }} sends to {{ $labels.remote_name }} are refused for good (4xx) and not tried again. A limit of the tenant, a wrong tenant, or samples out of order.',
  tests: [
    when(
      '1.1 % fail',
      15,
      { [remote('failed_total')]: '0+11x40', [remote('total')]: '0+1000x40' },
      { instance: 'a:9', remote_name: 'mimir' },
    ),
    when('0.9 % fail', 22, { [remote('failed_total')]: '0+9x40', [remote('total')]: '0+1000x40' }),
    when('9 minutes only', 9, { [remote('failed_total')]: '0+500x40', [remote('total')]: '0+1000x40' }),
  ],
};

const rule = (what: string) => `cortex_prometheus_rule_${what}{user="wp", rule_group="g"}`;
const RULE = { user: 'wp', rule_group: 'g' };
const rulerFailing: ComponentAlert = {
  ...common,
  alert: 'MimirRulerFailing',
  expr: 'sum by (cluster, user, rule_group) (increase(cortex_prometheus_rule_evaluation_failures_total[10m])) > 2.5',
  // Queriers restart; ten minutes of failures are no restart.
  forMs: minutes(10),
  summary: 'Rules of the group {{ $labels.rule_group }} fail in Mimir',
  description:
    '{{ $value | humanize }} evaluations of rules in {{ $labels.rule_group }} (tenant {{ $labels.user }}) failed in the last 10 minutes. Alerts of this group cannot fire, and their `for` begins anew.',
  tests: [
    when('one a minute', 21, { [rule('evaluation_failures_total')]: '0+1x40' }, RULE),
    when('2.7 in ten minutes', 30, { [rule('evaluation_failures_total')]: '0+0.27x40' }, RULE),
    when('2.3 in ten minutes', 30, { [rule('evaluation_failures_total')]: '0+0.23x40' }),
    when('for 9 minutes only', 11, { [rule('evaluation_failures_total')]: '0+1x40' }),
  ],
};

export const RULER_SECONDS = 300;
const lastEvaluation = 'cortex_prometheus_rule_group_last_evaluation_timestamp_seconds{user="wp", rule_group="g"}';
const rulerBehind: ComponentAlert = {
  ...common,
  alert: 'MimirRulerBehind',
  // Ten intervals of 30 s: longer than a ruler takes to hand its groups to another.
  expr: `time() - max by (cluster, user, rule_group) (cortex_prometheus_rule_group_last_evaluation_timestamp_seconds) > ${RULER_SECONDS}`,
  forMs: minutes(5),
  summary: 'The group {{ $labels.rule_group }} has not been evaluated for {{ $value | humanizeDuration }}',
  description:
    'Mimir evaluated {{ $labels.rule_group }} (tenant {{ $labels.user }}) last {{ $value | humanizeDuration }} ago. Its alerts say nothing about the present.',
  tests: [
    when('301 s ago', 8, { [lastEvaluation]: '-301+60x20' }, RULE),
    when('300 s ago', 12, { [lastEvaluation]: '-300+60x20' }),
    when('not for 9 minutes', 9, { [lastEvaluation]: '0x20' }),
  ],
};

const mimirDiscarding: ComponentAlert = {
  ...common,
  alert: 'MimirDiscardingSamples',
  // Below one a second it is a stray late sample; a limit that is reached discards thousands.
  expr: `sum by (cluster, user, reason) (rate(cortex_discarded_samples_total[10m])) > ${LOST_PER_SECOND}`,
  forMs: minutes(15),
  summary: 'Mimir discards samples of {{ $labels.user }}: {{ $labels.reason }}',
  description:
    '{{ $value | humanize }} samples a second of the tenant {{ $labels.user }} are discarded ({{ $labels.reason }}). With per_user_series_limit new SLOs and targets are invisible.',
  tests: [
    when(
      '1.1 a second',
      27,
      { 'cortex_discarded_samples_total{user="wp", reason="r"}': '0+66x40' },
      { user: 'wp', reason: 'r' },
    ),
    when('0.9 a second', 27, { 'cortex_discarded_samples_total{user="wp", reason="r"}': '0+54x40' }),
    when('14 minutes only', 14, { 'cortex_discarded_samples_total{user="wp", reason="r"}': '0+6000x40' }),
  ],
};

export const NOTIFY_SHARE = 0.1;
const notified = (what: string) =>
  `alertmanager_notifications_${what}{integration="slack"${what === 'total' ? '' : ', reason="other"'}}`;
const delivery: ComponentAlert = {
  ...common,
  alert: 'AlertDeliveryFailing',
  expr: `sum by (cluster, integration) (increase(alertmanager_notifications_failed_total[15m]))
/
sum by (cluster, integration) (increase(alertmanager_notifications_total[15m]))
> ${NOTIFY_SHARE}
and
sum by (cluster, integration) (increase(alertmanager_notifications_failed_total[15m])) > 1.5`,
  // Alertmanager tries again itself, so two failures in a quarter of an hour are enough.
  forMs: 0,
  keepFiringForMs: minutes(15),
  summary: 'Alertmanager cannot deliver to {{ $labels.integration }}',
  description:
    '{{ $value | humanizePercentage }} of the notifications to {{ $labels.integration }} failed in the last 15 minutes. This alert may come by another way only; look who has not been told.',
  tests: [
    when(
      '11 of 100 fail',
      16,
      { [notified('failed_total')]: '0+11x40', [notified('total')]: '0+100x40' },
      { integration: 'slack' },
    ),
    when('9 of 100 fail', 16, { [notified('failed_total')]: '0+9x40', [notified('total')]: '0+100x40' }),
    when('1 of 1 fails', 20, { [notified('failed_total')]: '0x10 1x40', [notified('total')]: '0x10 1x40' }),
    when(
      '2 of 2 fail',
      20,
      { [notified('failed_total')]: '0x10 1 2x40', [notified('total')]: '0x10 1 2x40' },
      { integration: 'slack' },
    ),
    when(
      'ten minutes after the last failure was counted',
      36,
      { [notified('failed_total')]: '0x10 1 2x40', [notified('total')]: '0x10 1 2x40' },
      { integration: 'slack' },
    ),
    when('an hour after', 72, { [notified('failed_total')]: '0x10 1 2x90', [notified('total')]: '0x10 1 2x90' }),
  ],
};

const notReaching: ComponentAlert = {
  ...common,
  alert: 'AlertsNotReachingAlertmanager',
  expr: `sum by (cluster, instance) (increase(prometheus_notifications_dropped_total[10m])) > 2.5
or
sum by (cluster, instance) (increase(cortex_prometheus_notifications_dropped_total[10m])) > 2.5`,
  forMs: minutes(5),
  summary: '{{ $labels.instance }} cannot reach Alertmanager',
  description:
    '{{ $value | humanize }} alerts of {{ $labels.instance }} were dropped in the last 10 minutes because no Alertmanager took them. If this reaches you, another one did.',
  tests: [
    when('Prometheus drops one a minute', 9, { prometheus_notifications_dropped_total: '0+1x40' }, { instance: 'a:9' }),
    when(
      'Mimir drops one a minute',
      9,
      { 'cortex_prometheus_notifications_dropped_total{user="wp"}': '0+1x40' },
      { instance: 'a:9' },
    ),
    when(
      'Prometheus drops 2.7 in ten minutes',
      18,
      { prometheus_notifications_dropped_total: '0+0.27x40' },
      { instance: 'a:9' },
    ),
    when('Prometheus drops 2.3 in ten minutes', 30, { prometheus_notifications_dropped_total: '0+0.23x40' }),
    when(
      'Mimir drops 2.7 in ten minutes',
      18,
      { 'cortex_prometheus_notifications_dropped_total{user="wp"}': '0+0.27x40' },
      { instance: 'a:9' },
    ),
    when('Mimir drops 2.3 in ten minutes', 30, {
      'cortex_prometheus_notifications_dropped_total{user="wp"}': '0+0.23x40',
    }),
    when('for 4 minutes only', 7, { prometheus_notifications_dropped_total: '0+1x40' }),
  ],
};

export const TELEMETRY: AlertFamily = {
  name: 'telemetry',
  alerts: [lagging, failing, rulerFailing, rulerBehind, mimirDiscarding, delivery, notReaching, ...SIGNAL_ALERTS],
};
