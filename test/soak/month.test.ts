// 30 days in a few minutes: 1,000 SLOs on a clock of our own, a real store, and faults at random. Windows against sums over every
// event, memory, and the size of the store. PLIMSOLL_SOAK_DAYS shortens it.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, expect, it } from 'vitest';
import { FINE_MS, HOUR_MS, MEDIUM_MS, MEDIUM_ROW_MS } from '../../src/slo/grid.ts';
import { add, type Counts, ZERO } from '../../src/slo/history.ts';
import { Ledger } from '../../src/store/ledger.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { privateFolder } from '../services/process.ts';

const DAYS = Number(process.env.PLIMSOLL_SOAK_DAYS ?? 30);
const SEED = Number(process.env.PLIMSOLL_SOAK_SEED ?? 1);
const STEP = 30_000;
const DAY = 24 * HOUR_MS;
const START = Date.UTC(2026, 2, 1);
const SLOS = Array.from({ length: 1_000 }, (_, i) => ({ name: `slo-${i}`, stepMs: STEP, periodMs: 30 * DAY }));
/** Those whose every event this test keeps. */
const WATCHED = [0, 1, 7, 500, 998, 999];
const WINDOWS = [5 * 60_000, 30 * 60_000, HOUR_MS, 2 * HOUR_MS, 6 * HOUR_MS, DAY, 3 * DAY, 30 * DAY];
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;
const folder = privateFolder('month');
afterAll(() => folder.remove());

/** A pseudo-random number from 0 to 1: mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
const random = randomFrom(SEED);

interface Logged {
  readonly atMs: number;
  readonly totals: readonly Counts[];
}
/** Totals of the watched SLOs tick by tick: what windows are sums of. */
const log: Logged[] = [{ atMs: START, totals: WATCHED.map(() => ZERO) }];
let acknowledged = 1;

let store: Store;
let ledger: Ledger;
let isFull = false;
function open(nowMs: number): void {
  store?.close();
  const real = openStore(join(folder.path, 'data'), Number.POSITIVE_INFINITY);
  store = {
    ...real,
    commit(batch) {
      if (isFull) throw new Error('database or disk is full');
      real.commit(batch);
    },
  };
  ledger = new Ledger(store);
  expect(ledger.setSlos(SLOS, nowMs)).toBe(0);
}

/** The newest total of the log at or before a time. */
function upTo(atMs: number): readonly Counts[] {
  let [low, high] = [0, log.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (log[middle]!.atMs <= atMs) low = middle;
    else high = middle - 1;
  }
  return log[low]!.totals;
}
function compare(nowMs: number): void {
  const newest = log.at(-1)!.totals;
  for (const length of WINDOWS) {
    if (length > nowMs - START) continue;
    const row = length <= FINE_MS ? STEP : length <= MEDIUM_MS ? MEDIUM_ROW_MS : HOUR_MS;
    const from = upTo(Math.floor((nowMs - length) / row) * row);
    for (const [i, n] of WATCHED.entries()) {
      const found = ledger.entry(SLOS[n]!.name)!.history.between(nowMs - length, nowMs);
      for (const field of ['good', 'bad', 'unmeasured'] as const)
        if (found[field] !== newest[i]![field] - from[i]![field])
          throw new Error(
            `slo-${n}, ${length} ms at ${new Date(nowMs).toISOString()}: ${field} ${found[field]}, not ${newest[i]![field] - from[i]![field]}`,
          );
    }
  }
}
const size = () =>
  ['plimsoll.db', 'plimsoll.db-wal'].reduce((sum, file) => sum + statSync(join(folder.path, 'data', file)).size, 0);

it(`${DAYS} days of 1,000 SLOs under random faults: windows are sums over every event, memory is flat, the store bounded`, () => {
  open(START);
  const began = performance.now();
  let [kills, fullTicks, gaps, asked, worstMs, lost, days] = [0, 0, 0, 0, 0, 0, 0];
  const memory: number[] = [];
  for (let now = START + STEP; now <= START + DAYS * DAY; now += STEP) {
    const dice = random();
    if (dice < 0.0004) {
      // The exporter is gone for up to five hours.
      now += Math.floor(random() * 600) * STEP;
      gaps += 1;
      continue;
    }
    isFull = isFull ? random() > 0.02 : random() < 0.0005;
    const outage = Math.floor(now / HOUR_MS) % 37 === 5;
    const results = SLOS.map((_, i) => {
      const chance = random();
      const result = chance < 0.01 ? 'unmeasured' : chance < (outage && i % 3 === 0 ? 0.4 : 0.012) ? 'bad' : 'good';
      ledger.add(
        SLOS[i]!.name,
        { [result]: 1 },
        now,
        result === 'bad' ? { step: 's', outcome: 'timeout', blame: 'target' } : undefined,
      );
      return result;
    });
    const before = performance.now();
    const error = ledger.tick(now);
    worstMs = Math.max(worstMs, performance.now() - before);
    const last = log.at(-1)!.totals;
    log.push({ atMs: now, totals: WATCHED.map((n, i) => add(last[i]!, { ...ZERO, [results[n]!]: 1 })) });
    if (error === undefined) acknowledged = log.length;
    else fullTicks += 1;
    if (now % (10 * 60_000) === 0 && error === undefined) store.prune(now, 95 * DAY, []);
    if (random() < (isFull ? 0.01 : 0.002)) {
      // kill -9: what was not acknowledged is gone, all else is there.
      lost += log.length - acknowledged;
      log.length = acknowledged;
      open(now);
      kills += 1;
      for (const [i, n] of WATCHED.entries())
        expect(ledger.entry(SLOS[n]!.name)!.acknowledged).toEqual(log.at(-1)!.totals[i]);
    }
    if (random() < 0.02 && log.at(-1)!.atMs === now) {
      compare(now);
      asked += 1;
    }
    if (Math.floor((now - START) / DAY) > days) {
      days = Math.floor((now - START) / DAY);
      gc();
      const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
      // The log of this test grows; the ledger must not.
      memory.push(heapUsed + arrayBuffers);
      const mb = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
      console.log(
        `day ${days}: heap and buffers ${mb(heapUsed + arrayBuffers)}, rss ${mb(rss)}, store ${mb(size())}, kills ${kills}, ticks on a full disk ${fullTicks}, ticks lost with it ${lost}, gaps ${gaps}, compared ${asked}, longest commit ${worstMs.toFixed(1)} ms, ${((performance.now() - began) / 1_000).toFixed(0)} s`,
      );
    }
  }
  expect(asked).toBeGreaterThan(20 * DAYS);
  expect(kills).toBeGreaterThan(DAYS / 4);
  // The log of this test is about 1.2 kB a tick, 3.5 MB a day; the rest must not grow once the rows are there.
  const growth = memory.length < 3 ? 0 : (memory.at(-1)! - memory[1]!) / (memory.length - 2);
  expect(growth).toBeLessThan(6_000_000);
  // 30 days took Prometheus 319 MB.
  expect(size()).toBeLessThan(170_000_000);
});
