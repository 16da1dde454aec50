// Redis: the object cache. Is it there, does it take writes, does it evict what WordPress needs.
import { HIT_RATIO, MEMORY_SHARE } from '../alerts/rules/redis.ts';
import type { Board } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { IN_CLUSTER } from './ask.ts';
import { toBoard, toLogs } from './links.ts';
import { alertPanels, chart, errorLogs, number, probePanels } from './part-panels.ts';

const EMPTY = 'redis_exporter is not scraped';
const rate = (name: string, by = '') => `sum ${by}(rate(${name}{${IN_CLUSTER}}[$__rate_interval]))`;
const HITS = `${rate('redis_keyspace_hits_total')} / (${rate('redis_keyspace_hits_total')} + ${rate('redis_keyspace_misses_total')} > 0)`;

export const redis = (spec: Spec): Board => {
  const [firing, which, history] = alertPanels(spec, 'redis');
  const [failing, lanes, outcomes, durations] = probePanels('redis', 'Redis');
  return {
    uid: 'plimsoll-redis',
    title: 'Redis',
    description:
      'Without its object cache WordPress asks the database for everything: slower, and with more connections.',
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
          title: 'Memory in use',
          description: 'Of maxmemory. Full with noeviction refuses writes; full with eviction forgets what is needed.',
          queries: [
            {
              expr: `max(max by (cluster, instance) (redis_memory_used_bytes{${IN_CLUSTER}}) / (max by (cluster, instance) (redis_memory_max_bytes{${IN_CLUSTER}}) > 0))`,
            },
          ],
          decimals: 0,
          empty: `${EMPTY}, or no maxmemory is set`,
          thresholds: [{ from: MEMORY_SHARE, color: 'red' }],
        },
        6,
      ),
      number(
        {
          title: 'Found in the cache',
          description: 'Share of the look-ups that find something. Low with evictions: too small.',
          queries: [{ expr: HITS }],
          decimals: 0,
          base: 'orange',
          thresholds: [{ from: HIT_RATIO, color: 'green' }],
          empty: `${EMPTY}, or nobody asks`,
        },
        6,
      ),
      number(
        {
          title: 'Evicted a second',
          description: 'Keys that had to go for others. More than a few: Redis is too small.',
          queries: [{ expr: rate('redis_evicted_keys_total') }],
          empty: EMPTY,
          thresholds: [{ from: 1, color: 'orange' }],
        },
        6,
      ),
      number(
        {
          title: 'Replicas',
          description: 'Connected to the primary. Fewer than expected: a failover would have nowhere to go.',
          queries: [{ expr: `max(redis_connected_slaves{${IN_CLUSTER}})` }],
          decimals: 0,
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
            title: 'Commands',
            description: 'A jump without traffic is a plugin that asks in a loop.',
            queries: [{ expr: rate('redis_commands_processed_total'), legend: 'commands' }],
            empty: EMPTY,
          }),
          chart({
            title: 'Memory',
            description: 'Used and allowed, by server.',
            queries: [
              { expr: `sum by (instance) (redis_memory_used_bytes{${IN_CLUSTER}})`, legend: '{{instance}}' },
              { expr: `max(redis_memory_max_bytes{${IN_CLUSTER}})`, legend: 'limit' },
            ],
            empty: EMPTY,
          }),
          chart({
            title: 'Clients',
            description: 'Connections to Redis; each PHP worker has one.',
            queries: [{ expr: `sum by (instance) (redis_connected_clients{${IN_CLUSTER}})`, legend: '{{instance}}' }],
            decimals: 0,
            empty: EMPTY,
          }),
          chart({
            title: 'Look-ups',
            description: 'Found and not found. Only misses after a purge or restart is normal for minutes.',
            queries: [
              { expr: rate('redis_keyspace_hits_total'), legend: 'found' },
              { expr: rate('redis_keyspace_misses_total'), legend: 'not found' },
            ],
            stack: true,
            empty: EMPTY,
          }),
        ],
      },
      { title: 'Alerts over time', panels: [history] },
      { title: 'Logs', panels: [errorLogs('redis.*', 'Redis')] },
    ],
    links: [toBoard('WordPress', 'plimsoll-wordpress'), toLogs('{service_name=~"redis.*"}')],
  };
};
