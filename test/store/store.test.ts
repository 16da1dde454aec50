import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Counts, FIELDS, ZERO } from '../../src/slo/history.ts';
import { StoreRefused } from '../../src/store/database.ts';
import { Ledger } from '../../src/store/ledger.ts';
import { decodeRecord, encodeRecord, RecordReader, type Totals } from '../../src/store/record.ts';
import { openStore, type Store } from '../../src/store/store.ts';

const START = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;
const SLO = { name: 'a', stepMs: 30_000, periodMs: 30 * DAY };
let dir: string;
let open: Store[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'plimsoll-store-test-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  for (const store of open) store.close();
  open = [];
  rmSync(dir, { recursive: true, force: true });
});

function store(latestMs = Number.POSITIVE_INFINITY): Store {
  const opened = openStore(dir, latestMs);
  open.push(opened);
  return opened;
}

/** A ledger on a fresh store with `ticks` good events, one per tick, and a bad one every tenth. */
function filled(ticks: number): Ledger {
  const ledger = new Ledger(store());
  ledger.setSlos([SLO], START);
  for (let i = 1; i <= ticks; i++) {
    ledger.add('a', i % 10 === 0 ? { bad: 1 } : { good: 1 }, START + i * 30_000, {
      step: 's',
      outcome: 'timeout',
      blame: 'target',
    });
    expect(ledger.tick(START + i * 30_000)).toBeUndefined();
  }
  return ledger;
}

/** Closes what is open and starts again on the same directory. */
function restarted(nowMs: number): { ledger: Ledger; damaged: number } {
  for (const s of open.splice(0)) s.close();
  const ledger = new Ledger(store());
  return { ledger, damaged: ledger.setSlos([SLO], nowMs) };
}

/** Fills a page of the file, counted from 0, with zeros. */
function breakPage(page: number): void {
  const file = join(dir, 'plimsoll.db');
  const bytes = readFileSync(file);
  bytes.fill(0, page * 4096, (page + 1) * 4096);
  writeFileSync(file, bytes);
}

