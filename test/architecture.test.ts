// The import table of src/README.md is law; files and functions stay within their size.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAst } from 'vitest/node';

const ROOT = join(import.meta.dirname, '..');
const SRC = join(ROOT, 'src');
const files = globSync('**/*.ts', { cwd: SRC });
const roomOf = (file: string): string => file.split('/')[0]!;
const table = new Map(
  [
    ...readFileSync(join(SRC, 'README.md'), 'utf8')
      .split('## Import table')[1]!
      .split('\n## ')[0]!
      .matchAll(/^\| ([\w.]+) \| (.+) \|$/gm),
  ]
    .filter(([, room]) => room !== 'room')
    .map(([, room, allowed]) => [room!, allowed!.split(', ')] as const),
);

/** What a file imports, as the table names it. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const names = [
    ...text.matchAll(
      /^(?:import|export)\s[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'|\b(?:import|require)\('([^']+)'\)/gm,
    ),
  ].map((m) => m[1] ?? m[2] ?? m[3]!);
  return names.flatMap((name) => {
    if (name.startsWith('.')) return roomOf(relative(SRC, join(SRC, dirname(file), name)));
    // It only reads modules, which stand here by their own names.
    if (name === 'node:module') return [];
    if (name.startsWith('node:') && name !== 'node:path') return 'node:';
    return name.split('/')[0]!;
  });
}

describe('the source', () => {
  it('has files, and a table that names every room', () => {
    expect(files.length).toBeGreaterThan(50);
    expect([...new Set(files.map(roomOf))].sort()).toEqual([...table.keys()].sort());
  });
  it.each(files)('%s imports only what the table allows', (file) => {
    const allowed = table.get(roomOf(file))!;
    expect(
      allowed.includes('any')
        ? []
        : importsOf(file).filter(
            (name) => !allowed.includes(name) && !(name === 'node:path' && allowed.includes('node:')),
          ),
    ).toEqual([]);
  });
  it('finds imports at all: the composition root has many', () => {
    expect(importsOf('exporter.ts').length).toBeGreaterThan(10);
  });
  it.each(files)('%s says in its first line what it is', (file) => {
    expect(readFileSync(join(SRC, file), 'utf8')).toMatch(/^\/\/ \S/);
  });
});

describe('sizes', () => {
  const MOST = { file: 260, function: 60 };
  /** Longer than they should be: wiring that is one thing after the other, and closures over shared state. They may not grow. */
  const LONGER: Readonly<Record<string, number>> = {
    'exporter.ts buildExporter': 120,
  };
  it(`no file has more than ${MOST.file} lines`, () => {
    const lines = (file: string) => readFileSync(join(SRC, file), 'utf8').trimEnd().split('\n').length;
    expect(files.map((file) => [file, lines(file)]).filter(([, n]) => Number(n) > MOST.file)).toEqual([]);
  });
  it(`no function has more than ${MOST.function} lines, but for those that are named here`, () => {
    const all = files.flatMap(functionsOf);
    expect(all.length).toBeGreaterThan(500);
    expect(all.filter(([name, lines]) => lines > (LONGER[name] ?? MOST.function))).toEqual([]);
    const long = new Set(all.filter(([, lines]) => lines > MOST.function).map(([name]) => name));
    expect(
      Object.keys(LONGER).filter((name) => !long.has(name)),
      'named, and not that long any more',
    ).toEqual([]);
  });

  /** "file function" and lines of every function, methods and arrow functions too; inner functions count in the outer one. */
  function functionsOf(file: string): (readonly [name: string, lines: number])[] {
    const text = readFileSync(join(SRC, file), 'utf8');
    const found: (readonly [string, number])[] = [];
    const walk = (node: unknown, named: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const { type, body, start = 0, end = 0, id, key } = node as Node;
      const name = id?.name ?? key?.name ?? named;
      const isFunction = type?.includes('Function') === true && body !== undefined;
      if (isFunction) found.push([`${file} ${name}`, text.slice(start, end).split('\n').length]);
      for (const inner of Object.values(node)) walk(inner, name);
    };
    walk(parseAst(text, { lang: 'ts' }).body, '');
    return found;
  }
});

/** What is read of a syntax tree. */
interface Node {
  readonly type?: string;
  readonly body?: unknown;
  readonly start?: number;
  readonly end?: number;
  readonly id?: { readonly name?: string } | null;
  readonly key?: { readonly name?: string } | null;
}
