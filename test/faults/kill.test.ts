// kill -9 of the whole exporter at random moments, while a real Prometheus scrapes it and callers ask its API.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Exporter, startExporter, until } from '../services/exporter.ts';
import { freePort, privateFolder } from '../services/process.ts';
import { type Prometheus, startPrometheus } from '../services/prometheus.ts';
import { type SmallSite, smallSpec, startSmallSite } from '../services/small-site.ts';

const isLong = process.env.PLIMSOLL_SOAK !== undefined;
const KILLS = isLong ? 300 : 30;
const RESULTS = ['good', 'bad', 'unmeasured', 'excluded'] as const;
const folder = privateFolder('kill');
const config = join(folder.path, 'plimsoll.yaml');
const data = join(folder.path, 'data');
let site: SmallSite;
let listen: string;
let exporter: Exporter;
let prometheus: Prometheus;

/** The log of what was acknowledged: each scrape that was answered, in order. */
const acknowledged: ReadonlyMap<string, number>[] = [];
const fell: string[] = [];
const highest = new Map<string, number>();

const start = async () => {
  exporter = await startExporter({ args: ['--config', config, '--data', data], listen });
};
/** Scrapes and calls, one after the other until told to stop; the exporter may be gone at any time. */
function load(): () => Promise<void> {
  let going = true;
  const scrape = async () => {
    const counters = await exporter.counters();
    if (counters.size === 0) return;
    acknowledged.push(counters);
    for (const [key, value] of counters) {
      if (value < (highest.get(key) ?? 0)) fell.push(`${key}: ${value} after ${highest.get(key)}`);
      highest.set(key, Math.max(value, highest.get(key) ?? 0));
    }
  };
  const calls = async () => {
    for (const path of ['/api/v1/slos', '/api/v1/events', '/', '/readyz']) await exporter.text(path);
  };
  const forever = async (each: () => Promise<void>) => {
    for (; going; await new Promise((resolve) => setTimeout(resolve, 20))) await each().catch(() => {});
  };
  const all = [scrape, calls, calls].map(forever);
  return async () => {
    going = false;
    await Promise.all(all);
  };
}

/** Totals of every tick on disk: unsigned varints, 7 bits a byte, low ones first; a version, a count, then id and five totals. */
function rows(): { atMs: number; totals: readonly number[] }[] {
  const db = new DatabaseSync(join(data, 'plimsoll.db'), { readOnly: true });
  const found = db.prepare('SELECT at_ms, record FROM tick ORDER BY 1').all();
  db.close();
  return found.map(({ at_ms: atMs, record }) => {
    const numbers: number[] = [];
    let [value, scale] = [0, 1];
    for (const byte of (record as Uint8Array).slice(1, -4)) {
      value += (byte & 127) * scale;
      scale *= 128;
      if (byte > 127) continue;
      numbers.push(value);
      [value, scale] = [0, 1];
    }
    return { atMs: Number(atMs), totals: numbers.slice(2) };
  });
}

beforeAll(async () => {
  site = await startSmallSite();
  writeFileSync(config, smallSpec(site.url));
  listen = `127.0.0.1:${await freePort()}`;
  await start();
  prometheus = await startPrometheus({ scrape: listen });
});
afterAll(async () => {
  await exporter?.end('SIGKILL');
  await prometheus?.stop();
  site.stop();
  folder.remove();
});

describe('kill -9 under scrapes', () => {
  it(`X02 at ${KILLS} random moments loses nothing that was acknowledged and invents nothing`, {
    timeout: isLong ? 3_600_000 : 240_000,
  }, async () => {
    await until(async () => (await exporter.counters()).get('up good') !== 0, exporter.log);
    const began = Date.now();
    const stopLoad = load();
    for (let i = 0; i < KILLS; i++) {
      // Good and bad runs, and moments from right after the start to the middle of a commit.
      site.answer(Math.random() < 0.3 ? 500 : 200);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 1_200));
      const before = new Map(highest);
      await exporter.end('SIGKILL');
      await start();
      const after = await exporter.counters();
      for (const [key, value] of before) expect([key, after.get(key)! >= value]).toEqual([key, true]);
    }
    // On a busy machine no moment may have been long enough for a bad run.
    site.answer(500);
    const bad = (await exporter.counters()).get('up bad')!;
    await until(async () => (await exporter.counters()).get('up bad')! > bad, exporter.log);
    site.answer(200);
    const last = (await exporter.counters()).get('up good')!;
    await until(async () => (await exporter.counters()).get('up good')! > last + 2, exporter.log);
    await stopLoad();
    expect(fell).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(KILLS);
    const counters = await exporter.counters();
    const counted = RESULTS.reduce((sum, result) => sum + counters.get(`up ${result}`)!, 0);
    // Every event was a request that was sent, and no more slots than there was time.
    expect(counters.get('up good')! + counters.get('up bad')!).toBeLessThanOrEqual(site.requests);
    expect(counted).toBeLessThanOrEqual((Date.now() - began) / 1_000 + 5);
    // The time that was lost is unmeasured: neither good nor bad, and coverage shows it.
    const [slo] = await exporter.slos();
    const period = slo!.windows.at(-1)!;
    const lived = (Date.now() - slo!.createdMs) / 1_000;
    expect(period.good + period.bad).toBeLessThan(lived - 0.2 * KILLS);

    // A restart reads the same numbers as sums over the rows.
    await exporter.end('SIGKILL');
    await start();
    const all = rows();
    const [again] = await exporter.slos();
    for (const { window, good, bad, unmeasured } of again!.windows) {
      const ms = { m: 60_000, h: 3_600_000, d: 86_400_000 }[window.at(-1)!]! * Number.parseInt(window, 10);
      const sums = all.map(({ atMs, totals }) => {
        const from = all.findLast((row) => row.atMs <= atMs - ms)?.totals ?? [0, 0, 0];
        return [0, 1, 2].map((i) => totals[i]! - from[i]!);
      });
      // At one of the last ticks: more may have come since.
      expect(sums.slice(-5)).toContainEqual([good, bad, unmeasured]);
    }
    await expectSteady();
  });
});

/** What Prometheus has of it: no series fell, and increase() shows no jump. */
async function expectSteady(): Promise<void> {
  const last = (await exporter.counters()).get('up good')!;
  const GOOD = 'slo_events_total{slo="up",result="good",location="main"}';
  const range = '[2h]';
  const scraped = async () => Number((await prometheus.samples(`${GOOD}${range}`))[0]?.values.at(-1)?.[1]);
  await until(async () => (await scraped()) >= last, exporter.log);
  const all = await prometheus.samples(`slo_events_total{slo="up"}${range}`);
  expect(all.map((s) => s.metric.result).sort()).toEqual([...RESULTS].sort());
  for (const { metric, values } of all)
    for (let i = 1; i < values.length; i++)
      expect(Number(values[i]![1]), metric.result).toBeGreaterThanOrEqual(Number(values[i - 1]![1]));
  expect(await prometheus.value(`max(resets(slo_events_total{slo="up"}${range}))`)).toBe(0);
  const { values } = all.find((s) => s.metric.result === 'good')!;
  const grown = Number(values.at(-1)![1]) - Number(values[0]![1]);
  // Prometheus extrapolates to the edges of the range by at most half a sampling interval at each.
  const increase = await prometheus.value(`increase(${GOOD}${range})`);
  expect(increase).toBeGreaterThanOrEqual(grown);
  expect(increase).toBeLessThanOrEqual(grown + 3);
}
