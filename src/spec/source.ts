// One YAML file with positions: text to document, path to line and column. Never validates against the schema.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to secrets are written so in the spec
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  visit,
} from 'yaml';
import { type Finding, finding, type Path, type Place } from './finding.ts';

/** Largest spec file, bytes. 10,000 SLOs of the usual form are 2.5 MB in several files. */
export const MAX_FILE_BYTES = 1_048_576;
/** Most aliases that are expanded: the "billion laughs" need more. */
export const MAX_ALIASES = 50;
const MAX_DEPTH = 64;
/** Most keys of one mapping; a spec has a few dozen. */
const MAX_KEYS = 1_000;
/** What to do without a spec. */
export const FIRST_SPEC =
  'name a spec with --config FILE, or write a first one: README.md shows one. npm start -- --site URL needs none';

export interface Source {
  readonly file: string;
  readonly text: string;
  readonly doc: Document;
  /** Place of the value at `path`, or of the nearest parent that exists. */
  placeOf(path: Path): Place;
  /** Place of the key that ends `path`. */
  placeOfKey(path: Path): Place;
  /** The text of the value at `path` as it stands in the file; '' if there is none. */
  rawAt(path: Path): string;
}

/** Reads one file. Any problem of YAML itself is a finding and leaves no source. */
export function readSource(file: string, text: string): { source?: Source; findings: readonly Finding[] } {
  const start = { line: 1, column: 1, length: 1 };
  const fail = (rule: 'yaml-syntax' | 'yaml-limit', message: string, hint: string) => ({
    findings: [finding(rule, file, start, { message, hint })],
  });
  if (new TextEncoder().encode(text).length > MAX_FILE_BYTES) {
    return fail(
      'yaml-limit',
      'the file is larger than 1 MiB',
      'split it, e.g. one file per team; --config can be repeated',
    );
  }
  if (text.includes('\0'))
    return fail('yaml-syntax', 'the file is not text', 'a spec is YAML in UTF-8: is this the right file?');
  if (nestsTooDeep(text)) return fail('yaml-limit', 'the file is nested too deep', 'a spec needs at most 6 levels');
  const lines = new LineCounter();
  let docs: Document[];
  try {
    docs = [
      ...parseAllDocuments(text, {
        lineCounter: lines,
        prettyErrors: false,
        merge: false,
        stringKeys: true,
        // The library compares every key with every other: 100,000 keys would take minutes. keyProblems() looks each up once.
        uniqueKeys: false,
        logLevel: 'silent',
      }),
    ] as Document[];
  } catch {
    return fail('yaml-syntax', 'the file cannot be read as YAML', 'is it text in UTF-8?');
  }
  const doc = docs[0];
  if (doc === undefined) return fail('yaml-syntax', 'the file is empty', FIRST_SPEC);
  const at = (from: number, to: number): Place => placeIn(text, lines, from, to);
  const problems = [...secondDocument(file, docs, at), ...problemsOf(file, doc, at)];
  const findings = [...problems, ...keyProblems(file, doc, at, problems.length === 0)];
  if (findings.length > 0) return { findings };
  return { findings, source: sourceOf(file, text, doc, at) };
}

type At = (from: number, to: number) => Place;

function secondDocument(file: string, docs: readonly Document[], at: At): Finding[] {
  return docs.slice(1, 2).map((second) => {
    const offset = second.range?.[0] ?? 0;
    return finding('yaml-syntax', file, at(offset, offset + 1), {
      message: 'a second document starts here',
      hint: 'one document per file: remove the ---, or write two files',
    });
  });
}

/** What the YAML library says of a document, and what a spec does without. */
function problemsOf(file: string, doc: Document, at: At): Finding[] {
  // One slip makes the library stumble over every line behind it: the first is the cause.
  const errors = doc.errors.slice(0, 1).map((problem) =>
    finding('yaml-syntax', file, at(...problem.pos), {
      message: firstLine(problem.message),
      hint: hintFor(problem.code, problem.message),
    }),
  );
  const tags = doc.warnings.map((problem) =>
    finding('yaml-tag', file, at(...problem.pos), {
      message: firstLine(problem.message),
      hint: 'remove the tag: a spec holds only plain YAML values',
    }),
  );
  if (doc.directives?.yaml.explicit !== true) return [...errors, ...tags];
  const what = { message: 'a %YAML directive is not allowed', hint: 'remove the line: a spec is always YAML 1.2' };
  return [...errors, ...tags, finding('yaml-tag', file, { line: 1, column: 1, length: 1 }, what)];
}

