// What SLOs cost: their burn rates, /metrics, memory, disk, and a restart after kill -9.
import { spawn } from 'node:child_process';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { Gauge, Registry } from 'prom-client';
import { sloFamilies } from '../../src/engine/slo-series.ts';
import { sloView, windowView } from '../../src/engine/view.ts';
import { expose } from '../../src/metrics/exposition.ts';
import { labelText, SeriesTable } from '../../src/metrics/series.ts';
import { overviewPage } from '../../src/web/overview.ts';
import { RecentRuns } from '../../src/web/runs.ts';
import type { Sources } from '../../src/web/sources.ts';
import { freePort, privateFolder } from '../services/process.ts';
import { startSmallSite } from '../services/small-site.ts';
import { cpuSeconds, type Figure, median, ownCpuMs, paired, type Row, residentMb } from './figures.ts';
import { DAY_MS, DAYS, memoryOf, STEP_MS, specDocuments, specOf, writeStore } from './platform.ts';

const ROUNDS = 15;
const SLOS = 1_000;
const NOW = Date.UTC(2026, 0, 31);

/** Median CPU milliseconds of some work that the compiler has seen enough of, and the worst round. */
async function costOf(work: () => unknown): Promise<{ ms: number; worst: number }> {
  for (let i = 0; i < 40; i++) await work();
  const rounds: number[] = [];
  for (let i = 0; i < ROUNDS; i++) rounds.push(await ownCpuMs(work));
  return { ms: median(rounds), worst: Math.max(...rounds) };
}

const settings = { location: 'main', windowGauges: true };

/** Ten evaluations at once: one is too short for the clock of the processor. */
async function evaluation(): Promise<readonly Figure[]> {
  const { plans, entries } = memoryOf(specOf(SLOS), NOW);
  const pairs = plans.map((plan) => [plan, entries.get(plan.slo.name)!] as const);
  const lengths = [...plans[0]!.windows.values(), DAYS * DAY_MS];
  const evaluate = () => {
    for (const [plan, entry] of pairs) for (const ms of lengths) windowView(plan, entry, NOW, '', ms);
  };
  const { ms, worst } = await costOf(() => {
    for (let i = 0; i < 10; i++) evaluate();
  });
  const sql = await costOf(sqlSums(lengths));
  return [
    {
      what: `burn rates of ${SLOS} SLOs, ${lengths.length} windows, one evaluation`,
      value: ms / 10,
      worst: worst / 10,
      unit: 'ms',
      must: 2,
      aim: 0.1,
      how: `counts, burn rate and coverage of each window; SQL sums over the rows of ten SLOs take ${sql.ms.toFixed(0)} ms`,
    },
    {
      what: 'state of an SLO with 30 days',
      value: entries.get('slo-0')!.history.bytes / 1024,
      worst: entries.get('slo-0')!.history.bytes / 1024,
      unit: 'kB',
      must: 64,
      aim: 20,
      how: 'rows of 30 s to 6 h, 5 min to 3 d, 1 h to 30 d',
    },
  ];
}

function sqlSums(lengths: readonly number[]): () => void {
  const db = new DatabaseSync(':memory:');
  db.exec(
    'CREATE TABLE event (slo INTEGER, at INTEGER, good INTEGER, bad INTEGER, PRIMARY KEY (slo, at)) WITHOUT ROWID',
  );
  const insert = db.prepare('INSERT INTO event VALUES (1, ?, 1, 0)');
  db.exec('BEGIN');
  for (let at = NOW - DAYS * DAY_MS; at <= NOW; at += STEP_MS) insert.run(at);
  db.exec('COMMIT');
  const sum = db.prepare('SELECT sum(good), sum(bad) FROM event WHERE slo = 1 AND at > ?');
  return () => {
    for (let i = 0; i < 10; i++) for (const ms of lengths) sum.get(NOW - ms);
  };
}

interface Table {
  set(i: number, value: number): void;
}

