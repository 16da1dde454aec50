// Freshness of replicas: more than one of them, slow and cut links, logins of their own.
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { isOlderSeries } from '../../src/probe/versions.ts';
import { startLink } from '../services/link.ts';
import { createProbeUser, type MariaDb, startMariadb } from '../services/mariadb.ts';
import { type RedisServer, startRedis } from '../services/redis.ts';
import { outcomes, step, target } from './run.ts';

describe('a Redis replica', () => {
  const servers: RedisServer[] = [];
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.remove())));
  async function start(): Promise<RedisServer> {
    const server = await startRedis();
    servers.push(server);
    return server;
  }
  const settings = (port: number, extra: object = {}) => ({
    kind: 'redis',
    url: `redis://localhost:${port}/0`,
    timeout: '2s',
    ...extra,
  });

  it('that was made a primary has stopped, also when its copy of the heartbeat is gone', async () => {
    const primary = await start();
    const replica = await startRedis({ replicaOf: primary });
    servers.push(replica);
    const found = settings(primary.port, {
      steps: ['write', 'replica'],
      replicas: [{ name: 'r1', url: `redis://localhost:${replica.port}` }],
    });
    await expect.poll(async () => (await outcomes(found)).replica, { timeout: 10_000 }).toBe('ok');
    await replica.command('REPLICAOF', 'NO', 'ONE');
    await replica.command('FLUSHALL');
    expect(await step(found, 'replica')).toMatchObject({
      outcome: 'replica_stopped',
      detail: 'r1: it is a primary itself',
    });
  });
  it('has the password of its URL, else that of the primary', async () => {
    const primary = await startRedis({ password: 'first' });
    servers.push(primary);
    const replica = await startRedis({ replicaOf: primary, password: 'p@w', args: ['--masterauth', 'first'] });
    servers.push(replica);
    const outcome = async (login: string) =>
      (
        await step(
          settings(primary.port, {
            password: 'first',
            steps: ['write', 'replica'],
            replicas: [{ name: 'r1', url: `redis://${login}localhost:${replica.port}` }],
          }),
          'replica',
        )
      ).outcome;
    await expect.poll(() => outcome(':p%40w@'), { timeout: 10_000 }).toBe('ok');
    expect(await outcome('')).toBe('redis_auth');
  });
  it('with a slow link is healthy when it lacks only the heartbeat of this run, and behind when the link is cut', async () => {
    const primary = await start();
    const link = await startLink(primary.port, 200);
    const replica = await startRedis({ replicaOf: { ...primary, port: link.port } });
    servers.push(replica);
    const found = settings(primary.port, {
      interval: '1s',
      timeout: '900ms',
      maxLag: '900ms',
      steps: ['write', 'replica'],
      replicas: [{ name: 'r1', url: `redis://localhost:${replica.port}` }],
    });
    const heartbeat = () => replica.command('GET', 'plimsoll:heartbeat:test');
    await outcomes(found);
    await expect.poll(heartbeat, { timeout: 10_000 }).not.toBeNull();
    // The newest heartbeat at the replica is older than the limit when the next run begins.
    const last = Number(await heartbeat());
    await expect.poll(() => Date.now() - last, { timeout: 10_000 }).toBeGreaterThan(900);
    const slow = await step(found, 'replica');
    expect(slow.outcome).toBe('ok');
    expect(slow.facts.replicaLagSeconds).toBeGreaterThan(0.1);
    link.cut();
    // Lag counts from the first heartbeat that is missing, an interval after the newest that is there.
    await expect.poll(async () => Date.now() - Number(await heartbeat()), { timeout: 10_000 }).toBeGreaterThan(2_200);
    const cut = await step(found, 'replica');
    expect(cut.outcome).toBe('replica_lag');
    expect(cut.facts.replicaLagSeconds).toBeGreaterThan(0.9);
    // With less time than it would like to wait, it says so all the same, before the deadline.
    expect((await step({ ...found, timeout: '600ms' }, 'replica')).outcome).toBe('replica_lag');
    link.close();
  });
  it('that has the heartbeat when it is first asked is not behind at all', async () => {
    const primary = await start();
    const replica = await startRedis({ replicaOf: primary });
    servers.push(replica);
    const found = settings(primary.port, {
      steps: ['write', 'replica'],
      replicas: [{ name: 'r1', url: `redis://localhost:${replica.port}` }],
    });
    await expect.poll(async () => (await step(found, 'replica')).facts.replicaLagSeconds, { timeout: 10_000 }).toBe(0);
  });
});

