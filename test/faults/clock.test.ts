// A system clock that jumps, is not set, or changes its zone: libfaketime under the whole process, whose monotonic clock stays true.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Exporter, startExporter, until } from '../services/exporter.ts';
import { privateFolder } from '../services/process.ts';
import { type SmallSite, smallSpec, startSmallSite } from '../services/small-site.ts';

const LIBRARY = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';
const event = (result: string) => `slo_events_total{slo="up",result="${result}",location="main"}`;
const GOOD = event('good');
let folder: ReturnType<typeof privateFolder>;
let site: SmallSite;
let exporter: Exporter | undefined;
beforeEach(async () => {
  folder = privateFolder('clock');
  site = await startSmallSite();
  writeFileSync(join(folder.path, 'plimsoll.yaml'), smallSpec(site.url));
});
afterEach(async () => {
  await exporter?.end('SIGKILL');
  exporter = undefined;
  site.stop();
  folder.remove();
});
const data = () => join(folder.path, 'data');
const offsetFile = () => join(folder.path, 'offset');
/** Moves the clock of the process, seconds from the true time. */
const setClock = (seconds: number) => writeFileSync(offsetFile(), `${seconds < 0 ? '' : '+'}${Math.round(seconds)}\n`);
const secondsTo = (date: string) => (Date.parse(date) - Date.now()) / 1_000;

async function start(seconds: number, env: Record<string, string> = {}): Promise<Exporter> {
  setClock(seconds);
  exporter = await startExporter({
    args: ['--config', join(folder.path, 'plimsoll.yaml'), '--data', data()],
    env: {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: offsetFile(),
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
      ...env,
    },
  });
  return exporter;
}
const metric = async (series: string) => (await exporter!.metric(series)) ?? Number.NaN;
const goodAbove = (floor: number) => until(async () => (await metric(GOOD)) > floor, exporter!.log);
/** Times of all ticks on disk, ms since 1970. */
function ticks(): number[] {
  const db = new DatabaseSync(join(data(), 'plimsoll.db'), { readOnly: true });
  const times = db
    .prepare('SELECT at_ms FROM tick ORDER BY 1')
    .all()
    .map((row) => Number(row.at_ms));
  db.close();
  return times;
}
/** Every request to the site is one event, and none was missed. */
async function expectAllCounted(): Promise<void> {
  const [good, requests] = [await metric(GOOD), site.requests];
  expect(requests - good).toBeLessThanOrEqual(3);
  expect(good).toBeLessThanOrEqual(requests);
  for (const result of ['bad', 'unmeasured']) expect(await metric(event(result))).toBe(0);
  expect(await exporter!.text('/metrics')).not.toMatch(/^plimsoll_missed_runs_total\{.*\} [1-9]/m);
}

