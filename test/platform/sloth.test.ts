// Sloth's rules for a known spec: the counts that ours are measured against.
import { afterAll, expect, it } from 'vitest';
import { privateFolder } from '../services/process.ts';
import { slothGroups } from './sloth.ts';

const folder = privateFolder('sloth');
afterAll(() => folder.remove());

it.each([1, 5])('makes 3 groups and 17 rules for each of %i SLOs', (slos) => {
  const groups = slothGroups(folder.path, slos);
  expect(groups).toHaveLength(3 * slos);
  expect(groups.reduce((sum, group) => sum + group.rules.length, 0)).toBe(17 * slos);
  expect(Math.max(...groups.map((group) => group.rules.length))).toBe(8);
});
