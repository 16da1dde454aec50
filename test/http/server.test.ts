// The server itself: TLS with certificates that are renewed, clients that are slow, and 10,000 SLOs on one page.
import { readFileSync } from 'node:fs';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import pino from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { buildExporter, type Exporter } from '../../src/exporter.ts';
import type { Access } from '../../src/http/server.ts';
import { idsOnly } from '../../src/probe/trace-port.ts';
import { WINDOW_SERIES_PER_SLO } from '../../src/spec/lint.ts';
import type { Spec } from '../../src/spec/spec.ts';
import { makeCa } from '../services/ca.ts';
import { privateFolder } from '../services/process.ts';
import { startSmallSite } from '../services/small-site.ts';
import { validSpec } from '../spec/specs.ts';
import { noChanges } from '../store/no-changes.ts';

let exporter: Exporter | undefined;
afterEach(async () => {
  await exporter?.stop();
  exporter = undefined;
});

/** So many SLOs on one target; in files of 2,000, as teams would write them. */
function specOf(slos: number, more = ''): Spec {
  const slo = (i: number) =>
    `  - { name: slo-${i}, service: s, team: t, objective: 99.9%, window: 30d, sli: { kind: probe, target: shop } }\n`;
  const target = '  - { name: shop, kind: http, url: "http://127.0.0.1:9/", interval: 1h, timeout: 1s }\n';
  const all = Array.from({ length: slos }, (_, i) => slo(i));
  const files = [`targets:\n${target}${more}`];
  for (let i = 0; i < slos; i += 2_000) files.push(`slos:\n${all.slice(i, i + 2_000).join('')}`);
  return validSpec(...files);
}

async function listening(spec: Spec, access: Access = {}): Promise<number> {
  exporter = await buildExporter(spec, {
    version: 'test',
    log: pino({ level: 'silent' }),
    tracer: idsOnly,
    openStore: () => ({
      restored: { slos: [], last: undefined, episodes: new Map(), warnings: [] },
      changes: noChanges,
      replay: () => 0,
      commit: () => {},
      prune: () => {},
      close: () => {},
    }),
    access,
  });
  await exporter.app.listen({ host: '127.0.0.1', port: 0 });
  exporter.start();
  return (exporter.app.server.address() as AddressInfo).port;
}

describe('TLS', () => {
  const folder = privateFolder('server');
  const ca = makeCa(folder.path);
  const pem = (file: string) => {
    const { cert, key } = ca.issue(file, ['localhost', '127.0.0.1']);
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  };
  const get = (port: number, token?: string) =>
    new Promise<{ status: number; serial: string }>((resolve, reject) => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const options = { host: '127.0.0.1', port, path: '/metrics', ca: readFileSync(ca.cert), headers, agent: false };
      const message = request(options, (answer) => {
        const { serialNumber } = (answer.socket as import('node:tls').TLSSocket).getPeerCertificate();
        answer.resume().on('end', () => resolve({ status: answer.statusCode ?? 0, serial: serialNumber }));
      });
      message.on('error', reject).end();
    });
  it('serves HTTPS, and a renewed certificate and token from the next reload on', async () => {
    const port = await listening(specOf(1), { tls: pem('first'), token: 'old' });
    const first = await get(port, 'old');
    expect(first.status).toBe(200);
    exporter!.load(specOf(1), { tls: pem('second'), token: 'new' });
    const second = await get(port, 'new');
    expect(second.status).toBe(200);
    expect(second.serial).not.toBe(first.serial);
    expect((await get(port, 'old')).status).toBe(401);
    folder.remove();
  });
  it('stays guarded when a reload takes the token away: that needs a new start', async () => {
    const port = await listening(specOf(1), { token: 'old' });
    exporter!.load(specOf(1), {});
    expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(401);
  });
});

