// The SQLite file of the store: its schema and upgrades, and what happens to a file that is broken. Never reads history.
import { closeSync, existsSync, linkSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { CHANGE_TABLE_COLUMNS } from './change-tables.ts';
import { salvage } from './salvage.ts';
import { type KnownSlo, SLO_COLUMNS, writeSlo } from './slo-tables.ts';
import { atOnce } from './transaction.ts';

const SCHEMA_VERSION = 2;
/** "PLM" and the version once more: one flipped bit must not pass for a newer version, nor a newer version for a flipped bit. */
const applicationId = (version: number): number => 0x50_4c_4d_00 + version;

/** The data directory is in use by another process, or holds a newer store. */
export class StoreRefused extends Error {
  override readonly name = 'StoreRefused';
}

/** The file is not there any more, or another one is. */
export class StoreLost extends Error {
  override readonly name = 'StoreLost';
}

/** Does this error of SQLite say that the file itself is broken? */
export const isDamage = (error: unknown): boolean =>
  /not a database|malformed|corrupt|disk image|unsupported file format|no such (table|column)/i.test(
    String((error as Error).message),
  );

/**
 * Opens or creates the file; a broken one is moved aside and what is whole of it is copied. Throws StoreRefused for a newer one,
 * which is left untouched. `damaged`: 1 if the file was broken.
 */
export function openDatabase(path: string): { db: DatabaseSync; warnings: readonly string[]; damaged: number } {
  try {
    checkHeader(path);
    return { db: opened(path), warnings: [], damaged: 0 };
  } catch (error) {
    if (!isDamage(error)) throw error;
    const aside = replaced(path);
    const why = (error as Error).message;
    return {
      db: opened(path),
      warnings: [`the store was damaged (${why}); it was moved to ${aside} and what could be read was copied`],
      damaged: 1,
    };
  }
}

/**
 * What SQLite would not say: it writes beside a file that it opens, also a newer one, and takes an unknown write version (byte 18)
 * for a file that may only be read. Offsets: fileformat2.html, section 1.3.
 */
function checkHeader(path: string): void {
  if (!existsSync(path)) return;
  const header = Buffer.alloc(72);
  const file = openSync(path, 'r');
  try {
    readSync(file, header, 0, header.length, 0);
  } finally {
    closeSync(file);
  }
  const version = header.readUInt32BE(60);
  if (version > SCHEMA_VERSION && header.readUInt32BE(68) === applicationId(version)) throw refused(path, version);
  const isEmpty = header.every((byte) => byte === 0);
  if (!isEmpty && [header[18], header[19]].some((format) => format !== 1 && format !== 2))
    throw new Error('malformed: its format version');
}

const refused = (path: string, version: number): StoreRefused =>
  new StoreRefused(
    `${path} was written by a newer plimsoll (schema ${version}); upgrade, or use another --data directory`,
  );

function opened(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  try {
    for (const pragma of PRAGMAS) db.exec(`PRAGMA ${pragma}`);
    const version = numberOf(db, 'user_version');
    const id = numberOf(db, 'application_id');
    if (version > SCHEMA_VERSION && id === applicationId(version)) throw refused(path, version);
    // Files of before there was an id have none.
    if (version > SCHEMA_VERSION || ![0, applicationId(version)].includes(id))
      throw new Error('malformed: its version');
    // Else a broken page in the middle is met only when history is read.
    const check = String(Object.values(db.prepare('PRAGMA integrity_check(1)').get()!)[0]);
    if (check !== 'ok') throw new Error(`malformed: ${check}`);
    if (version === SCHEMA_VERSION) checkSchema(db);
    upgrade(db, version);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

const numberOf = (db: DatabaseSync, pragma: string): number => Number(db.prepare(`PRAGMA ${pragma}`).get()![pragma]);

const PRAGMAS = [
  // Whoever keeps the file locked must not keep runs from their slots: a tick that was not written waits in memory.
  'busy_timeout = 50',
  'journal_mode = WAL',
  'synchronous = FULL',
  'temp_store = MEMORY',
  // The log never holds more than one commit: behind a flipped bit SQLite drops all that follows.
  'wal_autocheckpoint = 1',
];

/** The texts of the tables, which SQLite believes: with one letter changed a table would be missing, and be made anew, empty. */
function checkSchema(db: DatabaseSync): void {
  const rows = db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema').all();
  for (const { type, name, tbl_name: table, sql } of rows) {
    const known = TABLES[String(table)];
    const expected =
      type === 'index' ? [`sqlite_autoindex_${table}_1`, null] : [table, `CREATE TABLE ${table} ${known}`];
    if (known === undefined || (type !== 'index' && type !== 'table') || name !== expected[0] || sql !== expected[1])
      throw new Error(`malformed: the schema of ${name}`);
  }
}

const TICK_COLUMNS = '(at_ms INTEGER PRIMARY KEY, record BLOB NOT NULL) STRICT';
/** Columns by table, as the file has them. */
const TABLES: Readonly<Record<string, string>> = {
  slo: SLO_COLUMNS,
  slo_copy: SLO_COLUMNS,
  tick: TICK_COLUMNS,
  ahead: TICK_COLUMNS,
  episodes: '(slo_id INTEGER PRIMARY KEY, body TEXT NOT NULL, crc INTEGER NOT NULL) STRICT',
  ...CHANGE_TABLE_COLUMNS,
};

/** Brings a file from its version to this one's, all or nothing. Version 0 is a new file, 1 had no CRC and no copy of names. */
function upgrade(db: DatabaseSync, from: number): void {
  atOnce(db, () => {
    const old = from === 1 ? db.prepare('SELECT id, name, created_ms AS createdMs FROM slo').all() : [];
    if (from === 1) db.exec('DROP TABLE slo');
    for (const [table, columns] of Object.entries(TABLES)) db.exec(`CREATE TABLE IF NOT EXISTS ${table} ${columns}`);
    for (const slo of old) writeSlo(db, slo as unknown as KnownSlo);
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}; PRAGMA application_id = ${applicationId(SCHEMA_VERSION)}`);
  });
}

const SUFFIXES = ['', '-wal', '-shm'] as const;

/**
 * Puts a file with what could be saved in the place of a broken one; returns where that is now. Not before all is saved: an end in the
 * middle, or a full disk, would leave a file that looks whole and lacks the rest.
 */
function replaced(path: string): string {
  const saved = `${path}.saved`;
  for (const suffix of SUFFIXES) rmSync(saved + suffix, { force: true });
  const db = opened(saved);
  try {
    salvage(path, db);
  } finally {
    db.close();
  }
  const aside = `${path}.damaged-${Date.now()}`;
  for (const suffix of SUFFIXES.slice(1)) if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  // A second name first, so that there is a file at `path` at every moment.
  linkSync(path, aside);
  renameSync(saved, path);
  return aside;
}
