// The exporter as a process on the whole real platform.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Exporter, MAIN, startExporter, until as untilTrue } from '../services/exporter.ts';
import { freePort, privateFolder } from '../services/process.ts';
import { type Stack, specFor, startStack } from '../services/stack.ts';

const folder = privateFolder('exporter-test');
const config = join(folder.path, 'plimsoll.yaml');
const spans: string[] = [];
const sink = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    spans.push(body);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
});
let stack: Stack;
let exporter: Exporter;

async function start(args: readonly string[] = ['--config', config], data = join(folder.path, 'data')): Promise<void> {
  exporter = await startExporter({
    args: [...args, '--data', data, '--log-level', 'debug'],
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(sink.address() as AddressInfo).port}` },
  });
}
const until = (check: () => Promise<boolean>) => untilTrue(check, () => exporter.log());

beforeAll(async () => {
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  stack = await startStack();
  writeFileSync(config, specFor(stack));
  await start();
  await until(async () => (await exporter.slos()).every((s) => s.measured >= 3));
});
afterAll(async () => {
  await exporter?.end('SIGKILL');
  sink.close();
  await stack.stop();
  folder.remove();
});

describe('on a healthy platform', () => {
  it('measures every SLO as good, with its whole budget', async () => {
    const found = await exporter.slos();
    expect(found).toHaveLength(10);
    for (const slo of found)
      expect([slo.name, slo.state, slo.sliRatio, slo.budgetRemainingRatio]).toEqual([slo.name, 'ok', 1, 1]);
  });
  it('serves text that promtool accepts, and OpenMetrics with exemplars', async () => {
    const metrics = await exporter.text('/metrics');
    expect(() => execFileSync('promtool', ['check', 'metrics'], { input: metrics, stdio: 'pipe' })).not.toThrow();
    expect(metrics).toContain('slo_info{slo="shop-speed",service="shop",team="web",target="shop",window="1h"} 1\n');
    const open = await exporter.text('/metrics', { accept: 'application/openmetrics-text; version=1.0.0' });
    expect(open.endsWith('# EOF\n')).toBe(true);
    expect(open).toMatch(/probe_phase_duration_seconds_bucket\{[^}]+\} \d+ # \{trace_id="[0-9a-f]{32}"\} /);
    expect(await exporter.text('/metrics', { accept: 'image/odd; q=x' })).toContain('slo_events_total{');
  });
  it('gives one trace id to the span, the access log of WordPress and the exemplar', async () => {
    await until(async () => spans.length > 1);
    const inSpans = new Set(spans.join().match(/[0-9a-f]{32}/g));
    const inAccessLog = [...stack.wordpress.accessLog().matchAll(/"traceparent":"00-([0-9a-f]{32})-/g)].map(
      (m) => m[1]!,
    );
    const inLog = new Set(
      exporter
        .log()
        .match(/"traceId":"[0-9a-f]{32}"/g)
        ?.map((t) => t.slice(11, -1)),
    );
    const everywhere = inAccessLog.filter((id) => inSpans.has(id) && inLog.has(id));
    expect(everywhere.length).toBeGreaterThan(0);
    const open = await exporter.text('/metrics', { accept: 'application/openmetrics-text' });
    const exemplars = new Set([...open.matchAll(/trace_id="([0-9a-f]{32})"/g)].map((m) => m[1]));
    expect(inAccessLog.some((id) => exemplars.has(id))).toBe(true);
  });
  it('answers /probe with the eleven names of blackbox_exporter', async () => {
    const answer = await exporter.text('/probe?target=shop');
    const names = [
      'probe_success',
      'probe_duration_seconds',
      'probe_http_duration_seconds',
      'probe_http_status_code',
      'probe_http_ssl',
      'probe_http_version',
      'probe_http_redirects',
      'probe_tls_version_info',
      'probe_ssl_earliest_cert_expiry',
      'probe_dns_lookup_time_seconds',
      'probe_ip_protocol',
    ];
    for (const name of names) expect(answer).toMatch(new RegExp(`^${name}[ {]`, 'm'));
    expect(answer).toContain('probe_success 1\n');
    expect(() => execFileSync('promtool', ['check', 'metrics'], { input: answer, stdio: 'pipe' })).not.toThrow();
  });
  it('is no open proxy, and names the modules there are', async () => {
    expect((await fetch(`${exporter.url}/probe?target=http://127.0.0.1:1/`)).status).toBe(403);
    const unknown = await fetch(`${exporter.url}/probe?target=shop&module=nope`);
    expect([unknown.status, unknown.headers.get('content-type')?.split(';')[0]]).toEqual([
      400,
      'application/problem+json',
    ]);
    expect(await unknown.text()).toContain('http_2xx');
    expect((await fetch(`${exporter.url}/probe`)).status).toBe(400);
  });
  it('has one SLO with windows and episodes, a problem for an unknown one, and an OpenAPI description', async () => {
    const one = (await (await fetch(`${exporter.url}/api/v1/slos/shop-speed`)).json()) as {
      windows: unknown[];
      episodes: unknown[];
    };
    expect(one.windows.length).toBeGreaterThan(2);
    expect(one.episodes).toEqual([]);
    const missing = await fetch(`${exporter.url}/api/v1/slos/nope`);
    expect([missing.status, missing.headers.get('content-type')?.split(';')[0]]).toEqual([
      404,
      'application/problem+json',
    ]);
    expect(await (await fetch(`${exporter.url}/api/v1/openapi.json`)).json()).toMatchObject({
      openapi: '3.1.0',
      paths: { '/api/v1/slos': {} },
    });
  });
  it('never writes a secret to log, metrics or API', async () => {
    const everything =
      exporter.log() +
      (await exporter.text('/metrics')) +
      (await exporter.text('/api/v1/slos')) +
      (await exporter.text('/probe?target=shop-db&debug=true'));
    expect(everything).not.toContain('probe-password');
    expect(everything).not.toContain('health-token');
  });
});