const labelsOf = (i: number) => ({ target: `target-${i}`, status: 'first_byte', location: 'main' });

/** `count` gauges of prom-client with three labels. */
function promClient(count: number): Table & { metrics(): Promise<string> } {
  const registry = new Registry();
  const gauge = new Gauge({
    name: 'cache',
    help: 'a gauge',
    labelNames: Object.keys(labelsOf(0)),
    registers: [registry],
  });
  const set = (i: number, value: number) => gauge.set(labelsOf(i), value);
  for (let i = 0; i < count; i++) set(i, i / 7);
  return { set, metrics: () => registry.metrics() };
}

/** The same lines of ours. */
function ourTable(count: number): Table & Pick<SeriesTable, 'families'> {
  const table = new SeriesTable(Number.POSITIVE_INFINITY, () => {});
  const metric = 'probe_cache_status_total';
  const texts = Array.from({ length: count }, (_, i) => labelText(metric, labelsOf(i)));
  const set = (i: number, value: number) => table.set(metric, texts[i]!, `target-${i}`, value);
  for (let i = 0; i < count; i++) set(i, i / 7);
  return { set, families: () => table.families() };
}

const written = (families: Parameters<typeof expose>[0]): number => {
  let bytes = 0;
  for (const piece of expose(families, 'text')) bytes += Buffer.from(piece).length;
  return bytes;
};

async function exposition(): Promise<readonly Figure[]> {
  const count = 10_000;
  const [registry, table] = [promClient(count), ourTable(count)];
  const [ours, theirs] = [() => written(table.families()), async () => Buffer.from(await registry.metrics()).length];
  let scrape = 0;
  /** A tenth of the values changes from one scrape to the next. */
  const changed = <T>(set: (i: number, value: number) => void, write: () => T): (() => Promise<number>) => {
    return () => {
      scrape += 1;
      for (let i = scrape % 10; i < count; i += 10) set(i, (i + scrape) / 7);
      return ownCpuMs(write);
    };
  };
  const [oursOnce, theirsOnce] = [changed(table.set, ours), changed(registry.set, theirs)];
  for (let i = 0; i < 60; i++) await theirsOnce();
  for (let i = 0; i < 300; i++) await oursOnce();
  const found = await paired(ROUNDS, oursOnce, theirsOnce);
  const { plans, entries } = memoryOf(specOf(SLOS), NOW);
  const slos = () => written(sloFamilies(plans, (name) => entries.get(name), Date.now(), settings));
  const ofSlos = await costOf(slos);
  return [
    {
      what: `/metrics of ${count} series`,
      against: 'prom-client metrics()',
      value: found.ratio,
      worst: found.worst,
      unit: 'x',
      must: 10,
      aim: 50,
      how: `${found.ours.toFixed(2)} against ${found.peer.toFixed(1)} ms of CPU; all slo_ series of ${SLOS} SLOs, computed on the way: ${ofSlos.ms.toFixed(1)} ms`,
    },
  ];
}

async function pages(): Promise<readonly Figure[]> {
  const { plans, entries } = memoryOf(specOf(SLOS), NOW);
  const hundred = plans.slice(0, 100);
  const views = () => hundred.map((plan) => sloView(plan, entries.get(plan.slo.name)!, NOW));
  const sources = {
    engine: {
      spec: { slos: [], sites: [], alerting: {}, statusPage: { components: [] } },
      views,
      plan: (name: string) => plans.find((plan) => plan.slo.name === name),
      entry: (name: string) => entries.get(name),
      evaluatedAt: () => NOW,
    },
    changes: { list: () => ({ changes: [], more: false }) },
    runs: new RecentRuns(),
    version: 'bench',
    files: [],
    spec: () => ({ loadedMs: NOW, isValid: true }),
    store: () => undefined,
  } as unknown as Sources;
  const overview = async () => (await overviewPage(sources, {})).html().text;
  const { ms, worst } = await costOf(overview);
  const json = await costOf(() => JSON.stringify(views()));
  return [
    {
      what: 'overview page of 100 SLOs',
      value: ms,
      worst,
      unit: 'ms',
      how: `${(gzipSync(await overview()).length / 1024).toFixed(1)} kB compressed; JSON of the same views alone: ${json.ms.toFixed(1)} ms`,
    },
  ];
}

