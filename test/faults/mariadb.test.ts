// A real MariaDB with a replica, one fault after the other; a greeting that never comes is the network's.
import { createConnection } from 'mariadb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../services/fault-proxy.ts';
import { createProbeUser, type MariaDb, startMariadb } from '../services/mariadb.ts';
import { runs, startWatch, type Watch } from '../services/watched.ts';

const CANARY = 'mariadb-canary-77ab';
const LAG = 'probe_replica_lag_seconds{target="db",location="main"}';
let primary: MariaDb;
let replica: MariaDb;
let proxy: FaultProxy;
let watch: Watch;

beforeAll(async () => {
  primary = await startMariadb();
  // A version that nobody has seen yet.
  replica = await startMariadb({ replicaOf: primary, args: ['--version=99.9.9-Next-nightly'] });
  await createProbeUser(primary, CANARY);
  proxy = await startFaultProxy(primary.port);
  const url = (port: number) => `mysql://plimsoll@127.0.0.1:${port}/plimsoll`;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference to a secret, as the spec has them
  const database = { kind: 'mariadb', password: '${env:DB_PASSWORD}' };
  const replicas = [{ name: 'r1', url: `mysql://127.0.0.1:${replica.port}` }];
  watch = await startWatch(
    [
      { ...database, name: 'db', url: url(primary.port), steps: ['connect', 'read', 'write', 'replica'], replicas },
      { ...database, name: 'mute', url: url(proxy.port) },
    ],
    { slos: [{ name: 'fresh', sli: { kind: 'freshness', target: 'db', of: 'replica', below: '20s' } }] },
    { env: { DB_PASSWORD: CANARY } },
  );
  await watch.untilGood('db');
});
afterAll(async () => {
  await watch?.stop();
  await proxy?.close();
  await Promise.all([primary?.remove(), replica?.remove()]);
});

const bad = { target: 'db', counts: 'bad', blame: 'target' } as const;
const count = (series: Map<string, number>, name: string): number => series.get(name) ?? 0;

