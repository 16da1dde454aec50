// plimsoll check, explain and schema as processes: exit codes and what they print.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { keysOf } from '../../src/spec/schema-walk.ts';
import { specSchema } from '../../src/spec/spec.ts';

const root = join(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'plimsoll-check-'));
const run = (...args: string[]) =>
  spawnSync(process.execPath, ['src/main.ts', ...args], { cwd: root, encoding: 'utf8' });
const write = (name: string, text: string) => {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
};

it('exits 0 for the sample, 1 for warnings, 2 for usage, 3 for what would not start', () => {
  const warned = write(
    'warned.yaml',
    'targets:\n  - { name: a, kind: redis, url: "redis://h:1/0", password: canary-7f3a }\n',
  );
  const invalid = write('invalid.yaml', 'foo: 1\n');
  expect(run('check').status).toBe(0);
  const warning = run('check', warned);
  expect(warning.status).toBe(1);
  expect(warning.stdout).not.toContain('canary-7f3a');
  expect(run('check', '--format', 'xml').status).toBe(2);
  const error = run('check', '--config', invalid);
  expect(error.status).toBe(3);
  expect(error.stdout).toContain('invalid.yaml:1:1  error  unknown-key');
  expect(run('check', invalid, '--format', 'github').stdout).toContain('::error file=');
  expect(JSON.parse(run('check', invalid, '--format', 'json').stdout)).toMatchObject({ errors: 1, warnings: 0 });
}, 60_000);

it('explains a rule, lists all without one, and refuses an unknown one', () => {
  expect(run('explain', 'objective-100').stdout).toContain('To fix it:');
  expect(run('explain').stdout.split('\n').length).toBeGreaterThan(30);
  expect(run('explain', 'objektive-100').status).toBe(2);
}, 60_000);

it('prints a JSON Schema with the keys of the spec', () => {
  const schema = JSON.parse(run('schema').stdout) as { properties: object };
  expect(Object.keys(schema.properties)).toEqual(keysOf(specSchema));
}, 60_000);
