// Ansible's files as they are read before anything runs: ansible-lint at its strictest, yamllint, shellcheck, and the syntax of all playbooks.
// Works on a copy, in which faults can be made: each tool is seen to find one.
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, readdirSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { privateFolder } from '../../services/process.ts';
import { pythonTool } from '../python.ts';

const SOURCE = new URL('../../../infra/ansible', import.meta.url).pathname;
const folder = privateFolder('ansible-lint');
afterAll(() => folder.remove());

/** A copy of infra/ansible, with lines added to files. */
function copy(added: Readonly<Record<string, string>> = {}): string {
  const path = join(folder.path, 'ansible');
  rmSync(path, { recursive: true, force: true });
  cpSync(SOURCE, path, { recursive: true });
  for (const [file, text] of Object.entries(added)) appendFileSync(join(path, file), text);
  return path;
}

/** ansible-lint starts ansible-playbook and others from PATH. */
const env = {
  ...process.env,
  PATH: `${dirname(pythonTool('ansible-lint'))}${delimiter}${process.env.PATH}`,
  HOME: folder.path,
  LC_ALL: 'C.UTF-8',
  NO_COLOR: '1',
};
function run(cwd: string, command: string, ...args: string[]): { status: number | null; out: string } {
  const { error, status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  if (error !== undefined) throw new Error(`${error.message}: apt-get install yamllint shellcheck`);
  return { status, out: stdout + stderr };
}
const filesThatEnd = (...ends: string[]): string[] =>
  readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) => ends.some((end) => file.endsWith(end)));
const TASKS = 'roles/bastion/tasks/hardening.yml';

describe('ansible-lint, profile production', () => {
  it('finds nothing', () => {
    const { status, out } = run(copy(), pythonTool('ansible-lint'), '--offline', '--profile', 'production');
    expect(status, out).toBe(0);
    expect(out).toContain('Passed: 0 failure(s), 0 warning(s)');
    expect(out).toMatch(/in (?:1[5-9]|[2-9]\d) files processed/);
  });

  it('finds a module without its collection, a file without a mode, and a command that always changes something', () => {
    const tasks = `
- name: Run a command
  command:
    argv: [ls]

- name: Write a file
  ansible.builtin.copy:
    content: x
    dest: /etc/x
`;
    const { status, out } = run(
      copy({ [TASKS]: tasks }),
      pythonTool('ansible-lint'),
      '--offline',
      '--profile',
      'production',
    );
    expect(status).toBe(2);
    for (const rule of ['fqcn[action-core]', 'risky-file-permissions', 'no-changed-when']) expect(out).toContain(rule);
  });
});

describe('yamllint', () => {
  const files = filesThatEnd('.yml', '.yamllint', '.ansible-lint');
  const lint = (path: string) => run(path, 'yamllint', '--strict', '--config-file', '.yamllint', ...files);

  it('finds nothing', () => {
    expect(files.length).toBeGreaterThan(12);
    expect(lint(copy())).toEqual({ status: 0, out: '' });
  });

  it('finds a line that is too long, and a key that is there twice', () => {
    const { status, out } = lint(copy({ 'inventory/hosts.yml': `# ${'x '.repeat(80)}x\nall: {}\n` }));
    expect(status).toBe(1);
    expect(out).toContain('(line-length)');
    expect(out).toContain('(key-duplicates)');
  });
});

describe('shellcheck', () => {
  const files = filesThatEnd('.sh');

  it('finds nothing', () => {
    expect(files).toEqual(['roles/bastion/files/restore-drill.sh']);
    expect(run(copy(), 'shellcheck', ...files)).toEqual({ status: 0, out: '' });
  });

  it('finds a variable without quotes', () => {
    expect(run(copy({ [files[0] as string]: 'rm $work/x\n' }), 'shellcheck', ...files).out).toContain('SC2086');
  });
});

describe('ansible-playbook --syntax-check', () => {
  const playbooks = filesThatEnd('.yml').filter((file) => file.startsWith('playbooks/'));
  const check = (path: string, playbook: string) =>
    run(path, pythonTool('ansible-playbook'), '--syntax-check', playbook);

  it('knows three playbooks', () => {
    expect(playbooks.sort()).toEqual(
      ['bastion', 'bootstrap-flux', 'restore-drill'].map((name) => `playbooks/${name}.yml`),
    );
  });

  it.each(playbooks)('takes %s', (playbook) => {
    const { status, out } = check(copy(), playbook);
    expect(status, out).toBe(0);
    expect(out).not.toContain('WARNING');
  });

  it('refuses a module that does not exist', () => {
    const task = '    - name: Nothing\n      ansible.builtin.nothing:\n';
    const { status, out } = check(copy({ 'playbooks/restore-drill.yml': task }), 'playbooks/restore-drill.yml');
    expect(status).not.toBe(0);
    expect(out).toContain('ansible.builtin.nothing');
  });
});
