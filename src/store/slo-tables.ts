// The tables of names: which id is which SLO, and since when. Never reads totals.
import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';

export interface KnownSlo {
  readonly id: number;
  readonly name: string;
  readonly createdMs: number;
}

// Names join totals to SLOs: without its name a total is nobody's. So they have a CRC and are kept twice, in pages of their own.
export const SLO_TABLES = ['slo', 'slo_copy'] as const;
/** Columns of both tables, as the file has them. */
export const SLO_COLUMNS =
  '(id INTEGER PRIMARY KEY, name TEXT NOT NULL, created_ms INTEGER NOT NULL, crc INTEGER NOT NULL) STRICT';

export const sloCrc = ({ id, name, createdMs }: KnownSlo): number => crc32(`${id} ${createdMs} ${name}`);

/** Writes both copies of an SLO's name. */
export function writeSlo(db: DatabaseSync, slo: KnownSlo): void {
  for (const table of SLO_TABLES)
    db.prepare(`INSERT OR REPLACE INTO ${table} VALUES (?, ?, ?, ?)`).run(slo.id, slo.name, slo.createdMs, sloCrc(slo));
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

/** Rows of one copy of the names. */
export function sloRows(db: DatabaseSync, table: string): { slos: KnownSlo[]; broken: number[] } {
  const slos: KnownSlo[] = [];
  const broken: number[] = [];
  for (const row of db.prepare(`SELECT * FROM ${table}`).iterate()) {
    const slo = { id: Number(row.id), name: String(row.name), createdMs: Number(row.created_ms) };
    // A file of version 1 has no CRC.
    if (row.crc === undefined || Number(row.crc) === sloCrc(slo)) slos.push(slo);
    else broken.push(slo.id);
  }
  return { slos, broken };
}
