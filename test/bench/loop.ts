// The event loop under a scrape, how true the times of a probe are, and what more targets and traces cost.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import Fastify from 'fastify';
import { metricsRoute } from '../../src/http/metrics.ts';
import { labelText, SeriesTable } from '../../src/metrics/series.ts';
import { httpRequest } from '../../src/probe/http-client.ts';
import type { ProbeContext } from '../../src/probe/probe.ts';
import { createResolver } from '../../src/probe/resolve.ts';
import { type Exporter, startExporter } from '../services/exporter.ts';
import { privateFolder } from '../services/process.ts';
import { startSmallSite } from '../services/small-site.ts';
import { cpuSeconds, type Figure, median, type Row, SHIPPED } from './figures.ts';

const SERIES = 100_000;

/** Longest time between two turns of the loop while `work` goes on, ms. */
async function longestBlock(work: () => Promise<unknown>): Promise<number> {
  let [last, longest, isOver] = [performance.now(), 0, false];
  const turn = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isOver) setImmediate(turn);
  };
  turn();
  await work();
  isOver = true;
  return longest;
}

/** A scraper in a process of its own, so that only serving is in this loop. */
const scrape = (url: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const script = `fetch('${url}').then((answer) => answer.arrayBuffer()).then(({ byteLength }) => process.exit(byteLength > 0 ? 0 : 1))`;
    spawn(process.execPath, ['-e', script]).on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`the scraper ended with ${code}`)),
    );
  });

async function block(): Promise<readonly Figure[]> {
  const series = new SeriesTable(Number.POSITIVE_INFINITY, () => {});
  for (let i = 0; series.size < SERIES; i++) {
    const labels = { target: `target-${i >> 2}`, phase: `phase-${i & 3}`, location: 'main' };
    const text = labelText('probe_phase_duration_seconds', labels);
    series.observe('probe_phase_duration_seconds', text, labels.target, i / 7, {
      traceId: 'a'.repeat(32),
      atSeconds: 1,
    });
  }
  const nothing = { families: () => [] };
  const app = Fastify();
  metricsRoute(app, {
    engine: { ...nothing, series },
    changes: nothing,
    own: { set: () => {}, families: async () => [] },
    more: () => [],
  } as never);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/metrics`;
  for (let i = 0; i < 10; i++) await scrape(url);
  const rounds: number[] = [];
  for (let i = 0; i < 15; i++) rounds.push(await longestBlock(() => scrape(url)));
  await app.close();
  return [
    {
      what: `longest block of the event loop by a scrape of ${series.size} series`,
      value: median(rounds),
      worst: Math.max(...rounds),
      unit: 'ms',
      must: 25,
      aim: 5,
      how: 'prom-client holds the loop for the whole of it, about 320 ms',
    },
  ];
}

const DELAY_MS = 50;
/** Waits before it answers, and says how long it really waited. */
const SLOW_SERVER = `const { createServer } = require('node:http'); const { parentPort } = require('node:worker_threads');
const server = createServer((_request, response) => { const from = performance.now(); setTimeout(() => {
  response.writeHead(200, { 'x-waited': String(performance.now() - from) }); response.end('done'); }, ${DELAY_MS}); });
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`;

async function phases(): Promise<readonly Figure[]> {
  const worker = new Worker(SLOW_SERVER, { eval: true });
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  const ctx: ProbeContext = {
    signal: new AbortController().signal,
    location: 'main',
    resolve: createResolver({ kind: 'named' }),
    now: Date.now,
    remainingMs: () => 5_000,
    step: () => Promise.reject(new Error('no steps here')),
  };
  const errors: number[] = [];
  for (let i = 0; i < 220; i++) {
    const traceparent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
    const result = await httpRequest({ url: `http://127.0.0.1:${port}/`, traceparent }, ctx);
    const waited = Number(result.response?.headers['x-waited']);
    if (i >= 20) errors.push(result.phases.first_byte! - waited);
  }
  await worker.terminate();
  return [
    {
      what: `first byte delayed by ${DELAY_MS} ms: difference of what the probe saw`,
      value: Math.abs(median(errors)),
      worst: Math.max(...errors.map(Math.abs)),
      unit: 'ms',
      must: 2,
      aim: 1,
      how: '200 probes, against what the server says it waited',
    },
  ];
}

/** CPU microseconds per probe of an exporter with so many targets that are asked every 10 s, in 20 s. */
async function perProbe(targets: number, env: Readonly<Record<string, string>> = {}) {
  const folder = privateFolder('bench-targets');
  const site = await startSmallSite();
  const config = join(folder.path, 'plimsoll.yaml');
  const all = Array.from({ length: targets }, (_, i) => `t${i}`);
  writeFileSync(
    config,
    JSON.stringify({
      targets: all.map((name) => ({ name, kind: 'http', url: `${site.url}?${name}`, interval: '10s' })),
      slos: all.map((name) => ({
        name,
        service: 'site',
        team: 'web',
        objective: '99.9%',
        window: '30d',
        sli: { kind: 'probe', target: name },
      })),
    }),
  );
  const exporter = await startExporter({
    args: ['--config', config, '--data', join(folder.path, 'data')],
    env: { ...SHIPPED, ...env },
  });
  try {
    await sleep(15_000);
    const before = cpuSeconds(exporter.pid);
    await sleep(20_000);
    const used = cpuSeconds(exporter.pid) - before;
    return { us: (used / (2 * targets)) * 1e6, delays: await delaysOf(exporter) };
  } finally {
    await exporter.end('SIGTERM');
    site.stop();
    folder.remove();
  }
}

/** Runs that started more than 10 ms after their slot, percent. */
async function delaysOf(exporter: Exporter): Promise<number> {
  const early = await exporter.metric('plimsoll_run_start_delay_seconds_bucket{le="0.01"}');
  const all = await exporter.metric('plimsoll_run_start_delay_seconds_count');
  return 100 * (1 - early! / all!);
}

async function targets(): Promise<readonly Figure[]> {
  const [ten, hundred, many, thousand] = [
    await perProbe(10),
    await perProbe(100),
    await perProbe(500),
    await perProbe(1_000),
  ];
  const us = (value: number) => `${value.toFixed(0)} µs`;
  return [
    {
      what: 'CPU of a probe with 1,000 targets at 10 s',
      value: thousand.us,
      worst: thousand.us,
      unit: 'us',
      how: `with all that belongs to it: ${us(ten.us)} with 10 targets, ${us(hundred.us)} with 100, ${us(many.us)} with 500; what runs anyway is shared by more`,
    },
    {
      what: 'runs of 500 targets that start more than 10 ms after their slot',
      value: many.delays,
      worst: many.delays,
      unit: '%',
      how: 'plimsoll_run_start_delay_seconds, with the start of the process in it',
    },
  ];
}

async function tracing(): Promise<readonly Figure[]> {
  let spans = 0;
  const sink = createServer((request, response) => {
    request.on('data', () => {});
    request.on('end', () => {
      spans += 1;
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
  const off = await perProbe(200);
  const on = await perProbe(200, { OTEL_EXPORTER_OTLP_ENDPOINT: url });
  sink.closeAllConnections();
  sink.close();
  return [
    {
      what: 'CPU of a probe with traces sent, 200 targets at 10 s',
      value: on.us,
      worst: on.us,
      unit: 'us',
      how: `without traces ${off.us.toFixed(0)} µs; ${spans} posts of spans`,
    },
  ];
}

export const loopRows: readonly Row[] = [
  { name: 'block', measure: block },
  { name: 'phases', measure: phases },
  { name: 'targets', measure: targets },
  { name: 'tracing', measure: tracing },
];
