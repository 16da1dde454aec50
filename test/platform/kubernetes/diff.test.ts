// What a pull request shows: the program of the workflow in a clone of this repository.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KUBERNETES } from '../../../infra/kubernetes/environments.ts';
import { privateFolder } from '../../services/process.ts';
import { toolPath } from '../tools.ts';

const ROOT = join(KUBERNETES, '../..');
const folder = privateFolder('diff');
const clone = join(folder.path, 'clone');
const git = (...args: string[]): string =>
  execFileSync('git', args, { cwd: clone, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
afterAll(() => folder.remove());

beforeAll(() => {
  execFileSync('git', ['init', '--quiet', clone]);
  for (const path of ['infra/kubernetes', 'helm', 'plimsoll.yaml', 'package.json'])
    cpSync(join(ROOT, path), join(clone, path), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  writeFileSync(join(clone, '.gitignore'), 'node_modules\n');
  git('add', '--all');
  git('-c', 'user.name=tests', '-c', 'user.email=tests@example.org', 'commit', '--quiet', '--message=first');
});

const diff = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['infra/kubernetes/diff.ts', ...args], {
    cwd: clone,
    encoding: 'utf8',
    env: { ...process.env, HELM: toolPath('helm') },
  });
  return { code: status, out: stdout, said: stderr };
};

it('says so when nothing changes, and leaves no tree behind', () => {
  expect(diff('HEAD')).toEqual({ code: 0, out: 'Nothing changes in the clusters against HEAD.\n', said: '' });
  expect(git('worktree', 'list').trim().split('\n').length).toBe(1);
});

it('shows what a value changes in the objects of a chart, where it changes it', () => {
  const file = join(clone, 'infra/kubernetes/apps/dev/kustomization.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('workers: 5', 'workers: 7'));
  const { code, out, said } = diff('HEAD');
  expect([code, said]).toEqual([0, '']);
  expect(out).toContain('### What changes in the clusters against HEAD: +');
  expect(out).toContain('b/dev/apps.yaml');
  expect(out).not.toContain('prod');
  expect(out).toMatch(/^\+ +workers: 7$/m);
  expect(out, 'in the Deployment too').toMatch(/^\+ +value: "7"$/m);
});

it('a base that is not there is an error', () => {
  expect(diff('origin/gone')).toMatchObject({
    code: 2,
    said: expect.stringMatching(/^diff: origin\/gone cannot be checked out: /),
  });
});

it('npm run manifests -- --check misses a file and does not write it; a value that is not there is named', () => {
  const render = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['infra/kubernetes/render.ts', ...args], {
      cwd: clone,
      encoding: 'utf8',
      env: { ...process.env, HELM: toolPath('helm') },
    });
    return { code: status, said: stdout + stderr };
  };
  const spec = join(clone, 'infra/kubernetes/apps/prod/spec.yaml');
  rmSync(spec);
  expect(render('--check')).toMatchObject({
    code: 1,
    said: expect.stringContaining('differs  infra/kubernetes/apps/prod/spec.yaml'),
  });
  expect(existsSync(spec)).toBe(false);
  expect(render().code).toBe(0);
  const values = join(clone, 'infra/kubernetes/clusters/prod/platform-values.yaml');
  writeFileSync(values, readFileSync(values, 'utf8').replace(/^ {2}copy_bucket:.*\n/m, ''));
  expect(render()).toMatchObject({ code: 4, said: expect.stringContaining('no value for copy_bucket') });
});