describe('a system clock', () => {
  it('K01 that goes back an hour changes no slot and no count: the history goes on, and the offset is shown until it is over', async () => {
    await start(0);
    await goodAbove(1);
    setClock(-3_600);
    await until(async () => Math.abs((await metric('plimsoll_clock_offset_seconds')) + 3_600) < 5, exporter!.log);
    await goodAbove((await metric(GOOD)) + 3);
    const [slo] = await exporter!.slos();
    // Nothing is counted twice, and nothing falls out: all events are of the last hour.
    expect(slo!.windows.find(({ window }) => window === '1h')!.good).toBeGreaterThanOrEqual((await metric(GOOD)) - 2);
    setClock(0);
    await until(async () => Math.abs(await metric('plimsoll_clock_offset_seconds')) < 5, exporter!.log);
    await goodAbove((await metric(GOOD)) + 1);
    await expectAllCounted();
    await exporter!.end('SIGTERM');
    const times = ticks();
    expect(times.at(-1)! - times[0]!).toBeLessThan(120_000);
    exporter = undefined;
  });

  it('K01 that is behind leaves the store as it is when an SLO is new: all are counted on', async () => {
    await start(0);
    await goodAbove(1);
    setClock(-3_600);
    await until(async () => (await metric('plimsoll_clock_offset_seconds')) < -3_000, exporter!.log);
    const young =
      '  - { name: young, service: site, team: web, objective: 99%, window: 30d, sli: { kind: probe, target: site } }\n';
    writeFileSync(join(folder.path, 'plimsoll.yaml'), smallSpec(site.url, young));
    const youngGood = 'slo_events_total{slo="young",result="good",location="main"}';
    await until(async () => (await metric(youngGood)) > 1, exporter!.log);
    await goodAbove((await metric(GOOD)) + 1);
    expect(await metric('plimsoll_store_errors_total')).toBe(0);
  });

  it.each(['1970-01-02T00:00:00Z', '2100-01-01T00:00:00Z'])(
    'K03 that says %s at the start writes no history until it is set; what was counted by then is kept, and the SLO begins there',
    async (date) => {
      await start(secondsTo(date));
      await until(async () => site.requests >= 3, exporter!.log);
      expect(ticks()).toEqual([]);
      expect(await metric(GOOD)).toBe(0);
      expect(JSON.parse(await exporter!.text('/readyz'))).toEqual({
        status: 'degraded',
        reasons: [expect.stringContaining('clock is not set')],
      });
      expect(
        exporter!.log().match(/the system clock cannot be right: no history is written until it is set/g),
      ).toHaveLength(1);
      setClock(0);
      await goodAbove(3);
      const now = Date.now();
      for (const atMs of ticks()) expect(Math.abs(atMs - now)).toBeLessThan(60_000);
      expect(Math.abs((await metric('slo_created_timestamp_seconds{slo="up"}')) * 1_000 - now)).toBeLessThan(60_000);
      expect(JSON.parse(await exporter!.text('/readyz'))).toEqual({ status: 'ready', reasons: [] });
      await expectAllCounted();
    },
  );
  it('K03 that says 1970 on a start with history leaves the history as it is', async () => {
    await start(0);
    await goodAbove(2);
    const counted = await metric(GOOD);
    await exporter!.end('SIGTERM');
    const before = ticks();
    await start(secondsTo('1970-01-02T00:00:00Z'));
    await until(async () => site.requests >= counted + 3, exporter!.log);
    expect(ticks()).toEqual(before);
    expect(await metric(GOOD)).toBeGreaterThanOrEqual(counted);
    setClock(0);
    await goodAbove(counted + 3);
    expect(ticks().slice(0, before.length)).toEqual(before);
    expect(Math.max(...ticks()) - Date.now()).toBeLessThan(60_000);
  });

  it('K04 whose zone changes to winter time meanwhile has no effect', async () => {
    // At 01:00 UTC the clock of Berlin goes from 03:00 to 02:00.
    await start(secondsTo('2026-10-25T00:59:56Z'), { TZ: 'Europe/Berlin' });
    await until(async () => ticks().some((atMs) => atMs > Date.parse('2026-10-25T01:00:04Z')), exporter!.log);
    expect(await metric('plimsoll_clock_offset_seconds')).toBeCloseTo(0, 0);
    await expectAllCounted();
    const times = ticks();
    expect(times[0]).toBeLessThan(Date.parse('2026-10-25T01:00:00Z'));
    for (const [i, atMs] of times.entries()) if (i > 0) expect(atMs).toBeGreaterThan(times[i - 1]!);
    expect(times.at(-1)! - times[0]!).toBeLessThan(60_000);
  });
});

describe('a schedule', () => {
  it('K05 neither drifts nor forgets: every slot is a run or counted as missed', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `t-${i}`);
    const target = (name: string) =>
      `  - { name: ${name}, kind: http, url: "${site.url}${name}", interval: 1s, timeout: 500ms }\n`;
    writeFileSync(join(folder.path, 'plimsoll.yaml'), `targets:\n${names.map(target).join('')}`);
    exporter = await startExporter({ args: ['--config', join(folder.path, 'plimsoll.yaml'), '--data', data()] });
    const slots = async () => {
      const text = await exporter!.text('/metrics');
      const sum = (pattern: RegExp) => [...text.matchAll(pattern)].reduce((n, [, value]) => n + Number(value), 0);
      return {
        atMs: performance.now(),
        slots: sum(/^probe_runs_total\{.*\} (\d+)$/gm) + sum(/^plimsoll_missed_runs_total\{.*\} (\d+)$/gm),
        started: sum(/^plimsoll_run_start_delay_seconds_count (\d+)$/gm),
      };
    };
    await until(async () => (await slots()).slots >= 20, exporter.log);
    const before = await slots();
    await until(async () => (await slots()).slots >= before.slots + 20 * 8, exporter.log);
    const after = await slots();
    const due = ((after.atMs - before.atMs) / 1_000) * names.length;
    // Up to a slot of each target at both ends; the time of the scrape itself belongs to neither.
    expect(Math.abs(after.slots - before.slots - due)).toBeLessThanOrEqual(2 * names.length);
    expect(after.started).toBeGreaterThan(before.started);
  });
});