describe('a record', () => {
  const counts = fc.record({
    good: fc.nat(),
    bad: fc.nat(),
    unmeasured: fc.nat(),
    excludedGood: fc.nat(),
    excludedBad: fc.nat(),
  });
  const totals = fc.array(fc.tuple(fc.nat(), counts), { maxLength: 20 }).map((list) => new Map<number, Counts>(list));
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(totals, (map) => {
        expect(decodeRecord(7, encodeRecord(7, map))).toEqual(map);
      }),
    );
  });
  it('is refused with any one bit flipped', () => {
    const record = encodeRecord(START, new Map([[1, { ...ZERO, good: 86_400, bad: 12 }]]));
    for (let bit = 0; bit < record.length * 8; bit++) {
      const copy = Buffer.from(record);
      copy[bit >> 3]! ^= 1 << (bit & 7);
      expect(decodeRecord(START, copy)).toBeUndefined();
    }
  });
  it('is refused at every shorter length, and for another tick', () => {
    const record = encodeRecord(START, new Map([[1, { ...ZERO, good: 300 }]]));
    for (let length = 0; length < record.length; length++)
      expect(decodeRecord(START, record.subarray(0, length))).toBeUndefined();
    expect(decodeRecord(START + 1, record)).toBeUndefined();
  });
  it('is refused, and ends, if its sum is right and it is no record', () => {
    const plain = (all: Totals) => [...all].map(([id, counts]) => String([id, ...FIELDS.map((f) => counts[f])])).sort();
    const bodies = fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 40 });
    const records = bodies.map((rest) => {
      const body = Buffer.from([1, ...rest]);
      const sum = Buffer.alloc(4);
      sum.writeUInt32LE(crc32(body, crc32(String(START))));
      return Buffer.concat([body, sum]);
    });
    fc.assert(
      fc.property(records, (record) => {
        const totals = decodeRecord(START, record);
        const reader = new RecordReader();
        expect(reader.read(START, record)).toBe(totals !== undefined);
        expect(plain(reader)).toEqual(plain(totals ?? new Map()));
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('the store', () => {
  it('gives totals, windows, creation time and episodes back after a restart', () => {
    const before = filled(100).entry('a')!;
    const after = restarted(START + DAY).ledger.entry('a')!;
    expect(after.acknowledged).toEqual({ ...ZERO, good: 90, bad: 10 });
    expect(after.createdMs).toBe(before.createdMs);
    expect(after.history.between(START + 3_000_000 - 600_000, START + 3_000_000)).toEqual(
      before.history.between(START + 3_000_000 - 600_000, START + 3_000_000),
    );
    expect(after.episodes).toEqual(before.episodes);
  });

  it('counts lost time as nothing: neither good nor bad', () => {
    filled(100);
    const { ledger } = restarted(START + DAY);
    ledger.tick(START + DAY);
    expect(ledger.entry('a')!.history.between(START + DAY - 6 * 3_600_000, START + DAY)).toEqual(ZERO);
  });

  it('refuses a second process, and lets it in once the first is gone', () => {
    const first = openStore(dir, Number.POSITIVE_INFINITY);
    expect(() => openStore(dir, Number.POSITIVE_INFINITY)).toThrow(StoreRefused);
    first.close();
    expect(() => store()).not.toThrow();
  });

  it('refuses a store of a newer version and leaves it untouched', () => {
    filled(1);
    for (const s of open.splice(0)) s.close();
    const db = new DatabaseSync(join(dir, 'plimsoll.db'));
    db.exec('PRAGMA user_version = 99; PRAGMA application_id = 0x504c4d63');
    db.close();
    expect(() => openStore(dir, Number.POSITIVE_INFINITY)).toThrow(/newer plimsoll/);
    expect(() => openStore(dir, Number.POSITIVE_INFINITY)).toThrow(StoreRefused);
  });

  it('loses one record to a flipped bit, counts it, and keeps later ones', () => {
    filled(100);
    for (const s of open.splice(0)) s.close();
    const db = new DatabaseSync(join(dir, 'plimsoll.db'));
    const row = db.prepare('SELECT record FROM tick WHERE at_ms = ?').get(START + 50 * 30_000)!.record as Uint8Array;
    row[3]! ^= 16;
    db.prepare('UPDATE tick SET record = ? WHERE at_ms = ?').run(row, START + 50 * 30_000);
    db.close();
    const { ledger, damaged } = restarted(START + 101 * 30_000);
    expect(damaged).toBe(1);
    expect(ledger.entry('a')!.acknowledged).toEqual({ ...ZERO, good: 90, bad: 10 });
  });

  it('forgets the episodes of an SLO whose text was damaged, counts it, and keeps the totals', () => {
    filled(100);
    for (const s of open.splice(0)) s.close();
    const db = new DatabaseSync(join(dir, 'plimsoll.db'));
    db.exec(`UPDATE episodes SET body = replace(body, 'timeout', 'tineout')`);
    db.close();
    const { ledger, damaged } = restarted(START + 101 * 30_000);
    expect([damaged, ledger.entry('a')!.episodes]).toEqual([1, []]);
    expect(ledger.entry('a')!.acknowledged).toEqual({ ...ZERO, good: 90, bad: 10 });
  });

  it('is read in parts: after a time, and until the reader has enough', () => {
    filled(10);
    const read = (afterMs: number | undefined, most: number) => {
      const seen: number[] = [];
      const damaged = open[0]!.replay((atMs) => seen.push((atMs - START) / 30_000) < most, afterMs);
      return [seen, damaged];
    };
    expect(read(undefined, 3)).toEqual([[1, 2, 3], 0]);
    expect(read(START + 3 * 30_000, 4)).toEqual([[4, 5, 6, 7], 0]);
    expect(read(START + 7 * 30_000, 100)).toEqual([[8, 9, 10], 0]);
    expect(read(START + 10 * 30_000, 100)).toEqual([[], 0]);
  });

  it('takes the next commit after one that failed half way, and has nothing of the failed one', () => {
    filled(1);
    const good = { atMs: START + 60_000, record: encodeRecord(START + 60_000, new Map([[1, { ...ZERO, good: 2 }]])) };
    const broken = { ticks: [good, { atMs: START + 90_000, record: null as never }], newSlos: [], episodes: new Map() };
    expect(() => open[0]!.commit(broken)).toThrow();
    const ticks = () => {
      let n = 0;
      open[0]!.replay(() => {
        n += 1;
      });
      return n;
    };
    expect(ticks()).toBe(1);
    open[0]!.commit({ ...broken, ticks: [good] });
    expect(ticks()).toBe(2);
  });

  it('upgrades a store of version 1, which had names once and without CRC, and can be killed in the middle', () => {
    filled(3);
    for (const s of open.splice(0)) s.close();
    const db = new DatabaseSync(join(dir, 'plimsoll.db'));
    db.exec(`CREATE TABLE old (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_ms INTEGER NOT NULL) STRICT;
      INSERT INTO old SELECT id, name, created_ms FROM slo; DROP TABLE slo; DROP TABLE slo_copy; DROP TABLE ahead;
      ALTER TABLE old RENAME TO slo; PRAGMA user_version = 1; PRAGMA application_id = 0`);
    db.close();
    const { ledger } = restarted(START + 120_000);
    expect(ledger.entry('a')).toMatchObject({ createdMs: START, acknowledged: { good: 3 } });
    const after = new DatabaseSync(join(dir, 'plimsoll.db'), { readOnly: true });
    expect(after.prepare('PRAGMA user_version').get()!.user_version).toBe(2);
    expect(after.prepare('SELECT count(*) AS n FROM slo_copy').get()!.n).toBe(1);
    after.close();
  });

  it('mends the name of an SLO from its copy, and counts the damage', () => {
    filled(100);
    for (const s of open.splice(0)) s.close();
    const change = (sql: string) => {
      const db = new DatabaseSync(join(dir, 'plimsoll.db'));
      db.exec(sql);
      db.close();
    };
    change(`UPDATE slo SET name = 'q'`);
    const { ledger, damaged } = restarted(START + 101 * 30_000);
    expect([damaged, ledger.entry('a')!.acknowledged!.good]).toEqual([1, 90]);
    expect(open[0]!.restored.warnings.join()).toContain('1 names of SLOs were damaged');
    for (const s of open.splice(0)) s.close();
    change(`UPDATE slo_copy SET created_ms = 1`);
    expect(restarted(START + 101 * 30_000).ledger.entry('a')!.createdMs).toBe(START);
  });

  it('gives an SLO whose name is lost a history of its own, never that of a stranger', () => {
    filled(100);
    for (const s of open.splice(0)) s.close();
    const db = new DatabaseSync(join(dir, 'plimsoll.db'));
    db.exec(`DELETE FROM slo; DELETE FROM slo_copy`);
    db.close();
    const { ledger } = restarted(START + 101 * 30_000);
    const { id, acknowledged, history } = ledger.entry('a')!;
    expect([id, acknowledged]).toEqual([2, ZERO]);
    const now = START + 101 * 30_000;
    expect(history.between(now - 3_600_000, now)).toEqual(ZERO);
  });

  it('reads what it wrote itself on a reload after five days, not only up to the day after its start', () => {
    const ledger = new Ledger(store(START + DAY));
    ledger.setSlos([SLO], START);
    const now = START + 5 * DAY;
    for (let at = START + 300_000; at <= now; at += 300_000) {
      ledger.add('a', { good: 10 }, at);
      ledger.tick(at);
    }
    ledger.setSlos([{ ...SLO, periodMs: 28 * DAY }], now);
    const { history } = ledger.entry('a')!;
    expect(history.between(now - 300_000, now).good).toBe(10);
    expect(history.between(now - 3_600_000, now).good).toBe(120);
  });

  it('saves what can be read around a broken page, and starts', () => {
    filled(2_000);
    for (const s of open.splice(0)) s.close();
    breakPage(8);
    const { ledger } = restarted(START + 2_001 * 30_000);
    expect(open[0]!.restored.warnings.join()).toContain('was damaged');
    expect(ledger.entry('a')!.acknowledged).toEqual({ ...ZERO, good: 1_800, bad: 200 });
    ledger.add('a', { good: 1 }, START + 2_001 * 30_000);
    expect(ledger.tick(START + 2_001 * 30_000)).toBeUndefined();
  });

  it('saves a table with one transaction and one statement: a commit for each row would hold all probes up', () => {
    filled(300);
    for (const s of open.splice(0)) s.close();
    breakPage(8);
    const { prepare } = DatabaseSync.prototype;
    const inserts: [sql: string, isInTransaction: boolean][] = [];
    const spy = vi.spyOn(DatabaseSync.prototype, 'prepare').mockImplementation(function (this: DatabaseSync, sql) {
      if (/INTO tick/.test(sql)) inserts.push([sql, this.isTransaction]);
      return prepare.call(this, sql);
    });
    const { ledger } = restarted(START + 301 * 30_000);
    spy.mockRestore();
    expect(ledger.entry('a')!.acknowledged).toEqual({ ...ZERO, good: 270, bad: 30 });
    // One for the rows that SQLite reads, one for those found in the bytes.
    expect(inserts).toEqual([
      [expect.stringContaining('INSERT'), true],
      [expect.stringContaining('INSERT'), true],
    ]);
  });
  it('saves the rows around one that a flipped bit gave another type', () => {
    filled(20);
    for (const s of open.splice(0)) s.close();
    const file = join(dir, 'plimsoll.db');
    const db = new DatabaseSync(file);
    const rows = db.prepare('SELECT record FROM tick').all();
    db.close();
    const bytes = readFileSync(file);
    // The byte before a record of this length is its type and length: even for bytes, odd for text.
    for (const i of [5, 15]) bytes[bytes.indexOf(rows[i]!.record as Uint8Array) - 1]! += 1;
    writeFileSync(file, bytes);
    const { ledger } = restarted(START + 21 * 30_000);
    expect(open[0]!.restored.warnings.join()).toContain('was damaged');
    let found = 0;
    open[0]!.replay(() => {
      found += 1;
    });
    expect([found, ledger.entry('a')!.acknowledged]).toEqual([18, { ...ZERO, good: 18, bad: 2 }]);
  });
  it('leaves a broken file where it is until all of it is saved: a full disk meanwhile costs no history', () => {
    filled(300);
    for (const s of open.splice(0)) s.close();
    breakPage(8);
    const { exec } = DatabaseSync.prototype;
    let commits = 0;
    const spy = vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, sql) {
      if (sql === 'COMMIT' && ++commits === 3) throw new Error('database or disk is full');
      return exec.call(this, sql);
    });
    expect(() => store()).toThrow('full');
    spy.mockRestore();
    const { ledger } = restarted(START + 301 * 30_000);
    expect(ledger.entry('a')!.acknowledged).toEqual({ ...ZERO, good: 270, bad: 30 });
    expect(open[0]!.restored.warnings.join()).toContain('was damaged');
    expect(readdirSync(dir).filter((name) => /saved|damaged-\d+$/.test(name))).toEqual([
      expect.stringContaining('damaged'),
    ]);
  });
  it('keeps the rows at the edges of maintenance when rows are thinned out, also over a restart', () => {
    const [from, to] = [START + 1_901 * 30_000, START + 1_937 * 30_000];
    const marked = { ...SLO, marks: [from, to] };
    const ledger = filled(2_000);
    ledger.setSlos([marked], START);
    const inside = () => (l: Ledger) => l.entry('a')!.history.between(from, to);
    expect(inside()(ledger)).toEqual({ ...ZERO, good: 33, bad: 3 });
    const later = START + 5 * DAY;
    open[0]!.prune(later, 95 * DAY, [from, to]);
    for (const s of open.splice(0)) s.close();
    const again = new Ledger(store());
    again.setSlos([marked], later);
    again.tick(later);
    expect(inside()(again)).toEqual({ ...ZERO, good: 33, bad: 3 });
  });

  it('moves a file that is no database aside and starts anew with a warning', () => {
    filled(3);
    for (const s of open.splice(0)) s.close();
    writeFileSync(join(dir, 'plimsoll.db'), 'not a database, but long enough to look at'.repeat(200));
    const fresh = store();
    expect(fresh.restored.warnings.join()).toMatch(/damaged/);
    expect(fresh.restored.slos).toEqual([]);
  });

  it('goes on counting for an SLO that was removed and comes back', () => {
    const ledger = filled(10);
    ledger.setSlos([], START + 400_000);
    ledger.tick(START + 420_000);
    ledger.setSlos([SLO], START + 450_000);
    expect(ledger.entry('a')!.acknowledged).toEqual({ ...ZERO, good: 9, bad: 1 });
  });

  it('thins rows out and keeps every window of the rows that stay', () => {
    const ledger = filled(2_000);
    const newest = START + 2_000 * 30_000;
    const before = ledger.entry('a')!.history.between(newest - 12 * 3_600_000, newest);
    open[0]!.prune(newest, 95 * DAY, []);
    const { ledger: again } = restarted(newest);
    expect(again.entry('a')!.history.between(newest - 12 * 3_600_000, newest)).toEqual(before);
    const db = new DatabaseSync(join(dir, 'plimsoll.db'), { readOnly: true });
    const rows = Number(db.prepare('SELECT count(*) AS n FROM tick').get()!.n);
    db.close();
    expect(rows).toBeLessThan(2_000 - 1_000);
  });

  it('can be copied while it is open', async () => {
    filled(10);
    const db = new DatabaseSync(join(dir, 'plimsoll.db'), { readOnly: true });
    await backup(db, join(dir, 'copy.db'));
    db.close();
    const copy = new DatabaseSync(join(dir, 'copy.db'), { readOnly: true });
    expect(Number(copy.prepare('SELECT count(*) AS n FROM tick').get()!.n)).toBe(10);
    copy.close();
  });
});

describe('a ledger whose store fails', () => {
  const failing = (real: Store): Store & { broken: boolean } => {
    const wrapper = {
      ...real,
      broken: true,
      commit: (batch: Parameters<Store['commit']>[0]) => (wrapper.broken ? fail() : real.commit(batch)),
    };
    const fail = () => {
      throw new Error('database or disk is full');
    };
    return wrapper;
  };
  it('shows only what was acknowledged, measures on in memory, and loses nothing', () => {
    const disk = failing(store());
    const ledger = new Ledger(disk);
    ledger.setSlos([SLO], START);
    for (let i = 1; i <= 5; i++) {
      ledger.add('a', { bad: 1 }, START + i * 30_000);
      expect(ledger.tick(START + i * 30_000)?.message).toMatch(/full/);
    }
    expect(ledger.entry('a')!.acknowledged).toEqual(ZERO);
    expect(ledger.entry('a')!.history.between(START + 150_000 - 300_000, START + 150_000).bad).toBe(5);
    disk.broken = false;
    ledger.add('a', { good: 1 }, START + 180_000);
    expect(ledger.tick(START + 180_000)).toBeUndefined();
    expect(ledger.entry('a')!.acknowledged).toEqual({ ...ZERO, bad: 5, good: 1 });
    expect(ledger.pendingTicks).toBe(0);
    expect(
      restarted(START + 200_000)
        .ledger.entry('a')!
        .history.between(START + 180_000 - 180_000, START + 180_000).bad,
    ).toBe(5);
  });
});

describe('a ledger without a store', () => {
  it('keeps at most 720 ticks, one per time, and no event is lost', () => {
    const ledger = new Ledger(undefined);
    ledger.setSlos([SLO], START);
    for (let i = 1; i <= 800; i++) {
      ledger.add('a', { good: 1 }, START + i * 30_000);
      ledger.tick(START + i * 30_000);
      ledger.tick(START + i * 30_000);
      if (i === 10) expect(ledger.pendingTicks).toBe(10);
    }
    expect(ledger.pendingTicks).toBe(720);
    const moved = ledger.movedTo(store());
    expect(moved.tick(START + 801 * 30_000)).toBeUndefined();
    expect(moved.entry('a')!.acknowledged!.good).toBe(800);
  });
});

describe('a store that is opened late', () => {
  /** An earlier process counted 9 good and 1 bad for `a`, and left the id of `a` to it. */
  const earlier = () => {
    filled(10);
    for (const s of open.splice(0)) s.close();
  };
  const B = { ...SLO, name: 'b' };
  it('adds what was counted without it to what it holds, and mixes no SLOs', () => {
    earlier();
    const without = new Ledger(undefined);
    // In this process `b` comes first, so that a provisional id would be that of `a` on disk.
    without.setSlos([B, SLO], START + DAY);
    for (let i = 1; i <= 3; i++) {
      without.add('b', { bad: 1 }, START + DAY + i * 30_000, { step: 's', outcome: 'reset', blame: 'target' });
      without.add('a', { good: 1 }, START + DAY + i * 30_000);
      expect(without.tick(START + DAY + i * 30_000)).toBeInstanceOf(Error);
    }
    expect(without.entry('a')!.acknowledged).toBeUndefined();
    const ledger = without.movedTo(store());
    expect(ledger.tick(START + DAY + 120_000)).toBeUndefined();
    expect(ledger.entry('a')!.acknowledged).toEqual({ ...ZERO, good: 12, bad: 1 });
    expect(ledger.entry('b')!.acknowledged).toEqual({ ...ZERO, bad: 3 });
    expect(ledger.entry('a')!.createdMs).toBe(START);
    expect(ledger.entry('b')!.createdMs).toBe(START + DAY);
    expect(ledger.entry('b')!.episodes).toMatchObject([{ bad: 3 }]);
    const again = restarted(START + DAY + 150_000).ledger;
    expect(again.entry('a')!.acknowledged).toEqual({ ...ZERO, good: 12, bad: 1 });
    again.setSlos([SLO, B], START + DAY + 150_000);
    expect(again.entry('b')!.acknowledged).toEqual({ ...ZERO, bad: 3 });
  });
  it('gives the windows of both times', () => {
    earlier();
    const without = new Ledger(undefined);
    without.setSlos([SLO], START + DAY);
    for (let i = 1; i <= 4; i++) {
      without.add('a', { bad: 1 }, START + DAY + i * 30_000);
      without.tick(START + DAY + i * 30_000);
    }
    const { history } = without.movedTo(store()).entry('a')!;
    const now = START + DAY + 120_000;
    expect(history.between(now - 60_000, now).bad).toBe(2);
    expect(history.between(now - 3_600_000, now).bad).toBe(4);
    expect(history.between(now - 2 * DAY, now)).toMatchObject({ good: 9, bad: 5 });
  });
  it('that breaks and is opened anew holds every SLO and total again', () => {
    const ledger = filled(10);
    ledger.detach();
    expect(ledger.tick(START + 330_000)).toBeInstanceOf(Error);
    for (const s of open.splice(0)) s.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(dir, `plimsoll.db${suffix}`), { force: true });
    expect(ledger.movedTo(store()).tick(START + 360_000)).toBeUndefined();
    expect(restarted(START + 390_000).ledger.entry('a')!.acknowledged).toEqual({ ...ZERO, good: 9, bad: 1 });
  });
});

