// A real exporter under load for 20 minutes: how late runs start, what memory does, how long the event loop was held.
// PLIMSOLL_SOAK_MINUTES shortens it. Figures are those of this machine.
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startExporter, until } from '../services/exporter.ts';
import { privateFolder } from '../services/process.ts';
import { startSmallSite } from '../services/small-site.ts';

const MINUTES = Number(process.env.PLIMSOLL_SOAK_MINUTES ?? 20);
const TARGETS = 50;
const SLOS = 500;
const folder = privateFolder('load');
afterAll(() => folder.remove());

it(`${MINUTES} minutes under scrapes, calls and slow clients: 99.9 % of the slots start within 100 ms, memory is flat`, async () => {
  const site = await startSmallSite();
  const config = join(folder.path, 'plimsoll.yaml');
  const target = (i: number) =>
    `  - { name: t-${i}, kind: http, url: "${site.url}${i}", interval: 1s, timeout: 800ms }\n`;
  const slo = (i: number) =>
    `  - { name: slo-${i}, service: s-${i % 10}, team: t, objective: 99%, window: 30d, sli: { kind: probe, target: t-${i % TARGETS} } }\n`;
  const list = (n: number, of: (i: number) => string) => Array.from({ length: n }, (_, i) => of(i)).join('');
  // Rows of 1 s would be 186 kB an SLO: most SLOs are on a target of 30 s, as most are.
  writeFileSync(
    config,
    `targets:\n${list(TARGETS, target)}  - { name: seldom, kind: http, url: "${site.url}", interval: 30s, timeout: 5s }\nslos:\n${list(TARGETS, slo)}${list(SLOS - TARGETS, (i) => slo(i + TARGETS).replace(/target: t-\d+/, 'target: seldom'))}`,
  );
  const exporter = await startExporter({
    args: ['--config', config, '--data', join(folder.path, 'data'), '--log-level', 'warn'],
  });
  const read = async () => {
    const text = await exporter.text('/metrics');
    const value = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? 0);
    const sum = (pattern: RegExp) => [...text.matchAll(pattern)].reduce((n, [, one]) => n + Number(one), 0);
    return {
      rss: value(/^process_resident_memory_bytes (\S+)/m),
      heap: value(/^nodejs_heap_size_used_bytes (\S+)/m),
      cpu: value(/^process_cpu_seconds_total (\S+)/m),
      loop: value(/^plimsoll_event_loop_delay_seconds (\S+)/m),
      started: value(/^plimsoll_run_start_delay_seconds_count (\S+)/m),
      inTime: value(/^plimsoll_run_start_delay_seconds_bucket\{le="0.1"\} (\S+)/m),
      missed: sum(/^plimsoll_missed_runs_total\{.*\} (\d+)$/gm),
      bad: sum(/^slo_events_total\{.*result="bad".*\} (\d+)$/gm),
    };
  };
  let going = true;
  const forever = async (everyMs: number, each: () => Promise<unknown>) => {
    for (; going; await new Promise((resolve) => setTimeout(resolve, everyMs))) await each().catch(() => {});
  };
  const slow = async () => {
    const socket = connect(Number(new URL(exporter.url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write('GET /metrics HTTP/1.1\r\nhost: x\r\n');
    await new Promise((resolve) => socket.resume().once('close', resolve));
  };
  await until(async () => (await read()).started > TARGETS, exporter.log);
  const load = [
    forever(1_000, () => exporter.text('/metrics')),
    forever(1_000, () => exporter.text('/api/v1/slos')),
    forever(500, () => exporter.text('/api/v1/slos/slo-7')),
    forever(2_000, () => exporter.text('/')),
    ...Array.from({ length: 20 }, () => forever(100, slow)),
  ];
  const began = await read();
  const beganMs = performance.now();
  const samples: Awaited<ReturnType<typeof read>>[] = [];
  while (performance.now() - beganMs < MINUTES * 60_000) {
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    samples.push(await read());
  }
  const seconds = (performance.now() - beganMs) / 1_000;
  going = false;
  await Promise.all(load);
  const last = samples.at(-1)!;
  const slots = last.started - began.started + last.missed - began.missed;
  const inTime = (last.inTime - began.inTime) / slots;
  const warm = samples.slice(Math.floor(samples.length / 4));
  const half = (part: typeof warm, key: 'rss' | 'heap') => {
    const sorted = part.map((s) => s[key]).toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)]! / 1e6;
  };
  const [early, late] = [warm.slice(0, warm.length / 2), warm.slice(warm.length / 2)];
  const loops = samples.map((s) => s.loop * 1_000).toSorted((a, b) => a - b);
  console.log(
    [
      `slots ${slots} (due ${Math.round(TARGETS * seconds)}), started within 100 ms: ${(100 * inTime).toFixed(3)} %, missed ${last.missed - began.missed}, bad ${last.bad}`,
      `memory, median of early and late half: rss ${half(early, 'rss').toFixed(0)} and ${half(late, 'rss').toFixed(0)} MB, heap ${half(early, 'heap').toFixed(0)} and ${half(late, 'heap').toFixed(0)} MB`,
      `event loop held (beyond 0.1 s), median ${loops[Math.floor(loops.length / 2)]!.toFixed(1)} ms, longest ${loops.at(-1)!.toFixed(1)} ms; CPU ${((100 * (last.cpu - began.cpu)) / seconds).toFixed(1)} % of a core`,
    ].join('\n'),
  );
  expect(Math.abs(slots - TARGETS * seconds)).toBeLessThan(3 * TARGETS + 0.02 * TARGETS * seconds);
  expect(inTime).toBeGreaterThanOrEqual(0.999);
  // The heap of a young process grows until it was collected a few times: in a short run more than in a long one.
  expect(half(late, 'rss')).toBeLessThan(half(early, 'rss') * 1.15 + (MINUTES < 10 ? 150 : 10));
  expect(last.bad).toBe(0);
  expect(await exporter.end('SIGTERM')).toBe(0);
  site.stop();
});
