// The embedded history: SQLite in WAL mode, one record per tick. What commit() returned for is on disk.
// Never judges counts and never retries: ledger.ts does.
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { Episode } from '../slo/episodes.ts';
import { type Counts, FIELDS, ZERO } from '../slo/history.ts';
import { decodeRecord, type Totals } from './record.ts';

const SCHEMA_VERSION = 1;
const FINE_MS = 6 * 3_600_000;
const MEDIUM_MS = 3 * 86_400_000;
const FIVE_MINUTES = 300_000;
const HOUR = 3_600_000;

export interface KnownSlo {
  readonly id: number;
  readonly name: string;
  readonly createdMs: number;
}

export interface Restored {
  readonly slos: readonly KnownSlo[];
  /** The newest readable record that is not ahead of the clock: every record holds all totals, so this is the snapshot to start from. */
  readonly last: { readonly atMs: number; readonly totals: Totals } | undefined;
  readonly episodes: ReadonlyMap<number, readonly Episode[]>;
  /** What an operator should know: quarantined files and the like. */
  readonly warnings: readonly string[];
}

/** One commit: records by tick, SLOs seen for the first time, episodes that changed. */
export interface Batch {
  readonly ticks: readonly { readonly atMs: number; readonly record: Uint8Array }[];
  readonly newSlos: readonly KnownSlo[];
  readonly episodes: ReadonlyMap<number, readonly Episode[]>;
}

export interface Store {
  readonly restored: Restored;
  /** Calls `visit` for every tick kept, oldest first. Returns the number of damaged records that were passed over. */
  replay(visit: (atMs: number, totals: Totals) => void): number;
  /** Writes all or nothing; throws if it could not. */
  commit(batch: Batch): void;
  /** Thins out rows older than 6 h to one per 5 min, older than 3 d to one per hour; drops those beyond retention. Throws if it could not. */
  prune(nowMs: number, retentionMs: number): void;
  close(): void;
}

/** The data directory is in use by another process, or holds a newer store. */
export class StoreRefused extends Error {
  override readonly name = 'StoreRefused';
}

/**
 * Opens or creates the store in `dir`. Rows later than `latestMs` were written by a wrong clock: they are no history, but
 * the totals in them count. Throws StoreRefused; any other failure to open is the caller's to survive.
 */