const sizeOf = (folder: string): number =>
  readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0) / 1e6;

const LAUNCHER = new URL('../../bin/plimsoll', import.meta.url).pathname;

/** Starts the exporter and asks for /metrics without a pause; seconds from the start of the process to the first 200. */
async function firstAnswer(args: readonly string[]): Promise<{ seconds: number; pid: number; url: string }> {
  const address = `127.0.0.1:${await freePort()}`;
  const before = performance.now();
  const child = spawn(LAUNCHER, ['serve', ...args, '--listen', address, '--log-level', 'error'], { stdio: 'ignore' });
  process.once('exit', () => child.kill('SIGKILL'));
  const url = `http://${address}`;
  while (!(await fetch(`${url}/metrics`).catch(() => undefined))?.ok) {
    if (child.exitCode !== null) throw new Error(`the exporter ended with code ${child.exitCode}`);
    await sleep(2);
  }
  return { seconds: (performance.now() - before) / 1_000, pid: child.pid!, url };
}

/** Disk of 30 days, the restart after kill -9 on it, and memory once it has been scraped for a while. */
async function restart(): Promise<readonly Figure[]> {
  const folder = privateFolder('bench-slos');
  const site = await startSmallSite();
  try {
    const data = join(folder.path, 'data');
    const files = specDocuments(SLOS, 100, site.url).map((document, i) => {
      const file = join(folder.path, `spec-${i}.yaml`);
      writeFileSync(file, JSON.stringify(document));
      return file;
    });
    writeStore(data, specOf(SLOS), Date.now() - (Date.now() % STEP_MS));
    const disk = sizeOf(data);
    const args = [...files.flatMap((file) => ['--config', file]), '--data', data];
    const starts: number[] = [];
    let [memory, peak, idle] = [0, 0, 0];
    for (let i = 0; i < 5; i++) {
      const { seconds, pid, url } = await firstAnswer(args);
      starts.push(seconds);
      if (i === 4) {
        for (let scrape = 0; scrape < 20; scrape++) {
          await (await fetch(`${url}/metrics`)).text();
          peak = Math.max(peak, residentMb(pid));
          await sleep(1_500);
        }
        memory = residentMb(pid);
        const cpu = cpuSeconds(pid);
        await sleep(30_000);
        idle = cpuSeconds(pid) - cpu;
      }
      process.kill(pid, 'SIGKILL');
      await sleep(200);
    }
    return [
      {
        what: `disk, 30 days of ${SLOS} SLOs`,
        value: disk,
        worst: disk,
        unit: 'MB',
        must: 170,
        aim: 25,
        how: 'written tick by tick; Prometheus needed 319 MB',
      },
      {
        what: `first 200 on /metrics after kill -9, ${SLOS} SLOs restored`,
        value: median(starts),
        worst: Math.max(...starts),
        unit: 's',
        must: 0.6,
        aim: 0.25,
        how: 'from the start of the process; Prometheus needed 2.2 s; a Go exporter without history starts in 0.01 s',
      },
      {
        what: `memory (RSS), ${SLOS} SLOs, 100 targets`,
        value: memory,
        worst: peak,
        unit: 'MB',
        must: 160,
        aim: 100,
        how: `after twenty scrapes; worst is the peak. Idle, a Go exporter needs 14 to 24 MB. CPU of 30 s with 100 probes: ${(1_000 * idle).toFixed(0)} ms`,
      },
    ];
  } finally {
    site.stop();
    folder.remove();
  }
}

export const sloRows: readonly Row[] = [
  { name: 'evaluation', measure: evaluation },
  { name: 'exposition', measure: exposition },
  { name: 'pages', measure: pages },
  { name: 'restart', measure: restart },
];
