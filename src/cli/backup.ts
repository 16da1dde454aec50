// plimsoll backup FILE: copies the store while the exporter runs.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import type { Command } from 'commander';
import { CommandError, EXIT } from './exit.ts';

export function registerBackup(program: Command): void {
  program
    .command('backup <file>')
    .description('copy the store, also while the exporter runs; restore by placing the copy as DATA/plimsoll.db')
    .option('--data <dir>', 'directory of the store', 'data')
    .action(async (file: string, options: { data: string }) => {
      const source = join(options.data, 'plimsoll.db');
      if (!existsSync(source))
        throw new CommandError(EXIT.unreachable, `there is no store at ${source}; name its directory with --data DIR`);
      if (existsSync(file)) throw new CommandError(EXIT.usage, `${file} exists; name a new file`);
      const db = new DatabaseSync(source, { readOnly: true });
      try {
        const pages = await backup(db, file);
        console.log(`copied ${pages} pages to ${file}`);
      } finally {
        db.close();
      }
    });
}
