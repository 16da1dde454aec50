// MariaDB: whether it takes reads and writes, how full it is, and what its replicas and failovers do.
import type { AlertFamily, ComponentAlert } from '../../src/generate/component-alert.ts';
import { minutes, when } from './alert-test.ts';
import { outcomeAlert } from './outcome-alert.ts';

const down = outcomeAlert({
  alert: 'MariaDBDown',
  kind: 'mariadb',
  outcomes: ['refused', 'reset', 'unreachable', 'timeout', 'protocol_error', 'shutdown', 'not_ready', 'host_blocked'],
  owner: 'platform',
  summary: 'MariaDB {{ $labels.target }} does not answer',
  description:
    '{{ $value | humanizePercentage }} of the probes of {{ $labels.target }} in the last 10 minutes could not connect or got no answer. A failover of the IONOS cluster takes about a minute; longer than that, look at the state of the cluster and at the network.',
});

const readOnly = outcomeAlert({
  alert: 'MariaDBReadOnly',
  kind: 'mariadb',
  outcomes: ['read_only'],
  owner: 'platform',
  summary: 'MariaDB {{ $labels.target }} refuses writes',
  description:
    '{{ $value | humanizePercentage }} of the write probes of {{ $labels.target }} in the last 10 minutes were refused because the server is read-only: a failover that hangs, or an endpoint that leads to a replica. Pages are served; orders, comments and logins fail.',
});

const writeBlocked = outcomeAlert({
  alert: 'MariaDBWriteBlocked',
  kind: 'mariadb',
  outcomes: ['write_blocked'],
  owner: 'platform',
  summary: 'MariaDB {{ $labels.target }} does not finish writes',
  description:
    '{{ $value | humanizePercentage }} of the write probes of {{ $labels.target }} in the last 10 minutes hung or failed while reads worked: storage full, a lock (FLUSH TABLES, a backup, ALTER TABLE), or replication that waits.',
});

const exhausted = outcomeAlert({
  alert: 'MariaDBConnectionsExhausted',
  kind: 'mariadb',
  outcomes: ['too_many_connections'],
  owner: 'platform',
  summary: 'MariaDB {{ $labels.target }} has no free connections',
  description:
    '{{ $value | humanizePercentage }} of the probes of {{ $labels.target }} in the last 10 minutes were refused with "Too many connections". WordPress shows its database error now.',
});

// Each PHP worker holds one connection. Beyond 80 % the next pod of the autoscaler may not get its connections.
export const CONNECTIONS_SHARE = 0.8;
const connectionsHigh: ComponentAlert = {
  alert: 'MariaDBConnectionsHigh',
  expr: `max by (cluster, instance) (mysql_global_status_threads_connected) / max by (cluster, instance) (mysql_global_variables_max_connections) > ${CONNECTIONS_SHARE}`,
  forMs: minutes(10),
  severity: 'ticket',
  owner: 'platform',
  needs: 'mysqld_exporter',
  summary: 'MariaDB {{ $labels.instance }} uses most of its connections',
  description:
    '{{ $value | humanizePercentage }} of max_connections of {{ $labels.instance }} have been in use for 10 minutes. At 100 % WordPress shows its database error.',
  tests: [
    when(
      '81 of 100 connections',
      11,
      { mysql_global_status_threads_connected: '81x15', mysql_global_variables_max_connections: '100x15' },
      { instance: 'a:9' },
    ),
    when('80 of 100 connections', 11, {
      mysql_global_status_threads_connected: '80x15',
      mysql_global_variables_max_connections: '100x15',
    }),
    when('a peak of 9 minutes', 9, {
      mysql_global_status_threads_connected: '99x15',
      mysql_global_variables_max_connections: '100x15',
    }),
  ],
};

// A replica of IONOS serves no reads; its lag is what a failover would lose. The limit of the spec (maxLag, 30 s) is the measure.
const replica = outcomeAlert({
  alert: 'MariaDBReplicaBehind',
  kind: 'mariadb',
  outcomes: ['replica_lag', 'replica_stopped'],
  perOutcome: true,
  forMs: minutes(10),
  owner: 'platform',
  needs: 'replicas and the step replica in the spec',
  summary: 'A replica of MariaDB {{ $labels.target }} is behind ({{ $labels.outcome }})',
  description:
    '{{ $value | humanizePercentage }} of the replica probes of {{ $labels.target }} ended in {{ $labels.outcome }} for more than 10 minutes. A failover now would lose what the replica has not got.',
});

const failover: ComponentAlert = {
  alert: 'MariaDBFailover',
  // One endpoint leads to whoever is primary, so another server id behind it is another primary. It says so for half an hour.
  expr: 'max by (cluster, instance) (changes(mysql_global_variables_server_id[30m])) > 0',
  forMs: 0,
  severity: 'ticket',
  owner: 'platform',
  needs: 'mysqld_exporter',
  summary: 'MariaDB {{ $labels.instance }} has failed over',
  description:
    'The primary behind {{ $labels.instance }} changed {{ $value }} time(s) in the last 30 minutes. Replication is asynchronous: check that the last orders and posts are there, and why it happened.',
  tests: [
    when(
      'the server id changed 10 minutes ago',
      20,
      { mysql_global_variables_server_id: '1x10 2x30' },
      { instance: 'a:9' },
    ),
    when('the server id changed 40 minutes ago', 50, { mysql_global_variables_server_id: '1x10 2x60' }),
    when('the server id is what it was', 20, { mysql_global_variables_server_id: '1x40' }),
  ],
};

export const MARIADB: AlertFamily = {
  name: 'mariadb',
  alerts: [down, readOnly, writeBlocked, exhausted, connectionsHigh, replica, failover],
};
