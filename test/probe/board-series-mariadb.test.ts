// The series of mysqld_exporter: ours beside those of the real one, for the same MariaDB, and what is left of them in a fault.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mariadbReading } from '../../src/probe/board-mariadb.ts';
import { startFaultProxy } from '../services/fault-proxy.ts';
import { createProbeUser, type MariaDb, startMariadb } from '../services/mariadb.ts';
import { NOT_FOR_BOARDS, startMysqldExporter } from '../services/peer-exporters.ts';
import { differences } from './board-series/compare.ts';
import { nameOf, readExposed } from './board-series/exposed.ts';
import { exposedRun } from './board-series/run.ts';

let server: MariaDb;
const settings = (extra: object = {}) => ({
  kind: 'mariadb',
  url: `mysql://plimsoll@127.0.0.1:${server.port}/plimsoll`,
  password: 'pw',
  steps: ['read', 'write'],
  ...extra,
});
beforeAll(async () => {
  server = await startMariadb();
  await createProbeUser(server, 'pw');
  await server.sql("GRANT PROCESS ON *.* TO 'plimsoll'@'%'");
});
afterAll(() => server.remove());

describe('a MariaDB that mysqld_exporter reads too', () => {
  it('has the same series, types and values, but for what the reading itself moves', async () => {
    const peer = await startMysqldExporter({ port: server.port, user: 'plimsoll', password: 'pw' }, NOT_FOR_BOARDS);
    try {
      // The first run creates the table of heartbeats.
      await exposedRun(settings());
      const before = readExposed(await peer.metrics());
      const ours = await exposedRun(settings());
      const after = readExposed(await peer.metrics());
      const found = differences(before, ours, after, 'mysql_', /threads_(connected|running|cached)|mem_dictionary/);
      expect(found).toEqual({ lacking: [], extra: [], types: [], values: [], compared: expect.any(Number) });
      expect(found.compared).toBeGreaterThan(250);
      expect(ours.values.get('mysql_global_status_threads_connected')).toBeGreaterThanOrEqual(1);
    } finally {
      await peer.stop();
    }
  });
});

describe('series of a MariaDB', () => {
  const databaseSeries = (values: ReadonlyMap<string, number>) =>
    [...values].filter(([series]) => series.startsWith('mysql_'));

  it('are one when nobody lets us in, whatever was read before: mysql_up is 0', async () => {
    const { values } = await exposedRun(settings({ password: 'wrong' }));
    expect(databaseSeries(values)).toEqual([['mysql_up', 0]]);
  });
  it('do without the grant PROCESS', async () => {
    await server.sql("CREATE USER 'poor'@'%' IDENTIFIED BY 'pw'", "GRANT SELECT ON plimsoll.* TO 'poor'@'%'");
    const url = `mysql://poor@127.0.0.1:${server.port}/plimsoll`;
    const { values } = await exposedRun(settings({ url, steps: ['read'] }));
    expect(databaseSeries(values).length).toBeGreaterThan(250);
  });
  it('are the same names without a value that cannot be read, which is counted', () => {
    const status = [
      ['Com_select', '3'],
      ['COM_SELECT', '4'],
      ['Threads_connected', 'many'],
      ['Threads_running', ''],
      ['Com_\u0000', '1'],
      ['Nobody_asks', '1'],
      ['wsrep_ready', 'OFF'],
      ['constructor', '1'],
    ];
    const { values, unreadable } = mariadbReading(status, [['read_only', 'ON']]);
    expect(values.map(({ key, value }) => [key.metric, ...key.labels, value])).toEqual([
      ['mysql_global_status_commands_total', 'select', 3],
      ['mysql_global_status_commands_total', 'select', 4],
      ['mysql_global_status_wsrep_ready', 0],
      ['mysql_global_variables_read_only', 1],
    ]);
    expect(unreadable).toBe(2);
  });
  it('are not read unless they are wanted', async () => {
    const before = await server.sql("SHOW GLOBAL STATUS LIKE 'Com_show_status'");
    const { values, run } = await exposedRun(settings(), { most: 0 });
    expect(run.steps.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok']);
    expect(databaseSeries(values)).toEqual([]);
    const after = await server.sql("SHOW GLOBAL STATUS LIKE 'Com_show_status'");
    const count = ([rows]: unknown[]) => Number((rows as { Value: string }[])[0]!.Value);
    expect(count(after)).toBe(count(before) + 1);
  });
  it('are as many as a target may have', async () => {
    const { values, run } = await exposedRun(settings(), { most: 20 });
    expect(databaseSeries(values)).toHaveLength(21);
    expect(run.board?.dropped).toBeGreaterThan(200);
  });
  it('that hang or break cost the run nothing: its steps are good, the series are absent, and come back', async () => {
    const proxy = await startFaultProxy(server.port);
    const url = `mysql://plimsoll@127.0.0.1:${proxy.port}/plimsoll`;
    try {
      // The answers to the steps are less than 2 kB, those to the two statements more than 8 kB.
      for (const [kind, fault] of [
        ['hold', 'timeout'],
        ['reset', 'failed'],
      ] as const) {
        await proxy.inject({ kind, afterBytes: 3_000 });
        const { run, values } = await exposedRun(settings({ url, timeout: '1s' }));
        expect(run.steps.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok']);
        expect(run.board).toEqual({ values: [], faults: new Map([[fault, 1]]), dropped: 0 });
        expect(run.durationMs).toBeLessThan(1_300);
        expect(databaseSeries(values)).toEqual([['mysql_up', 1]]);
      }
      await proxy.inject(undefined);
      expect(databaseSeries((await exposedRun(settings({ url }))).values).length).toBeGreaterThan(250);
    } finally {
      await proxy.close();
    }
  });
  it('name no secret of the target that a server sends back', async () => {
    await server.sql("CREATE USER 'cat'@'%' IDENTIFIED BY '10.11'", "GRANT SELECT ON plimsoll.* TO 'cat'@'%'");
    const url = `mysql://cat@127.0.0.1:${server.port}/plimsoll`;
    const { values } = await exposedRun(settings({ url, password: '10.11', steps: ['read'] }));
    const version = [...values.keys()].find((series) => nameOf(series) === 'mysql_version_info');
    expect(version).toContain('version="[secret]');
  });
});
