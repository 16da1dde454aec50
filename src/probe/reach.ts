// Connecting to one of several addresses: the first, and only if we have no way to its family, the first of the other family.
// Nothing else is tried: an address that fails is what visitors meet, too.
import { isIP, connect as netConnect, type Socket } from 'node:net';
import { socketEvent } from './deadline.ts';

/** Our own kernel has no route or no address of this family; nothing was sent. */
const NO_WAY: ReadonlySet<string> = new Set(['ENETUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/** Opens with the first address, or with one of the other family when the prober itself cannot reach the first one's. */
export async function reach<T>(addresses: readonly string[], open: (address: string) => Promise<T>): Promise<T> {
  const [first = ''] = addresses;
  const other = addresses.find((address) => isIP(address) !== isIP(first));
  try {
    return await open(first);
  } catch (error) {
    if (other === undefined || !NO_WAY.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return open(other);
  }
}

/** A connected socket; `connecting` is told every address that is tried. */
export function openSocket(
  addresses: readonly string[],
  port: number,
  signal: AbortSignal,
  connecting: (address: string) => void = () => {},
): Promise<Socket> {
  const open = async (address: string) => {
    connecting(address);
    const socket = netConnect({ host: address, port });
    await socketEvent(socket, 'connect', signal);
    return socket;
  };
  return addresses.length === 1 ? open(addresses[0]!) : reach(addresses, open);
}
