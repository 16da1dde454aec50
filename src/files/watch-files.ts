// Notices that files changed on disk. Never reads a spec: it only compares what was there with what is there.
import { readdirSync, readFileSync, statSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';

/** A change is made of several writes: wait until they are over. */
const SETTLE_MS = 200;

/**
 * Calls back soon after what the paths (files or directories) hold has changed. Directories are watched, because a ConfigMap
 * changes by swapping a link in them. `onLost` hears of a directory that cannot be watched any more.
 */
export function watchFiles(
  paths: readonly string[],
  onChange: () => void,
  onLost: (directory: string, error: Error) => void,
): void {
  let timer: NodeJS.Timeout | undefined;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(onChange, SETTLE_MS);
  };
  let held = heldBy(paths);
  const directories = paths.map((path) => (isDirectory(path) ? path : dirname(path)));
  for (const directory of new Set(directories)) {
    watch(directory, { persistent: false }, () => {
      const now = heldBy(paths);
      if (now !== held) soon();
      held = now;
    }).on('error', (error) => onLost(directory, error));
  }
}

const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** The texts of files, and of the files in directories, as one string to compare. */
function heldBy(paths: readonly string[]): string {
  const files = paths.flatMap((path) =>
    isDirectory(path) ? readdirSync(path).map((name) => join(path, name)) : [path],
  );
  return files
    .map((file) => {
      try {
        return `${file}\n${readFileSync(file, 'utf8')}`;
      } catch {
        return file;
      }
    })
    .join('\n');
}
