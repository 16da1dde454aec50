// The only reader of specs: files and directories from disk, then parseSpec. Says what it looked at, to be watched, and which
// files with secrets are open to everybody. Never writes.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Finding, finding, inReadingOrder } from '../spec/finding.ts';
import { type ParseResult, parseSpec, type SpecPorts, type SpecText } from '../spec/parse.ts';
import { FIRST_SPEC, MAX_FILE_BYTES } from '../spec/source.ts';
import { fileProblem, unreadable } from './named-files.ts';

/** With every file and directory that was looked at, also those that could not be read: a change of any of them can change the spec. */
export type LoadResult = ParseResult & {
  readonly paths: readonly string[];
  /** Files with secrets that every user of the machine may read. */
  readonly exposed: readonly string[];
};

/**
 * Loads one spec from files; a directory stands for all its *.yaml in the order of their names.
 * With `without`, secrets of targets and files that the exporter needs may be missing: rules and boards need none of them.
 * A file that cannot be read is a finding, like everything else that is wrong; never throws for bad input.
 */
export function loadSpec(paths: readonly string[], { without = false }: { without?: boolean } = {}): LoadResult {
  const lost: Finding[] = [];
  const texts: SpecText[] = [];
  for (const path of new Set(paths)) {
    try {
      for (const file of filesOf(path)) texts.push({ file, text: textOf(file) });
    } catch (error) {
      lost.push(missing(path, error));
    }
  }
  const seen = new Set(paths);
  const exposed = new Set<string>();
  const look = (file: string, isSecret: boolean) => {
    seen.add(file);
    if (isSecret && isOpenToAll(file)) exposed.add(file);
  };
  const ports: SpecPorts = {
    without,
    env: (name) => process.env[name],
    readFile(file) {
      look(file, true);
      return readFileSync(file, 'utf8');
    },
    ...(!without && {
      fileProblem(file, use, ...rest) {
        look(file, use !== 'certificates');
        return fileProblem(file, use, ...rest);
      },
    }),
  };
  const result = parseSpec(texts, ports, lost.length === 0);
  const looked = { paths: [...seen], exposed: [...exposed] };
  if (lost.length === 0) return { ...result, ...looked };
  const files = [...lost, ...result.findings].map((f) => f.file);
  const findings = inReadingOrder([...lost, ...result.findings], files);
  return { ok: false, findings, secrets: result.secrets, ...looked };
}

/** The same in a thread of its own, so that nothing here waits for it. Rejects if the thread fails. */
export function loadSpecAside(paths: readonly string[]): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./load-worker.ts', import.meta.url), { workerData: paths });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the thread that reads the spec ended with ${code}`)));
  });
}

/** "Others" may read it. No file, no answer. */
const isOpenToAll = (file: string): boolean => {
  const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0;
  return (mode & 0o004) !== 0;
};

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
  if (names.length === 0) throw new Error('the directory holds no *.yaml');
  return names.map((name) => join(path, name));
}

/** A file beyond the limit is not read to its end; the parser refuses it by its size. */
function textOf(file: string): string {
  if (statSync(file).size > MAX_FILE_BYTES) return ' '.repeat(MAX_FILE_BYTES + 1);
  return readFileSync(file, 'utf8');
}

function missing(path: string, error: unknown): Finding {
  const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT';
  return finding(
    'file-unreadable',
    path,
    { line: 1, column: 1, length: 1 },
    {
      message: `cannot read ${path}: ${unreadable(error)}`,
      hint: isAbsent ? FIRST_SPEC : 'check the path and its permissions',
    },
  );
}
