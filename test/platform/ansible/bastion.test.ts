// The role bastion in a throw-away Debian 12. Ansible itself runs inside, with the connection `local`: ansible-core has no connection to a
// chroot (community.general has one, and only ansible.builtin is used here). Tasks that need a booted machine are named, and not run.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Releases, serveReleases } from './releases.ts';
import { PROJECT, type Result, startRoot, type ThrowawayRoot } from './throwaway-root.ts';

const PASSWORD = `it's "one" \\ of # $HOME`;
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDyWQ6eTWjzZ9W0z5mVq8h1bUkUGWwQ3l2bqCqOqfXyZ';
const ADMINS = ['ada', 'grace'].map((name) => ({ name, key: `${KEY} ${name}` }));
let root: ThrowawayRoot;
let releases: Releases;
let runs: Result[];

const playbook = (variables: object, ...args: string[]): Promise<Result> => {
  writeFileSync(join(root.path, 'root/variables.json'), JSON.stringify(variables));
  const from = ['--inventory', '/root/inventory.json', '--extra-vars', '@/root/variables.json'];
  return root.run('ansible-playbook', ...from, ...args, `${PROJECT}/playbooks/bastion.yml`);
};
const variables = () => ({
  bastion_admins: ADMINS,
  bastion_tools: releases.tools,
  bastion_backup_agent: releases.agent,
  bastion_drill: { host: '127.0.0.1', user: 'drill', password: PASSWORD },
});
const recap = ({ out }: Result) =>
  Object.fromEntries(
    [...(/^throwaway .*$/m.exec(out)?.[0] ?? '').matchAll(/(\w+)=(\d+)/g)].map((m) => [m[1], Number(m[2])]),
  );
const inside = (path: string) => join(root.path, path);
const modeOf = (path: string) => (statSync(inside(path)).mode & 0o7777).toString(8);
const ownerOf = (path: string) => root.run('stat', '--format=%U:%G', path).then(({ out }) => out.trim());

beforeAll(async () => {
  root = startRoot();
  releases = await serveReleases();
  const hosts = { throwaway: { ansible_connection: 'local' } };
  writeFileSync(inside('root/inventory.json'), JSON.stringify({ all: { children: { bastions: { hosts } } } }));
}, 300_000);
afterAll(async () => {
  await releases?.close();
  root?.remove();
});

it('refuses to make a bastion that nobody can enter', async () => {
  const { status, out } = await playbook({ ...variables(), bastion_admins: [] }, '--skip-tags', 'booted');
  expect(status).toBe(2);
  expect(out).toContain('Set bastion_admins: [{name: ada, key: ssh-ed25519');
  expect(recap({ status, out })).toMatchObject({ failed: 1, changed: 0 });
});

