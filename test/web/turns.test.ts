// The first /status and a month report with 10,000 SLOs in every row: others get their turn meanwhile, and the numbers are the same.
import { setImmediate as pause } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { Changes } from '../../src/engine/changes.ts';
import { Engine } from '../../src/engine/engine.ts';
import { createServer } from '../../src/http/server.ts';
import { OwnMetrics } from '../../src/metrics/own.ts';
import { ChangeLog } from '../../src/store/change-log.ts';
import { Ledger } from '../../src/store/ledger.ts';
import type { Totals } from '../../src/store/record.ts';
import type { Store } from '../../src/store/store.ts';
import type { StatusData } from '../../src/web/status-data.ts';
import { Web } from '../../src/web/web.ts';
import { shop, slo, validSpec } from '../spec/specs.ts';
import { noChanges } from '../store/no-changes.ts';
import { NOW } from './platform.ts';

const HOUR = 3_600_000;
const ROWS = 60;
/** Rows that a turn has time for, at 10,000 SLOs. */
const ROWS_IN_TURN = 5;

let replays = 0;
/** Rows that were read, over all. */
let read = 0;

/** An hour per row; each holds all SLOs, of which the first is that of the page: one bad event an hour, 119 good ones. */
function bigStore(slos: number): Store {
  const rows = Array.from({ length: ROWS }, (_, i): readonly [number, Totals] => {
    const counts = { good: 119 * i, bad: i, unmeasured: 0, excludedGood: 0, excludedBad: 0 };
    return [NOW - (ROWS - i) * HOUR, new Map(Array.from({ length: slos }, (__, id) => [id + 1, counts]))];
  });
  return {
    restored: { slos: [], last: undefined, episodes: new Map(), warnings: [] },
    changes: noChanges,
    replay(visit, afterMs = -1) {
      replays += 1;
      for (const [atMs, totals] of rows) {
        if (atMs <= afterMs) continue;
        read += 1;
        if (visit(atMs, totals) === false) break;
      }
      return 0;
    },
    commit: () => {},
    prune: () => {},
    close: () => {},
  };
}

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const app of open.splice(0)) await app.close();
});

async function pages(slos: number) {
  const spec = validSpec({
    targets: [shop],
    slos: [slo()],
    statusPage: { components: [{ name: 'Shop', slos: ['a'] }] },
  });
  const engine = new Engine(spec, { ledger: new Ledger(undefined), own: new OwnMetrics(), now: () => NOW });
  const changes = new Changes(spec, { changeLog: new ChangeLog(noChanges), log: { info() {} }, now: () => NOW });
  engine.tick();
  const entry = engine.entry('a') as { createdMs: number; id: number };
  Object.assign(entry, { createdMs: NOW - 90 * 24 * HOUR, id: 1 });
  const web = new Web();
  web.seeing(() => bigStore(slos))();
  web.loaded(spec);
  const server = createServer({}, (error) => {
    throw error;
  });
  await web.serve(server, { engine, changes, version: '1', files: [], isValid: () => true });
  await server.app.ready();
  open.push(server.app);
  [replays, read] = [0, 0];
  return server.app;
}

/** How often other work had its turn between the first and the last row that is read. */
async function turnsWhile(work: Promise<unknown>): Promise<number> {
  let [turns, isOver] = [0, false];
  const others = (async () => {
    while (!isOver) {
      if (read > 0 && read < ROWS) turns += 1;
      await pause();
    }
  })();
  await work;
  isOver = true;
  await others;
  return turns;
}

it.each(['/status.json', '/report/2026-11.json'])('%s: others have their turn every few rows', async (url) => {
  const app = await pages(10_000);
  const turns = await turnsWhile(app.inject(url));
  expect(read).toBe(ROWS);
  expect(replays).toBeGreaterThanOrEqual(ROWS / ROWS_IN_TURN);
  expect(turns).toBeGreaterThanOrEqual(ROWS / ROWS_IN_TURN - 1);
});

it('the numbers are those of one go', async () => {
  const [many, few] = [await pages(10_000), await pages(1)];
  const days = async (app: Awaited<ReturnType<typeof pages>>) =>
    ((await app.inject('/status.json')).json() as StatusData).components[0]!.days.slice(-3);
  const expected = await days(few);
  expect(replays).toBe(1);
  expect(await days(many)).toEqual(expected);
  expect(replays).toBeGreaterThan(2);
  expect(expected[1]).toMatchObject({ badMinutes: 12, goodRatio: 119 / 120 });
  const report = async (app: Awaited<ReturnType<typeof pages>>) => (await app.inject('/report/2026-11.json')).json();
  expect(await report(many)).toEqual(await report(few));
});

it('all who wait for /status wait for one reading', async () => {
  const app = await pages(10_000);
  await Promise.all(Array.from({ length: 20 }, () => app.inject('/status')));
  expect(read).toBe(ROWS);
});