function sourceOf(file: string, text: string, doc: Document, at: At): Source {
  const rangeOf = (node: unknown): [number, number] | undefined =>
    isNode(node) && node.range ? [node.range[0], node.range[1]] : undefined;
  const lookup = (path: Path) => {
    let node: unknown = doc.contents;
    let pair: Pair | undefined;
    let found: unknown = node;
    for (const [depth, part] of path.entries()) {
      if (isAlias(node)) node = node.resolve(doc);
      pair = isMap(node)
        ? (node.items.find((p) => isScalar(p.key) && String(p.key.value) === String(part)) as Pair | undefined)
        : undefined;
      const next = isSeq(node) ? node.items[Number(part)] : pair?.value;
      if (pair === undefined && next === undefined) return { found, pair: undefined, depth };
      node = next;
      // `key:` without a value has an empty node: point at the key.
      const range = rangeOf(next);
      found = range === undefined || (range[0] === range[1] && pair) ? (pair?.key ?? found) : next;
    }
    return { found, pair, depth: path.length };
  };
  const placeOfNode = (node: unknown): Place => {
    const range = rangeOf(node);
    return range ? at(...range) : { line: 1, column: 1, length: 1 };
  };
  return {
    file,
    text,
    doc,
    placeOf: (path) => placeOfNode(lookup(path).found),
    placeOfKey: (path) => {
      const { found, pair } = lookup(path);
      return placeOfNode(pair?.key ?? found);
    },
    rawAt: (path) => {
      const { found, depth } = lookup(path);
      const range = depth === path.length ? rangeOf(found) : undefined;
      return range ? text.slice(...range) : '';
    },
  };
}

function placeIn(text: string, lines: LineCounter, from: number, to: number): Place {
  const { line, col } = lines.linePos(Math.min(from, text.length));
  const lineEnd = text.indexOf('\n', from);
  const end = Math.min(to, lineEnd === -1 ? text.length : lineEnd);
  return {
    line: Math.max(1, line),
    column: Math.max(1, col),
    length: Math.max(1, text.slice(from, end).trimEnd().length),
  };
}

/** Keys that plain objects cannot hold safely, and what is not supported. */
const UNSAFE: ReadonlyMap<unknown, readonly [message: string, hint: string]> = new Map([
  ['__proto__', ['the key "__proto__" is not allowed', 'remove it']],
  ['<<', ['merge keys (<<) are not supported', 'write the keys out; anchors for whole values (&name, *name) work']],
]);

/** What is wrong with keys: unsafe ones; and, if `isWhole`, the first that stands twice, or a mapping with more than any spec has. */
function keyProblems(file: string, doc: Document, at: At, isWhole: boolean): Finding[] {
  const unsafe: Finding[] = [];
  let first: Finding | undefined;
  const placeOf = (range: Node['range']) => at(range?.[0] ?? 0, range?.[1] ?? 1);
  const lookAt = (items: readonly Pair[], range: Node['range']) => {
    if (items.length > MAX_KEYS) {
      const message = `a mapping has ${items.length} keys, a spec needs a few dozen`;
      const [from] = range ?? [0];
      first ??= finding('yaml-limit', file, at(from, from + 1), { message, hint: 'is this the right file?' });
    }
    const seen = new Set<unknown>();
    for (const { key } of items) {
      if (!isScalar(key)) continue;
      const told = UNSAFE.get(key.value);
      if (told !== undefined)
        unsafe.push(finding('unknown-key', file, placeOf(key.range), { message: told[0], hint: told[1] }));
      if (seen.has(key.value) && isWhole)
        first ??= finding('yaml-syntax', file, placeOf(key.range), {
          message: 'Map keys must be unique',
          hint: hintFor('DUPLICATE_KEY', ''),
        });
      seen.add(key.value);
    }
  };
  visit(doc, { Map: (_, { items, range }) => lookAt(items as Pair[], range) });
  return first === undefined ? unsafe : [first, ...unsafe];
}

/** Cheap look before the recursive parser: flow brackets outside of quoted texts, or indentation, far beyond any spec. */
function nestsTooDeep(text: string): boolean {
  let depth = 0;
  for (const char of text.replace(/"(?:\\.|[^"\\\n])*"|'[^'\n]*'/g, '')) {
    if (char === '[' || char === '{') depth += 1;
    else if ((char === ']' || char === '}') && depth > 0) depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return /^(?:[-?:] ?){65}/m.test(text) || /^ {256,}\S/m.test(text);
}

const firstLine = (message: string) => message.split('\n', 1)[0]!;

function hintFor(code: string, message: string): string | undefined {
  if (code === 'DUPLICATE_KEY') return 'a key can stand only once in a mapping: remove one of them';
  if (code === 'TAB_AS_INDENT') return 'indent with spaces';
  if (code === 'BAD_INDENT') return 'indent all keys of a mapping alike, with spaces';
  if (/flow|comma|brace|bracket/i.test(message))
    return 'inside { } and [ ] quote values that hold braces or commas: "${env:NAME}"';
  return undefined;
}