describe('a store that a wrong clock wrote to', () => {
  const future = START + 400 * DAY;
  /** 10 events now, then 5 more dated 400 days ahead. */
  const wrong = () => {
    const ledger = filled(10);
    for (let i = 1; i <= 5; i++) {
      ledger.add('a', { good: 1 }, future + i * 30_000);
      ledger.tick(future + i * 30_000);
    }
  };
  const reopened = () => {
    for (const s of open.splice(0)) s.close();
    const ledger = new Ledger(store(START + 2 * DAY));
    ledger.setSlos([SLO], START + DAY);
    return ledger;
  };
  it('goes on from its totals, at the time of now', () => {
    wrong();
    const ledger = reopened();
    expect(open[0]!.restored.warnings.join()).toContain('5 records are dated after the clock');
    expect(ledger.lastTickMs).toBe(START + 10 * 30_000);
    expect(ledger.entry('a')!.acknowledged).toEqual({ ...ZERO, good: 14, bad: 1 });
    ledger.add('a', { bad: 1 }, START + DAY);
    ledger.tick(START + DAY);
    expect(ledger.entry('a')!.history.between(START + DAY - 3_600_000, START + DAY)).toEqual({ ...ZERO, bad: 1 });
  });
  it('never lets a total fall, also when that time has come', () => {
    wrong();
    const ledger = reopened();
    ledger.add('a', { bad: 7 }, START + DAY);
    ledger.tick(START + DAY);
    expect(reopened().entry('a')!.acknowledged).toEqual({ ...ZERO, good: 14, bad: 8 });
    for (const s of open.splice(0)) s.close();
    const late = new Ledger(store(future + DAY));
    late.setSlos([{ ...SLO, periodMs: 500 * DAY }], future + DAY);
    expect(late.entry('a')!.acknowledged).toEqual({ ...ZERO, good: 14, bad: 8 });
    expect(late.entry('a')!.history.between(future + DAY - 2 * DAY, future + DAY).bad).toBe(0);
  });
});

