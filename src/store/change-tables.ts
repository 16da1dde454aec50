// The tables for changes of the platform: one row per change, and what changes in place (totals, what was last seen), kept twice.
// Every row has a CRC. Never knows what a change means.
import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { atOnce } from './transaction.ts';

/** A change of the platform, as it was told or seen. */
export interface Change {
  readonly kind: string;
  readonly service: string;
  /** When it happened, ms since 1970. */
  readonly atMs: number;
  readonly source: 'api' | 'exporter';
  readonly text?: string | undefined;
  /** URL of what tells more: the pipeline, the release. */
  readonly link?: string | undefined;
  readonly target?: string | undefined;
  readonly by?: string | undefined;
}

/** One commit. Ids grow in the order of arrival. */
export interface ChangeBatch {
  readonly added: ReadonlyMap<number, Change>;
  readonly removed: Iterable<number>;
  /** undefined: to be forgotten. */
  readonly kept: ReadonlyMap<string, string | undefined>;
}

export interface ChangeStore {
  readonly restored: {
    /** By id, oldest first. */
    readonly changes: ReadonlyMap<number, Change>;
    readonly kept: ReadonlyMap<string, string>;
    /** Rows whose CRC did not match. */
    readonly damaged: number;
  };
  /** Writes all or nothing; throws if it could not. */
  commit(batch: ChangeBatch): void;
}

// A broken change costs itself. A total or a last sighting has no second row that tells it, so it is kept twice, as names of SLOs are.
const KEPT_TABLES = ['kept', 'kept_copy'] as const;
export const CHANGE_TABLES = ['change', ...KEPT_TABLES] as const;

const KEPT_COLUMNS = '(key TEXT PRIMARY KEY, body TEXT NOT NULL, crc INTEGER NOT NULL) STRICT';
/** Columns by table, as the file has them. */
export const CHANGE_TABLE_COLUMNS = {
  change: '(id INTEGER PRIMARY KEY, body TEXT NOT NULL, crc INTEGER NOT NULL) STRICT',
  kept: KEPT_COLUMNS,
  kept_copy: KEPT_COLUMNS,
} as const;

/** Reads what is whole, mends copies, and drops what is broken for good. */
export function changeStoreOn(db: DatabaseSync): ChangeStore {
  const changes = rowsOf(db, 'change');
  for (const id of changes.broken) db.prepare('DELETE FROM change WHERE id = ?').run(Number(id));
  const copies = KEPT_TABLES.map((table) => rowsOf(db, table));
  const kept = new Map(copies.flatMap(({ whole }) => [...whole]));
  const brokenKeys = new Set(copies.flatMap(({ broken }) => broken));
  for (const key of brokenKeys) writeKept(db, key, kept.get(key));
  const damaged = changes.broken.length + copies.reduce((sum, { broken }) => sum + broken.length, 0);
  return {
    restored: {
      changes: new Map([...changes.whole].map(([id, body]) => [Number(id), JSON.parse(body) as Change])),
      kept,
      damaged,
    },
    commit: (batch) => commit(db, batch),
  };
}

/** Checksum of a change (its id is the key) or of what is kept. */
export const changeCrc = (key: string, body: string): number => crc32(body, crc32(key));

function rowsOf(
  db: DatabaseSync,
  table: (typeof CHANGE_TABLES)[number],
): { whole: Map<string, string>; broken: string[] } {
  const whole = new Map<string, string>();
  const broken: string[] = [];
  const key = table === 'change' ? 'id' : 'key';
  for (const row of db.prepare(`SELECT ${key} AS key, body, crc FROM ${table} ORDER BY 1`).iterate()) {
    const [name, body] = [String(row.key), String(row.body)];
    if (changeCrc(name, body) === Number(row.crc)) whole.set(name, body);
    else broken.push(name);
  }
  return { whole, broken };
}

/** Writes both copies; undefined forgets them. */
export function writeKept(db: DatabaseSync, key: string, body: string | undefined): void {
  for (const table of KEPT_TABLES) {
    if (body === undefined) db.prepare(`DELETE FROM ${table} WHERE key = ?`).run(key);
    else db.prepare(`INSERT OR REPLACE INTO ${table} VALUES (?, ?, ?)`).run(key, body, changeCrc(key, body));
  }
}

function commit(db: DatabaseSync, { added, removed, kept }: ChangeBatch): void {
  atOnce(db, () => {
    const insert = db.prepare('INSERT OR REPLACE INTO change VALUES (?, ?, ?)');
    for (const [id, change] of added) {
      const body = JSON.stringify(change);
      insert.run(id, body, changeCrc(String(id), body));
    }
    const forget = db.prepare('DELETE FROM change WHERE id = ?');
    for (const id of removed) forget.run(id);
    for (const [key, body] of kept) writeKept(db, key, body);
  });
}
