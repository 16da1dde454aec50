// plimsoll event against a real exporter process: what is recorded, what is refused, what is left after kill -9, and what a real
// Prometheus sees of it with the query that boards use.
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCa } from '../services/ca.ts';
import { type Exporter, startExporter, until } from '../services/exporter.ts';
import { freePort, privateFolder } from '../services/process.ts';
import { type Prometheus, startPrometheus } from '../services/prometheus.ts';
import { plimsoll } from './push-run.ts';

const folder = privateFolder('event');
const at = (name: string) => join(folder.path, name);
const ca = makeCa(folder.path);
const pem = (file: string) => {
  const { cert, key } = ca.issue(file, ['shop.plimsoll.test']);
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
};
const [first, second] = [pem('first'), pem('second')];
let server: Server;
let exporter: Exporter;
let prometheus: Prometheus;
let listen: string;

const spec = (more = '') => `targets:
  - { name: cert, kind: tls, url: "tls://shop.plimsoll.test:${(server.address() as AddressInfo).port}", address: 127.0.0.1, ca: ca.pem, interval: 1s, timeout: 500ms }
slos:
  - { name: up, service: shop, team: web, objective: 99%, window: 30d, sli: { kind: probe, target: cert } }
exporter: { eventsTokenFile: token }
${more}`;
const start = async () => {
  exporter = await startExporter({ args: ['--config', at('plimsoll.yaml'), '--data', at('data')], listen });
};
const event = (...args: string[]) =>
  plimsoll(folder.path, 'event', ...args, '--url', exporter.url, '--token-file', 'token');
const total = (kind: string, service = 'shop') =>
  exporter.metric(`change_events_total{kind="${kind}",service="${service}"}`);
interface Listed {
  readonly kind: string;
  readonly text?: string;
  readonly source: string;
}
const listed = async (query = ''): Promise<readonly Listed[]> =>
  (JSON.parse(await exporter.text(`/api/v1/events${query}`)) as { events: Listed[] }).events;

beforeAll(async () => {
  server = createServer(first).on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  writeFileSync(at('token'), 'right-token\n');
  writeFileSync(at('wrong'), 'wrong-token\n');
  writeFileSync(at('plimsoll.yaml'), spec());
  listen = `127.0.0.1:${await freePort()}`;
  await start();
  prometheus = await startPrometheus({ scrape: listen });
});
afterAll(async () => {
  await exporter?.end('SIGKILL');
  await prometheus?.stop();
  server.close();
  folder.remove();
});

