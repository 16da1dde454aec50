// The SQLite file of the store: its schema and upgrades, and what happens to a file that is broken. Never reads history.
import { existsSync, renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { CHANGE_TABLES, CREATE_CHANGE_TABLES } from './change-tables.ts';

const SCHEMA_VERSION = 2;

/** The data directory is in use by another process, or holds a newer store. */
export class StoreRefused extends Error {
  override readonly name = 'StoreRefused';
}

export interface KnownSlo {
  readonly id: number;
  readonly name: string;
  readonly createdMs: number;
}

/** Does this error of SQLite say that the file itself is broken? */
export const isDamage = (error: unknown): boolean =>
  /not a database|malformed|corrupt|disk image/i.test(String((error as Error).message));

/** Opens or creates the file; a broken one is moved aside and what can be read of it is copied. Throws StoreRefused for a newer one. */
export function openDatabase(path: string): { db: DatabaseSync; warnings: readonly string[] } {
  try {
    return { db: opened(path), warnings: [] };
  } catch (error) {
    if (!isDamage(error)) throw error;
    const aside = quarantine(path);
    const db = opened(path);
    salvage(aside, db);
    const why = (error as Error).message;
    return {
      db,
      warnings: [`the store was damaged (${why}); it was moved to ${aside} and what could be read was copied`],
    };
  }
}

function opened(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  try {
    db.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 2000; PRAGMA temp_store = MEMORY',
    );
    const version = Number(db.prepare('PRAGMA user_version').get()!.user_version);
    if (version > SCHEMA_VERSION)
      throw new StoreRefused(
        `${path} was written by a newer plimsoll (schema ${version}); upgrade, or use another --data directory`,
      );
    // Else a broken page in the middle is met only when history is read.
    const check = String(Object.values(db.prepare('PRAGMA quick_check(1)').get()!)[0]);
    if (check !== 'ok') throw new Error(`malformed: ${check}`);
    upgrade(db, version);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

// Names join totals to SLOs: without its name a total is nobody's. So they have a CRC and are kept twice, in pages of their own.
const SLO_TABLES = ['slo', 'slo_copy'] as const;
const sloTable = (table: string) =>
  `CREATE TABLE IF NOT EXISTS ${table} (id INTEGER PRIMARY KEY, name TEXT NOT NULL, created_ms INTEGER NOT NULL, crc INTEGER NOT NULL) STRICT`;

/** Brings a file from its version to this one's, all or nothing. Version 0 is a new file, 1 had no CRC and no copy of names. */
function upgrade(db: DatabaseSync, from: number): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    const old = from === 1 ? db.prepare('SELECT id, name, created_ms AS createdMs FROM slo').all() : [];
    if (from === 1) db.exec('DROP TABLE slo');
    for (const table of SLO_TABLES) db.exec(sloTable(table));
    for (const slo of old) writeSlo(db, slo as unknown as KnownSlo);
    db.exec(`CREATE TABLE IF NOT EXISTS tick (at_ms INTEGER PRIMARY KEY, record BLOB NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS ahead (at_ms INTEGER PRIMARY KEY, record BLOB NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS episodes (slo_id INTEGER PRIMARY KEY, body TEXT NOT NULL, crc INTEGER NOT NULL) STRICT;
      ${CREATE_CHANGE_TABLES}
      PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

const crcOf = ({ id, name, createdMs }: KnownSlo): number => crc32(`${id} ${createdMs} ${name}`);

/** Writes both copies of an SLO's name. */
export function writeSlo(db: DatabaseSync, slo: KnownSlo): void {
  for (const table of SLO_TABLES)
    db.prepare(`INSERT OR REPLACE INTO ${table} VALUES (?, ?, ?, ?)`).run(slo.id, slo.name, slo.createdMs, crcOf(slo));
}

/** The SLOs whose name is whole in at least one copy; broken copies are mended. `damaged`: copies that were broken. */
export function readSlos(db: DatabaseSync): { slos: readonly KnownSlo[]; damaged: number } {
  const whole = new Map<number, KnownSlo>();
  const found = SLO_TABLES.map((table) => sloRows(db, table));
  for (const { slos } of found) for (const slo of slos) whole.set(slo.id, slo);
  const damaged = found.reduce((sum, { broken }) => sum + broken.length, 0);
  if (damaged > 0) {
    for (const [i, { broken }] of found.entries())
      for (const id of broken) db.prepare(`DELETE FROM ${SLO_TABLES[i]!} WHERE id = ?`).run(id);
    for (const slo of whole.values()) writeSlo(db, slo);
  }
  return { slos: [...whole.values()], damaged };
}

function sloRows(db: DatabaseSync, table: string): { slos: KnownSlo[]; broken: number[] } {
  const slos: KnownSlo[] = [];
  const broken: number[] = [];
  for (const row of db.prepare(`SELECT * FROM ${table}`).iterate()) {
    const slo = { id: Number(row.id), name: String(row.name), createdMs: Number(row.created_ms) };
    // A file of version 1 has no CRC.
    if (row.crc === undefined || Number(row.crc) === crcOf(slo)) slos.push(slo);
    else broken.push(slo.id);
  }
  return { slos, broken };
}

function quarantine(path: string): string {
  const aside = `${path}.damaged-${Date.now()}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  return aside;
}

/** Copies every row that can still be read, one at a time from both ends of each table, into the fresh database. */
function salvage(aside: string, db: DatabaseSync): void {
  const reading = (take: (old: DatabaseSync) => void): boolean => {
    try {
      const old = new DatabaseSync(aside, { readOnly: true });
      take(old);
      old.close();
      return true;
    } catch {
      return false;
    }
  };
  for (const table of SLO_TABLES)
    reading((old) => {
      for (const slo of sloRows(old, table).slos) writeSlo(db, slo);
    });
  for (const table of ['tick', 'ahead', 'episodes', ...CHANGE_TABLES]) {
    const copy = (order: string) => (old: DatabaseSync) => {
      for (const row of old.prepare(`SELECT * FROM ${table} ORDER BY 1 ${order}`).iterate()) {
        const values = Object.values(row) as (string | number)[];
        db.prepare(`INSERT OR IGNORE INTO ${table} VALUES (${values.map(() => '?').join(', ')})`).run(...values);
      }
    };
    // The other end may still be readable; what neither end gives is lost.
    if (!reading(copy('ASC'))) reading(copy('DESC'));
  }
}
