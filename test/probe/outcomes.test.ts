// The catalogue of outcomes and the code agree: no outcome is listed that nothing produces.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OUTCOMES } from '../../src/spec/outcome.ts';

const SRC = join(import.meta.dirname, '../../src');
const producers = globSync(['probe/**/*.ts', 'sli/**/*.ts', 'engine/**/*.ts', 'exporter.ts'], { cwd: SRC });
const code = producers.map((file) => readFileSync(join(SRC, file), 'utf8')).join('\n');

/** An outcome is produced where its name is a value: `outcome: 'x'`, the right side of a table, an argument. Comparisons do not count. */
const isProduced = (outcome: string): boolean =>
  [...code.matchAll(new RegExp(`(.{0,4})'${outcome}'`, 'g'))].some(([, before]) => !/[!=]== $/.test(before!));

test('every outcome of the catalogue is produced somewhere', () => {
  expect(producers.length).toBeGreaterThan(20);
  expect(Object.keys(OUTCOMES).filter((outcome) => !isProduced(outcome))).toEqual([]);
});
