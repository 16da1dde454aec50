// What windows say after restarts, gaps and changes of the spec, against sums over every event that was counted.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FINE_MS, HOUR_MS, MEDIUM_MS, MEDIUM_ROW_MS } from '../../src/slo/grid.ts';
import { add, type Counts, ZERO } from '../../src/slo/history.ts';
import { Ledger } from '../../src/store/ledger.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { type Exporter, startExporter, until } from '../services/exporter.ts';
import { privateFolder } from '../services/process.ts';
import { type SmallSite, smallSpec, startSmallSite } from '../services/small-site.ts';

const DAY = 86_400_000;
const STEP = 30_000;
let folder: ReturnType<typeof privateFolder>;
let store: Store | undefined;
let site: SmallSite | undefined;
let exporter: Exporter | undefined;
afterEach(async () => {
  await exporter?.end('SIGKILL');
  exporter = undefined;
  site?.stop();
  site = undefined;
  store?.close();
  store = undefined;
  folder.remove();
});
const open = (): Store => {
  store?.close();
  store = openStore(join(folder.path, 'data'), Number.POSITIVE_INFINITY);
  return store;
};

/** A pseudo-random number from 0 to 1 that is always the same. */
const chance = (i: number): number => {
  const x = Math.sin(i * 12.9898 + 4.1) * 43_758.5453;
  return x - Math.floor(x);
};

describe('windows', () => {
  it('S13 over 31 days, with restarts and rows that were thinned out, are the sums over every event', {
    timeout: 300_000,
  }, () => {
    folder = privateFolder('windows');
    const start = Date.UTC(2026, 2, 1);
    const slo = { name: 'up', stepMs: STEP, periodMs: 31 * DAY };
    let ledger = new Ledger(open());
    ledger.setSlos([slo], start);
    /** Running sums of this test: one entry per tick. */
    const sums: Counts[] = [ZERO];
    const lengths = [
      5 * 60_000,
      30 * 60_000,
      HOUR_MS,
      2 * HOUR_MS,
      6 * HOUR_MS,
      DAY,
      3 * DAY,
      7 * DAY,
      30 * DAY,
      31 * DAY,
    ];
    /** What was counted up to a time, at the row in which totals of that age are kept. */
    const upTo = (atMs: number, nowMs: number) => {
      const age = nowMs - atMs;
      const row = age <= FINE_MS ? STEP : age <= MEDIUM_MS ? MEDIUM_ROW_MS : HOUR_MS;
      return sums[Math.max(0, Math.floor(atMs / row) * row - start) / STEP]!;
    };
    let asked = 0;
    for (let i = 1; i <= (31 * DAY) / STEP; i++) {
      const now = start + i * STEP;
      const dice = chance(i);
      // Bursts of failures, and hours in which nothing was measured.
      const result = i % 2_000 < 120 ? 'unmeasured' : dice < (i % 977 < 40 ? 0.5 : 0.002) ? 'bad' : 'good';
      ledger.add('up', { [result]: 1 }, now);
      sums.push(add(sums.at(-1)!, { ...ZERO, [result]: 1 }));
      // A commit every five minutes is enough here, and then also now and then more.
      if (i % 10 !== 0 && dice > 0.01) continue;
      expect(ledger.tick(now)).toBeUndefined();
      if (i % 2_880 === 0) store!.prune(now, 95 * DAY, []);
      if (i % 17_000 === 0) {
        ledger = new Ledger(open());
        expect(ledger.setSlos([slo], now)).toBe(0);
      }
      if (i % 500 !== 0 && now % HOUR_MS !== 0) continue;
      for (const length of lengths) {
        if (length > now - start) continue;
        const from = upTo(now - length, now);
        const found = ledger.entry('up')!.history.between(now - length, now);
        for (const field of ['good', 'bad', 'unmeasured'] as const)
          if (found[field] !== sums[i]![field] - from[field])
            throw new Error(
              `${length} ms at ${new Date(now).toISOString()}: ${field} ${found[field]}, not ${sums[i]![field] - from[field]}`,
            );
        asked += 1;
      }
    }
    expect(asked).toBeGreaterThan(5_000);
  });
});

