// The table of faults and the tests of this folder name the same ids, each in the same file.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const folder = new URL('.', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, folder), 'utf8');

it('every fault of the table has a test that is named by its id, and the other way round', () => {
  const rows = [...read('README.md').matchAll(/^\| ([A-Z]\d\d) \| .+ \| `([\w-]+\.test\.ts)` \|$/gm)];
  const tests = readdirSync(folder)
    .filter((file) => file.endsWith('.test.ts'))
    .flatMap((file) =>
      [...read(file).matchAll(/\b(?:it|describe)(?:\.each\([^`]*?\))?\(\s*['"`]([A-Z]\d\d)\b/g)].map(
        ([, id]) => `${id} ${file}`,
      ),
    );
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.map(([, id, file]) => `${id} ${file}`).toSorted()).toEqual([...new Set(tests)].toSorted());
});
