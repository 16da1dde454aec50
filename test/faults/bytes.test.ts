// A store file with one byte that is not what was written, or cut off. Every byte with PLIMSOLL_SOAK, else a sample that is the same every time.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import type { Counts } from '../../src/slo/history.ts';
import { ChangeLog } from '../../src/store/change-log.ts';
import { Ledger } from '../../src/store/ledger.ts';
import { openStore } from '../../src/store/store.ts';
import { privateFolder } from '../services/process.ts';

const START = Date.UTC(2026, 0, 1);
const STEP = 30_000;
const TICKS = 150;
const SLOS = ['a', 'b', 'c'].map((name) => ({ name, stepMs: STEP, periodMs: 30 * 86_400_000 }));
const isLong = process.env.PLIMSOLL_SOAK !== undefined;
const folder = privateFolder('bytes');
afterAll(() => folder.remove());

/** What was acknowledged: totals by time and SLO, kept by this test. */
const acknowledged = new Map<number, Map<string, Counts>>();
const written = join(folder.path, 'written');
/** The files as kill -9 leaves them: copied while the store is open. */
const left = new Map<string, Buffer>();
{
  const store = openStore(written, Number.POSITIVE_INFINITY);
  const ledger = new Ledger(store);
  const changes = new ChangeLog(store.changes);
  ledger.setSlos(SLOS, START);
  for (let i = 1; i <= TICKS; i++) {
    const at = START + i * STEP;
    for (const [n, { name }] of SLOS.entries())
      ledger.add(name, (i + n) % 7 === 0 ? { bad: 1 } : { good: 1 }, at, {
        step: 's',
        outcome: 'timeout',
        blame: 'target',
      });
    if (i % 10 === 0) changes.add({ kind: 'deploy', service: 'shop', atMs: at, source: 'api', text: `v${i}` });
    if (ledger.tick(at) !== undefined) throw new Error('not written');
    acknowledged.set(at, new Map(SLOS.map(({ name }) => [name, ledger.entry(name)!.total])));
  }
  for (const file of readdirSync(written)) left.set(file, readFileSync(join(written, file)));
  store.close();
}
const FIELDS = ['good', 'bad', 'unmeasured', 'excludedGood', 'excludedBad'] as const;
const sum = (counts: Counts) => FIELDS.reduce((n, field) => n + counts[field], 0);

interface Opened {
  /** Records that are there and what was acknowledged; those that are missing; those that say something else. */
  readonly whole: number;
  readonly missing: readonly number[];
  readonly wrong: readonly number[];
  readonly damaged: number;
  readonly newest: ReadonlyMap<string, Counts>;
  readonly changes: number;
}
let round = 0;
/** Opens a copy in which `change` was made to one file, as a start does. */
function open(file: string, change: (bytes: Buffer) => Buffer): Opened {
  const dir = join(folder.path, `copy-${round++}`);
  mkdirSync(dir);
  for (const [name, bytes] of left) {
    if (name.endsWith('-shm') || name.includes('lock')) continue;
    writeFileSync(join(dir, name), name === file ? change(Buffer.from(bytes)) : bytes);
  }
  const store = openStore(dir, Number.POSITIVE_INFINITY);
  try {
    const names = new Map(store.restored.slos.map((slo) => [slo.id, slo.name]));
    const seen = new Map<number, boolean>();
    let damaged = store.changes.restored.damaged;
    damaged += store.replay((atMs, totals) => {
      const expected = acknowledged.get(atMs);
      const isRight = [...totals].every(([id, counts]) => {
        const own = expected?.get(names.get(id) ?? '');
        return own !== undefined && FIELDS.every((field) => own[field] === counts[field]);
      });
      seen.set(atMs, isRight && totals.size === SLOS.length);
    });
    // A start reads them through a ledger.
    const ledger = new Ledger(store);
    ledger.setSlos(SLOS, START + TICKS * STEP);
    return {
      whole: [...seen.values()].filter((isRight) => isRight).length,
      missing: [...acknowledged.keys()].filter((atMs) => !seen.has(atMs)),
      wrong: [...seen].filter(([, isRight]) => !isRight).map(([atMs]) => atMs),
      damaged,
      newest: new Map(SLOS.map(({ name }) => [name, ledger.entry(name)!.acknowledged!])),
      changes: store.changes.restored.changes.size,
    };
  } finally {
    store.close();
    rmSync(dir, { recursive: true });
  }
}
const NEWEST = START + TICKS * STEP;
/** At most one record lost, found and counted; nothing wrong; and the totals to go on from are those of the newest record left. */
function expectAtMostOneLost(found: Opened, changesLost = 1): void {
  expect(found.wrong).toEqual([]);
  expect(found.missing.length).toBeLessThanOrEqual(1);
  const changesMissing = TICKS / 10 - found.changes;
  expect(changesMissing).toBeLessThanOrEqual(changesLost);
  if (found.missing.length + changesMissing > 0) expect(found.damaged).toBeGreaterThanOrEqual(1);
  expect(found.missing.length + changesMissing).toBeLessThanOrEqual(1);
  const newest = found.missing.includes(NEWEST) ? NEWEST - STEP : NEWEST;
  expect(found.newest).toEqual(acknowledged.get(newest));
}