describe('kill -9 in a loop', () => {
  it('never lets an acknowledged total fall', async () => {
    const script = `
      import { Ledger } from ${JSON.stringify(new URL('../../src/store/ledger.ts', import.meta.url).href)};
      import { openStore } from ${JSON.stringify(new URL('../../src/store/store.ts', import.meta.url).href)};
      const ledger = new Ledger(openStore(${JSON.stringify(dir)}, Infinity));
      ledger.setSlos([${JSON.stringify(SLO)}], Date.now());
      console.log(ledger.entry('a').acknowledged.good);
      for (;;) { ledger.add('a', { good: 1 }, Date.now()); ledger.tick(Date.now()); console.log(ledger.entry('a').acknowledged.good); }`;
    let highest = -1;
    for (let round = 0; round < 5; round++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      await new Promise<void>((resolve) => {
        child.stdout.on('data', (chunk) => {
          output += chunk;
          if (output.split('\n').length > 20 + round * 7) child.kill('SIGKILL');
        });
        child.once('exit', () => resolve());
      });
      // The last line may be cut off by the kill.
      const shown = output.split('\n').slice(0, -1).map(Number);
      expect(shown[0]).toBeGreaterThanOrEqual(highest);
      expect(shown.every((n, i) => i === 0 || n > shown[i - 1]!)).toBe(true);
      highest = shown.at(-1)!;
    }
    expect(highest).toBeGreaterThan(50);
    expect(readFileSync(join(dir, 'plimsoll.db')).length).toBeGreaterThan(0);
  });
});
