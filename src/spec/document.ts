// One YAML file as plain data with positions: replaces ${env:} and ${file:}, finds where a path stands. No I/O of its own.
import { isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, visit } from 'yaml';
import type { Finding } from './finding.ts';

export interface Source {
  readonly file: string;
  readonly text: string;
}
/** Where secrets come from. `readFile` gets the path as written and the spec file it stands in. */
export interface SecretPorts {
  env(name: string): string | undefined;
  readFile(path: string, specFile: string): string | undefined;
}
export interface Parsed {
  readonly data: unknown;
  /** Position of the node at `path`, or of its nearest parent; `key` asks for the key instead of the value. */
  locate(path: readonly PropertyKey[], key?: boolean): Pick<Finding, 'file' | 'line' | 'column' | 'length'>;
  readonly findings: readonly Finding[];
  readonly secrets: readonly string[];
}

const PATTERN = /\$\{(env|file):([^}]+)\}/g;

/** Parses one file; problems become findings, data is undefined if it is no YAML at all. */
export function parseDocument(source: Source, ports: SecretPorts): Parsed {
  const lines = new LineCounter();
  const findings: Finding[] = [];
  const secrets: string[] = [];
  const at = (offset: number, length: number) => {
    const { line, col } = lines.linePos(offset);
    return { file: source.file, line: Math.max(1, line), column: Math.max(1, col), length: Math.max(1, length) };
  };
  const documents = parseAllDocuments(source.text, { lineCounter: lines, version: '1.2', customTags: [], merge: false, prettyErrors: false });
  const list = Array.isArray(documents) ? documents : [];
  for (const error of list.flatMap((d) => d.errors)) {
    findings.push({ rule: 'yaml-syntax', severity: 'error', message: error.message, ...at(error.pos[0], error.pos[1] - error.pos[0]), path: '' });
  }
  const [document, second] = list;
  if (second !== undefined) findings.push({ rule: 'yaml-syntax', severity: 'error', message: 'a second document begins here', hint: 'one document per file; split the file', ...at(second.range[0], 1), path: '' });
  const locate = (path: readonly PropertyKey[], key = false) => {
    let node: unknown = document?.contents;
    let found: { start: number; length: number } = range(node);
    for (const [depth, part] of path.entries()) {
      let next: unknown;
      if (isMap(node)) {
        const pair = node.items.find((p) => isScalar(p.key) && String(p.key.value) === String(part));
        if (pair === undefined) break;
        next = pair.value;
        if ((key && depth === path.length - 1) || next === null) found = range(pair.key);
        else found = range(next);
      } else if (isSeq(node)) {
        next = node.items[Number(part)];
        if (next === undefined) break;
        found = range(next);
      } else break;
      node = next;
    }
    return at(found.start, found.length);
  };
  if (document === undefined || findings.length > 0) return { data: undefined, locate, findings, secrets };
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value !== 'string') return;
      node.value = node.value.replace(PATTERN, (_all, kind: string, name: string) => {
        const value = kind === 'env' ? ports.env(name) : ports.readFile(name, source.file)?.replace(/\r?\n$/, '');
        if (value === undefined || value === '') {
          const what = kind === 'env' ? `the environment variable ${name} is not set` : `the file ${name} cannot be read or is empty`;
          findings.push({ rule: 'secret-missing', severity: 'error', message: what, ...at(range(node).start, range(node).length), path: '' });
          return 'missing-secret';
        }
        secrets.push(value);
        return value;
      });
    },
  });
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: 50 });
  } catch (error) {
    findings.push({ rule: 'yaml-syntax', severity: 'error', message: (error as Error).message, ...at(0, 1), path: '' });
  }
  return { data, locate, findings, secrets };
}

function range(node: unknown): { start: number; length: number } {
  const r = (node as Node | null | undefined)?.range;
  if (!r) return { start: 0, length: 1 };
  // A block value begins at its first key: underline one character of it, not the whole block.
  return { start: r[0], length: isScalar(node) ? r[1] - r[0] : 1 };
}