describe('readiness', () => {
  const ready = async () => {
    const answer = await exporter!.app.inject({ url: '/readyz' });
    return [answer.statusCode, (answer.json() as { reasons: string[] }).reasons];
  };
  it('ends when ticks do not come any more', async () => {
    await listening(specOf(1));
    expect(await ready()).toEqual([200, []]);
    const now = performance.now();
    const clock = vi.spyOn(performance, 'now').mockReturnValue(now + 100_000);
    expect(await ready()).toEqual([503, ['ticks are late']]);
    clock.mockRestore();
  });
  it('ends when the process is told to stop, while it still answers', async () => {
    const site = await startSmallSite();
    site.answer('never');
    await listening(validSpec(`targets: [{ name: a, kind: http, url: "${site.url}", interval: 1s, timeout: 900ms }]`));
    while (site.requests === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const stopped = exporter!.stop();
    expect(await ready()).toEqual([503, ['stopping']]);
    await stopped;
    exporter = undefined;
    site.stop();
  });
});

describe('/probe and the deadline of the scraper', () => {
  it('answers half a second before the scraper gives up, however long the target may take', async () => {
    const site = await startSmallSite();
    site.answer('never');
    const port = await listening(
      validSpec(`targets: [{ name: a, kind: http, url: "${site.url}", interval: 10m, timeout: 5m }]`),
    );
    const headers = { 'x-prometheus-scrape-timeout-seconds': '1.5' };
    const probe = async () => (await fetch(`http://127.0.0.1:${port}/probe?target=a`, { headers })).text();
    // On a busy machine a run may be distorted, and not the target's timeout.
    const text = await vi.waitFor(
      async () => {
        const answer = await probe();
        expect(answer).toContain('outcome="timeout"');
        return answer;
      },
      { timeout: 30_000 },
    );
    // The deadline of the run is 1 s: it cannot be over before, and without the half second it would not be before 1.5 s.
    const seconds = Number(/^probe_duration_seconds (.*)$/m.exec(text)![1]);
    expect(seconds).toBeGreaterThan(0.99);
    expect(seconds).toBeLessThan(1.5);
    site.stop();
  });
});

describe('/probe of a target that takes longer than a connection may be idle', () => {
  it('is answered, and the connection may be idle no longer than any other afterwards', async () => {
    const site = await startSmallSite();
    site.answer('never');
    const port = await listening(
      validSpec(`targets: [{ name: a, kind: http, url: "${site.url}", interval: 10m, timeout: 1500ms }]`),
    );
    // 30 s, in small.
    exporter!.app.server.timeout = 300;
    const sockets: Socket[] = [];
    exporter!.app.server.on('connection', (socket: Socket) => sockets.push(socket));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const get = (path: string) =>
      new Promise<string>((resolve, reject) => {
        const message = httpRequest({ host: '127.0.0.1', port, path, agent }, async (answer) => {
          resolve((await answer.toArray()).join(''));
        });
        message.on('error', reject).end();
      });
    expect(await get('/probe?target=a')).toContain('outcome="timeout"');
    let idle: number | undefined;
    exporter!.app.server.prependListener('request', (request: IncomingMessage) => {
      idle = request.socket.timeout;
    });
    expect(await get('/metrics')).toContain('slo_');
    expect([sockets.length, idle]).toEqual([1, 300]);
    agent.destroy();
    site.stop();
  });
});

describe('a slow client', () => {
  it('that drips its headers is cut, and a scrape beside 200 of them is answered', async () => {
    const port = await listening(specOf(1));
    const sockets = Array.from({ length: 200 }, () => connect({ host: '127.0.0.1', port }));
    const closed = sockets.map((socket) => {
      socket.on('error', () => {});
      socket.resume();
      socket.write('GET /metrics HTTP/1.1\r\nhost: x\r\n');
      return new Promise<void>((resolve) => socket.once('close', () => resolve()));
    });
    expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(200);
    await Promise.all(closed);
  });
});

describe('/probe under many callers', () => {
  const spec = (urls: readonly string[]) => {
    const list = urls.map(
      (url, i) => `  - { name: shop-${i}, kind: http, url: "${url}", interval: 1h, timeout: 2s }\n`,
    );
    return validSpec(`targets:\n${list.join('')}exporter: { concurrency: 2 }\n`);
  };
  it('asks a target once for all that ask at the same time', async () => {
    const site = await startSmallSite();
    site.answer('never');
    const port = await listening(spec([site.url]));
    const all = await Promise.all(
      Array.from({ length: 50 }, () => fetch(`http://127.0.0.1:${port}/probe?target=shop-0`)),
    );
    expect(new Set(all.map((answer) => answer.status))).toEqual(new Set([200]));
    expect(site.requests).toBe(1);
    site.stop();
  });
  it('refuses the third different run at a concurrency of 2, and says what to do', async () => {
    const site = await startSmallSite();
    site.answer('never');
    const port = await listening(spec([`${site.url}a`, `${site.url}b`, `${site.url}c`]));
    const all = await Promise.all([0, 1, 2].map((i) => fetch(`http://127.0.0.1:${port}/probe?target=shop-${i}`)));
    expect(all.map((answer) => answer.status)).toEqual([200, 200, 503]);
    expect(await all[2]!.text()).toContain('exporter.concurrency');
    site.stop();
  });
});

describe('10,000 SLOs', () => {
  it('are served on /metrics without holding up the event loop, and in the API', async () => {
    const port = await listening(specOf(10_000));
    let [turns, going] = [0, true];
    const count = () => {
      turns += 1;
      if (going) setImmediate(count);
    };
    count();
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    going = false;
    expect(text.match(/^slo_objective_ratio\{/gm)).toHaveLength(10_000);
    expect(text.match(/^slo_events_total\{/gm)).toHaveLength(40_000);
    // Others get a turn at least every 1,000 lines.
    expect(turns).toBeGreaterThan(text.split('\n').length / 1_000);
    const { slos } = (await (await fetch(`http://127.0.0.1:${port}/api/v1/slos`)).json()) as { slos: unknown[] };
    expect(slos).toHaveLength(10_000);
  });
  it('take at most 12 series each when the window gauges are off', async () => {
    const port = await listening(specOf(100, 'exporter: { windowGauges: false }\n'));
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const series = text.match(/^slo_[a-z_]+\{/gm)!.length / 100;
    expect(series).toBeLessThanOrEqual(12);
    expect(series).toBe(9);
    expect(text).not.toContain('slo_burn_rate{');
  });
  it('take 16 more with them, as check estimates: seven windows and the period, twice', async () => {
    const port = await listening(specOf(100));
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const series = text.match(/^slo_(?:burn_rate|coverage_ratio)\{/gm)!.length / 100;
    expect([series, WINDOW_SERIES_PER_SLO]).toEqual([16, 16]);
  });
});