export function openStore(dir: string, latestMs: number): Store {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const lock = takeLock(dir);
  const warnings: string[] = [];
  const path = join(dir, 'plimsoll.db');
  let opened: { db: DatabaseSync; restored: Omit<Restored, 'warnings'> };
  try {
    opened = openDatabase(path, latestMs);
  } catch (error) {
    if (error instanceof StoreRefused || !isDamage(error)) {
      lock.close();
      throw error;
    }
    const aside = quarantine(path);
    warnings.push(
      `the store was damaged (${(error as Error).message}); it was moved to ${aside} and what could be read was copied`,
    );
    opened = openDatabase(path, latestMs);
    salvage(aside, opened.db);
    opened = { db: opened.db, restored: read(opened.db, latestMs) };
  }
  const { db, restored } = opened;
  const ahead = Number(db.prepare('SELECT count(*) AS n FROM tick WHERE at_ms > ?').get(asInteger(latestMs))!.n);
  if (ahead > 0)
    warnings.push(
      `${ahead} records are dated after the clock of now: no window shows them, counters go on from them, and they are kept in the table "ahead"`,
    );
  return {
    restored: { ...restored, warnings },
    replay: (visit) => replay(db, latestMs, visit),
    commit: (batch) => commit(db, batch, latestMs),
    prune: pruner(db),
    close: () => close(db, lock),
  };
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

function openDatabase(path: string, latestMs: number): { db: DatabaseSync; restored: Omit<Restored, 'warnings'> } {
  const db = new DatabaseSync(path);
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 2000');
    const version = Number(db.prepare('PRAGMA user_version').get()!.user_version);
    if (version > SCHEMA_VERSION)
      throw new StoreRefused(
        `${path} was written by a newer plimsoll (schema ${version}); upgrade, or use another --data directory`,
      );
    db.exec(`CREATE TABLE IF NOT EXISTS slo (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_ms INTEGER NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS tick (at_ms INTEGER PRIMARY KEY, record BLOB NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS ahead (at_ms INTEGER PRIMARY KEY, record BLOB NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS episodes (slo_id INTEGER PRIMARY KEY, body TEXT NOT NULL, crc INTEGER NOT NULL) STRICT;
      PRAGMA user_version = ${SCHEMA_VERSION}`);
    return { db, restored: read(db, latestMs) };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** SQLite has no infinity: the largest integer that both sides hold. */
const asInteger = (ms: number): number => Math.min(ms, Number.MAX_SAFE_INTEGER);

function read(db: DatabaseSync, latestMs: number): Omit<Restored, 'warnings'> {
  const slos = db.prepare('SELECT id, name, created_ms AS createdMs FROM slo').all() as unknown as KnownSlo[];
  const newest = newestUpTo(db, Number.MAX_SAFE_INTEGER);
  const sane = newestUpTo(db, asInteger(latestMs));
  // Totals never fall, so of two records the one with more events was written later.
  const totals = new Map(sane?.totals);
  for (const [id, counts] of newest?.totals ?? [])
    if (eventsOf(counts) > eventsOf(totals.get(id) ?? ZERO)) totals.set(id, counts);
  const last = newest === undefined ? undefined : { atMs: sane?.atMs ?? 0, totals };
  const episodes = new Map<number, readonly Episode[]>();
  for (const row of db.prepare('SELECT slo_id, body, crc FROM episodes').iterate()) {
    if (crc32(String(row.body)) === Number(row.crc)) episodes.set(Number(row.slo_id), JSON.parse(String(row.body)));
  }
  return { slos, last, episodes };
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

function replay(db: DatabaseSync, latestMs: number, visit: (atMs: number, totals: Totals) => void): number {
  let damaged = 0;
  const rows = db.prepare('SELECT at_ms, record FROM tick WHERE at_ms <= ? ORDER BY at_ms');
  for (const row of rows.iterate(asInteger(latestMs))) {
    const atMs = Number(row.at_ms);
    const totals = decodeRecord(atMs, row.record as Uint8Array);
    if (totals === undefined) damaged += 1;
    else visit(atMs, totals);
  }
  for (const row of db.prepare('SELECT body, crc FROM episodes').iterate())
    if (crc32(String(row.body)) !== Number(row.crc)) damaged += 1;
  return damaged;
}

/** Does this error of SQLite say that the file itself is broken? */
export const isDamage = (error: unknown): boolean =>
  /not a database|malformed|corrupt|disk image/i.test(String((error as Error).message));

function quarantine(path: string): string {
  const aside = `${path}.damaged-${Date.now()}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  return aside;
}

/** Copies every row that can still be read, one at a time from both ends, into the fresh database. */
function salvage(aside: string, db: DatabaseSync): void {
  const copy = (select: string, insert: string) => {
    for (const order of ['ASC', 'DESC']) {
      try {
        const old = new DatabaseSync(aside, { readOnly: true });
        for (const row of old.prepare(`${select} ORDER BY 1 ${order}`).iterate())
          db.prepare(insert).run(...(Object.values(row) as (string | number)[]));
        old.close();
        return;
      } catch {
        // The other end may still be readable; what neither end gives is lost.
      }
    }
  };
  copy('SELECT id, name, created_ms FROM slo', 'INSERT OR IGNORE INTO slo VALUES (?, ?, ?)');
  copy('SELECT at_ms, record FROM tick', 'INSERT OR IGNORE INTO tick VALUES (?, ?)');
  copy('SELECT slo_id, body, crc FROM episodes', 'INSERT OR IGNORE INTO episodes VALUES (?, ?, ?)');
}

function commit(db: DatabaseSync, batch: Batch, latestMs: number): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    const slo = db.prepare('INSERT OR IGNORE INTO slo VALUES (?, ?, ?)');
    for (const { id, name, createdMs } of batch.newSlos) slo.run(id, name, createdMs);
    const tick = db.prepare('INSERT OR REPLACE INTO tick VALUES (?, ?)');
    for (const { atMs, record } of batch.ticks) tick.run(atMs, record);
    // Rows of a wrong clock are put aside with the first record that holds their totals; later ones are none of theirs.
    if (db.prepare('SELECT 1 FROM tick WHERE at_ms > ? LIMIT 1').get(aheadOf(batch, latestMs)) !== undefined) {
      db.prepare('INSERT OR REPLACE INTO ahead SELECT * FROM tick WHERE at_ms > ?').run(aheadOf(batch, latestMs));
      db.prepare('DELETE FROM tick WHERE at_ms > ?').run(aheadOf(batch, latestMs));
    }
    const episode = db.prepare('INSERT OR REPLACE INTO episodes VALUES (?, ?, ?)');
    for (const [id, list] of batch.episodes) {
      const body = JSON.stringify(list);
      episode.run(id, body, crc32(body));
    }
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** A process that runs longer than a day passes its `latestMs`: what it writes itself is never ahead. */
const aheadOf = (batch: Batch, latestMs: number): number =>
  asInteger(Math.max(latestMs, ...batch.ticks.map((t) => t.atMs)));

function pruner(db: DatabaseSync): Store['prune'] {
  const done = { fine: 0, medium: 0 };
  // Keeps the newest row at or before each edge: a total at an edge is the newest total before it.
  const thin = (from: number, to: number, rowMs: number) =>
    db
      .prepare(
        `DELETE FROM tick WHERE at_ms > ? AND at_ms <= ? AND at_ms NOT IN
         (SELECT max(at_ms) FROM tick WHERE at_ms > ? AND at_ms <= ? GROUP BY (at_ms + CAST(? AS INTEGER) - 1) / CAST(? AS INTEGER))`,
      )
      .run(from, to, from, to, rowMs, rowMs);
  return (nowMs, retentionMs) => {
    const fine = Math.floor((nowMs - FINE_MS) / FIVE_MINUTES) * FIVE_MINUTES;
    const medium = Math.floor((nowMs - MEDIUM_MS) / HOUR) * HOUR;
    thin(done.fine, fine, FIVE_MINUTES);
    thin(done.medium, medium, HOUR);
    db.prepare('DELETE FROM tick WHERE at_ms < ? AND at_ms < (SELECT max(at_ms) FROM tick)').run(nowMs - retentionMs);
    done.fine = fine;
    done.medium = medium;
  };
}

function close(db: DatabaseSync, lock: DatabaseSync): void {
  db.close();
  lock.close();
}
