// Redis: the object cache. Is it there, does it take writes, is it large enough, does WordPress find things in it.
import { EVICTIONS_PER_SECOND, HIT_RATIO, MEMORY_SHARE } from '../alerts/rules/redis.ts';
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

const EMPTY = 'redis_exporter is not scraped, or reaches no server';
const PROBED: Probed = { kind: 'redis', what: 'Redis' };
const gauge = (name: string): string => `redis_${name}{${IN_CLUSTER}}`;
const rate = (name: string, by = 'cluster, instance'): string =>
  `sum by (${by}) (rate(${gauge(name)}[$__rate_interval]))`;
const FOUND = `${rate('keyspace_hits_total')} / (${rate('keyspace_hits_total')} + ${rate('keyspace_misses_total')} > 0)`;
const MEMORY = `max by (cluster, instance) (${gauge('memory_used_bytes')}) / (max by (cluster, instance) (${gauge('memory_max_bytes')}) > 0)`;
const LAG = replicaLag('redis');

export const redis = (spec: Spec): Board => {
  const [firing, which, history] = alertPanels(spec, 'redis', OF_TARGETS);
  const lagLimit = strictestLag(spec, 'redis');
  const behind = lagLimit === undefined ? {} : { thresholds: [{ from: lagLimit, color: 'red' }] as const };
  return {
    uid: 'plimsoll-redis',
    title: 'Redis',
    description:
      'Without its object cache WordPress asks the database for everything: slower, and with more connections.',
    uses: ['cluster', 'service'],
    variables: [targetVariable('redis')],
    first: [
      failingNow(PROBED),
      firing,
      { ...which, width: 16 },
      { ...stepLanes(PROBED), alerts: alertsOf(spec, 'redis', 'RedisDown', 'RedisWritesRefused') },
      targetTable(PROBED),
      outcomeMix(PROBED),
      durationChart(PROBED),
      serversDown('redis_up', 'redis_exporter', alertsOf(spec, 'redis', 'RedisDown')),
      number(
        {
          title: 'Memory in use',
          description:
            'Of maxmemory, on the fullest server. Full is normal for a cache that may evict: then see the next two. With noeviction a full one refuses writes: set allkeys-lru, or give it more.',
          queries: [{ expr: `max(${MEMORY})` }],
          decimals: 0,
          empty: `${EMPTY}, or no maxmemory is set`,
          thresholds: [{ from: MEMORY_SHARE, color: 'red' }],
          alerts: alertsOf(spec, 'redis', 'RedisMemoryHigh'),
        },
        5,
      ),
      number(
        {
          title: 'Found in the cache',
          description:
            'Share of the look-ups that find something, on the worst server. Low with evictions: too small. Low without: just restarted or purged, or a plugin asks for what is never stored.',
          queries: [{ expr: `min(${FOUND})` }],
          decimals: 0,
          base: 'orange',
          thresholds: [{ from: HIT_RATIO, color: 'green' }],
          empty: `${EMPTY}, or nobody asks it`,
          alerts: alertsOf(spec, 'redis', 'RedisTooSmall'),
        },
        5,
      ),
      number(
        {
          title: 'Evicted a second',
          description:
            'Keys that had to go for others, on the worst server. Together with few that are found: Redis is too small, or something fills it (row "Keys and memory").',
          queries: [{ expr: `max(${rate('evicted_keys_total')})` }],
          decimals: 1,
          empty: EMPTY,
          thresholds: [{ from: EVICTIONS_PER_SECOND, color: 'orange' }],
          alerts: alertsOf(spec, 'redis', 'RedisTooSmall'),
        },
        5,
      ),
      number(
        {
          title: 'Replica is behind by',
          description:
            'The slowest replica, by the key that the probe writes. If it grows, or is unknown: after a failover the cache would be cold or old. See "Replicas of the primary" below.',
          queries: [{ expr: `max(${LAG})` }],
          decimals: 1,
          empty: 'unknown: no replica is probed, or none can be read',
          ...behind,
          alerts: alertsOf(spec, 'redis', 'RedisReplicaBehind'),
        },
        5,
      ),
    ],
    rows: [
      { title: 'Latency, target by target', panels: detailPanels(PROBED) },
      {
        title: 'Keys and memory',
        panels: [
          chart({
            title: 'Memory',
            description:
              'Used and allowed. The process holds more than it uses: fragmentation; much more than the limit of the pod, and it is killed.',
            queries: [
              { expr: `sum by (instance) (${gauge('memory_used_bytes')})`, legend: '{{instance}} used' },
              { expr: `sum by (instance) (${gauge('memory_used_rss_bytes')})`, legend: '{{instance}} of the process' },
              { expr: `min(${gauge('memory_max_bytes')} > 0)`, legend: 'maxmemory' },
            ],
            min: 0,
            empty: EMPTY,
          }),
          chart({
            title: 'Keys',
            description:
              'By database. A cliff is a flush: did somebody purge? A slope without end: keys without a time to live.',
            queries: [{ expr: `sum by (instance, db) (${gauge('db_keys')}) > 0`, legend: '{{instance}} {{db}}' }],
            decimals: 0,
            min: 0,
            empty: `${EMPTY}, or it is empty`,
          }),
          chart({
            title: 'Evicted and expired',
            description: 'Expired ones had served their time; evicted ones had not.',
            queries: [
              { expr: rate('evicted_keys_total', 'instance'), legend: '{{instance}} evicted' },
              { expr: rate('expired_keys_total', 'instance'), legend: '{{instance}} expired' },
            ],
            unit: 'ops',
            min: 0,
            empty: EMPTY,
          }),
          chart({
            title: 'Look-ups',
            description: 'Found and not found. Only misses for minutes after a purge or a restart is normal.',
            queries: [
              { expr: rate('keyspace_hits_total', 'cluster'), legend: 'found' },
              { expr: rate('keyspace_misses_total', 'cluster'), legend: 'not found' },
            ],
            unit: 'ops',
            stack: true,
            min: 0,
            empty: EMPTY,
          }),
        ],
      },
      {
        title: 'Load',
        panels: [
          chart({
            title: 'Commands',
            description: 'By command, the ten most frequent. A jump without traffic is a plugin that asks in a loop.',
            queries: [{ expr: `topk(10, ${rate('commands_total', 'cmd')})`, legend: '{{cmd}}' }],
            unit: 'ops',
            min: 0,
            empty: EMPTY,
          }),
          chart({
            title: 'Time per command',
            description: 'The mean, of the slowest ten. KEYS, SMEMBERS or EVAL up here block all others.',
            queries: [
              {
                expr: `topk(10, ${rate('commands_duration_seconds_total', 'cmd')} / (${rate('commands_total', 'cmd')} > 0))`,
                legend: '{{cmd}}',
              },
            ],
            unit: 's',
            min: 0,
            empty: `${EMPTY}, or nobody asks it`,
            waive: { 'unit-fits': 'seconds a second over commands a second: seconds' },
          }),
          chart({
            title: 'Clients',
            description:
              'Connections, each PHP worker has one, and the limit. Blocked ones wait for a list or a stream.',
            queries: [
              { expr: `sum by (instance) (${gauge('connected_clients')})`, legend: '{{instance}}' },
              { expr: `sum by (instance) (${gauge('blocked_clients')})`, legend: '{{instance}} blocked' },
              { expr: `min(${gauge('config_maxclients')})`, legend: 'limit' },
            ],
            decimals: 0,
            min: 0,
            empty: EMPTY,
          }),
          chart({
            title: 'Refused connections',
            description:
              'Beyond maxclients, a second. More than 0: WordPress works without its cache for these requests.',
            queries: [{ expr: rate('rejected_connections_total', 'instance'), legend: '{{instance}}' }],
            unit: 'cps',
            min: 0,
            empty: EMPTY,
          }),
        ],
      },
      {
        title: 'Replicas, restarts and alerts over time',
        panels: [
          chart({
            title: 'Replicas of the primary',
            description:
              'How many are connected. Fewer than expected: a failover would have nowhere to go, and min-replicas-to-write may refuse writes.',
            queries: [
              {
                expr: `max by (instance) (${gauge('connected_slaves')} and on (cluster, instance) redis_instance_info{${IN_CLUSTER}, role="master"})`,
                legend: '{{instance}}',
              },
            ],
            decimals: 0,
            min: 0,
            empty: EMPTY,
          }),
          chart({
            title: 'Replicas are behind by',
            description: 'As the primary sees each replica, and as the probe does.',
            queries: [
              { expr: `max by (slave_ip) (${gauge('connected_slave_lag_seconds')})`, legend: '{{slave_ip}}' },
              { expr: `max by (target) (${LAG})`, legend: '{{target}}, by probe' },
            ],
            min: 0,
            empty: 'no replica is connected or probed',
            ...behind,
          }),
          chart({
            title: 'Up for',
            description: 'Since the last start. After a restart the cache is cold, and MariaDB works more for minutes.',
            queries: [{ expr: `time() - max by (instance) (${gauge('start_time_seconds')})`, legend: '{{instance}}' }],
            unit: 'dtdurations',
            min: 0,
            empty: EMPTY,
          }),
          { ...history, width: 12, height: 8 },
        ],
      },
      { title: 'What outcomes mean', panels: [outcomeGuide(spec, 'redis')] },
      { title: 'Logs', panels: [errorLogs('redis.*', 'Redis')] },
    ],
    links: [
      toBoard('WordPress', 'plimsoll-wordpress'),
      toBoard('MariaDB', 'plimsoll-mariadb'),
      toLogs('{service_name=~"redis.*"}'),
      failedTraces(PROBED),
    ],
  };
};
