// A Debian 12 to break: debootstrap once, unpacked into a private folder for each test. Needs root. Mounts are made in a mount namespace of
// their own, processes in a PID namespace: both are gone with the command, however it ends. Nothing of this machine is changed.
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { privateFolder } from '../../services/process.ts';
import { pythonTool } from '../python.ts';
import { cache } from '../tools.ts';

const MIRROR = process.env.PLIMSOLL_DEBIAN_MIRROR ?? 'http://deb.debian.org/debian';
// What a bastion has before the role comes: systemd, and the Python that Ansible's modules need.
const DEBOOTSTRAP = [
  '--variant=minbase',
  '--include=ca-certificates,python3,python3-apt,systemd,systemd-sysv',
  'bookworm',
];
/** Where infra/ansible is seen inside. */
export const PROJECT = '/plimsoll';
const ANSIBLE = new URL('../../../infra/ansible', import.meta.url).pathname;
const VENV_BIN = dirname(pythonTool('ansible-playbook'));

export interface Result {
  readonly status: number;
  /** What it wrote, errors too. */
  readonly out: string;
}
export interface ThrowawayRoot {
  /** Where it is on this machine. */
  readonly path: string;
  /** Runs a command inside, as root, with the network of this machine; never throws for its exit status. */
  run(command: string, ...args: string[]): Promise<Result>;
  remove(): void;
}

/** The base, as an archive in the cache; made if it is not there. */
function base(): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([DEBOOTSTRAP, process.arch]))
    .digest('hex')
    .slice(0, 12);
  const archive = join(cache(), `debian-${hash}.tar.gz`);
  if (existsSync(archive)) return archive;
  const folder = privateFolder('debootstrap');
  try {
    const root = join(folder.path, 'root');
    must('debootstrap', ...DEBOOTSTRAP, root, MIRROR);
    must('chroot', root, 'apt-get', 'clean');
    mkdirSync(cache(), { recursive: true });
    const partial = `${archive}.${process.pid}`;
    must('tar', '--create', '--gzip', '--file', partial, '--one-file-system', '--directory', root, '.');
    renameSync(partial, archive);
  } finally {
    folder.remove();
  }
  return archive;
}

/** A fresh root, in which no service may be started: what is asked for is written to /var/log/asked. */
export function startRoot(): ThrowawayRoot {
  if (process.getuid?.() !== 0) throw new Error('the throw-away root needs root: debootstrap and chroot do');
  const archive = base();
  const folder = privateFolder('root');
  const root = folder.path;
  must('tar', '--extract', '--gzip', '--file', archive, '--directory', root);
  writeFileSync(join(root, 'etc/resolv.conf'), readFileSync('/etc/resolv.conf'));
  writeFileSync(join(root, 'etc/hosts'), `127.0.0.1 localhost ${hostname()}\n`);
  writeFileSync(join(root, 'usr/sbin/policy-rc.d'), '#!/bin/sh\necho "$@" >>/var/log/asked\nexit 101\n', {
    mode: 0o755,
  });
  // It is thrown away: nothing needs to be safe on disk.
  writeFileSync(join(root, 'etc/dpkg/dpkg.cfg.d/fast'), 'force-unsafe-io\n');
  const packages = join(cache(), 'debian-packages');
  for (const path of [packages, join(root, VENV_BIN, '..'), join(root, PROJECT)]) mkdirSync(path, { recursive: true });
  const mounts = [
    `mount -t proc proc "${root}/proc"`,
    `mount --bind "${packages}" "${root}/var/cache/apt/archives"`,
    ...[
      [dirname(VENV_BIN), join(root, dirname(VENV_BIN))],
      [ANSIBLE, join(root, PROJECT)],
    ].map(([from, to]) => `mount --bind "${from}" "${to}" && mount -o remount,bind,ro "${to}"`),
  ];
  const script = `set -e\n${mounts.join('\n')}\nexec chroot "${root}" "$@"`;
  const env = {
    PATH: `${VENV_BIN}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: '/root',
    LC_ALL: 'C.UTF-8',
    DEBIAN_FRONTEND: 'noninteractive',
    ANSIBLE_CONFIG: `${PROJECT}/ansible.cfg`,
    ANSIBLE_NOCOLOR: '1',
  };
  const namespaces = ['--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private'];
  return {
    path: root,
    run: (command, ...args) =>
      new Promise((resolve) => {
        execFile(
          'unshare',
          [...namespaces, 'bash', '-c', script, 'bash', command, ...args],
          { env, maxBuffer: 50_000_000 },
          (error, stdout, stderr) =>
            resolve({ status: error === null ? 0 : Number(error.code ?? -1), out: stdout + stderr }),
        );
      }),
    remove: () => folder.remove(),
  };
}

function must(command: string, ...args: string[]): void {
  const { error, status, stderr, stdout } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 50_000_000 });
  if (status === 0) return;
  throw new Error(
    `${command} ${args[0]}: ${error?.message ?? (stderr + stdout).trim().split('\n').slice(-10).join('\n')}\nIs it installed (apt-get install debootstrap), is ${MIRROR} reachable (or PLIMSOLL_DEBIAN_MIRROR)?`,
  );
}