describe('a MariaDB replica', () => {
  let primary: MariaDb;
  let replica: MariaDb;
  let link: Awaited<ReturnType<typeof startLink>>;
  const settings = (extra: object = {}) => ({
    kind: 'mariadb',
    url: `mysql://plimsoll@localhost:${primary.port}/plimsoll`,
    password: 'pw',
    steps: ['write', 'replica'],
    replicas: [{ name: 'r1', url: `mysql://localhost:${replica.port}` }],
    ...extra,
  });
  beforeAll(async () => {
    primary = await startMariadb();
    await createProbeUser(primary, 'pw');
    link = await startLink(primary.port, 200);
    replica = await startMariadb({ replicaOf: { ...primary, port: link.port } });
    while ((await outcomes(settings())).replica !== 'ok') await new Promise((resolve) => setTimeout(resolve, 100));
  });
  afterAll(async () => {
    await Promise.all([primary.remove(), replica.remove()]);
    link.close();
  });

  it('gives no lag when one replica of two is gone, and one of them says so', async () => {
    const two = settings({
      replicas: [
        { name: 'r1', url: `mysql://localhost:${replica.port}` },
        { name: 'r2', url: 'mysql://127.0.0.1:1' },
      ],
    });
    const { outcome, detail, facts } = await step(two, 'replica');
    expect([outcome, facts]).toEqual(['refused', {}]);
    expect(detail).toMatch(/^r2: /);
  });
  it('is logged in to with the password in its URL; for the primary the setting comes first', async () => {
    await replica.sql("CREATE USER 'local'@'%' IDENTIFIED BY 'p@w'", "GRANT SELECT ON plimsoll.* TO 'local'@'%'");
    const url = `mysql://local:p%40w@127.0.0.1:${replica.port}`;
    expect((await step(settings({ replicas: [{ name: 'r1', url }] }), 'replica')).outcome).toBe('ok');
    const own = `mysql://plimsoll:wrong@localhost:${primary.port}/plimsoll`;
    expect(await outcomes(settings({ url: own }))).toEqual({ connect: 'ok', write: 'ok', replica: 'ok' });
  });
  it('with a slow link is healthy when it lacks only the heartbeat of this run, and behind when the link is cut', async () => {
    const found = settings({ interval: '1s', timeout: '900ms', maxLag: '900ms' });
    const age = async () => {
      const [rows] = (await replica.sql('SELECT at_ms FROM plimsoll.plimsoll_heartbeat')) as [{ at_ms: bigint }[]];
      return Date.now() - Number(rows[0]?.at_ms);
    };
    // The newest heartbeat at the replica is older than the limit when a run begins.
    const grownOld = (ms: number) => expect.poll(age, { timeout: 20_000 }).toBeGreaterThan(ms);
    await grownOld(900);
    const slow = await step(found, 'replica');
    expect(slow.outcome).toBe('ok');
    expect(slow.facts.replicaLagSeconds).toBeGreaterThan(0.1);
    link.cut();
    await grownOld(2_200);
    expect((await step(found, 'replica')).outcome).toBe('replica_lag');
  });
  it('that is older than its primary cannot be relied on to follow it, and says which is which', async () => {
    const old = await startMariadb({ replicaOf: primary, args: ['--version=10.6.1-MariaDB-log'] });
    onTestFinished(() => old.remove());
    const found = settings({ replicas: [{ name: 'old', url: `mysql://localhost:${old.port}` }] });
    await expect.poll(async () => (await step(found, 'replica')).facts.replicaLagSeconds, { timeout: 10_000 }).toBe(0);
    const skewed = await step(found, 'replica');
    expect(skewed).toMatchObject({ outcome: 'version_skew', blame: 'target' });
    expect(skewed.detail).toMatch(/^old: has 10\.6\.1-MariaDB-log, its primary 10\.\d+\.\d+-MariaDB/);
    // That it has stopped is what to look at first.
    await old.sql('STOP SLAVE');
    expect((await step(found, 'replica')).outcome).toBe('replica_stopped');
  });
});

describe('the version of a replica', () => {
  it.each([
    ['11.4.5-MariaDB', '10.11.14-MariaDB-0+deb12u2', true],
    ['10.11.14-MariaDB', '11.4.5-MariaDB', false],
    ['11.4.5-MariaDB', '11.4.2-MariaDB', false],
    ['11.4.5-MariaDB', '11.3.9-MariaDB', true],
    ['11.10.1-MariaDB', '11.4.1-MariaDB', true],
    ['11.4.1-MariaDB', '11.10.1-MariaDB', false],
    ['unknown', '10.11.2-MariaDB', false],
    ['11.4.5-MariaDB', '', false],
  ])('of a primary %s and a replica %s: too old is %s', (primary, replica, tooOld) => {
    expect(isOlderSeries(replica, primary)).toBe(tooOld);
  });
});

describe('the URL of a replica', () => {
  it.each(['r1', 'redis://localhost:6379', 'http://localhost/'])('%s is refused when the spec is read', (url) => {
    const settings = { kind: 'mariadb', url: 'mysql://plimsoll@localhost/plimsoll', replicas: [{ name: 'r1', url }] };
    expect(() => target(settings)).toThrow('a URL like mysql://');
  });
});
