// The embedded history: SQLite in WAL mode, one record per tick. What commit() returned for is on disk.
// Never judges counts and never retries: ledger.ts does.
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { Episode } from '../slo/episodes.ts';
import { FINE_MS, HOUR_MS, MEDIUM_MS, MEDIUM_ROW_MS } from '../slo/grid.ts';
import { type Counts, FIELDS, ZERO } from '../slo/history.ts';
import { type ChangeStore, changeStoreOn } from './change-tables.ts';
import { openDatabase, StoreLost, StoreRefused } from './database.ts';
import { decodeRecord, type Totals } from './record.ts';
import { replay, type Visit } from './replay.ts';
import { type KnownSlo, readSlos, writeSlo } from './slo-tables.ts';
import { atOnce } from './transaction.ts';

export interface Restored {
  readonly slos: readonly KnownSlo[];
  /** The newest readable record that is not ahead of the clock: every record holds all totals, so this is the snapshot to start from. */
  readonly last: { readonly atMs: number; readonly totals: Totals } | undefined;
  readonly episodes: ReadonlyMap<number, readonly Episode[]>;
  /** What an operator should know: quarantined files and the like. */
  readonly warnings: readonly string[];
}

/** For the log of a start: an empty volume, or the wrong directory, must not pass for a platform without errors. */
export function historyFound({ slos, last }: Restored): string {
  const count = `${slos.length} SLO${slos.length === 1 ? '' : 's'}`;
  if (last !== undefined && last.atMs > 0)
    return `the store holds history of ${count} until ${new Date(last.atMs).toISOString()}`;
  if (slos.length === 0) return 'the store is new: every SLO begins now, with its whole budget';
  return `the store knows ${count} and holds no history of them that can be used`;
}

/** One commit: records by tick, SLOs seen for the first time, episodes that changed. */
export interface Batch {
  readonly ticks: readonly { readonly atMs: number; readonly record: Uint8Array }[];
  readonly newSlos: readonly KnownSlo[];
  readonly episodes: ReadonlyMap<number, readonly Episode[]>;
}

export interface Store {
  readonly restored: Restored;
  /** Changes of the platform, in the same file. */
  readonly changes: ChangeStore;
  /**
   * Calls `visit` for every tick kept after `afterMs`, oldest first, until it returns false. Returns the number of damaged records
   * met. Never throws: history ends where it cannot be read.
   */
  replay(visit: Visit, afterMs?: number): number;
  /** Writes all or nothing; throws if it could not. */
  commit(batch: Batch): void;
  /**
   * Thins out rows older than 6 h to one per 5 min, older than 3 d to one per hour; drops those beyond retention.
   * Rows that give the totals at the times `keep` stay. Throws if it could not.
   */
  prune(nowMs: number, retentionMs: number, keep: readonly number[]): void;
  close(): void;
}

/**
 * Opens or creates the store in `dir`. Rows later than `latestMs` were written by a wrong clock: they are no history, but
 * the totals in them count. Throws StoreRefused; any other failure to open is the caller's to survive.
 */
export function openStore(dir: string, latestMs: number): Store {
  makeDirectory(dir);
  const lock = takeLock(dir);
  try {
    const path = join(dir, 'plimsoll.db');
    return storeOn(path, openDatabase(path), latestMs, () => lock.close());
  } catch (error) {
    lock.close();
    throw error;
  }
}

function storeOn(path: string, file: ReturnType<typeof openDatabase>, latestMs: number, unlock: () => void): Store {
  const { db, warnings } = file;
  const mustBeThere = watchFile(path, db);
  const changes = changeStoreOn(db);
  const { slos, damaged } = readSlos(db);
  // What this process writes itself is never ahead, however long it runs.
  let believedMs = asInteger(latestMs);
  let damagedNames = file.damaged + damaged;
  const ahead = Number(db.prepare('SELECT count(*) AS n FROM tick WHERE at_ms > ?').get(believedMs)!.n);
  const names = damaged === 0 ? [] : [`${damaged} names of SLOs were damaged; those that had a whole copy were mended`];
  const late =
    ahead === 0
      ? []
      : [
          `${ahead} records are dated after the clock of now: no window shows them, counters go on from them, and they are kept in the table "ahead"`,
        ];
  return {
    restored: {
      slos,
      last: lastOf(db, believedMs),
      episodes: episodesOf(db),
      warnings: [...warnings, ...names, ...late],
    },
    changes: {
      ...changes,
      commit(batch) {
        mustBeThere();
        changes.commit(batch);
      },
    },
    replay(visit, afterMs = -1) {
      const found = damagedNames + replay(db, [afterMs, believedMs], visit);
      damagedNames = 0;
      return found;
    },
    commit(batch) {
      mustBeThere();
      believedMs = Math.max(believedMs, ...batch.ticks.map((t) => t.atMs));
      commit(db, batch, believedMs);
    },
    prune: pruner(db),
    close() {
      db.close();
      unlock();
    },
  };
}

/**
 * Gives a check that throws StoreLost once the file is not what is open any more: the system lets us write on to a file without a
 * name. If nothing took its place, what is still open is written there again first, so that opening it anew finds all of it.
 */
function watchFile(path: string, db: DatabaseSync): () => void {
  const idOf = () => {
    const found = statSync(path, { throwIfNoEntry: false });
    return found && `${found.dev}:${found.ino}`;
  };
  const opened = idOf();
  let isLost = false;
  return () => {
    const now = idOf();
    if (!isLost && now === opened) return;
    if (!isLost && now === undefined) writeAgain(path, db);
    isLost = true;
    throw new StoreLost(`${path} was deleted or replaced while it was open; it is opened anew`);
  };
}