describe('an SLO', () => {
  const event = (name: string, result: string) => `slo_events_total{slo="${name}",result="${result}",location="main"}`;
  it('S14 keeps its history by its name, whatever order, removal, return and restart; a renamed one begins anew', async () => {
    folder = privateFolder('windows');
    site = await startSmallSite();
    const down = await startSmallSite();
    down.answer(500);
    // `a` and `c` are of a target that is well, `b` and `d` of one that is down: what is mixed up shows at once.
    const target = (name: string, url: string) =>
      `  - { name: ${name}, kind: http, url: "${url}", interval: 1s, timeout: 500ms }\n`;
    const slo = (name: string) =>
      `  - { name: ${name}, service: site, team: web, objective: 99%, window: 30d, sli: { kind: probe, target: ${'ac'.includes(name) ? 'site' : 'down'} } }\n`;
    const config = join(folder.path, 'plimsoll.yaml');
    const write = (...slos: string[]) =>
      writeFileSync(
        config,
        `targets:\n${target('site', site!.url)}${target('down', down.url)}slos:\n${slos.map(slo).join('')}`,
      );
    const start = async () => {
      exporter = await startExporter({ args: ['--config', config, '--data', join(folder.path, 'data')] });
    };
    const count = async (name: string, result: string) => (await exporter!.metric(event(name, result))) ?? -1;
    const atLeast = (name: string, result: string, n: number) =>
      until(async () => (await count(name, result)) >= n, exporter!.log);
    const created = async (name: string) => (await exporter!.slos()).find((one) => one.name === name)!.createdMs;
    const expectApart = async (...all: string[]) => {
      for (const name of all)
        expect([name, await count(name, 'ac'.includes(name) ? 'bad' : 'good')]).toEqual([name, 0]);
    };
    write('a', 'b');
    await start();
    await atLeast('a', 'good', 2);
    await atLeast('b', 'bad', 2);
    const [a, createdA, createdB] = [await count('a', 'good'), await created('a'), await created('b')];
    // Another order, a new one first.
    write('c', 'b', 'a');
    await atLeast('c', 'good', 1);
    expect(await count('a', 'good')).toBeGreaterThanOrEqual(a);
    expect([await created('a'), await created('b')]).toEqual([createdA, createdB]);
    expect(await created('c')).toBeGreaterThan(createdA);
    await expectApart('a', 'b', 'c');
    // `a` is removed, and there again after a restart; `b` is now called `d`.
    write('c', 'd');
    await until(async () => (await count('a', 'good')) === -1, exporter!.log);
    await atLeast('d', 'bad', 1);
    expect(await created('d')).toBeGreaterThan(createdB);
    const kept = await count('c', 'good');
    await exporter!.end('SIGKILL');
    write('a', 'd', 'c');
    await start();
    expect(await count('a', 'good')).toBeGreaterThanOrEqual(a);
    expect(await count('c', 'good')).toBeGreaterThanOrEqual(kept);
    expect(await created('a')).toBe(createdA);
    await expectApart('a', 'c', 'd');
    down.stop();
  });

  it('S15 that comes back after 29 days has 3 % coverage and an unknown past, and is not said to be good', async () => {
    folder = privateFolder('windows');
    site = await startSmallSite();
    const now = Date.now();
    // A day of all good, 30 days ago; then nothing.
    const before = new Ledger(open());
    before.setSlos([{ name: 'up', stepMs: 1_000, periodMs: 30 * DAY }], now - 30 * DAY);
    for (let at = now - 30 * DAY + 60_000; at <= now - 29 * DAY; at += 60_000) {
      before.add('up', { good: 60 }, at);
      before.tick(at);
    }
    const counted = before.entry('up')!.total.good;
    store!.close();
    store = undefined;
    // Measured again, but not a single event known yet.
    const config = join(folder.path, 'plimsoll.yaml');
    writeFileSync(config, smallSpec(site.url).replace('interval: 1s, timeout: 500ms', 'interval: 1h, timeout: 500ms'));
    exporter = await startExporter({ args: ['--config', config, '--data', join(folder.path, 'data')] });
    const [asleep] = await exporter.slos();
    expect([asleep!.state, asleep!.currentBurnRate, asleep!.burn['1h']]).toEqual(['no-data', null, null]);
    await exporter.end('SIGTERM');
    writeFileSync(config, smallSpec(site.url));
    exporter = await startExporter({ args: ['--config', config, '--data', join(folder.path, 'data')] });
    await until(async () => (await exporter!.slos())[0]!.state === 'ok', exporter.log);
    const [slo] = await exporter.slos();
    const period = slo!.windows.at(-1)!;
    expect(period.window).toBe('30d');
    expect(period.coverageRatio).toBeGreaterThan(0.02);
    expect(period.coverageRatio).toBeLessThan(0.04);
    for (const window of ['1h', '6h', '1d', '3d'])
      expect(slo!.windows.find((w) => w.window === window)!.coverageRatio).toBeLessThan(0.01);
    // Not earned by time that was not measured: one bad event weighs as in the events that are known.
    expect(await exporter.metric('slo_coverage_ratio{slo="up",window="30d"}')).toBeLessThan(0.04);
    expect(await exporter.metric('slo_events_total{slo="up",result="good",location="main"}')).toBeGreaterThan(counted);
    expect(slo!.firing).toEqual([]);
  });
});