describe('plimsoll event', () => {
  it('records a change, and the first one of its kind is a step that Prometheus sees', async () => {
    const series = 'change_events_total{kind="deploy",service="shop"}';
    await until(async () => (await prometheus.samples(series)).length > 0, exporter.log);
    const link = 'https://ci.example.org/7';
    const { code, out } = await event(
      'deploy',
      '--service',
      'shop',
      '--text',
      'v1.2',
      '--link',
      link,
      '--by',
      'web',
      '--target',
      'cert',
    );
    expect([code, out]).toEqual([0, expect.stringMatching(/^deploy of shop at 20\S+Z is recorded\n$/)]);
    expect(await listed('?kind=deploy')).toEqual([
      expect.objectContaining({ text: 'v1.2', link, by: 'web', target: 'cert', source: 'api' }),
    ]);
    expect(await total('deploy')).toBe(1);
    const step = `${series} - ${series} offset 2s > 0`;
    await until(async () => (await prometheus.samples(step)).length > 0, exporter.log);
    expect((await prometheus.samples(step))[0]!.metric).toMatchObject({ kind: 'deploy', service: 'shop' });
  });
  it('takes the time that is given, and counts a repetition once', async () => {
    const time = new Date(Date.now() - 60_000).toISOString();
    for (let i = 0; i < 2; i++) {
      const { code, out } = await event('purge', '--service', 'shop', '--time', time);
      expect([code, out]).toEqual([0, `purge of shop at ${time} is recorded\n`]);
    }
    expect(await total('purge')).toBe(1);
  });
  it.each<[what: string, args: string[], code: number, says: RegExp]>([
    [
      'a service',
      ['deploy', '--service', 'shpo'],
      2,
      /refuses this event: service: the spec has no service "shpo"; did you mean "shop"\?/,
    ],
    ['a text', ['deploy', '--service', 'shop', '--text', 'a\tb'], 2, /refuses this event: text: must be one line/],
    [
      'a token',
      ['deploy', '--service', 'shop', '--token-file', 'wrong'],
      4,
      /answered 401: it does not take this token \(exporter\.eventsTokenFile in its spec\)/,
    ],
  ])('says what is wrong with %s', async (_what, args, code, says) => {
    const ended = await plimsoll(folder.path, 'event', '--token-file', 'token', ...args, '--url', exporter.url);
    expect([ended.code, ended.out]).toEqual([code, expect.stringMatching(says)]);
    expect(ended.out.trim().split('\n')).toHaveLength(1);
  });
  it('asks for the token, and names the setting if the exporter has none', async () => {
    const bare = await plimsoll(folder.path, 'event', 'deploy', '--service', 'shop', '--url', exporter.url);
    expect([bare.code, bare.out]).toEqual([
      4,
      expect.stringMatching(/answered 401: it wants a token: --token-file FILE/),
    ]);
    writeFileSync(at('plimsoll.yaml'), spec().replace('exporter: { eventsTokenFile: token }', ''));
    await until(async () => (await total('config_reload', 'plimsoll')) === 1, exporter.log);
    const closed = await event('deploy', '--service', 'shop');
    expect([closed.code, closed.out]).toEqual([
      4,
      expect.stringMatching(/answered 403: nobody can report changes yet.*exporter\.eventsTokenFile/),
    ]);
    writeFileSync(at('plimsoll.yaml'), spec());
    await until(async () => (await total('config_reload', 'plimsoll')) === 2, exporter.log);
    expect((await event('failover', '--service', 'shop')).code).toBe(0);
  });
});

describe('an exporter', () => {
  it('sees a certificate that is replaced while it runs', async () => {
    const handshakes =
      'probe_runs_total{target="cert",kind="tls",step="handshake",outcome="ok",blame="none",location="main"}';
    await until(async () => ((await exporter.metric(handshakes)) ?? 0) > 11, exporter.log);
    server.setSecureContext(second);
    await until(async () => (await total('certificate_renewed')) === 1, exporter.log);
    expect(await listed('?kind=certificate_renewed')).toEqual([
      expect.objectContaining({
        source: 'exporter',
        target: 'cert',
        text: expect.stringContaining('certificate served: until '),
      }),
    ]);
  });
  it('has all changes and counters after kill -9, and a start with another spec is a change', async () => {
    const before = await listed();
    await exporter.end('SIGKILL');
    await start();
    expect(await listed()).toEqual(before);
    expect([
      await total('deploy'),
      await total('purge'),
      await total('certificate_renewed'),
      await total('config_reload', 'plimsoll'),
    ]).toEqual([1, 1, 1, 2]);
    await exporter.end('SIGTERM');
    writeFileSync(
      at('plimsoll.yaml'),
      spec('maintenance: [{ from: 2026-12-01T22:00:00Z, for: 2h, reason: core update, by: web }]\n'),
    );
    await start();
    expect(await total('config_reload', 'plimsoll')).toBe(3);
    expect((await listed())[0]).toMatchObject({
      kind: 'config_reload',
      text: 'started with another spec (targets: 1, SLOs: 1)',
    });
    expect(await prometheus.value('max(resets(change_events_total[5m]))')).toBe(0);
  });
  it('takes a reload that says the same as no change, also when a token was renewed', async () => {
    writeFileSync(at('token'), 'next-token\n');
    await until(async () => exporter.log().includes('spec reloaded'), exporter.log);
    expect((await event('deploy', '--service', 'shop')).code).toBe(0);
    expect([await total('config_reload', 'plimsoll'), await total('deploy')]).toEqual([3, 2]);
    expect(exporter.log()).not.toMatch(/right-token|next-token/);
  });
});