describe('a MariaDB server', () => {
  it('M01 that is gone is refused at once in every step, and no value of before is shown as one of now', async () => {
    const expected = { ...bad, step: 'connect', outcome: 'refused', detail: /ECONNREFUSED/ } as const;
    expect((await watch.series()).get(LAG)).toBeLessThan(20);
    await watch.fault(
      expected,
      () => primary.stop(),
      () => primary.start(),
      (now) => {
        for (const step of ['read', 'write', 'replica'])
          expect(runs(now, 'db', step, 'refused', 'target')).toBeGreaterThan(0);
        expect(now.has(LAG)).toBe(false);
      },
    );
  });
  it('M07 that is restarted costs no counter and makes no peak: the lag is small again, and no failover was made up', async () => {
    const before = await watch.series();
    await primary.stop();
    await primary.start();
    await watch.untilGood('db');
    const now = await watch.series();
    for (const [name, value] of before)
      if (/^(slo_events|probe_runs|change_events)_total/.test(name))
        expect(now.get(name), name).toBeGreaterThanOrEqual(value);
    await watch.until(async () => count(await watch.series(), LAG) < 5 && (await watch.series()).has(LAG));
    expect(now.get(LAG) ?? 0).toBeGreaterThanOrEqual(0);
    const failovers = [...now].filter(([name]) => name.startsWith('change_events_total{kind="failover"'));
    expect(failovers.map(([, value]) => value).reduce((a, b) => a + b, 0)).toBe(0);
  });
  it('M03 that refuses our password is our configuration, and the password is shown nowhere', async () => {
    const password = (text: string) => () => primary.sql(`ALTER USER plimsoll IDENTIFIED BY '${text}'`);
    const expected = {
      target: 'db',
      step: 'connect',
      outcome: 'auth_failed',
      blame: 'config',
      counts: 'unmeasured',
    } as const;
    await watch.fault({ ...expected, detail: /^1045 / }, password('another'), password(CANARY), async () => {
      const paths = ['/metrics', '/api/v1/slos', '/probe?target=db&debug=true'];
      const shown = await Promise.all(paths.map((path) => watch.exporter.text(path)));
      expect(shown[2]).toContain('auth_failed');
      expect([watch.exporter.log(), ...shown].filter((text) => text.includes(CANARY))).toEqual([]);
    });
  });
  it('M04 whose greeting never comes is a timeout at the deadline, and its connection is given up', async () => {
    const expected = { ...bad, target: 'mute', step: 'connect', outcome: 'timeout', detail: /deadline/ } as const;
    const silent = () => proxy.inject({ kind: 'silent' });
    await watch.fault(
      expected,
      silent,
      () => proxy.inject(undefined),
      (now) => {
        expect(
          count(now, 'probe_phase_duration_seconds_sum{target="mute",phase="connect",location="main"}'),
        ).toBeGreaterThan(1);
        expect(proxy.seen.open).toBeLessThanOrEqual(1);
      },
    );
  });
  it('M05 in which a statement waits for a lock on metadata is bad in that step alone', async () => {
    const lock = await createConnection({ host: '127.0.0.1', port: primary.port, user: 'admin', password: 'admin' });
    const expected = { ...bad, step: 'write', outcome: 'write_blocked', good: ['connect', 'read'] } as const;
    await watch.fault(
      expected,
      () => lock.query('LOCK TABLES plimsoll.plimsoll_heartbeat READ'),
      () => lock.end(),
    );
  });
  it('M08 that kills our connection is one bad run, and the next slot connects again', async () => {
    await watch.untilGood('db');
    const lock = await createConnection({ host: '127.0.0.1', port: primary.port, user: 'admin', password: 'admin' });
    const resets = async () => runs(await watch.series(), 'db', 'read', 'reset', 'target');
    const before = await resets();
    const logged = watch.exporter.log().length;
    await lock.query('LOCK TABLES plimsoll.plimsoll_heartbeat WRITE');
    const waiting = () =>
      primary.sql(
        "SELECT id FROM information_schema.processlist WHERE user = 'plimsoll' AND command = 'Query' AND info LIKE 'SELECT at_ms%'",
      );
    let id: number | undefined;
    await watch.until(async () => {
      id = ((await waiting()) as [{ id: number }[]])[0][0]?.id;
      if (id !== undefined) await primary.sql(`KILL ${id}`).catch(() => {});
      return id !== undefined && (await resets()) > before;
    });
    await lock.end();
    await watch.untilGood('db');
    expect(watch.lines(logged)).toContainEqual(
      expect.objectContaining({ target: 'db', step: 'read', outcome: 'reset', msg: 'probe failed' }),
    );
    await watch.until(async () =>
      watch.lines(logged).some((line) => line.target === 'db' && line.msg === 'well again'),
    );
  });
  it('M10 of an unknown version whose heartbeat is no number has an unknown lag: no value, and no bad event', async () => {
    const table = 'plimsoll.plimsoll_heartbeat';
    await watch.until(async () => count(await watch.series(), LAG) < 5);
    // Alone, so that no heartbeat comes by replication.
    const odd = () =>
      replica
        .sql('STOP SLAVE', 'RESET SLAVE ALL', 'SET GLOBAL read_only=0')
        .then(() =>
          unlogged(
            replica,
            `ALTER TABLE ${table} MODIFY at_ms VARCHAR(30) NOT NULL`,
            `UPDATE ${table} SET at_ms = 'soon'`,
          ),
        );
    const back = async () => {
      await unlogged(replica, `UPDATE ${table} SET at_ms = '0'`, `ALTER TABLE ${table} MODIFY at_ms BIGINT NOT NULL`);
      await replica.sql(
        `CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=${primary.port}, MASTER_USER='admin', MASTER_PASSWORD='admin', MASTER_USE_GTID=slave_pos, MASTER_CONNECT_RETRY=1`,
        'START SLAVE',
      );
    };
    const expected = {
      target: 'db',
      step: 'replica',
      outcome: 'lag_unknown',
      blame: 'config',
      counts: 'unmeasured',
    } as const;
    await watch.fault({ ...expected, good: ['connect', 'read', 'write'] }, odd, back, (now) =>
      expect(now.has(LAG)).toBe(false),
    );
  });
});

/** Statements that do not go into the log of the server, which a replica would have to follow. */
async function unlogged(server: MariaDb, ...statements: string[]): Promise<void> {
  const connection = await createConnection({ host: '127.0.0.1', port: server.port, user: 'admin', password: 'admin' });
  await connection.query('SET SESSION sql_log_bin = 0');
  for (const statement of statements) await connection.query(statement);
  await connection.end();
}
