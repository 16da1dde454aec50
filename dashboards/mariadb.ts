// MariaDB: does it take writes, is a replica behind, do connections run out, has the primary moved.
import { CONNECTIONS_SHARE } from '../alerts/rules/mariadb.ts';
import type { Board } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { IN_CLUSTER } from './ask.ts';
import { toBoard, toLogs } from './links.ts';
import { alertPanels, chart, errorLogs, number } from './part-panels.ts';
import { detailPanels, outcomeGuide } from './probe-details.ts';
import { durationChart, failingNow, outcomeMix, serversDown, stepLanes, targetTable } from './probe-panels.ts';
import {
  alertsOf,
  failedTraces,
  OF_TARGETS,
  type Probed,
  replicaLag,
  strictestLag,
  targetVariable,
} from './probe-queries.ts';

const EMPTY = 'mysqld_exporter is not scraped, or reaches no server';
const PROBED: Probed = { kind: 'mariadb', what: 'MariaDB' };
const BY = 'cluster, instance';
const status = (name: string, more = ''): string => `mysql_global_status_${name}{${IN_CLUSTER}${more}}`;
const rate = (name: string, more = '', by = 'instance'): string =>
  `sum by (${by}) (rate(${status(name, more)}[$__rate_interval]))`;
const LIMIT = `mysql_global_variables_max_connections{${IN_CLUSTER}}`;
const LAG = replicaLag('mariadb');
const READS = rate('innodb_buffer_pool_reads');
const REQUESTS = rate('innodb_buffer_pool_read_requests');

