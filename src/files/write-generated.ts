// Writes what was generated, all of it or nothing; or says how the folder differs. Files that it wrote before and that are
// no longer generated are removed; it never touches others.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { GeneratedFile } from '../generate/file.ts';

/** The list of what was written, so that what is no longer generated can be removed. */
const LIST = '.generated';

export interface Drift {
  readonly path: string;
  readonly what: 'missing' | 'differs' | 'no longer generated';
}

const textOf = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);

const listed = (folder: string): readonly string[] =>
  (textOf(join(folder, LIST)) ?? '').split('\n').filter((line) => line !== '' && !line.split('/').includes('..'));

/** How `folder` differs from what is generated, in the order of the paths; empty if it does not. */
export function driftIn(folder: string, files: readonly GeneratedFile[]): Drift[] {
  const names = new Set(files.map((file) => file.path));
  const changed = files.flatMap(({ path, text }): Drift[] => {
    const found = textOf(join(folder, path));
    if (found === text) return [];
    return [{ path, what: found === undefined ? 'missing' : 'differs' }];
  });
  const left = listed(folder)
    .filter((path) => !names.has(path) && existsSync(join(folder, path)))
    .map((path): Drift => ({ path, what: 'no longer generated' }));
  return [...changed, ...left].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Brings `folder` to what is generated and returns what was changed. Everything is written beside its place first, so that
 * a full disk changes nothing. Throws what the file system says.
 */
export function writeGenerated(folder: string, files: readonly GeneratedFile[]): Drift[] {
  const drift = driftIn(folder, files);
  const list = {
    path: LIST,
    text: `${files
      .map((file) => file.path)
      .sort()
      .join('\n')}\n`,
  };
  const isNew = new Set(drift.filter((d) => d.what !== 'no longer generated').map((d) => d.path));
  const written: [from: string, to: string][] = [];
  try {
    for (const { path, text } of [...files.filter((file) => isNew.has(file.path)), list]) {
      const to = join(folder, path);
      makeFolder(dirname(to));
      const from = `${to}.new`;
      written.push([from, to]);
      writeFileSync(from, text);
    }
  } catch (error) {
    for (const [from] of written) rmSync(from, { force: true });
    throw error;
  }
  for (const [from, to] of written) renameSync(from, to);
  for (const { path, what } of drift) if (what === 'no longer generated') rmSync(join(folder, path), { force: true });
  return drift;
}

/**
 * Level by level: mkdir of Node with `recursive` never returns where a file system says ENOENT of a folder that is there (/proc).
 * `mode`: permissions of the folders that are made, 0o777 without what the umask takes if it is left out.
 */
export function makeFolder(path: string, mode?: number): void {
  if (existsSync(path)) return;
  makeFolder(dirname(resolve(path)), mode);
  mkdirSync(path, { mode });
}

/** What stands where a folder is wanted, or one above it, and is none; undefined if a folder is there or can be made. */
export function fileInTheWay(folder: string): string | undefined {
  // Without a slash at the end, with which a file is not found.
  const path = resolve(folder);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined) return found.isDirectory() ? undefined : path;
  return dirname(path) === path ? undefined : fileInTheWay(dirname(path));
}
