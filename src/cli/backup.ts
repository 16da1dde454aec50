// plimsoll backup FILE: copies the store while the exporter runs. Never leaves half a copy behind.
import { existsSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import type { Command } from 'commander';
import { CommandError, EXIT } from './exit.ts';

export function registerBackup(program: Command): void {
  program
    .command('backup <file>')
    .description('copy the store, also while the exporter runs; it prints how to restore')
    .option('--data <dir>', 'directory of the store', 'data')
    .action(async (file: string, options: { data: string }) => {
      const source = join(options.data, 'plimsoll.db');
      if (!existsSync(source))
        throw new CommandError(EXIT.unreachable, `there is no store at ${source}; name its directory with --data DIR`);
      if (existsSync(file)) throw new CommandError(EXIT.usage, `${file} exists; name a new file`);
      const folder = dirname(file);
      if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
        throw new CommandError(EXIT.usage, `there is no directory ${folder}; create it, or name another file`);
      await copy(source, file);
    });
}

async function copy(source: string, file: string): Promise<void> {
  const db = openStoreFile(source);
  try {
    const pages = await backup(db, file);
    console.log(`copied ${pages} pages to ${file}\n${restoreText(source, file)}`);
  } catch (error) {
    rmSync(file, { force: true });
    throw new CommandError(
      EXIT.unreachable,
      `cannot copy ${source} to ${file}: ${(error as Error).message}; is the place writable, is the disk full?`,
    );
  } finally {
    db.close();
  }
}

/** What kill -9 leaves in the log (-wal) would be put on top of a copy, or hide it: it goes first. The commands run as they stand. */
function restoreText(source: string, file: string): string {
  const [store, log, index, copied] = [source, `${source}-wal`, `${source}-shm`, file].map(quoted);
  return `to restore: stop the exporter, remove its log and index, copy the file, start the exporter:\n  rm -f ${log} ${index} && cp ${copied} ${store}`;
}

/** For a shell. */
const quoted = (path: string) => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);

/** Opens the store for reading. A file that is something else would be copied faithfully, and be no backup. */
function openStoreFile(source: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(source, { readOnly: true });
    const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    if (['slo', 'tick'].every((name) => tables.some((row) => row.name === name))) return db;
    throw new Error('it holds other tables');
  } catch (error) {
    db?.close();
    throw new CommandError(
      EXIT.unreachable,
      `${source} is not a store of plimsoll that can be read (${(error as Error).message}); name its directory with --data DIR`,
    );
  }
}