/** A pseudo-random number below 2^32 that is always the same. */
const random = (n: number): number => {
  let x = (n + 1) * 0x9e3779b1;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
};
/** Where the letters of a word stand. */
function lettersOf(word: string, bytes: Buffer): number[] {
  const found: number[] = [];
  for (let at = bytes.indexOf(word); at >= 0; at = bytes.indexOf(word, at + 1))
    for (let i = 0; i < word.length; i++) found.push(at + i);
  return found;
}
/** Offsets of a file to try, and with what to change the byte there. */
function places(length: number, samples: number): { at: number; xor: number }[] {
  const all = isLong
    ? Array.from({ length }, (_, at) => at)
    : Array.from({ length: samples }, (_, i) => random(i) % length);
  // The header and the texts of the schema are small and matter most.
  const heads = isLong ? [] : Array.from({ length: 100 }, (_, at) => at);
  const firstPage = left.get('plimsoll.db')!.subarray(0, 4_096);
  const names = isLong ? [] : ['tick', 'at_ms', 'record'].flatMap((word) => lettersOf(word, firstPage));
  return [...new Set([...heads, ...names, ...all])].map((at) => ({ at, xor: 1 + (random(at + length) % 255) }));
}

describe('the store', () => {
  it('holds what was acknowledged, if nothing happens', () => {
    const found = open('none', (bytes) => bytes);
    expect([found.whole, found.missing, found.wrong, found.damaged]).toEqual([TICKS, [], [], 0]);
    expect(sum(found.newest.get('a')!)).toBe(TICKS);
  });

  it.each(['plimsoll.db', 'plimsoll.db-wal'])(
    'S05 with one byte of %s changed loses at most one record, which is found and counted, and no other',
    { timeout: isLong ? 7_200_000 : 180_000 },
    (file) => {
      const failed: string[] = [];
      let [lost, counted] = [0, 0];
      for (const { at, xor } of places(left.get(file)!.length, 250)) {
        try {
          const found = open(file, (bytes) => {
            bytes[at]! ^= xor;
            return bytes;
          });
          lost += found.missing.length;
          counted += Math.min(1, found.damaged);
          expectAtMostOneLost(found);
        } catch (error) {
          failed.push(
            `${file} byte ${at} ^ ${xor}: ${String((error as Error).message)
              .split('\n')
              .slice(0, 3)
              .join(' ')}`,
          );
        }
      }
      expect(failed).toEqual([]);
      if (file === 'plimsoll.db') expect([lost > 0, counted > lost]).toEqual([true, true]);
    },
  );

  it('S04 cut off at every byte of its last commit opens, and no other record is gone', { timeout: 600_000 }, () => {
    const wal = left.get('plimsoll.db-wal')!;
    const every = isLong ? 1 : 97;
    for (let length = wal.length; length >= 0; length -= every) {
      const found = open('plimsoll.db-wal', (bytes) => bytes.subarray(0, length));
      expect([length, found.wrong, found.missing.filter((atMs) => atMs !== NEWEST)]).toEqual([length, [], []]);
    }
    // The file itself, in its last page.
    const file = left.get('plimsoll.db')!;
    for (let length = file.length; length >= file.length - 4_096; length -= every) {
      const found = open('plimsoll.db', (bytes) => bytes.subarray(0, length));
      expect([length, found.wrong]).toEqual([length, []]);
    }
  });

  it('S11 has no snapshot beside its log: each record holds all totals, so the newest whole one is where it goes on', () => {
    const dir = join(folder.path, 'snapshot');
    mkdirSync(dir);
    copyFileSync(join(written, 'plimsoll.db'), join(dir, 'plimsoll.db'));
    const db = new DatabaseSync(join(dir, 'plimsoll.db'));
    const record = db.prepare('SELECT record FROM tick WHERE at_ms = ?').get(NEWEST)!.record as Uint8Array;
    // Half of it.
    db.prepare('UPDATE tick SET record = ? WHERE at_ms = ?').run(record.subarray(0, record.length >> 1), NEWEST);
    db.close();
    const store = openStore(dir, Number.POSITIVE_INFINITY);
    const ledger = new Ledger(store);
    expect(ledger.setSlos(SLOS, NEWEST)).toBe(1);
    for (const { name } of SLOS)
      expect(ledger.entry(name)!.acknowledged).toEqual(acknowledged.get(NEWEST - STEP)!.get(name));
    ledger.add('a', { good: 1 }, NEWEST + STEP);
    expect(ledger.tick(NEWEST + STEP)).toBeUndefined();
    store.close();
    const again = openStore(dir, Number.POSITIVE_INFINITY);
    expect(sum(again.restored.last!.totals.get(1)!)).toBe(TICKS);
    again.close();
  });
});