describe('run twice', () => {
  beforeAll(async () => {
    runs = [];
    for (const _ of [1, 2]) runs.push(await playbook(variables(), '--skip-tags', 'booted'));
  }, 300_000);

  it('changes everything the first time and nothing the second', () => {
    for (const run of runs) expect(run.status, run.out.slice(-3_000)).toBe(0);
    const [first, second] = runs.map(recap);
    expect(first).toMatchObject({ failed: 0, unreachable: 0 });
    expect(first?.changed).toBeGreaterThan(20);
    expect(second).toMatchObject({ failed: 0, unreachable: 0, changed: 0, ok: first!.ok });
  });

  it('says no password', () => {
    for (const { out } of runs) expect(out).not.toContain('of # $HOME');
  });

  it('starts no service: Debian asked for some, and was told not to', async () => {
    expect(readFileSync(inside('var/log/asked'), 'utf8')).toContain('ssh (start)');
    // Processes of a run share a PID namespace that ends with it: what is left here are this shell and ps.
    expect((await root.run('sh', '-c', 'ls -d /proc/[0-9]* | wc -l')).out.trim()).toMatch(/^[1-5]$/);
  });

  it('lets people in by key only', async () => {
    const { status, out } = await root.run('sshd', '-T');
    expect(status, out).toBe(0);
    const settings = out.split('\n');
    for (const line of [
      'passwordauthentication no',
      'kbdinteractiveauthentication no',
      'pubkeyauthentication yes',
      'permitrootlogin without-password',
      'permitemptypasswords no',
      'allowagentforwarding no',
      'x11forwarding no',
      'maxauthtries 3',
      'logingracetime 30',
    ])
      expect(settings).toContain(line);
    expect(settings.filter((line) => line.startsWith('allowusers'))).toEqual(
      ['root', 'ada', 'grace'].map((name) => `allowusers ${name}`),
    );
  });

  it.each(ADMINS)('gives $name an account with the key, in sudo, without a password', async ({ name, key }) => {
    expect(readFileSync(inside(`home/${name}/.ssh/authorized_keys`), 'utf8')).toBe(`${key}\n`);
    expect([modeOf(`home/${name}/.ssh`), modeOf(`home/${name}/.ssh/authorized_keys`)]).toEqual(['700', '600']);
    expect(await ownerOf(`/home/${name}/.ssh/authorized_keys`)).toBe(`${name}:${name}`);
    expect((await root.run('getent', 'shadow', name)).out.split(':')[1]).toBe('!');
    expect((await root.run('su', name, '--command', 'sudo --non-interactive id --user')).out.trim()).toBe('0');
  });

  it('has valid sudoers', async () => {
    const { status, out } = await root.run('visudo', '--check');
    expect(status, out).toBe(0);
    expect(out).toContain('/etc/sudoers.d/plimsoll: parsed OK');
    expect(modeOf('etc/sudoers.d/plimsoll')).toBe('440');
  });

  it.each(['kubectl', 'flux', 'velero'])('has %s, which runs', async (name) => {
    expect(await root.run(name)).toEqual({ status: 0, out: `this is ${name}\n` });
    expect(modeOf(`usr/local/bin/${name}`)).toBe('755');
    expect(await ownerOf(`/usr/local/bin/${name}`)).toBe('root:root');
  });

  it('has the database clients and what the drill needs', async () => {
    const { status, out } = await root.run(
      'which',
      'mariadb',
      'mariadb-dump',
      'mariadb-admin',
      'mariadbd',
      'mariadb-install-db',
      'redis-cli',
    );
    expect(status, out).toBe(0);
  });

  it('has fetched the installer of the backup agent, and not run it', () => {
    expect(modeOf('var/cache/plimsoll-backup-agent.bin')).toBe('700');
    expect(runs[0]?.out).not.toContain('Install the backup agent]');
  });

  it('keeps the password of the drill in a file that only root reads, as the shell will read it', async () => {
    expect([modeOf('etc/plimsoll'), modeOf('etc/plimsoll/restore-drill.env')]).toEqual(['700', '600']);
    const read = '. /etc/plimsoll/restore-drill.env; printf %s "$SOURCE_PASSWORD"';
    expect((await root.run('sh', '-c', read)).out).toBe(PASSWORD);
  });

  it('says since when drills are due, and claims no success', () => {
    const folder = 'var/lib/prometheus/node-exporter';
    const text = readFileSync(inside(`${folder}/restore_drill_begin.prom`), 'utf8');
    const at = Number(/^restore_drill_begin_timestamp_seconds (\d+)$/m.exec(text)?.[1]);
    expect(Math.abs(Date.now() / 1000 - at)).toBeLessThan(600);
    expect(() => statSync(inside(`${folder}/restore_drill.prom`))).toThrow('ENOENT');
  });

  it('writes units that systemd understands, and that find their folder', async () => {
    const { status, out } = await root.run(
      'systemd-analyze',
      'verify',
      '/etc/systemd/system/restore-drill.service',
      '/etc/systemd/system/restore-drill.timer',
    );
    expect({ status, out }).toEqual({ status: 0, out: '' });
    expect((await root.run('systemd-analyze', 'calendar', 'Sun 04:30')).status).toBe(0);
  });

  it('writes settings that apt, the journal and the kernel understand', async () => {
    expect((await root.run('apt-config', 'dump', 'APT::Periodic')).out).toContain(
      'APT::Periodic::Unattended-Upgrade "1"',
    );
    expect((await root.run('systemd-analyze', 'cat-config', 'systemd/journald.conf')).out).toContain('SystemMaxUse=1G');
    const keys = [...readFileSync(inside('etc/sysctl.d/60-plimsoll.conf'), 'utf8').matchAll(/^([\w.]+) = /gm)].map(
      (m) => m[1]!,
    );
    expect(keys.length).toBeGreaterThan(5);
    const files = keys.map((key) => `/proc/sys/${key.replaceAll('.', '/')}`);
    const { out } = await root.run('sh', '-c', 'for f in "$@"; do test -e "$f" || echo "$f"; done', 'sh', ...files);
    // Debian's kernels have Yama; the one of a container or a virtual machine may not.
    expect(out.split('\n').filter((file) => file !== '' && file !== '/proc/sys/kernel/yama/ptrace_scope')).toEqual([]);
  });

  it('stops at a wrong checksum, and leaves the tool as it was', async () => {
    const [kubectl, ...others] = releases.tools;
    const wrong = `sha256:${'0'.repeat(64)}`;
    const { status, out } = await playbook(
      { ...variables(), bastion_tools: [{ ...kubectl, checksum: wrong }, ...others] },
      '--skip-tags',
      'booted',
      '--start-at-task',
      'Install tools',
    );
    expect(status).toBe(2);
    expect(out).toContain('Download kubectl');
    expect(out.replace(/\s+/g, ' ')).toMatch(/The checksum for \S+ did not match 0{64}/);
    expect((await root.run('kubectl')).out).toBe('this is kubectl\n');
  });
});

it('was not run here: what needs a booted machine', async () => {
  const { out } = await playbook(variables(), '--list-tasks', '--tags', 'booted');
  const tasks = [...out.matchAll(/^\s+bastion : (.+?)\s+TAGS: \[(.*)\]$/gm)].map(([, name, tags]) => [name, tags]);
  expect(tasks.filter(([, tags]) => tags !== 'always')).toEqual([
    ['Install the backup agent', 'booted'],
    ['Start the timer', 'booted'],
  ]);
  const handlers = parse(
    readFileSync(new URL('../../../infra/ansible/roles/bastion/handlers/main.yml', import.meta.url), 'utf8'),
  );
  expect(handlers.map(({ name, when }: Record<string, string>) => [name, when])).toEqual(
    ['Reload ssh', 'Restart the journal', 'Apply kernel settings'].map((name) => [
      name,
      "'booted' not in ansible_skip_tags",
    ]),
  );
});
