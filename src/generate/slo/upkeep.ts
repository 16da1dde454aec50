// Alerts on what burn alerts rest on: that SLOs are measured, rules run and are the right ones; and that maintenance is known.
import { formatDuration } from '../../spec/scalars.ts';
import { isPromqlSlo, isRunSlo, type Spec } from '../../spec/spec.ts';
import type { AlertingRule, RecordingRule } from '../rule.ts';
import { rumSlos } from './condition.ts';
import { runbook, sloLinks } from './links.ts';
import { ALERT, INFO_LABELS, KEY, REMOVED, RULES_INFO, TOTALS } from './names.ts';

const MINUTE = 60_000;
/** Steps that may be missed in a row before somebody is woken. */
const MISSED_STEPS = 3;

/**
 * SLOs that were served within `seen` by an exporter that now serves others and not them. Exporters are told apart by namespace,
 * job and instance: two that have all of these in common would take each other's SLOs for removed.
 */
export const removedRule = (seen: string): RecordingRule => ({
  record: REMOVED,
  expr: `max by (${KEY}) (
  last_over_time(slo_info[${seen}])
  and on (cluster, namespace, job, instance)
  slo_info
)
unless on (${KEY})
slo_info`,
  labels: { seen },
});

/**
 * SLOs that nobody has served for a day: removed together with their exporter, or while it got another instance. Their totals and
 * alerts end; that an exporter is gone has been said for a day then, and the Watchdog still says it.
 */
export const forgottenRule: RecordingRule = {
  record: REMOVED,
  expr: `max by (${KEY}) (${TOTALS.known})
unless on (${KEY})
last_over_time(slo_info[1d])`,
  labels: { seen: 'not for 1d' },
};

/** The distinct steps of the SLOs of a spec, ms, ascending. What Prometheus counts has the step of its rules. */
export function stepsOf({ slos, targets, alerting }: Spec): number[] {
  const used = new Set(slos.filter(isRunSlo).map((slo) => slo.sli.target));
  const steps = targets.filter((t) => used.has(t.name)).map((t) => t.interval);
  return [...new Set([...steps, ...(slos.some(isPromqlSlo) ? [alerting.interval] : [])])].sort((a, b) => a - b);
}

/**
 * No known event for three steps, of an SLO that was known before: one that was removed has no total any more. One rule for each
 * distinct step.
 */
export function lostAlert(stepMs: number, { alerting, slos }: Spec): AlertingRule {
  // A step is seen with the scrape after it, and judged with the evaluation after that.
  const silentMs = MISSED_STEPS * stepMs + alerting.scrapeInterval;
  const silent = formatDuration(silentMs);
  const past = `last_over_time(${TOTALS.known}[1h] offset ${silent})`;
  const step = formatDuration(stepMs);
  return {
    alert: ALERT.lost,
    // Who it is about is known from the exporter, or once it is gone from the alert that fires already.
    expr: `(
  max by (${INFO_LABELS}) (last_over_time(slo_info${selects('!~', rumSlos(slos))}[10m]))
  and on (cluster, target)
  (last_over_time(probe_interval_seconds[10m]) == ${stepMs / 1000})
  or
  max by (${INFO_LABELS}) (ALERTS{alertname="${ALERT.lost}", step="${step}", alertstate="firing"})
)
and on (${KEY})
(sum by (${KEY}) (${TOTALS.known} - ${past}) == 0)`,
    forMs: 0,
    labels: { severity: 'page', step },
    annotations: {
      summary: '{{ $labels.slo }} has not been measured for three steps',
      description: `Nothing is known of the SLO {{ $labels.slo }} of {{ $labels.service }} since ${silent} or longer: the exporter is gone, cannot be scraped, or cannot tell good from bad. An outage would not be seen. Alerts that fired before are kept.`,
      ...sloLinks(ALERT.lost, alerting),
    },
  };
}

const selects = (op: '=~' | '!~', names: readonly string[]): string =>
  names.length === 0 ? '' : `{slo${op}"${names.join('|')}"}`;

/** How long nothing may be known of an SLO of real users, after the time that its site may be quiet. */
const RUM_SILENT = '1h';

/** Real users whose beacons stopped, where there were some: a ticket, as it is no outage. Empty without such SLOs. */
export function rumLostAlerts({ alerting, slos }: Spec): AlertingRule[] {
  const names = rumSlos(slos);
  if (names.length === 0) return [];
  return [
    {
      alert: ALERT.lost,
      expr: `max by (${INFO_LABELS}) (slo_info${selects('=~', names)})
and on (${KEY})
(sum by (${KEY}) (${TOTALS.known} - last_over_time(${TOTALS.known}[1h] offset ${RUM_SILENT})) == 0)
and on (${KEY})
(sum by (${KEY}) (${TOTALS.known}) > 0)`,
      forMs: 0,
      labels: { severity: 'ticket', step: RUM_SILENT },
      annotations: {
        summary: 'Nothing is known of real users for {{ $labels.slo }}',
        description: `No verdict on {{ $labels.slo }} of {{ $labels.service }} for ${RUM_SILENT}: no beacons come, or too few in a day. See rum_beacons_total by result, the loader in a page, and the route /_rum at the edge. That no beacons come does not mean that all is well.`,
        ...sloLinks(ALERT.lost, alerting),
      },
    },
  ];
}