describe('the commands on a running exporter', () => {
  const plimsoll = (...args: string[]) => spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });
  it('status prints the table and opens the gate', () => {
    const { status, stdout } = plimsoll('status', '--url', exporter.url, '--fail-on', 'burning');
    expect(status).toBe(0);
    expect(stdout.split('\n')[0]).toMatch(/^SLO +TARGET +OBJECTIVE/);
    expect(stdout).toMatch(/shop-availability +shop +99\.00% +100\.00% +100\.0% .* ok/);
  });
  it('status says in one line what to do when there is no exporter, or a flag is wrong', async () => {
    const lost = plimsoll('status', '--url', `http://127.0.0.1:${await freePort()}`);
    expect([lost.status, lost.stderr.trim().split('\n').length]).toEqual([4, 1]);
    expect(lost.stderr).toContain('npm start');
    expect(plimsoll('status', '--url', exporter.url, '--fail-on', 'sad').status).toBe(2);
    expect(plimsoll('nonsense').status).toBe(2);
  });
  it('backup copies the store while it is written, and never over a file', () => {
    const copy = join(folder.path, 'copy.db');
    const args = ['backup', copy, '--data', join(folder.path, 'data')];
    expect(plimsoll(...args).status).toBe(0);
    const db = new DatabaseSync(copy, { readOnly: true });
    expect(Number(db.prepare('SELECT count(*) AS n FROM tick').get()!.n)).toBeGreaterThan(2);
    db.close();
    expect(plimsoll(...args)).toMatchObject({ status: 2 });
  });
  it('probe draws a waterfall: 0 for good, 1 and what to look at for bad, 2 for an unknown target', async () => {
    const good = plimsoll('probe', 'shop-db', '--config', config);
    expect([good.status, good.stdout]).toEqual([0, expect.stringContaining('GOOD')]);
    const bad = plimsoll('probe', `http://127.0.0.1:${await freePort()}/`);
    expect([bad.status, bad.stdout]).toEqual([1, expect.stringMatching(/refused[\s\S]*look at: nothing listens/)]);
    expect(plimsoll('probe', 'nope', '--config', config)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('shop-db'),
    });
  });
});

describe('a reload', () => {
  it('keeps the old spec when the new one is invalid, and says why', async () => {
    writeFileSync(config, specFor(stack).replace('objective: 99%', 'objective: 100%'));
    await until(async () => (await exporter.text('/metrics')).includes('plimsoll_config_last_reload_successful 0\n'));
    expect(exporter.log()).toContain('leaves no error budget');
    expect(await exporter.slos()).toHaveLength(10);
  });
  it('takes a valid one over, keeps history, and drops the series of targets that went', async () => {
    const before = await exporter.counters();
    writeFileSync(
      config,
      specFor(stack)
        .split('\n')
        .filter((line) => !line.includes('shop-cert'))
        .join('\n'),
    );
    await until(async () => !(await exporter.text('/metrics')).includes('target="shop-cert"'));
    expect((await exporter.counters()).get('shop-origin good')).toBeGreaterThanOrEqual(before.get('shop-origin good')!);
    expect(await exporter.slos()).toHaveLength(9);
  });
});

