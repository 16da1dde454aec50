// Notices that files changed on disk. Never reads a spec: it only compares what was there with what is there.
import { type FSWatcher, readdirSync, readFileSync, statSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';

/** A change is made of several writes: wait until they are over. */
const SETTLE_MS = 200;

interface Watching {
  /** Watches these paths (files or directories) instead of those before. */
  renew(paths: readonly string[]): void;
}

/**
 * Calls back soon after what the paths hold has changed. Directories are watched, because a ConfigMap changes by swapping a link
 * in them. `onLost` hears of a directory that cannot be watched, or not any more.
 */
export function watchFiles(onChange: () => void, onLost: (directory: string, error: Error) => void): Watching {
  let timer: NodeJS.Timeout | undefined;
  /** What each path held when it was looked at last. */
  let held = new Map<string, string>();
  const watchers = new Map<string, FSWatcher>();
  const look = () => {
    const now = new Map([...held.keys()].map((path) => [path, heldBy(path)]));
    const isSame = [...now].every(([path, text]) => held.get(path) === text);
    held = now;
    if (isSame) return;
    clearTimeout(timer);
    timer = setTimeout(onChange, SETTLE_MS);
  };
  const lose = (directory: string, error: unknown) => {
    watchers.get(directory)?.close();
    watchers.delete(directory);
    onLost(directory, error as Error);
  };
  const begin = (directory: string) => {
    try {
      const watcher = watch(directory, { persistent: false }, look);
      watchers.set(directory, watcher);
      watcher.on('error', (error) => lose(directory, error));
    } catch (error) {
      lose(directory, error);
    }
  };
  return {
    renew(paths) {
      const directories = new Set(paths.map((path) => (isDirectory(path) ? path : dirname(path))));
      for (const [directory, watcher] of watchers) {
        if (directories.has(directory)) continue;
        watcher.close();
        watchers.delete(directory);
      }
      for (const directory of directories) if (!watchers.has(directory)) begin(directory);
      // What was looked at before keeps its text: a change since then is still to be noticed.
      held = new Map(paths.map((path) => [path, held.get(path) ?? heldBy(path)]));
    },
  };
}

const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** The text of a file, or of the files in a directory, as one string to compare. */
function heldBy(path: string): string {
  try {
    if (!isDirectory(path)) return `=${readFileSync(path, 'utf8')}`;
    return readdirSync(path)
      .map((name) => `${name}\n${isDirectory(join(path, name)) ? '' : heldBy(join(path, name))}`)
      .join('\n');
  } catch {
    return '';
  }
}
