// The import table of src/README.md is law; files stay within their size.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

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
    ...text.matchAll(/^(?:import|export)\s[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm),
  ].map((m) => m[1] ?? m[2] ?? m[3]!);
  return names.map((name) => {
    if (name.startsWith('.')) return roomOf(relative(SRC, join(SRC, dirname(file), name)));
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
