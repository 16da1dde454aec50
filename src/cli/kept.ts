// Keeps what a push replaces, in a file that can be pushed again. Never overwrites one.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileInTheWay, makeFolder } from '../files/write-generated.ts';
import { CommandError, EXIT } from './exit.ts';

/** Writes the file and returns its path. Only its owner can read it: an Alertmanager config holds secrets. */
export function keep(folder: string, text: string, nowMs = Date.now()): string {
  const stamp = new Date(nowMs).toISOString().replaceAll(/[-:]/g, '').replace('.', '-');
  const file = join(folder, `plimsoll-replaced-${stamp}.yaml`);
  const inTheWay = fileInTheWay(folder);
  if (inTheWay !== undefined)
    throw new CommandError(
      EXIT.usage,
      `--keep ${folder}: ${inTheWay} is a file, and what would be replaced is kept in a folder; nothing was changed; name a folder with --keep DIR`,
    );
  try {
    makeFolder(folder);
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
    return file;
  } catch (error) {
    throw new CommandError(
      EXIT.usage,
      `cannot keep what would be replaced in ${file}: ${(error as Error).message}; nothing was changed; name a folder with --keep DIR`,
    );
  }
}

/** Nothing was replaced after all. */
export const forget = (file: string): void => rmSync(file, { force: true });

/** A command line for a shell. */
export const commandLine = (words: readonly string[]): string =>
  words.map((word) => (/^[\w./:@=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
