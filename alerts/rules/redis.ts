// Redis as object cache: whether it answers and takes writes, and whether it is large enough.
import type { AlertFamily, ComponentAlert } from '../../src/generate/component-alert.ts';
import { minutes, when } from './alert-test.ts';
import { outcomeAlert } from './outcome-alert.ts';

const down = outcomeAlert({
  alert: 'RedisDown',
  kind: 'redis',
  outcomes: [
    'refused',
    'reset',
    'unreachable',
    'timeout',
    'protocol_error',
    'loading',
    'busy',
    'masterdown',
    'max_clients',
  ],
  owner: 'platform',
  summary: 'Redis {{ $labels.target }} does not answer',
  description:
    '{{ $value | humanizePercentage }} of the probes of {{ $labels.target }} in the last 10 minutes got no useful answer. WordPress goes on without its object cache, and MariaDB bears every query.',
});

const refused = outcomeAlert({
  alert: 'RedisWritesRefused',
  kind: 'redis',
  outcomes: ['oom', 'misconf', 'noreplicas', 'readonly_replica'],
  perOutcome: true,
  owner: 'platform',
  summary: 'Redis {{ $labels.target }} refuses writes ({{ $labels.outcome }})',
  description:
    '{{ $value | humanizePercentage }} of the write probes of {{ $labels.target }} in the last 10 minutes ended in {{ $labels.outcome }}. The cache serves what it has and takes nothing new: editors see old content.',
});

const replica = outcomeAlert({
  alert: 'RedisReplicaBehind',
  kind: 'redis',
  outcomes: ['replica_lag', 'replica_stopped'],
  perOutcome: true,
  forMs: minutes(10),
  owner: 'platform',
  needs: 'replicas and the step replica in the spec',
  summary: 'A replica of Redis {{ $labels.target }} is behind ({{ $labels.outcome }})',
  description:
    '{{ $value | humanizePercentage }} of the replica probes of {{ $labels.target }} ended in {{ $labels.outcome }} for more than 10 minutes. After a failover the cache would be cold or old.',
});

// A cache that evicts is meant to be full; only one that must not evict (sessions, queues) is in danger.
export const MEMORY_SHARE = 0.9;
const info = (policy: string) =>
  `redis_instance_info{role="master", redis_version="7", redis_mode="standalone", maxmemory_policy="${policy}"}`;
const memory: ComponentAlert = {
  alert: 'RedisMemoryHigh',
  expr: `max by (cluster, instance) (redis_memory_used_bytes) / max by (cluster, instance) (redis_memory_max_bytes > 0) > ${MEMORY_SHARE}
and on (cluster, instance)
redis_instance_info{maxmemory_policy="noeviction"}`,
  forMs: minutes(10),
  severity: 'ticket',
  owner: 'platform',
  needs: 'redis_exporter',
  summary: 'Redis {{ $labels.instance }} is nearly full and may not evict',
  description:
    '{{ $labels.instance }} uses {{ $value | humanizePercentage }} of its memory and its policy is noeviction: at 100 % it refuses writes. For an object cache the policy should be allkeys-lru.',
  tests: [
    when(
      '91 % and noeviction',
      11,
      { redis_memory_used_bytes: '91x15', redis_memory_max_bytes: '100x15', [info('noeviction')]: '1x15' },
      { instance: 'a:9' },
    ),
    when('90 % and noeviction', 11, {
      redis_memory_used_bytes: '90x15',
      redis_memory_max_bytes: '100x15',
      [info('noeviction')]: '1x15',
    }),
    when('full, but it may evict', 11, {
      redis_memory_used_bytes: '100x15',
      redis_memory_max_bytes: '100x15',
      [info('allkeys-lru')]: '1x15',
    }),
    when('no limit is set', 11, {
      redis_memory_used_bytes: '100x15',
      redis_memory_max_bytes: '0x15',
      [info('noeviction')]: '1x15',
    }),
    when('9 minutes only', 9, {
      redis_memory_used_bytes: '99x15',
      redis_memory_max_bytes: '100x15',
      [info('noeviction')]: '1x15',
    }),
  ],
};

// Evicting is normal; evicting what is asked for again is not. A healthy WordPress cache hits well above 90 %.
export const EVICTIONS_PER_SECOND = 1;
export const HIT_RATIO = 0.8;
const lookups = (hits: number, misses: number, evictions: number) => ({
  redis_keyspace_hits_total: `0+${hits}x50`,
  redis_keyspace_misses_total: `0+${misses}x50`,
  redis_evicted_keys_total: `0+${evictions}x50`,
});
const evictions: ComponentAlert = {
  alert: 'RedisTooSmall',
  expr: `sum by (cluster, instance) (rate(redis_keyspace_hits_total[15m]))
/
(sum by (cluster, instance) (rate(redis_keyspace_hits_total[15m])) + sum by (cluster, instance) (rate(redis_keyspace_misses_total[15m])))
< ${HIT_RATIO}
and
sum by (cluster, instance) (rate(redis_evicted_keys_total[15m])) > ${EVICTIONS_PER_SECOND}`,
  forMs: minutes(30),
  severity: 'ticket',
  owner: 'platform',
  needs: 'redis_exporter',
  summary: 'Redis {{ $labels.instance }} evicts what is still needed',
  description:
    'For half an hour {{ $labels.instance }} has evicted keys while only {{ $value | humanizePercentage }} of the look-ups hit. The cache is too small, or something fills it.',
  tests: [
    when('79 % hits, 1.1 evictions a second', 48, lookups(79, 21, 66), { instance: 'a:9' }),
    when('81 % hits, 1.1 evictions a second', 48, lookups(81, 19, 66)),
    when('79 % hits, 0.9 evictions a second', 48, lookups(79, 21, 54)),
    when('29 minutes only', 29, lookups(10, 90, 600)),
  ],
};

export const REDIS: AlertFamily = { name: 'redis', alerts: [down, refused, replica, memory, evictions] };
