// A network namespace for the exporter, joined to ours by two links: one to ask it, and an uplink that can be cut. Everything else
// leads into a device that swallows packets and counts them: nothing leaves this machine. Needs root.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { privateFolder } from './process.ts';

export interface Namespace {
  /** Runs a command inside: for the option of the same name of startExporter. */
  readonly within: readonly string[];
  /** Where the exporter can listen; asking it works even while the uplink is cut. */
  readonly inside: string;
  /** Our end of the link to ask it: its resolver is expected at port 53 there. */
  readonly resolver: string;
  /** Our addresses behind the uplink. */
  readonly outside: readonly [string, string, string, string];
  readonly outside6: string;
  /** Cuts the uplink of all, or brings it back. */
  cut(): void;
  restore(): void;
  /** Packets to this address get lost without a word, or find their way again. */
  lose(address: string): void;
  find(address: string): void;
  /** Connections begun so far inside, where a process runs, and packets sent to neither of the links nor loopback. */
  counters(pid: number): { readonly opened: number; readonly stray: number };
  remove(): void;
}

const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const ip = (...args: string[]) => run('ip', ...args);

/** A block of addresses that nobody has, as they are for documentation (RFC 5737): to the exporter they look public. */
function freeBlock(): string {
  const blocks = ['198.51.100', '203.0.113'].flatMap((net) => Array.from({ length: 16 }, (_, i) => `${net}.${i * 16}`));
  const first = Math.floor(Math.random() * blocks.length);
  const found = [...blocks.slice(first), ...blocks].find((block) => ip('route', 'show', `${block}/28`) === '');
  if (found === undefined) throw new Error('every block of addresses for documentation is in use');
  return found;
}

const single = (address: string): string => `${address}/${address.includes(':') ? 128 : 32}`;

/** Makes it; throws if this process may not. */
export function makeNamespace(): Namespace {
  if (process.getuid?.() !== 0) throw new Error('network namespaces need root: run the tests as root');
  const id = process.hrtime.bigint().toString(36).slice(-6);
  const octet = 1 + Math.floor(Math.random() * 250);
  const [name, ask, up] = [`plimsoll-${id}`, `pa${id}`, `pu${id}`];
  const [resolver, inside] = [`10.241.${octet}.1`, `10.241.${octet}.2`];
  const block = freeBlock();
  const [up2, ...behind] = [2, 3, 4, 5, 6].map((last) =>
    block.replace(/\d+$/, (first) => String(Number(first) + last)),
  );
  const outside = behind as [string, string, string, string];
  const outside6 = `fd98:${octet}::11`;
  const folder = privateFolder('namespace');
  const resolvConf = join(folder.path, 'resolv.conf');
  writeFileSync(resolvConf, `nameserver ${resolver}\n`);
  ip('netns', 'add', name);
  const remove = () => {
    try {
      ip('netns', 'del', name);
    } catch {
      // Already gone.
    }
    folder.remove();
  };
  process.once('exit', remove);
  const here = (...args: string[]) => ip('-n', name, ...args);
  for (const link of [ask, up]) ip('link', 'add', link, 'type', 'veth', 'peer', 'name', `${link}i`, 'netns', name);
  ip('addr', 'add', `${resolver}/30`, 'dev', ask);
  for (const address of outside) ip('addr', 'add', `${address}/28`, 'dev', up);
  ip('addr', 'add', `${outside6}/64`, 'dev', up, 'nodad');
  for (const link of [ask, up]) ip('link', 'set', link, 'up');
  here('addr', 'add', `${inside}/30`, 'dev', `${ask}i`);
  here('addr', 'add', `${up2}/28`, 'dev', `${up}i`);
  here('addr', 'add', `fd98:${octet}::2/64`, 'dev', `${up}i`, 'nodad');
  here('link', 'add', 'swallow', 'type', 'veth', 'peer', 'name', 'swallowed');
  for (const link of ['swallow', 'swallowed'])
    here('link', 'set', link, 'arp', 'off', 'multicast', 'off', 'addrgenmode', 'none');
  here('addr', 'add', 'fd99::2/64', 'dev', 'swallow', 'nodad');
  for (const link of ['lo', 'swallow', 'swallowed', `${ask}i`, `${up}i`]) here('link', 'set', link, 'up');
  here('route', 'add', 'default', 'dev', 'swallow', 'src', up2!);
  here('-6', 'route', 'add', 'default', 'dev', 'swallow');
  return {
    within: ['ip', 'netns', 'exec', name, 'sh', '-c', `mount --bind ${resolvConf} /etc/resolv.conf && exec "$@"`, 'sh'],
    inside,
    resolver,
    outside,
    outside6,
    cut: () => void ip('link', 'set', up, 'down'),
    restore() {
      ip('link', 'set', up, 'up');
      // The kernel keeps addresses of IPv4 only while a link is down.
      ip('addr', 'replace', `${outside6}/64`, 'dev', up, 'nodad');
    },
    lose: (address) => void here('route', 'replace', single(address), 'dev', 'swallow'),
    find: (address) => void here('route', 'del', single(address), 'dev', 'swallow'),
    counters(pid) {
      const read = (file: string) => readFileSync(`/proc/${pid}/net/${file}`, 'utf8');
      const [names = '', values = ''] = read('snmp').match(/^Tcp:.*$/gm) ?? [];
      const opened = Number(values.split(' ')[names.split(' ').indexOf('ActiveOpens')]);
      const swallow = /swallow:(.*)/.exec(read('dev'))?.[1]?.trim().split(/\s+/) ?? [];
      return { opened, stray: Number(swallow[9]) };
    },
    remove() {
      process.removeListener('exit', remove);
      remove();
    },
  };
}
