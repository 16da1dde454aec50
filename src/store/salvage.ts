// What can be saved of a broken file: rows that SQLite still reads, then rows that are found in its bytes. Whole ones only.
import { readFileSync } from 'node:fs';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { FIELDS } from '../slo/history.ts';
import { type CarvedRow, carve } from './carve.ts';
import { CHANGE_TABLES, changeCrc, writeKept } from './change-tables.ts';
import { decodeRecord } from './record.ts';
import { type KnownSlo, SLO_TABLES, sloCrc, sloRows, writeSlo } from './slo-tables.ts';
import { atOnce } from './transaction.ts';

/** Copies every whole row of the broken file into the fresh database. Throws if that cannot be written, as on a full disk. */
export function salvage(broken: string, db: DatabaseSync): void {
  for (const table of SLO_TABLES) {
    const whole: KnownSlo[] = [];
    reading(broken, (old) => whole.push(...sloRows(old, table).slos));
    atOnce(db, () => {
      for (const slo of whole) writeSlo(db, slo);
    });
  }
  for (const table of ['tick', 'ahead', 'episodes', ...CHANGE_TABLES]) {
    const rows: Row[] = [];
    const read = (order: string) => (old: DatabaseSync) => {
      for (const row of old.prepare(`SELECT * FROM ${table} ORDER BY 1 ${order}`).iterate()) rows.push(row);
    };
    // The other end may still be readable.
    if (!reading(broken, read('ASC'))) reading(broken, read('DESC'));
    atOnce(db, () => copyTo(db, table, rows));
  }
  const found = foundIn(broken);
  atOnce(db, () => addCarved(found, db));
}

type Row = Readonly<Record<string, SQLOutputValue>>;

function copyTo(db: DatabaseSync, table: string, rows: readonly Row[]): void {
  const [first] = rows;
  if (first === undefined) return;
  const marks = Object.keys(first).map(() => '?');
  const insert = db.prepare(`INSERT OR IGNORE INTO ${table} VALUES (${marks.join(', ')})`);
  for (const row of rows)
    try {
      insert.run(...Object.values(row));
    } catch (error) {
      if (!isRefused(error)) throw error;
    }
}

/** Is it the row that SQLite refuses (SQLITE_CONSTRAINT), such as a text where a flipped bit made one of bytes? The others go on. */
const isRefused = (error: unknown): boolean => ((error as { errcode?: number }).errcode ?? 0) % 256 === 19;

function reading(broken: string, take: (old: DatabaseSync) => void): boolean {
  let old: DatabaseSync | undefined;
  try {
    old = new DatabaseSync(broken, { readOnly: true });
    take(old);
    return true;
  } catch {
    return false;
  } finally {
    old?.close();
  }
}

interface Found {
  readonly ticks: Map<number, Uint8Array>;
  readonly slos: Map<number, KnownSlo>;
  readonly episodes: Map<number, string>;
  readonly changes: Map<number, string>;
  /** By key, with the row's id: the newest has the highest. */
  readonly kept: Map<string, { readonly rowid: number; readonly body: string }>;
}

/** What a row is shows in its columns and its checksum; a freed page may hold an older state of the same row. */
function sort({ rowid, values: [a, b, c, d] }: CarvedRow, found: Found): void {
  if (a === null && b instanceof Uint8Array && c === undefined) {
    if (totalOf(rowid, b) !== undefined) found.ticks.set(rowid, b);
  } else if (a === null && typeof b === 'string' && typeof c === 'number') {
    const slo = { id: rowid, name: b, createdMs: c };
    if (d !== undefined) {
      if (sloCrc(slo) === d) found.slos.set(rowid, slo);
    } else if (changeCrc(String(rowid), b) === c) found.changes.set(rowid, b);
    else if (crc32(b) === c && lastBad(b) >= lastBad(found.episodes.get(rowid))) found.episodes.set(rowid, b);
  } else if (typeof a === 'string' && typeof b === 'string' && changeCrc(a, b) === c) {
    if (rowid >= (found.kept.get(a)?.rowid ?? 0)) found.kept.set(a, { rowid, body: b });
  }
}

/** As far as it can be found: what was read is worth having without it. */
function foundIn(broken: string): Found {
  const found: Found = { ticks: new Map(), slos: new Map(), episodes: new Map(), changes: new Map(), kept: new Map() };
  try {
    for (const row of carve(readFileSync(broken))) sort(row, found);
  } catch {
    // A file too long for the memory, for example.
  }
  return found;
}

function addCarved(found: Found, db: DatabaseSync): void {
  const has = (table: string, column: string, key: string | number) =>
    db.prepare(`SELECT 1 FROM ${table} WHERE ${column} = ?`).get(key) !== undefined;
  for (const [id, slo] of found.slos) if (!has('slo', 'id', id)) writeSlo(db, slo);
  const episodes = db.prepare('INSERT OR IGNORE INTO episodes VALUES (?, ?, ?)');
  for (const [id, body] of found.episodes) episodes.run(id, body, crc32(body));
  const changes = db.prepare('INSERT OR IGNORE INTO change VALUES (?, ?, ?)');
  for (const [id, body] of found.changes) changes.run(id, body, changeCrc(String(id), body));
  for (const [key, { body }] of found.kept)
    if (!has('kept', 'key', key) && !has('kept_copy', 'key', key)) writeKept(db, key, body);
  addTicks(found.ticks, db);
}

/** Totals never fall: a row that would make them was put aside for its wrong clock, and is left out. */
function addTicks(carved: Found['ticks'], db: DatabaseSync): void {
  const read = new Map(
    [...db.prepare('SELECT at_ms, record FROM tick').iterate()].map((row) => [
      Number(row.at_ms),
      row.record as Uint8Array,
    ]),
  );
  const times = [...new Set([...read.keys(), ...carved.keys()])].toSorted((a, b) => a - b);
  const insert = db.prepare('INSERT OR REPLACE INTO tick VALUES (?, ?)');
  let highest = 0;
  for (const atMs of times) {
    const own = read.get(atMs);
    const record = own !== undefined && totalOf(atMs, own) !== undefined ? own : carved.get(atMs);
    const total = record === undefined ? undefined : totalOf(atMs, record);
    if (record === undefined || total === undefined || total < highest) continue;
    highest = total;
    if (record !== own) insert.run(atMs, record);
  }
}

/** Events of all SLOs; undefined if the record is not whole. */
function totalOf(atMs: number, record: Uint8Array): number | undefined {
  try {
    const totals = decodeRecord(atMs, record);
    return totals && [...totals].reduce((sum, [, c]) => FIELDS.reduce((s, field) => s + c[field], sum), 0);
  } catch {
    return undefined;
  }
}

/** When the newest bad event of these episodes was; -1 for none. */
function lastBad(body: string | undefined): number {
  if (body === undefined) return -1;
  const episodes: unknown = JSON.parse(body);
  const newest: unknown = Array.isArray(episodes) ? episodes.at(-1)?.lastBadMs : undefined;
  return typeof newest === 'number' ? newest : -1;
}
