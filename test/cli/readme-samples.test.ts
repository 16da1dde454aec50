// What the README shows of simulate and diff --spec is what they print.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { privateFolder } from '../services/process.ts';
import { plimsoll } from './push-run.ts';

const ROOT = join(import.meta.dirname, '../..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const SPEC = readFileSync(join(ROOT, 'plimsoll.yaml'), 'utf8');
const folder = privateFolder('readme-samples');
afterAll(() => folder.remove());

/** Parts of the first code block after a text, between the lines "...", which stand for lines that are left out. */
function partsAfter(text: string): string[] {
  const at = README.indexOf(text);
  if (at < 0) throw new Error(`README.md does not have "${text}": the test or the README must change`);
  const block = /\n```\n([\s\S]*?)\n```\n/.exec(README.slice(at))?.[1];
  if (block === undefined) throw new Error(`README.md has no code block after "${text}"`);
  return block
    .split(/^\.\.\.$/m)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** The parts as they are found in the output, one after the other; undefined for one that is not there. */
function foundIn(out: string, parts: readonly string[]): (string | undefined)[] {
  let from = 0;
  return parts.map((part) => {
    const at = out.indexOf(part, from);
    if (at < 0) return undefined;
    from = at + part.length;
    return part;
  });
}

it('simulate prints what the README shows', async () => {
  const command = 'plimsoll simulate --outage 20m@100%';
  const parts = partsAfter(`npx ${command}`);
  expect(parts.length).toBeGreaterThan(1);
  writeFileSync(join(folder.path, 'plimsoll.yaml'), SPEC);
  const { code, out } = await plimsoll(folder.path, ...command.split(' ').slice(1));
  expect(code).toBe(0);
  expect([foundIn(out, parts), out]).toEqual([parts, out]);
});

it('diff --spec prints what the README shows, of an objective and an interval that change', async () => {
  const parts = partsAfter('npx plimsoll diff --spec main.yaml plimsoll.yaml').flatMap((part) => part.split('\n'));
  expect(parts.length).toBe(3);
  const changed = SPEC.replace('interval: 30s', 'interval: 1m').replace('objective: 99.9%', 'objective: 99.5%');
  writeFileSync(join(folder.path, 'main.yaml'), SPEC);
  writeFileSync(join(folder.path, 'plimsoll.yaml'), changed);
  const { code, out } = await plimsoll(folder.path, 'diff', '--spec', 'main.yaml', 'plimsoll.yaml');
  expect(code).toBe(1);
  expect([foundIn(out, parts), out]).toEqual([parts, out]);
});
