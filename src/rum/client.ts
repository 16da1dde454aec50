// Whose beacon it is: the address that limits go by. X-Forwarded-For is believed from configured proxies only.
import { BlockList, isIP } from 'node:net';

export interface Client {
  readonly address: string;
}

/** Addresses and CIDR ranges as one list. */
export function proxyList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

const isIn = (list: BlockList, address: string): boolean => {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  const version = isIP(plain);
  return version !== 0 && list.check(plain, version === 6 ? 'ipv6' : 'ipv4');
};

/**
 * The visitor's address, if the peer is a proxy of ours: what it says in the one header, or X-Forwarded-For from the right to the left until
 * an address is no proxy of ours. An answer that is no address leaves the peer's.
 */
export function clientOf(
  peer: string,
  headers: { readonly named?: string | undefined; readonly forwardedFor?: string | undefined },
  proxies: BlockList,
): Client {
  const named = headers.named?.trim() ?? '';
  if (isIP(named) !== 0 && isIn(proxies, peer)) return { address: named };
  let address = peer;
  const hops = headers.forwardedFor?.slice(-2_048).split(',') ?? [];
  while (isIn(proxies, address)) {
    const next = hops.pop()?.trim();
    if (next === undefined || isIP(next) === 0) break;
    address = next;
  }
  return { address };
}