function writeAgain(path: string, db: DatabaseSync): void {
  const copy = `${path}.new`;
  try {
    rmSync(copy, { force: true });
    db.prepare('VACUUM INTO ?').run(copy);
    // The log of the file that is gone must not be taken for that of the new one.
    for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
    renameSync(copy, path);
  } catch {
    // Its directory is gone too, or the disk is full: what memory holds is written when it is opened anew.
  }
}

/** With its parents. Node's own recursive mkdir never ends below /proc. */
function makeDirectory(dir: string): void {
  if (existsSync(dir)) return;
  makeDirectory(dirname(dir));
  mkdirSync(dir, { mode: 0o700 });
}

/** A lock that the kernel drops with the process, kill -9 included: an exclusive transaction on a file of its own. */
function takeLock(dir: string): DatabaseSync {
  const lock = new DatabaseSync(join(dir, 'plimsoll.lock'));
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (/locked/.test((error as Error).message))
      throw new StoreRefused(`${dir} is in use by another plimsoll process; give this one its own --data directory`);
    throw error;
  }
}

/** SQLite has no infinity: the largest integer that both sides hold. */
const asInteger = (ms: number): number => Math.min(ms, Number.MAX_SAFE_INTEGER);

function lastOf(db: DatabaseSync, latestMs: number): Restored['last'] {
  const newest = newestUpTo(db, Number.MAX_SAFE_INTEGER);
  const sane = newestUpTo(db, latestMs);
  // Totals never fall, so of two records the one with more events was written later.
  const totals = new Map(sane?.totals);
  for (const [id, counts] of newest?.totals ?? [])
    if (eventsOf(counts) > eventsOf(totals.get(id) ?? ZERO)) totals.set(id, counts);
  return newest === undefined ? undefined : { atMs: sane?.atMs ?? 0, totals };
}

function newestUpTo(db: DatabaseSync, latestMs: number): { atMs: number; totals: Totals } | undefined {
  for (const row of db
    .prepare('SELECT at_ms, record FROM tick WHERE at_ms <= ? ORDER BY at_ms DESC')
    .iterate(latestMs)) {
    const atMs = Number(row.at_ms);
    const totals = decodeRecord(atMs, row.record as Uint8Array);
    if (totals !== undefined) return { atMs, totals };
  }
  return undefined;
}

const eventsOf = (counts: Counts): number => FIELDS.reduce((sum, field) => sum + counts[field], 0);

function episodesOf(db: DatabaseSync): Map<number, readonly Episode[]> {
  const episodes = new Map<number, readonly Episode[]>();
  for (const row of db.prepare('SELECT slo_id, body, crc FROM episodes').iterate()) {
    if (crc32(String(row.body)) === Number(row.crc)) episodes.set(Number(row.slo_id), JSON.parse(String(row.body)));
  }
  return episodes;
}

function commit(db: DatabaseSync, batch: Batch, believedMs: number): void {
  atOnce(db, () => {
    for (const slo of batch.newSlos) writeSlo(db, slo);
    const tick = db.prepare('INSERT OR REPLACE INTO tick VALUES (?, ?)');
    for (const { atMs, record } of batch.ticks) tick.run(atMs, record);
    // Rows of a wrong clock are put aside with the first record that holds their totals.
    if (db.prepare('SELECT 1 FROM tick WHERE at_ms > ? LIMIT 1').get(believedMs) !== undefined) {
      db.prepare('INSERT OR REPLACE INTO ahead SELECT * FROM tick WHERE at_ms > ?').run(believedMs);
      db.prepare('DELETE FROM tick WHERE at_ms > ?').run(believedMs);
    }
    const episode = db.prepare('INSERT OR REPLACE INTO episodes VALUES (?, ?, ?)');
    for (const [id, list] of batch.episodes) {
      const body = JSON.stringify(list);
      episode.run(id, body, crc32(body));
    }
  });
}

function pruner(db: DatabaseSync): Store['prune'] {
  const done = { fine: 0, medium: 0 };
  db.exec('CREATE TEMP TABLE keep (at_ms INTEGER PRIMARY KEY)');
  const keepRow = db.prepare('INSERT OR IGNORE INTO keep SELECT max(at_ms) FROM tick WHERE at_ms <= ?');
  // Keeps the newest row at or before each edge: a total at an edge is the newest total before it.
  const thin = (from: number, to: number, rowMs: number) =>
    db
      .prepare(
        `DELETE FROM tick WHERE at_ms > ? AND at_ms <= ? AND at_ms NOT IN (SELECT at_ms FROM keep) AND at_ms NOT IN
         (SELECT max(at_ms) FROM tick WHERE at_ms > ? AND at_ms <= ? GROUP BY (at_ms + CAST(? AS INTEGER) - 1) / CAST(? AS INTEGER))`,
      )
      .run(from, to, from, to, rowMs, rowMs);
  return (nowMs, retentionMs, keep) => {
    db.exec('DELETE FROM keep');
    for (const atMs of keep) keepRow.run(atMs);
    const fine = Math.floor((nowMs - FINE_MS) / MEDIUM_ROW_MS) * MEDIUM_ROW_MS;
    const medium = Math.floor((nowMs - MEDIUM_MS) / HOUR_MS) * HOUR_MS;
    thin(done.fine, fine, MEDIUM_ROW_MS);
    thin(done.medium, medium, HOUR_MS);
    db.prepare('DELETE FROM tick WHERE at_ms < ? AND at_ms < (SELECT max(at_ms) FROM tick)').run(nowMs - retentionMs);
    done.fine = fine;
    done.medium = medium;
  };
}
