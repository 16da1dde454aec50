// Linters over what is not TypeScript: shell, YAML, and secrets in what is committed. Each finds a fault that is planted.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { privateFolder } from '../services/process.ts';
import { toolPath } from './tools.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const folder = privateFolder('linters');
afterAll(() => folder.remove());

const run = (command: string, args: readonly string[], cwd = ROOT) => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 50_000_000 });
  return { code: status, out: error?.message ?? stdout + stderr };
};
const tracked = (...patterns: string[]): string[] =>
  run('git', ['-c', 'safe.directory=*', 'ls-files', '--cached', '--others', '--exclude-standard', ...patterns])
    .out.trim()
    .split('\n');

describe('shellcheck', () => {
  const scripts = [...tracked('*.sh'), '.ci/run'];
  it('finds nothing in any script', () => {
    expect(scripts.length).toBeGreaterThan(3);
    expect(run('shellcheck', scripts)).toEqual({ code: 0, out: '' });
  });
  it('finds what is wrong', () => {
    writeFileSync(join(folder.path, 'bad.sh'), '#!/bin/sh\nrm $1\n');
    expect(run('shellcheck', ['bad.sh'], folder.path)).toMatchObject({
      code: 1,
      out: expect.stringContaining('SC2086'),
    });
  });
});

describe('yamllint', () => {
  const files = tracked('*.yml', '*.yaml').filter((file) => !/generated|test\/|helm\/\w+\/templates\//.test(file));
  it('finds nothing', () => {
    expect(files.length).toBeGreaterThan(10);
    expect(run('yamllint', ['--strict', '--config-file', '.yamllint', ...files])).toEqual({ code: 0, out: '' });
  });
  it('finds what is wrong', () => {
    writeFileSync(join(folder.path, 'bad.yml'), 'a: 1\na: 2\n');
    expect(run('yamllint', ['--config-file', join(ROOT, '.yamllint'), join(folder.path, 'bad.yml')])).toMatchObject({
      code: 1,
      out: expect.stringContaining('duplication of key'),
    });
  });
});

describe('gitleaks', () => {
  const scan = (path: string) =>
    run(toolPath('gitleaks'), [
      'dir',
      path,
      '--no-banner',
      '--no-color',
      '--redact',
      '--config',
      join(ROOT, '.gitleaks.toml'),
    ]);
  it('finds no secret in what is committed', () => {
    const copy = join(folder.path, 'tree');
    mkdirSync(copy);
    // What git knows, and nothing that lies around.
    const { code } = run('sh', [
      '-c',
      `git -c safe.directory='*' ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t ${copy}`,
    ]);
    expect(code).toBe(0);
    const { code: found, out } = scan(copy);
    expect(out).toContain('no leaks found');
    expect(found).toBe(0);
  });
  it('finds one that is planted', () => {
    const at = join(folder.path, 'leak');
    mkdirSync(at);
    // Put together here, so that this file has none.
    const key = ['-----BEGIN', 'RSA PRIVATE KEY-----'].join(' ');
    const end = ['-----END', 'RSA PRIVATE KEY-----'].join(' ');
    writeFileSync(join(at, 'key.pem'), `${key}\n${'MIIEowIBAAKCAQEAqL7v0bZk3x9T'.repeat(8)}\n${end}\n`);
    expect(scan(at)).toMatchObject({ code: 1, out: expect.stringContaining('leaks found: 1') });
  });
});
