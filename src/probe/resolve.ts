// Names to addresses, and which addresses a probe may reach. The address that was checked is the one connected to.
import { lookup, Resolver } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Outcome } from '../spec/outcome.ts';

/** ok with at least one address, or the outcome that says why not. `ms` is the time spent. */
export type Resolved =
  | { readonly ok: true; readonly addresses: readonly string[]; readonly ms: number }
  | { readonly ok: false; readonly outcome: Outcome; readonly detail: string; readonly ms: number };

/** Resolves `host` (a name or an address) and applies the address policy. Never rejects. `redirect`: a host the target sent us to. */
export type Resolve = (host: string, options?: { redirect?: boolean }) => Promise<Resolved>;

/** Named targets may be anywhere but in the forbidden ranges; made-up ones only where `allow` says (hosts, *.suffixes, CIDRs). */
export type AddressPolicy = { readonly kind: 'named' } | { readonly kind: 'adhoc'; readonly allow: readonly string[] };

// Link-local (with the metadata service of every cloud), unspecified, multicast, broadcast; never a target.
const FORBIDDEN = blockList([
  '169.254.0.0/16',
  '0.0.0.0/8',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // The services of Azure and Alibaba; over IPv6 those of AWS, Oracle and Google.
  '168.63.129.16/32',
  '100.100.100.200/32',
  'fe80::/10',
  '::/128',
  'ff00::/8',
  'fd00:ec2::254/128',
  'fd00:c1::a9fe:a9fe/128',
  'fd20:ce::254/128',
]);
// Loopback, private (RFC 1918, 4193), carrier-grade NAT (RFC 6598) and what a router may translate or tunnel to an address inside
// (RFC 2544, 3056, 3879, 4380, 6890, 8215): not where a redirect or a stranger may send us.
const INTERNAL = blockList([
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '192.0.0.0/24',
  '198.18.0.0/15',
  '::/96',
  '64:ff9b:1::/48',
  '2001::/32',
  '2002::/16',
  'fec0::/10',
  'fc00::/7',
]);

/** The ranges, as net/bits. */
export function blockList(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [net = '', bits = ''] = cidr.split('/');
    list.addSubnet(net, Number(bits), isIP(net) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** The host of a URL without the brackets of IPv6. */
export const hostOf = (url: URL): string => bare(url.hostname);
const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');

/** v4-mapped (::ffff:0:0/96), translated (::ffff:0:0:0/96), NAT64 (64:ff9b::/96), v4-compatible (::/96); and 6to4 (2002::/16). */
const EMBEDDING =
  /^(?:(?:::|::ffff:|::ffff:0:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})|2002:([0-9a-f]{1,4}):([0-9a-f]{1,4})(?::.*)?)$/;

/** The IPv4 address inside an IPv6 one that leads to it, else the address itself. */
export function plainAddress(ip: string): string {
  if (isIP(ip) !== 6) return ip;
  const text = new URL(`http://[${ip}]/`).hostname.slice(1, -1);
  const [, high = '', low = '', high6to4 = '', low6to4 = ''] = EMBEDDING.exec(text) ?? [];
  if (high === '' && high6to4 === '') return text;
  const [first, second] = [high || high6to4, low || low6to4].map((word) => Number.parseInt(word, 16)) as [
    number,
    number,
  ];
  return [first >> 8, first & 255, second >> 8, second & 255].join('.');
}

const isIn = (list: BlockList, ip: string): boolean => list.check(ip, isIP(ip) === 6 ? 'ipv6' : 'ipv4');

/** Is the address, or the IPv4 one inside it, in the list? */
const leadsTo = (list: BlockList, ip: string, plain: string): boolean =>
  isIn(list, ip) || (plain !== ip && isIn(list, plain));

/** May a probe connect to `ip`, reached under the name `host`? Pure. */
export function addressAllowed(ip: string, host: string, policy: AddressPolicy, redirect = false): boolean {
  if (isIP(ip) === 0) return false;
  const plain = plainAddress(ip);
  if (leadsTo(FORBIDDEN, ip, plain)) return false;
  if (policy.kind === 'named' && !redirect) return true;
  const isInternal = leadsTo(INTERNAL, ip, plain);
  if (policy.kind === 'named') return !isInternal;
  const cidrs = rangesOf(policy);
  if (cidrs.length > 0 && isIn(blockList(cidrs), plain)) return true;
  // A name that is allowed may not lead inside by its DNS answer (rebinding): internal addresses need a CIDR or the address itself.
  return isNamed(host, policy) && (!isInternal || isIP(host) !== 0);
}

type Adhoc = Extract<AddressPolicy, { kind: 'adhoc' }>;
const rangesOf = ({ allow }: Adhoc): string[] => allow.filter((rule) => rule.includes('/'));
const isNamed = (host: string, { allow }: Adhoc): boolean =>
  allow.some((rule) => rule === host || (rule.startsWith('*.') && host.endsWith(rule.slice(1))));

/** Whatever the name of a stranger's target leads to, it is refused: then it is not even looked up. */
const hopeless = (host: string, policy: AddressPolicy): boolean =>
  policy.kind === 'adhoc' && isIP(host) === 0 && rangesOf(policy).length === 0 && !isNamed(host, policy);

/** What a name server said, by the code of Node. */
export const DNS_ANSWERS: Readonly<Record<string, Outcome>> = {
  ENOTFOUND: 'dns_nxdomain',
  ENODATA: 'dns_nodata',
  ESERVFAIL: 'dns_servfail',
  EREFUSED: 'dns_refused',
};

/** A resolver under a policy. c-ares first (libuv's four threads would make probes wait for each other), then the system's. */
export function createResolver(policy: AddressPolicy): Resolve {
  return async (name, { redirect = false } = {}) => {
    const start = performance.now();
    const host = bare(name).toLowerCase();
    try {
      const all = isIP(host) !== 0 || hopeless(host, policy) ? [host] : await addressesOf(host);
      const addresses = all.filter((ip) => addressAllowed(ip, host, policy, redirect));
      const ms = performance.now() - start;
      if (addresses.length > 0) return { ok: true, addresses, ms };
      return {
        ok: false,
        outcome: redirect ? 'redirect_refused' : 'address_refused',
        detail: `a probe must not reach ${host}${all[0] === host ? '' : ` (${all.join(', ')})`}`,
        ms,
      };
    } catch (error) {
      const { code = '', message } = error as NodeJS.ErrnoException;
      return {
        ok: false,
        outcome: DNS_ANSWERS[code] ?? 'no_resolver',
        detail: `${host}: ${message}`,
        ms: performance.now() - start,
      };
    }
  };
}

async function addressesOf(host: string): Promise<string[]> {
  const system = async () => (await lookup(host, { all: true, order: 'ipv4first' })).map((a) => a.address);
  if (host === 'localhost') return system();
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  const [v4, v6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const found = [...(v4.status === 'fulfilled' ? v4.value : []), ...(v6.status === 'fulfilled' ? v6.value : [])];
  if (found.length > 0) return found;
  const reason = (v4.status === 'rejected' ? v4.reason : undefined) as NodeJS.ErrnoException | undefined;
  // The hosts file and search domains are the system resolver's business; its "not found" is c-ares' own answer.
  if (reason?.code !== 'ESERVFAIL' && reason?.code !== 'EREFUSED') {
    try {
      return await system();
    } catch {
      throw reason ?? new Error('no address');
    }
  }
  throw reason;
}
