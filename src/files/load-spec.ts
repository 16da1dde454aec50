// The only reader of spec files and of the secrets they name.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Source } from '../spec/document.ts';
import type { Finding } from '../spec/finding.ts';
import { type ParseResult, parseSpec } from '../spec/parse.ts';

const MAX_BYTES = 1_048_576;

/** Reads the files (or all *.yaml of a directory) and parses them into one spec. */
export function loadSpec(paths: readonly string[]): ParseResult {
  const sources: Source[] = [];
  const findings: Finding[] = [];
  const unreadable = (file: string, message: string) => findings.push({ rule: 'file-unreadable', severity: 'error', message, hint: 'name the spec with --config FILE', file, line: 1, column: 1, length: 1, path: '' });
  for (const path of paths) {
    try {
      const files = statSync(path).isDirectory() ? readdirSync(path).filter((f) => /\.ya?ml$/.test(f)).sort().map((f) => join(path, f)) : [path];
      if (files.length === 0) unreadable(path, 'the directory holds no *.yaml file');
      for (const file of files) {
        if (statSync(file).size > MAX_BYTES) unreadable(file, 'the file is larger than 1 MiB');
        else sources.push({ file, text: readFileSync(file, 'utf8') });
      }
    } catch (error) {
      unreadable(path, `cannot read the file (${(error as NodeJS.ErrnoException).code})`);
    }
  }
  if (findings.length > 0) return { ok: false, findings };
  return parseSpec(sources, { env: (name) => process.env[name], readFile: readSecret });
}

function readSecret(path: string, specFile: string): string | undefined {
  try {
    return readFileSync(resolve(dirname(specFile), path), 'utf8');
  } catch {
    return undefined;
  }
}
