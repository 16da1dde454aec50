// The first board at 3 am: is it real, how bad, since when, which layer is red, what changed, where to go next.

import { lateAfterSeconds } from '../src/generate/slo/groups.ts';
import { ALERT } from '../src/generate/slo/names.ts';
import type { Board, Query } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { changesIn, DIFFERENCES, failedShare, IN_CLUSTER, stateOf } from './ask.ts';
import { toBoard, toLogs, toTraces } from './links.ts';
import { sloTable } from './slo-table.ts';
import { STATES } from './states.ts';

const lane = (legend: string, share: string): Query => ({ legend, expr: stateOf(share) });

/** The share of what failed among all, of two counters. */
const share = (failed: string, all: string): string =>
  `(sum(increase(${failed}[$__rate_interval])) or 0 * sum(increase(${all}[$__rate_interval]))) / (sum(increase(${all}[$__rate_interval])) > 0)`;

/** Those of visitors: Envoy's own, for its probes and scrapes, would hide what fails. */
const LISTENERS = 'envoy_http_conn_manager_prefix=~"http-.+|https-.+"';

/** From the visitor inwards. */
const LANES: readonly Query[] = [
  lane('DNS', failedShare('dns')),
  lane('TLS', failedShare('tls')),
  lane('Edge', failedShare('cdn')),
  lane(
    'Gateway',
    share(
      `envoy_http_downstream_rq_xx{${IN_CLUSTER}, ${LISTENERS}, envoy_response_code_class="5"}`,
      `envoy_http_downstream_rq_xx{${IN_CLUSTER}, ${LISTENERS}}`,
    ),
  ),
  lane('WordPress', failedShare('wordpress', 'cluster', ', step!~"cron|objectcache"')),
  lane('Cron', failedShare('wordpress', 'cluster', ', step="cron"')),
  lane('MariaDB', failedShare('mariadb')),
  lane('Redis', failedShare('redis')),
  lane(
    'Storage',
    share(
      `thanos_objstore_bucket_operation_failures_total{${IN_CLUSTER}}`,
      `thanos_objstore_bucket_operations_total{${IN_CLUSTER}}`,
    ),
  ),
  lane(
    'Telemetry',
    share(
      `prometheus_rule_evaluation_failures_total{${IN_CLUSTER}}`,
      `prometheus_rule_evaluations_total{${IN_CLUSTER}}`,
    ),
  ),
];

export const overview = (spec: Spec): Board => ({
  uid: 'plimsoll-overview',
  title: 'Platform overview',
  description:
    'Begin here. Which layer is red since when, which SLO loses its budget, which alerts fire, and what was changed (blue lines).',
  uses: ['cluster', 'service', 'slo'],
  first: [
    {
      kind: 'stat',
      title: 'Pages that fire',
      description:
        'Alerts that wake somebody. More than one: the page of what others depend on is the first to look at.',
      width: 4,
      height: 4,
      queries: [{ expr: `count(ALERTS{alertstate="firing", severity="page", ${IN_CLUSTER}}) or vector(0)` }],
      empty: 'none',
      thresholds: [{ from: 1, color: 'red' }],
      alerts: [ALERT.burn, ALERT.lost],
    },
    {
      kind: 'stat',
      title: 'Tickets that fire',
      description: 'Alerts that explain a page, or can wait for the morning.',
      width: 4,
      height: 4,
      queries: [{ expr: `count(ALERTS{alertstate="firing", severity="ticket", ${IN_CLUSTER}}) or vector(0)` }],
      empty: 'none',
      thresholds: [{ from: 1, color: 'orange' }],
    },
    {
      kind: 'stat',
      title: 'Rules run',
      description:
        'Seconds since the SLO rules were evaluated last, in the slowest group. If nothing is known here, no alert would come: look at the telemetry stack.',
      width: 4,
      height: 4,
      queries: [
        {
          expr: `time() - min(prometheus_rule_group_last_evaluation_timestamp_seconds{${IN_CLUSTER}, rule_group=~".*;slo-.*"} or cortex_prometheus_rule_group_last_evaluation_timestamp_seconds{${IN_CLUSTER}, rule_group=~".*;slo-.*"})`,
        },
      ],
      decimals: 0,
      empty: 'unknown',
      thresholds: [{ from: lateAfterSeconds(spec), color: 'red' }],
      alerts: [ALERT.watchdog, ALERT.failing, ALERT.late, ALERT.outdated],
      links: [toBoard('Telemetry stack', 'plimsoll-telemetry')],
    },
    {
      kind: 'stat',
      title: 'Changes in the last hour',
      description:
        'Deploys, updates, purges, reloads, drained nodes, failovers. The blue lines on all boards say which and when.',
      width: 4,
      height: 4,
      queries: [
        {
          expr: `sum(${changesIn('1h')}) or vector(0)`,
        },
      ],
      unit: 'short',
      decimals: 0,
      empty: 'none',
      thresholds: [{ from: 1, color: 'blue' }],
      waive: DIFFERENCES,
    },
    {
      kind: 'table',
      title: 'Firing alerts',
      description: 'What fires now, by severity. The runbook of each is in alerts/runbooks under its name.',
      width: 8,
      height: 4,
      labels: {
        alertname: 'Alert',
        severity: 'Severity',
        service: 'Service',
        slo: 'SLO',
        target: 'Target',
        team: 'Team',
      },
      labelLinks:
        spec.alerting.runbooks === undefined
          ? {}
          : { alertname: [{ title: 'Runbook', url: `${spec.alerting.runbooks}/\${__value.raw}.md` }] },
      columns: [
        {
          title: 'Firing',
          expr: `count by (alertname, severity, service, slo, target, team) (ALERTS{alertstate="firing", severity=~"page|ticket", ${IN_CLUSTER}})`,
          unit: 'short',
        },
      ],
      sortBy: { column: 'Severity', descending: false },
      empty: 'no alert fires',
    },
    {
      kind: 'state-timeline',
      title: 'Layers',
      description:
        'From the visitor inwards: red where half or more of the checks fail, orange where some do. Grey or missing: not measured here. The lowest red lane is usually the cause.',
      width: 24,
      height: 9,
      queries: LANES,
      mappings: STATES,
      empty: 'nothing was measured in this time',
      links: [
        toBoard('WordPress', 'plimsoll-wordpress'),
        toBoard('MariaDB', 'plimsoll-mariadb'),
        toBoard('Redis', 'plimsoll-redis'),
        toBoard('Edge', 'plimsoll-edge'),
        toBoard('DNS and TLS', 'plimsoll-dns-tls'),
      ],
    },
    sloTable(spec, {
      description: 'Click an SLO for what ate its budget. Burn 1 spends the budget exactly over the period.',
      height: 8,
    }),
  ],
  rows: [
    {
      title: 'Logs and traces',
      panels: [
        {
          kind: 'logs',
          title: 'Errors in the logs',
          description: 'Lines of the chosen services that speak of errors.',
          width: 12,
          height: 10,
          expr: '{service_name=~"${service:regex}"} |~ "(?i)(error|fatal|panic)"',
          empty: 'no such line',
        },
        {
          kind: 'traces',
          title: 'Failed probe runs',
          description: 'Traces of the exporter with an error: where in the run it failed.',
          width: 12,
          height: 10,
          expr: '{ resource.service.name = "plimsoll" && status = error }',
          empty: 'no such trace',
        },
      ],
    },
  ],
  links: [
    toLogs('{service_name=~"${service:regex}"}'),
    toTraces('{ resource.service.name = "plimsoll" && status = error }'),
  ],
});
