// The series of redis_exporter: ours beside those of the real one, for the same Redis and its replica, and what is left in a fault.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisReading } from '../../src/probe/board-redis.ts';
import { startFaultProxy } from '../services/fault-proxy.ts';
import { startRedisExporter } from '../services/peer-exporters.ts';
import { type RedisServer, startRedis } from '../services/redis.ts';
import { differences } from './board-series/compare.ts';
import { readExposed } from './board-series/exposed.ts';
import { exposedRun } from './board-series/run.ts';

let primary: RedisServer;
let replica: RedisServer;
const settings = (port: number, extra: object = {}) => ({
  kind: 'redis',
  url: `redis://127.0.0.1:${port}/0`,
  steps: ['read'],
  ...extra,
});
const redisSeries = (values: ReadonlyMap<string, number>) => [...values].filter(([name]) => name.startsWith('redis_'));

beforeAll(async () => {
  primary = await startRedis();
  replica = await startRedis({ replicaOf: primary });
  await primary.command('SET', 'kept', 'x');
  await primary.command('SET', 'passing', 'x', 'PX', 100_000);
  await primary.command('GET', 'kept');
  await primary.command('INCR', 'kept').catch(() => {});
  const isLinked = async () => /master_link_status:up/.test(String(await replica.command('INFO', 'replication')));
  while (!(await isLinked())) await new Promise((resolve) => setTimeout(resolve, 50));
  // The link is up before what was written has come over it.
  while ((await replica.command('DBSIZE')) !== 2) await new Promise((resolve) => setTimeout(resolve, 50));
});
afterAll(() => Promise.all([primary.remove(), replica.remove()]));

/** Databases without keys, of which INFO tells nothing: redis_exporter asks CONFIG how many there are. */
const EMPTY = /^redis_db_keys(_expiring)?\{db="db([1-9]|1[0-5])"\}$/;
/** What the reading itself moves, in either direction. */
const MOVES = /memory_used|fragmentation|db_avg_ttl|connected_clients|last_io_seconds|slave_lag|start_time/;

describe('a Redis that redis_exporter reads too', () => {
  it.each([
    ['primary', () => primary.port],
    ['replica', () => replica.port],
  ])('has the same series, types and values: %s', async (_, port) => {
    const peer = await startRedisExporter(port(), ['-include-system-metrics']);
    try {
      // Every command that either sends has been called once.
      await Promise.all([peer.metrics(), exposedRun(settings(port()))]);
      await Promise.all([peer.metrics(), exposedRun(settings(port()))]);
      const before = readExposed(await peer.metrics());
      const ours = await exposedRun(settings(port()));
      const after = readExposed(await peer.metrics());
      const found = differences(before, ours, after, 'redis_', MOVES);
      const lacking = found.lacking.filter((series) => !EMPTY.test(series));
      expect({ ...found, lacking }).toEqual({
        lacking: [],
        extra: [],
        types: [],
        values: [],
        compared: expect.any(Number),
      });
      expect(found.compared).toBeGreaterThan(40);
      // Seconds since 1970, less than a second apart.
      const starts = [before, ours].map(({ values }) => values.get('redis_start_time_seconds')!);
      expect(Math.abs(starts[0]! - starts[1]!)).toBeLessThanOrEqual(1);
    } finally {
      await peer.stop();
    }
  });
  it('tells of its primary and of its replica', async () => {
    const of = async (port: number) => (await exposedRun(settings(port))).values;
    const link = `{master_host="127.0.0.1",master_port="${primary.port}"}`;
    const ofReplica = await of(replica.port);
    expect(ofReplica.get(`redis_master_link_up${link}`)).toBe(1);
    expect(ofReplica.has(`redis_master_last_io_seconds_ago${link}`)).toBe(true);
    const ofPrimary = await of(primary.port);
    expect(ofPrimary.get('redis_connected_slaves')).toBe(1);
    expect([...ofPrimary.keys()].join('\n')).toContain('redis_connected_slave_lag_seconds{slave_ip="127.0.0.1"');
  });
});

