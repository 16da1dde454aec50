// plimsoll check, explain and schema as processes: exit codes and what they print.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { keysOf } from '../../src/spec/schema-walk.ts';
import { specSchema } from '../../src/spec/spec.ts';
import { privateFolder } from '../services/process.ts';

const root = join(import.meta.dirname, '../..');
const folder = privateFolder('check');
const directory = folder.path;
afterAll(() => folder.remove());
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
  const idle = run('check', write('idle.yaml', 'targets: []\nslos: []\n'));
  expect([idle.status, idle.stdout]).toEqual([1, expect.stringContaining('nothing is measured')]);
  expect(idle.stdout).not.toContain('fine');
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

it('shows the place in a long line, and of a secret neither the whole nor a part, however it is written', () => {
  const canary = 'canary"\\\\7f3a-'.repeat(20);
  const target = (name: string) =>
    `{ name: ${name}, kind: redis, url: "redis://h:1/0", password: ${JSON.stringify(canary)}, bogus: 1 }`;
  const { stdout } = run('check', write('long.yaml', `targets: [${target('a')}, ${target('b')}]\n`));
  const frames = stdout.split('\n').filter((line) => /^ +\d* \|/.test(line));
  expect(frames).toHaveLength(8);
  for (const line of frames) expect(line.length).toBeLessThanOrEqual(148);
  // Each mark stands below what it means.
  const marked = frames.flatMap((line, i) => {
    const at = line.indexOf('^');
    return at < 0 ? [] : [frames[i - 1]!.slice(at, at + 5)];
  });
  expect(marked.map((text) => text.replace(/\W+/, '*'))).toEqual(['*', 'bogus', '*', 'bogus']);
  expect(stdout).not.toMatch(/canary|7f3a/);
});

it('masks a secret of several lines, and nothing else', () => {
  const block =
    'targets:\n  - name: a\n    kind: redis\n    url: redis://h:1/0\n    password: |\n      canary-7f3a\n    bogus: a | b\n';
  const { stdout } = run('check', write('block.yaml', block));
  expect(stdout).not.toContain('canary');
  expect(stdout).toContain('    7 |     bogus: a | b\n');
});

it('gives GitHub the hint beside the message, and the log a summary', () => {
  const { stdout } = run('check', '--format', 'github', write('typo.yaml', 'slo: []\n'));
  expect(stdout).toContain('title=unknown-key::unknown key "slo"%0Ahint: did you mean "slos"?');
  expect(stdout).toContain('1 error, 0 warnings in 1 file; plimsoll explain unknown-key says more');
});

it('explains a rule, lists all without one, and refuses an unknown one', () => {
  expect(run('explain', 'objective-100').stdout).toContain('To fix it:');
  expect(run('explain').stdout.split('\n').length).toBeGreaterThan(30);
  expect(run('explain', 'objektive-100').status).toBe(2);
}, 60_000);

it('prints a JSON Schema with the keys of the spec', () => {
  const schema = JSON.parse(run('schema').stdout) as { properties: object };
  expect(Object.keys(schema.properties)).toEqual(keysOf(specSchema));
}, 60_000);
