// The series for boards on /metrics: of every scheduled target, with its name; of the newest run only; and none unless the spec asks.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Exporter, startExporter, until } from '../services/exporter.ts';
import { createProbeUser, type MariaDb, startMariadb } from '../services/mariadb.ts';
import { privateFolder } from '../services/process.ts';
import { type Prometheus, startPrometheus } from '../services/prometheus.ts';
import { type RedisServer, startRedis } from '../services/redis.ts';
import { nameOf, readExposed } from './board-series/exposed.ts';

const folder = privateFolder('board-served');
const config = join(folder.path, 'spec.yaml');
let mariadb: MariaDb;
let redis: RedisServer;
let exporter: Exporter;
const spec = (settings: object) => {
  const often = { interval: '1s', timeout: '900ms' };
  const db = { kind: 'mariadb', url: `mysql://plimsoll@127.0.0.1:${mariadb.port}/plimsoll`, password: 'pw', ...often };
  const targets = [
    { ...db, name: 'db' },
    { ...db, name: 'db-again' },
    { name: 'cache', kind: 'redis', url: `redis://127.0.0.1:${redis.port}/0`, ...often },
    { name: 'port', kind: 'tcp', url: `tcp://127.0.0.1:${redis.port}`, ...often },
    { name: 'page', kind: 'http', url: `http://127.0.0.1:1/`, ...often },
  ];
  writeFileSync(config, JSON.stringify({ targets, slos: [], exporter: settings }));
};
const served = async () => readExposed(await exporter.text('/metrics')).values;
/** Series of other exporters by target. */
const ofTarget = async (target: string) =>
  [...(await served())].filter(
    ([series]) => /^(mysql|redis)_|^probe_success/.test(series) && series.includes(`target="${target}"`),
  );

beforeAll(async () => {
  [mariadb, redis] = await Promise.all([startMariadb(), startRedis()]);
  await createProbeUser(mariadb, 'pw');
  await redis.command('SET', 'a', 'b');
  spec({ boardSeries: true });
  exporter = await startExporter({ args: ['--config', config, '--data', join(folder.path, 'data')] });
  await until(
    async () => {
      const [db, again, cache, page] = await Promise.all(['db', 'db-again', 'cache', 'page'].map(ofTarget));
      return db!.length > 250 && again!.length > 250 && cache!.length > 40 && page!.length > 0;
    },
    () => exporter.log(),
  );
});
afterAll(async () => {
  await exporter?.end('SIGKILL');
  await Promise.all([mariadb.remove(), redis.remove()]);
  folder.remove();
});

describe('/metrics with exporter.boardSeries', () => {
  it('has the series of every target beside ours, under names that no series of ours has', async () => {
    const values = await served();
    expect(values.get('mysql_up{target="db"}')).toBe(1);
    expect(values.get('mysql_global_variables_max_connections{target="db-again"}')).toBe(50);
    expect(values.get('redis_db_keys{db="db0",target="cache"}')).toBeGreaterThan(0);
    expect(values.get('probe_success{target="port"}')).toBe(1);
    expect(values.get('probe_success{target="page"}')).toBe(0);
    expect(values.get('probe_http_status_code{target="page"}')).toBe(0);
    expect([...values.keys()].some((series) => nameOf(series) === 'probe_runs_total')).toBe(true);
    expect(values.has('probe_success{target="db"}')).toBe(false);
  });
  it('can be read by promtool, each family once', async () => {
    const text = await exporter.text('/metrics');
    const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    const families = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(new Set(families).size).toBe(families.length);
  });
  it('is taken by Prometheus, which asks for OpenMetrics: a query of MySQL Overview has an answer', async () => {
    const open = await exporter.text('/metrics', { accept: 'application/openmetrics-text; version=1.0.0' });
    expect(open).toContain('# TYPE mysql_global_status_queries unknown\n');
    expect(open).not.toContain(' untyped\n');
    const prometheus: Prometheus = await startPrometheus({ scrape: exporter.url.replace('http://', '') });
    try {
      const query = 'mysql_global_status_threads_connected{target="db"} / mysql_global_variables_max_connections';
      await expect.poll(async () => (await prometheus.query(query, Date.now())).length, { timeout: 20_000 }).toBe(1);
    } finally {
      await prometheus.stop();
    }
  });
  it('answers /probe of a database with its series, and without a label for what was asked for', async () => {
    const { values } = readExposed(await exporter.text('/probe?target=db'));
    expect(values.get('mysql_up')).toBe(1);
    expect(values.get('probe_success')).toBe(1);
    expect(values.get('mysql_global_variables_max_connections')).toBe(50);
    expect([...values.keys()].some((series) => series.startsWith('mysql_global_status_commands_total{command='))).toBe(
      true,
    );
  });
  it('forgets what it read when a server is gone, and has it again when it is back', async () => {
    await Promise.all([mariadb.stop(), redis.stop()]);
    await expect.poll(() => ofTarget('db'), { timeout: 10_000 }).toEqual([['mysql_up{target="db"}', 0]]);
    await expect.poll(() => ofTarget('cache'), { timeout: 10_000 }).toEqual([['redis_up{target="cache"}', 0]]);
    await Promise.all([mariadb.start(), redis.start()]);
    await expect.poll(async () => (await ofTarget('db')).length, { timeout: 10_000 }).toBeGreaterThan(250);
    await expect.poll(async () => (await ofTarget('cache')).length, { timeout: 10_000 }).toBeGreaterThan(35);
  });
  it('gives a target no more of them than exporter.seriesPerTarget, and counts the others', async () => {
    spec({ boardSeries: true, seriesPerTarget: 100 });
    await expect.poll(async () => (await ofTarget('db')).length, { timeout: 15_000 }).toBe(100);
    const dropped = 'plimsoll_series_dropped_total{target="db"}';
    await expect.poll(async () => (await served()).get(dropped), { timeout: 10_000 }).toBeGreaterThan(100);
  });
  it('has none of them once the spec does not ask for them', async () => {
    spec({});
    await expect.poll(() => ofTarget('db'), { timeout: 15_000 }).toEqual([]);
    expect((await served()).has('probe_success{target="port"}')).toBe(false);
    expect(readExposed(await exporter.text('/probe?target=db')).values.has('mysql_up')).toBe(false);
  });
});
