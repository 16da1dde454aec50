// All or nothing: one transaction of the store, with one commit and its one write to the disk.
import type { DatabaseSync } from 'node:sqlite';

/** Runs `write` in a transaction. Throws what it throws, or the error of the commit; nothing is written then. */
export function atOnce(db: DatabaseSync, write: () => void): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    write();
    db.exec('COMMIT');
  } catch (error) {
    // SQLite ends it by itself after some errors, such as a full disk.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