export const mariadb = (spec: Spec): Board => {
  const [firing, which, history] = alertPanels(spec, 'mariadb', OF_TARGETS);
  const lagLimit = strictestLag(spec, 'mariadb');
  const behind = lagLimit === undefined ? {} : { thresholds: [{ from: lagLimit, color: 'red' }] as const };
  return {
    uid: 'plimsoll-mariadb',
    title: 'MariaDB',
    description:
      'Can it be reached, read and written; is a replica behind; do connections run out; has the primary moved?',
    uses: ['cluster', 'service'],
    variables: [targetVariable('mariadb')],
    first: [
      failingNow(PROBED),
      firing,
      { ...which, width: 16 },
      {
        ...stepLanes(PROBED),
        alerts: alertsOf(spec, 'mariadb', 'MariaDBDown', 'MariaDBReadOnly', 'MariaDBWriteBlocked'),
      },
      targetTable(PROBED),
      outcomeMix(PROBED),
      durationChart(PROBED),
      serversDown('mysql_up', 'mysqld_exporter', alertsOf(spec, 'mariadb', 'MariaDBDown')),
      number(
        {
          title: 'Connections in use',
          description:
            'Of max_connections, on the fullest server. Full: WordPress shows its database error. If it grows, compare with the PHP workers on the board WordPress: each holds one; if those are few, somebody leaks.',
          queries: [
            {
              expr: `max(max by (${BY}) (${status('threads_connected')}) / max by (${BY}) (${LIMIT}))`,
            },
          ],
          decimals: 0,
          empty: EMPTY,
          thresholds: [{ from: CONNECTIONS_SHARE, color: 'red' }],
          alerts: alertsOf(spec, 'mariadb', 'MariaDBConnectionsHigh', 'MariaDBConnectionsExhausted'),
          links: [toBoard('WordPress', 'plimsoll-wordpress')],
        },
        5,
      ),
      number(
        {
          title: 'Replica is behind by',
          description:
            'The slowest replica, by the heartbeat that the probe writes: a failover now would lose this much. If it grows: a long write on the primary, or replication has stopped (row "Replicas and alerts over time").',
          queries: [{ expr: `max(${LAG})` }],
          decimals: 1,
          empty: 'unknown: no replica is probed, or none can be read',
          ...behind,
          alerts: alertsOf(spec, 'mariadb', 'MariaDBReplicaBehind'),
        },
        5,
      ),
      number(
        {
          title: 'Queries that run now',
          description:
            'On the busiest server. More than it has cores for minutes: a slow query or a lock. SHOW FULL PROCESSLIST says which; the row "Load" whether it is reads, writes or locks.',
          queries: [{ expr: `max(${status('threads_running')})` }],
          decimals: 0,
          empty: EMPTY,
        },
        5,
      ),
      number(
        {
          title: 'Failovers in 24 hours',
          description:
            'How often another server stood behind the endpoint of a primary. After one: check that the last orders and posts are there, because replication is asynchronous.',
          queries: [{ expr: `sum(changes(mysql_global_variables_server_id{${IN_CLUSTER}}[24h]))` }],
          decimals: 0,
          empty: EMPTY,
          thresholds: [{ from: 1, color: 'orange' }],
          alerts: alertsOf(spec, 'mariadb', 'MariaDBFailover'),
        },
        5,
      ),
    ],
    rows: [
      { title: 'Latency, target by target', panels: detailPanels(PROBED) },
      {
        title: 'Connections',
        panels: [
          chart({
            title: 'Connections by server',
            description: 'Against the limit. A step up with a rollout of WordPress is its new pods; a slope is a leak.',
            queries: [
              { expr: `sum by (instance) (${status('threads_connected')})`, legend: '{{instance}}' },
              { expr: `min(${LIMIT})`, legend: 'limit' },
            ],
            decimals: 0,
            min: 0,
            empty: EMPTY,
          }),
          chart({
            title: 'Most connections so far',
            description:
              'Of the limit, since the start of the server. At 100 % the limit was reached once, even if no probe saw it.',
            queries: [
              {
                expr: `max by (${BY}) (${status('max_used_connections')}) / max by (${BY}) (${LIMIT})`,
                legend: '{{instance}}',
              },
            ],
            min: 0,
            empty: EMPTY,
            thresholds: [{ from: CONNECTIONS_SHARE, color: 'red' }],
          }),
          chart({
            title: 'Refused connections',
            description:
              'Aborted connects a second: "Too many connections", or a wrong password. MariaDB counts the refused ones here only, not in connection_errors.',
            queries: [{ expr: rate('aborted_connects'), legend: '{{instance}}' }],
            min: 0,
            unit: 'cps',
            empty: EMPTY,
          }),
          chart({
            title: 'Up for',
            description: 'Since the last start. A fall to zero is a restart; for a failover see the annotations.',
            queries: [{ expr: `min by (instance) (${status('uptime')})`, legend: '{{instance}}' }],
            unit: 'dtdurations',
            min: 0,
            empty: EMPTY,
          }),
        ],
      },
      {
        title: 'Load',
        panels: [
          chart({
            title: 'Queries',
            description:
              'A jump after a deploy is a plugin; a jump without one is traffic past the caches: see Redis, Edge.',
            queries: [{ expr: rate('queries'), legend: '{{instance}}' }],
            min: 0,
            unit: 'ops',
            empty: EMPTY,
            links: [toBoard('Redis', 'plimsoll-redis'), toBoard('Edge', 'plimsoll-edge')],
          }),
          chart({
            title: 'Reads and writes',
            description:
              'Commands a second. Only writes grow: an import, a cron job, sessions or transients in the database.',
            queries: [
              {
                expr: rate('commands_total', ', command=~"select|insert|update|delete|replace"', 'command'),
                legend: '{{command}}',
              },
            ],
            min: 0,
            unit: 'ops',
            stack: true,
            empty: EMPTY,
          }),
          chart({
            title: 'Slow queries and temporary tables on disk',
            description:
              'Slow ones are in the slow log with their text. Tables on disk: a query without a fitting index.',
            queries: [
              { expr: rate('slow_queries'), legend: '{{instance}} slow queries' },
              { expr: rate('created_tmp_disk_tables'), legend: '{{instance}} tables on disk' },
            ],
            min: 0,
            unit: 'ops',
            empty: EMPTY,
          }),
          chart({
            title: 'Waits for row locks',
            description:
              'A second. Many with hanging writes: a transaction that is open for long; SHOW ENGINE INNODB STATUS names it.',
            queries: [{ expr: rate('innodb_row_lock_waits'), legend: '{{instance}}' }],
            min: 0,
            unit: 'ops',
            empty: EMPTY,
          }),
          chart({
            title: 'Reads from memory',
            description:
              'Share of the reads that the buffer pool answers. Low for minutes after a restart; low all the time: it is too small for the data.',
            queries: [{ expr: `1 - ${READS} / (${REQUESTS} > 0)`, legend: '{{instance}}' }],
            unit: 'percentunit',
            max: 1,
            empty: `${EMPTY}, or nobody reads`,
          }),
          chart({
            title: 'Buffer pool',
            description: 'Data in memory. At the limit is normal; much smaller right after a restart means slow reads.',
            queries: [
              { expr: `sum by (instance) (${status('innodb_buffer_pool_bytes_data')})`, legend: '{{instance}}' },
              { expr: `max(mysql_global_variables_innodb_buffer_pool_size{${IN_CLUSTER}})`, legend: 'limit' },
            ],
            min: 0,
            empty: EMPTY,
          }),
        ],
      },
      {
        title: 'Replicas and alerts over time',
        panels: [
          chart({
            title: 'Replicas are behind by',
            description: 'By heartbeat, the slowest of each target. A saw tooth: the replica waits for long writes.',
            queries: [{ expr: `max by (target) (${LAG})`, legend: '{{target}}' }],
            min: 0,
            empty: 'unknown: no replica is probed, or none can be read',
            ...behind,
          }),
          { ...history, width: 12, height: 8 },
        ],
      },
      { title: 'What outcomes mean', panels: [outcomeGuide(spec, 'mariadb')] },
      { title: 'Logs', panels: [errorLogs('mariadb.*|mysql.*', 'MariaDB')] },
    ],
    links: [
      toBoard('WordPress', 'plimsoll-wordpress'),
      toLogs('{service_name=~"mariadb.*|mysql.*"}'),
      failedTraces(PROBED),
    ],
  };
};