/**
 * The budget of the period comes from the exporter (from a rule where the SLI is PromQL), which knows calendars and what was
 * excluded afterwards.
 */
export const exhaustedAlert = ({ alerting }: Spec): AlertingRule => ({
  alert: ALERT.exhausted,
  expr: `max by (${INFO_LABELS}) (slo_info)
* on (${KEY}) group_left ()
(min by (${KEY}) (slo_budget_remaining_ratio) <= 0)`,
  forMs: 0,
  keepFiringForMs: 15 * MINUTE,
  labels: { severity: 'ticket' },
  annotations: {
    summary: '{{ $labels.slo }} has used up its error budget',
    description:
      'The SLO {{ $labels.slo }} of {{ $labels.service }} has no error budget left in its period. The number is slo_budget_remaining_ratio, not one of the windows: the exporter knows calendar months and what was excluded afterwards. Risky changes wait; what used it up is the next work of {{ $labels.team }}.',
    ...sloLinks(ALERT.exhausted, alerting),
  },
});

/** Fires while maintenance goes on, for Alertmanager to inhibit alerts on what is worked on. */
export const maintenanceAlert: AlertingRule = {
  alert: ALERT.maintenance,
  expr: `max by (cluster, service, target) (
  max by (cluster, slo, service, target) (slo_info)
  * on (${KEY}) group_left ()
  (max by (${KEY}) (slo_maintenance_active) == 1)
)`,
  forMs: 0,
  labels: { severity: 'none' },
  annotations: {
    summary: 'Maintenance of {{ $labels.service }} goes on',
    description: 'Events of {{ $labels.service }} on {{ $labels.target }} are excluded from budgets.',
  },
};

/** Stops when the SLO rules stop, or have nothing to judge. An outside watcher pages when it hears nothing. */
export const watchdogAlert = ({ alerting, slos }: Spec): AlertingRule => ({
  alert: ALERT.watchdog,
  expr: slos.some(isRunSlo)
    ? 'count by (cluster) (slo_events_total)'
    : `count by (cluster) (slo_info and on (${KEY}) ${TOTALS.known})`,
  forMs: 0,
  labels: { severity: 'none', heartbeat: 'plimsoll' },
  annotations: {
    summary: 'The SLO rules are evaluated',
    description: 'This alert always fires. When it does not arrive, nobody would be woken by any other.',
    runbook_url: runbook(ALERT.watchdog, alerting),
  },
});

const OUR_GROUPS = '.*;slo-(burn|slow|promql).*';

/** What goes wrong with the rules themselves, in Prometheus or in Mimir's ruler. */
export function ruleAlerts({ alerting }: Spec, lateAfterSeconds: number): AlertingRule[] {
  const common = (alert: string) => ({
    labels: { severity: 'ticket', team: 'platform' },
    runbook: { runbook_url: runbook(alert, alerting) },
  });
  const failures = (metric: string) =>
    `sum by (cluster, rule_group) (increase(${metric}{rule_group=~"${OUR_GROUPS}"}[10m])) > 0`;
  const last = (metric: string) => `max by (cluster, rule_group) (${metric}{rule_group=~"${OUR_GROUPS}"})`;
  const late = (metric: string) => `time() - ${last(metric)} > ${lateAfterSeconds}`;
  return [
    {
      alert: ALERT.failing,
      expr: `${failures('prometheus_rule_evaluation_failures_total')}\nor\n${failures('cortex_prometheus_rule_evaluation_failures_total')}`,
      forMs: 0,
      keepFiringForMs: 10 * MINUTE,
      labels: common(ALERT.failing).labels,
      annotations: {
        summary: 'Rules of {{ $labels.rule_group }} fail',
        description: 'In the last 10 minutes {{ $value | printf "%.0f" }} evaluations failed: SLO alerts may not fire.',
        ...common(ALERT.failing).runbook,
      },
    },
    {
      alert: ALERT.late,
      expr: `${late('prometheus_rule_group_last_evaluation_timestamp_seconds')}\nor\n${late('cortex_prometheus_rule_group_last_evaluation_timestamp_seconds')}`,
      forMs: MINUTE,
      labels: common(ALERT.late).labels,
      annotations: {
        summary: 'Rules of {{ $labels.rule_group }} are late',
        description: 'The group was last evaluated {{ $value | humanizeDuration }} ago: alerts come that much later.',
        ...common(ALERT.late).runbook,
      },
    },
    {
      alert: ALERT.outdated,
      expr: `max by (cluster, version) (plimsoll_rules_info)\nunless on (version)\n${RULES_INFO}`,
      forMs: 30 * MINUTE,
      labels: common(ALERT.outdated).labels,
      annotations: {
        summary: 'The SLO rules are not those of the spec',
        description:
          'The exporter runs a spec whose rules have version {{ $labels.version }}, and other rules are loaded: generate and load them again.',
        ...common(ALERT.outdated).runbook,
      },
    },
  ];
}
