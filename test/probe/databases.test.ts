// Real MariaDB and Redis in the states that must be told apart.
import { type Connection, createConnection } from 'mariadb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProbeUser, type MariaDb, startMariadb } from '../services/mariadb.ts';
import { type RedisServer, startRedis } from '../services/redis.ts';
import { outcomes, resolvingTo, run, step } from './run.ts';

const PHASES = [['connect', 'dns', 'connect'], ['read', 'first_byte'], ['write', 'first_byte'], ['replica']];

describe('a MariaDB probe', () => {
  let primary: MariaDb;
  let replica: MariaDb;
  const settings = (extra: object = {}) => ({
    kind: 'mariadb',
    url: `mysql://plimsoll@127.0.0.1:${primary.port}/plimsoll`,
    password: 'pw',
    timeout: '1500ms',
    steps: ['connect', 'read', 'write', 'replica'],
    replicas: [{ name: 'r1', url: `mysql://127.0.0.1:${replica.port}` }],
    ...extra,
  });
  const ALL_OK = { connect: 'ok', read: 'ok', write: 'ok', replica: 'ok' };
  const admin = async () => {
    const connection = await createConnection({
      host: '127.0.0.1',
      port: primary.port,
      user: 'admin',
      password: 'admin',
    });
    connection.on('error', () => {});
    return connection;
  };
  const untilOk = async () => {
    for (let i = 0; i < 50; i++) {
      if ((await outcomes(settings())).replica === 'ok') return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error('the replica did not catch up');
  };
  beforeAll(async () => {
    primary = await startMariadb();
    replica = await startMariadb({ replicaOf: primary });
    await createProbeUser(primary, 'pw');
    await primary.sql(
      "CREATE USER 'blind'@'%' IDENTIFIED BY 'pw'",
      "GRANT SELECT, INSERT, DELETE ON plimsoll.* TO 'blind'@'%'",
    );
    await untilOk();
  });
  afterAll(() => Promise.all([primary.remove(), replica.remove()]));

  it('is good with the grants of the README and knows the lag of the replica', async () => {
    expect(await outcomes(settings())).toEqual(ALL_OK);
    expect((await step(settings(), 'replica')).facts.replicaLagSeconds).toBeLessThan(5);
  });
  it('measures name, connection and first byte', async () => {
    const { steps } = await run(settings());
    expect(steps.map((s) => [s.step, ...Object.keys(s.phases)])).toEqual(PHASES);
    primary.pause();
    const hung = await step(settings({ steps: ['read'], timeout: '500ms' }), 'connect');
    primary.resume();
    expect(hung.phases.connect).toBeGreaterThan(400);
  });
  it('is asked by the other family of addresses when we have no way to the first', async () => {
    const both = { resolve: resolvingTo('ff0e::1', '127.0.0.1') };
    expect(await outcomes(settings(), both)).toEqual(ALL_OK);
    const none = { resolve: resolvingTo('ff0e::1') };
    expect(await step(settings(), 'write', none)).toMatchObject({ outcome: 'no_network', blame: 'prober' });
  });
  it('calls a wrong password our configuration, at every step, and never shows it', async () => {
    const wrong = settings({ password: 'canary-wrong' });
    expect(Object.values(await outcomes(wrong))).toEqual(Array(4).fill('auth_failed'));
    const result = await step(wrong, 'write');
    expect(result.blame).toBe('config');
    expect(JSON.stringify(result)).not.toContain('canary');
  });
  it('calls a missing grant by its name', async () => {
    await primary.sql("CREATE USER 'poor'@'%' IDENTIFIED BY 'pw'", "GRANT SELECT ON plimsoll.* TO 'poor'@'%'");
    expect(
      await outcomes(settings({ url: `mysql://poor@127.0.0.1:${primary.port}/plimsoll`, steps: ['read', 'write'] })),
    ).toEqual({ connect: 'ok', read: 'ok', write: 'missing_grant' });
  });
  it('sees a read-only primary', async () => {
    await primary.sql('SET GLOBAL read_only=1');
    expect(await outcomes(settings({ steps: ['read', 'write'] }))).toEqual({
      connect: 'ok',
      read: 'ok',
      write: 'read_only',
    });
    await primary.sql('SET GLOBAL read_only=0');
  });
  it('sees writes that hang while reads work (FLUSH TABLES WITH READ LOCK)', async () => {
    const lock = await admin();
    await lock.query('FLUSH TABLES WITH READ LOCK');
    expect(await outcomes(settings({ steps: ['read', 'write'] }))).toEqual({
      connect: 'ok',
      read: 'ok',
      write: 'write_blocked',
    });
    lock.destroy();
  });
  it('sees that max_connections is reached (1040)', async () => {
    await primary.sql('SET GLOBAL max_connections=10');
    const held: Connection[] = [];
    // Connections of earlier tests may still be closing: fill up until no more are free.
    for (let round = 0; round < 3; round++) {
      for (const c of await Promise.all(Array.from({ length: 12 }, () => admin().catch(() => undefined))))
        if (c !== undefined) held.push(c);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect((await step(settings({ steps: ['read'] }), 'read')).outcome).toBe('too_many_connections');
    await held[0]!.query('SET GLOBAL max_connections=50');
    for (const c of held) c.destroy();
  });
  it('sees a replica whose SQL thread is stopped, and one that is behind', async () => {
    await replica.sql('STOP SLAVE SQL_THREAD');
    expect((await step(settings(), 'replica')).outcome).toBe('replica_stopped');
    // A user that may not see the state of replication still sees the old heartbeat.
    const blind = settings({ maxLag: '1s', interval: '2s', url: `mysql://blind@127.0.0.1:${primary.port}/plimsoll` });
    await expect.poll(async () => (await step(blind, 'replica')).outcome, { timeout: 10_000 }).toBe('replica_lag');
    await replica.sql('START SLAVE SQL_THREAD');
    await untilOk();
  });
  it('sees a server that hangs at the deadline, and one that is gone', async () => {
    primary.pause();
    expect((await step(settings({ steps: ['read'] }), 'read')).outcome).toBe('timeout');
    primary.resume();
    await primary.stop();
    expect((await step(settings({ steps: ['read'] }), 'read')).outcome).toBe('refused');
    await primary.start();
    await untilOk();
  });
});

describe('a Redis probe', () => {
  let primary: RedisServer;
  let replica: RedisServer;
  const settings = (extra: object = {}) => ({
    kind: 'redis',
    url: `redis://127.0.0.1:${primary.port}/0`,
    timeout: '1500ms',
    steps: ['connect', 'read', 'write', 'replica'],
    replicas: [{ name: 'r1', url: `redis://127.0.0.1:${replica.port}` }],
    ...extra,
  });
  beforeAll(async () => {
    primary = await startRedis();
    replica = await startRedis({ replicaOf: primary });
    for (let i = 0; i < 100 && (await outcomes(settings())).replica !== 'ok'; i++)
      await new Promise((resolve) => setTimeout(resolve, 100));
  });
  afterAll(() => Promise.all([primary.remove(), replica.remove()]));

  it('is good and knows the lag of the replica', async () => {
    expect(await outcomes(settings())).toEqual({ connect: 'ok', read: 'ok', write: 'ok', replica: 'ok' });
  });
  it('measures name, connection and first byte', async () => {
    const { steps } = await run(settings());
    expect(steps.map((s) => [s.step, ...Object.keys(s.phases)])).toEqual(PHASES);
  });
  it('is asked by the other family of addresses when we have no way to the first', async () => {
    const both = { resolve: resolvingTo('ff0e::1', '127.0.0.1') };
    expect(await outcomes(settings(), both)).toEqual({ connect: 'ok', read: 'ok', write: 'ok', replica: 'ok' });
    const none = { resolve: resolvingTo('ff0e::1') };
    expect(await step(settings(), 'write', none)).toMatchObject({ outcome: 'no_network', blame: 'prober' });
  });
  it('sees that memory is full although PING and GET answer', async () => {
    await primary.command('CONFIG', 'SET', 'maxmemory', '1');
    expect(await outcomes(settings({ steps: ['read', 'write'] }))).toEqual({ connect: 'ok', read: 'ok', write: 'oom' });
    await primary.command('CONFIG', 'SET', 'maxmemory', '0');
  });
  it('sees that it was led to a replica', async () => {
    expect((await step(settings({ url: `redis://127.0.0.1:${replica.port}/0` }), 'write')).outcome).toBe(
      'readonly_replica',
    );
  });
  it('sees too few replicas', async () => {
    await primary.command('CONFIG', 'SET', 'min-replicas-to-write', '3');
    expect((await step(settings(), 'write')).outcome).toBe('noreplicas');
    await primary.command('CONFIG', 'SET', 'min-replicas-to-write', '0');
  });
  it('sees a script that blocks', async () => {
    await primary.command('CONFIG', 'SET', 'busy-reply-threshold', '50');
    const script = primary.command('EVAL', 'while true do end', 0).catch(() => {});
    const write = settings({ steps: ['write'] });
    await expect.poll(async () => (await step(write, 'write')).outcome, { timeout: 5_000 }).toBe('busy');
    await primary.command('SCRIPT', 'KILL');
    await script;
  });
  it('calls a missing or wrong password and a missing permission our configuration', async () => {
    const locked = await startRedis({ password: 'right' });
    await locked.command('ACL', 'SETUSER', 'reader', 'on', '>r', '~*', '+get', '+ping', '+auth');
    const url = `redis://127.0.0.1:${locked.port}/0`;
    expect(await step(settings({ url, steps: ['read'] }), 'read')).toMatchObject({
      outcome: 'redis_auth',
      blame: 'config',
    });
    expect((await step(settings({ url, password: 'wrong', steps: ['read'] }), 'read')).outcome).toBe('redis_auth');
    expect((await step(settings({ url, password: 'right', steps: ['write'] }), 'write')).outcome).toBe('ok');
    expect(
      (await step(settings({ url: url.replace('//', '//reader@'), password: 'r', steps: ['write'] }), 'write')).outcome,
    ).toBe('redis_noperm');
    await locked.remove();
  });
  it('sees a replica that lost its primary, a server that hangs, and one that is gone', async () => {
    await replica.command('REPLICAOF', '127.0.0.1', '1');
    await expect
      .poll(async () => (await step(settings(), 'replica')).outcome, { timeout: 5_000 })
      .toBe('replica_stopped');
    primary.pause();
    expect((await step(settings({ steps: ['read'] }), 'read')).outcome).toBe('timeout');
    primary.resume();
    await primary.stop();
    expect((await step(settings({ steps: ['read'] }), 'read')).outcome).toBe('refused');
    await primary.start();
  });
});
