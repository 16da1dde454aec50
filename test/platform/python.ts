// The Python tools that test:platform runs, in a virtual environment outside of the repository, made from a lock file with hashes.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cache } from './tools.ts';

const LOCK = join(import.meta.dirname, 'python', 'requirements.txt');
export type PythonTool = 'zizmor' | 'ansible-lint' | 'ansible-playbook';

/** Another lock file has another environment. */
const environment = (): string =>
  join(cache(), `python-${createHash('sha256').update(readFileSync(LOCK)).digest('hex').slice(0, 12)}`);

/** A tool that has been installed; throws an Error that says how to. Its folder must be in PATH: ansible-lint starts others. */
export function pythonTool(name: PythonTool): string {
  const path = join(environment(), 'bin', name);
  if (existsSync(path)) return path;
  throw new Error(`${name} is not installed: node test/platform/prepare.ts`);
}

/** Scripts of an environment hold its path, so it is made where it stays; a mark says that it is whole. */
export function ensurePython(): void {
  const folder = environment();
  const mark = join(folder, 'whole');
  if (!existsSync(mark)) {
    console.log('installing zizmor, ansible-core and ansible-lint …');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(dirname(folder), { recursive: true });
    run('/usr/bin/python3', '-m', 'venv', folder);
    const pip = join(folder, 'bin', 'pip');
    run(pip, 'install', '--quiet', '--disable-pip-version-check', '--require-hashes', '--requirement', LOCK);
    writeFileSync(mark, '');
  }
  console.log(`zizmor, ansible-core, ansible-lint: all there, in ${folder}`);
}

function run(command: string, ...args: string[]): void {
  const { error, status, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 100_000_000 });
  if (status === 0) return;
  const why = error?.message ?? stderr.trim().split('\n').slice(-5).join('\n');
  throw new Error(
    `${command} ${args.slice(0, 2).join(' ')}: ${why}\nIs PyPI reachable (pip config list), is python3-venv installed?`,
  );
}
