// MariaDB: does it take writes, is the replica behind, are connections running out.
import { CONNECTIONS_SHARE } from '../alerts/rules/mariadb.ts';
import type { Board } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { IN_CLUSTER } from './ask.ts';
import { toBoard, toLogs } from './links.ts';
import { alertPanels, chart, errorLogs, number, probePanels } from './part-panels.ts';

const EMPTY = 'mysqld_exporter is not scraped';
const rate = (name: string) => `sum(rate(${name}{${IN_CLUSTER}}[$__rate_interval]))`;

export const mariadb = (spec: Spec): Board => {
  const [firing, which, history] = alertPanels(spec, 'mariadb');
  const [failing, lanes, outcomes, durations] = probePanels('mariadb', 'MariaDB');
  return {
    uid: 'plimsoll-mariadb',
    title: 'MariaDB',
    description:
      'Can it be reached, read and written; is a replica behind; do connections run out; has the primary moved?',
    uses: ['cluster'],
    first: [
      failing,
      firing,
      which,
      lanes,
      outcomes,
      durations,
      number(
        {
          title: 'Connections in use',
          description: 'Of max_connections, on the fullest server. Full: WordPress shows its database error.',
          queries: [
            {
              expr: `max(max by (cluster, instance) (mysql_global_status_threads_connected{${IN_CLUSTER}}) / max by (cluster, instance) (mysql_global_variables_max_connections{${IN_CLUSTER}}))`,
            },
          ],
          decimals: 0,
          empty: EMPTY,
          thresholds: [{ from: CONNECTIONS_SHARE, color: 'red' }],
        },
        6,
      ),
      number(
        {
          title: 'Replica is behind by',
          description:
            'The slowest replica, by the heartbeat that the exporter writes. A failover now would lose this.',
          queries: [{ expr: `max(probe_replica_lag_seconds{${IN_CLUSTER}})` }],
          decimals: 0,
          empty: 'unknown: no replica is probed',
          thresholds: [
            { from: 10, color: 'orange' },
            { from: 60, color: 'red' },
          ],
        },
        6,
      ),
      number(
        {
          title: 'Queries running',
          description: 'Threads that work now. Many for minutes: look for a slow query or a lock.',
          queries: [{ expr: `max(mysql_global_status_threads_running{${IN_CLUSTER}})` }],
          decimals: 0,
          empty: EMPTY,
        },
        6,
      ),
      number(
        {
          title: 'Up for',
          description: 'Since the last start of the youngest server. Minutes: it has restarted or failed over.',
          queries: [{ expr: `min(mysql_global_status_uptime{${IN_CLUSTER}})` }],
          unit: 'dtdurations',
          empty: EMPTY,
        },
        6,
      ),
    ],
    rows: [
      {
        title: 'Load',
        panels: [
          chart({
            title: 'Queries',
            description: 'A jump after a deploy is a plugin; a jump without one is traffic past the caches.',
            queries: [{ expr: rate('mysql_global_status_queries'), legend: 'queries' }],
            unit: 'ops',
            empty: EMPTY,
          }),
          chart({
            title: 'Slow queries and refused connections',
            description: 'Slow ones are in the slow log. Aborted connects: wrong password, or no free connection.',
            queries: [
              { expr: rate('mysql_global_status_slow_queries'), legend: 'slow queries' },
              { expr: rate('mysql_global_status_aborted_connects'), legend: 'aborted connects' },
            ],
            unit: 'ops',
            empty: EMPTY,
          }),
          chart({
            title: 'Connections',
            description: 'The upper line is the limit.',
            queries: [
              {
                expr: `sum by (instance) (mysql_global_status_threads_connected{${IN_CLUSTER}})`,
                legend: '{{instance}}',
              },
              { expr: `max(mysql_global_variables_max_connections{${IN_CLUSTER}})`, legend: 'limit' },
            ],
            decimals: 0,
            empty: EMPTY,
          }),
          chart({
            title: 'Buffer pool',
            description: 'Data in memory. At the limit is normal; much smaller right after a restart means slow reads.',
            queries: [
              {
                expr: `sum by (instance) (mysql_global_status_innodb_buffer_pool_bytes_data{${IN_CLUSTER}})`,
                legend: '{{instance}}',
              },
              { expr: `max(mysql_global_variables_innodb_buffer_pool_size{${IN_CLUSTER}})`, legend: 'limit' },
            ],
            empty: EMPTY,
          }),
        ],
      },
      { title: 'Alerts over time', panels: [history] },
      { title: 'Logs', panels: [errorLogs('mariadb.*|mysql.*', 'MariaDB')] },
    ],
    links: [toBoard('WordPress', 'plimsoll-wordpress'), toLogs('{service_name=~"mariadb.*|mysql.*"}')],
  };
};