describe('after kill -9', () => {
  it('no counter has fallen, and a second process on the same data is refused', async () => {
    const before = await exporter.counters();
    await exporter.end('SIGKILL');
    await start();
    const after = await exporter.counters();
    expect(before.size).toBe(36);
    for (const [key, value] of before) expect(after.get(key), key).toBeGreaterThanOrEqual(value);
    const second = spawn(process.execPath, [
      MAIN,
      'serve',
      '--config',
      config,
      '--listen',
      `127.0.0.1:${await freePort()}`,
      '--data',
      join(folder.path, 'data'),
    ]);
    let said = '';
    second.stderr.on('data', (chunk) => {
      said += chunk;
    });
    expect(await new Promise((resolve) => second.once('exit', resolve))).toBe(3);
    expect(said).toContain('in use by another plimsoll process');
    expect(said).not.toContain('at ');
  });
});

describe('when the database is down', () => {
  it('blames the dependency on the page, refuses at the database, and recovers', async () => {
    await stack.database.stop();
    await until(async () => {
      const found = await exporter.slos();
      const origin = found.find((s) => s.name === 'shop-origin')!;
      const writes = found.find((s) => s.name === 'shop-db-writes')!;
      return (
        origin.outcome === 'db_error' &&
        origin.blame === 'dependency' &&
        origin.failingDependencies[0]?.target === 'shop-db' &&
        writes.outcome === 'refused' &&
        (origin.burn['5m'] ?? 0) > 1
      );
    });
    const gate = spawnSync(process.execPath, [MAIN, 'status', '--url', exporter.url, '--fail-on', 'burning'], {
      encoding: 'utf8',
    });
    expect([gate.status, gate.stderr]).toEqual([1, expect.stringContaining('gate shut: ')]);
    await stack.database.start();
    const bad = (await exporter.slos()).find((s) => s.name === 'shop-db-writes')!.lastBadMs!;
    await until(
      async () =>
        (await exporter.slos()).find((s) => s.name === 'shop-db-writes')!.windows[0]!.good > 0 &&
        Date.now() - bad > 3_000,
    );
    const writes = (await exporter.slos()).find((s) => s.name === 'shop-db-writes')!;
    expect(writes.wholeAtMs! - Date.now()).toBeGreaterThan(50 * 60_000);
  });
});

describe('SIGTERM', () => {
  it('ends with code 0 and everything written', async () => {
    const before = await exporter.counters();
    expect(await exporter.end('SIGTERM')).toBe(0);
    expect(exporter.log()).toContain('"msg":"stopped"');
    await start();
    const after = await exporter.counters();
    for (const [key, value] of before) expect(after.get(key), key).toBeGreaterThanOrEqual(value);
    await exporter.end('SIGTERM');
  });
});

describe('--site', () => {
  it('finds WordPress, cache and certificate, and measures default SLOs', async () => {
    await start(
      ['--site', stack.siteUrl, '--address', '127.0.0.1', '--ca', stack.edge.ca],
      join(folder.path, 'site-data'),
    );
    expect((await exporter.slos()).map((s) => s.name)).toEqual([
      'site-availability',
      'site-speed',
      'site-uncached',
      'site-cache-hits',
      'site-certificate',
    ]);
    await exporter.end('SIGTERM');
  });
  it('says in one line that a site cannot be reached, exit code 4', async () => {
    const lost = spawn(process.execPath, [
      MAIN,
      'serve',
      '--site',
      `http://127.0.0.1:${await freePort()}/`,
      '--data',
      join(folder.path, 'lost'),
    ]);
    let said = '';
    lost.stderr.on('data', (chunk) => {
      said += chunk;
    });
    expect(await new Promise((resolve) => lost.once('exit', resolve))).toBe(4);
    expect(said.trim().split('\n')).toHaveLength(1);
    expect(existsSync(join(folder.path, 'lost', 'site.yaml'))).toBe(false);
  });
});
