// Reads the ticks of the store in their order, all or a part. Never throws and never writes: history ends where it cannot be read.
import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { RecordReader, type Totals } from './record.ts';

/** Gets one tick, whose totals are only true during the visit; false: enough for now. */
export type Visit = (atMs: number, totals: Totals) => unknown;

/** Ticks after the first time and up to the second, oldest first. Returns the number of damaged records and episodes met. */
export function replay(db: DatabaseSync, [afterMs, latestMs]: readonly [number, number], visit: Visit): number {
  let damaged = 0;
  try {
    const rows = db.prepare('SELECT at_ms, record FROM tick WHERE at_ms > ? AND at_ms <= ? ORDER BY at_ms');
    const totals = new RecordReader();
    for (const row of rows.iterate(afterMs, latestMs)) {
      const atMs = Number(row.at_ms);
      if (!totals.read(atMs, row.record as Uint8Array)) damaged += 1;
      else if (visit(atMs, totals) === false) return damaged;
    }
    for (const row of db.prepare('SELECT body, crc FROM episodes').iterate())
      if (crc32(String(row.body)) !== Number(row.crc)) damaged += 1;
  } catch {
    damaged += 1;
  }
  return damaged;
}
