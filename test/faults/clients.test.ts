// Clients of the exporter that are many, slow, huge or odd. None of them costs a scrape, memory or a run.
import { connect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { OwnMetrics } from '../../src/metrics/own.ts';
import { until } from '../services/exporter.ts';
import { type SmallSite, smallSpec, startSmallSite } from '../services/small-site.ts';
import { validSpec } from '../spec/specs.ts';
import { type Inside, startInside } from './inside.ts';

const TOKEN = 'events-token';
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;
let site: SmallSite;
let inside: Inside;
const sockets: Socket[] = [];

/** The SLO `up`, and with `slos` so many in all. */
async function start(slos = 1): Promise<Inside> {
  site = await startSmallSite();
  const slo = (i: number) =>
    `  - { name: slo-${i}, service: s, team: t, objective: 99%, window: 30d, sli: { kind: probe, target: site } }\n`;
  const more = Array.from({ length: slos - 1 }, (_, i) => slo(i)).join('');
  inside = await startInside(validSpec(smallSpec(site.url, more)), { eventsToken: TOKEN });
  return inside;
}
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  vi.restoreAllMocks();
  await inside.stop();
  site.stop();
});

interface Client {
  readonly socket: Socket;
  /** What was answered, once the connection is closed by the other side. */
  readonly closed: Promise<string>;
}
/** A connection of its own that sends `text`, and goes on with `drip` every 100 ms. */
function client(text: string, drip?: string): Client {
  const socket = connect({ host: '127.0.0.1', port: inside.port });
  sockets.push(socket);
  let answer = '';
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(text);
  const timer = drip === undefined ? undefined : setInterval(() => socket.write(drip), 100);
  const closed = new Promise<string>((resolve) =>
    socket.once('close', () => {
      clearInterval(timer);
      resolve(answer);
    }),
  );
  return { socket, closed };
}
const GOOD = 'slo_events_total{slo="up",result="good",location="main"}';
/** Runs go on: two more good events than now, and none missed. */
async function expectMeasuring(): Promise<void> {
  const before = (await inside.metric(GOOD)) ?? 0;
  await until(async () => ((await inside.metric(GOOD)) ?? 0) >= before + 2, inside.log);
  expect(await inside.metrics()).not.toMatch(/^slo_events_total\{slo="up",result="bad",location="main"\} [1-9]/m);
}

describe('clients', () => {
  it('X05 that scrape a hundred at a time share what is written, and memory stays flat', async () => {
    const { url } = await start(1_000);
    const scrape = async () => (await fetch(`${url}/metrics`)).text();
    const round = async () => {
      const all = await Promise.all(Array.from({ length: 100 }, scrape));
      for (const text of all) expect(text.match(/^slo_objective_ratio\{/gm)).toHaveLength(1_000);
      return new Set(all).size;
    };
    const written = vi.spyOn(OwnMetrics.prototype, 'families');
    const different = await round();
    expect(written.mock.calls.length).toBe(different);
    expect(different).toBeLessThan(20);
    const held = () => {
      gc();
      return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
    };
    const before = held();
    for (let i = 0; i < 3; i++) await round();
    expect(held() - before).toBeLessThan(20_000_000);
    await expectMeasuring();
  });

  it('X07 that drip their headers, a thousand of them, are cut, and a scrape beside them is answered', async () => {
    const { url } = await start();
    const slow = Array.from({ length: 1_000 }, () => client('GET /metrics HTTP/1.1\r\nhost: x\r\n', 'x: y\r\n'));
    await Promise.all(slow.map(({ socket }) => new Promise((resolve) => socket.once('connect', resolve))));
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
    const answers = await Promise.all(slow.map(({ closed }) => closed));
    expect(new Set(answers.map((answer) => /^HTTP\/1.1 (\d+) /.exec(answer)?.[1]))).toEqual(new Set(['408']));
    await expectMeasuring();
  });

  it('X08 that send a slow body are cut, and one of 1 GB is refused before it is read', async () => {
    await start();
    const head = (length: number) =>
      `POST /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TOKEN}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
    const slow = client(head(8_000), ' ');
    const huge = client(head(1_000_000_000));
    const chunks = client(
      `POST /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TOKEN}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`,
      `4000\r\n${' '.repeat(0x4000)}\r\n`,
    );
    expect(await huge.closed).toMatch(/^HTTP\/1.1 413 /);
    expect(await chunks.closed).toMatch(/^HTTP\/1.1 413 /);
    expect(chunks.socket.bytesWritten).toBeLessThan(1_000_000);
    expect(await slow.closed).toMatch(/^HTTP\/1.1 408 /);
    await expectMeasuring();
  });

  it.each(['', '*/*;q=0', 'image/odd; q=x', 'text/plain;version=9.9.9', ', ,;;', 'a'.repeat(4_000), '\u00ff\u00fe'])(
    'X09 that accept "%.40s" get text 0.0.4',
    async (accept) => {
      const { url } = await start();
      const answer = await fetch(`${url}/metrics`, { headers: { accept } });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        200,
        'text/plain; version=0.0.4; charset=utf-8',
      ]);
      expect(await answer.text()).toContain('# TYPE slo_events_total counter\n');
    },
  );
});
