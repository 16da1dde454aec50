// The only reader of specs: files and directories from disk, then parseSpec. Says what it looked at, to be watched. Never writes.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, finding, inReadingOrder } from '../spec/finding.ts';
import { type ParseResult, parseSpec, type SpecPorts, type SpecText } from '../spec/parse.ts';
import { FIRST_SPEC, MAX_FILE_BYTES } from '../spec/source.ts';
import { fileProblem, unreadable } from './named-files.ts';

/** With every file and directory that was looked at, also those that could not be read: a change of any of them can change the spec. */
export type LoadResult = ParseResult & { readonly paths: readonly string[] };

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
  const ports: SpecPorts = {
    without,
    env: (name) => process.env[name],
    readFile(file) {
      seen.add(file);
      return readFileSync(file, 'utf8');
    },
    ...(!without && {
      fileProblem(file, ...rest) {
        seen.add(file);
        return fileProblem(file, ...rest);
      },
    }),
  };
  const result = parseSpec(texts, ports, lost.length === 0);
  if (lost.length === 0) return { ...result, paths: [...seen] };
  const files = [...lost, ...result.findings].map((f) => f.file);
  const findings = inReadingOrder([...lost, ...result.findings], files);
  return { ok: false, findings, secrets: result.secrets, paths: [...seen] };
}

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