describe('series of a Redis', () => {
  it('are read from a megabyte of lines that say nothing without holding up the process', () => {
    const info = `# Commandstats\r\n${'x\r\n'.repeat(340_000)}cmdstat_get:calls=1,usec=2\r\n`;
    const started = performance.now();
    expect(redisReading(info, 0).values).toHaveLength(3);
    expect(performance.now() - started).toBeLessThan(500);
  });
  it('are one when it refuses: redis_up is 0', async () => {
    const { values } = await exposedRun(
      settings(primary.port, { url: `redis://nobody@127.0.0.1:${primary.port}/0`, password: 'wrong' }),
    );
    expect(redisSeries(values)).toEqual([['redis_up', 0]]);
  });
  it('are absent where the user may not ask INFO, and the run is good', async () => {
    await primary.command('ACL', 'SETUSER', 'poor', 'on', '>secret', '~*', '+ping', '+get', '+select');
    const poor = settings(primary.port, { url: `redis://poor@127.0.0.1:${primary.port}/0`, password: 'secret' });
    const { run, values } = await exposedRun(poor);
    expect(run.steps.map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
    expect(run.board).toEqual({ values: [], faults: new Map([['failed', 1]]), dropped: 0 });
    expect(redisSeries(values)).toEqual([['redis_up', 1]]);
  });
  it('that hang or break cost the run nothing, and come back', async () => {
    const proxy = await startFaultProxy(primary.port);
    const of = () => exposedRun(settings(proxy.port, { timeout: '1s' }));
    try {
      for (const [kind, fault] of [
        ['hold', 'timeout'],
        ['reset', 'failed'],
      ] as const) {
        await proxy.inject({ kind, afterBytes: 1_000 });
        const { run, values } = await of();
        expect(run.steps.map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
        expect(run.board).toEqual({ values: [], faults: new Map([[fault, 1]]), dropped: 0 });
        expect(redisSeries(values)).toEqual([['redis_up', 1]]);
      }
      await proxy.inject(undefined);
      expect(redisSeries((await of()).values).length).toBeGreaterThan(40);
    } finally {
      await proxy.close();
    }
  });
  it('are what INFO tells; what is no number is counted and left out', () => {
    const info = [
      '# Server',
      'uptime_in_seconds:10',
      'connected_clients:many',
      'nobody_asks:1',
      '# Commandstats',
      'cmdstat_config|get:calls=2,usec=500,usec_per_call=250.00,rejected_calls=0,failed_calls=0',
      'cmdstat_odd:usec=1,calls=3',
      'cmdstat_empty:',
      'rdb_last_bgsave_status:err',
      '# Errorstats',
      'errorstat_ERR:count=4',
      '# Keyspace',
      'db0:keys=2,expires=1,avg_ttl=99898',
      'db10:keys=1,expires=0',
      'dbx:keys=1',
      '',
    ].join('\r\n');
    const { values, unreadable } = redisReading(info, 1_000_000);
    expect(values.map(({ key, value }) => [key.metric, ...key.labels, value])).toEqual([
      ['redis_instance_info', '', '', '', '', '', '', '', '', '', 1],
      ['redis_uptime_in_seconds', 10],
      ['redis_rdb_last_bgsave_status', 0],
      ['redis_start_time_seconds', 990],
      ['redis_commands_total', 'config|get', 2],
      ['redis_commands_duration_seconds_total', 'config|get', 0.0005],
      ['redis_commands_total', 'odd', 3],
      ['redis_commands_duration_seconds_total', 'odd', 0.000001],
      ['redis_errors_total', 'ERR', 4],
      ['redis_db_keys', 'db0', 2],
      ['redis_db_keys_expiring', 'db0', 1],
      ['redis_db_avg_ttl_seconds', 'db0', 99.898],
      ['redis_db_keys', 'db10', 1],
      ['redis_db_keys_expiring', 'db10', 0],
    ]);
    expect(unreadable).toBe(3);
  });
});
