// A TCP proxy before a server that does to connections what broken networks and servers do. Knows no protocol; never heals by itself.
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What happens to a connection. Bytes of the server are told apart from those of the client: faults hit the answer. */
export type Fault =
  /** Nothing listens. */
  | { readonly kind: 'refuse' }
  /** Accepted and cut with RST: at once, or after so many bytes of the answer. */
  | { readonly kind: 'reset'; readonly afterBytes?: number }
  /** Accepted and ended with FIN after so many bytes of the answer. */
  | { readonly kind: 'truncate'; readonly afterBytes: number }
  /** After so many bytes of the answer no more, and no end. */
  | { readonly kind: 'hold'; readonly afterBytes: number }
  /** Accepted, and never a byte of an answer. */
  | { readonly kind: 'silent' }
  /** Every piece of the answer comes so much later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** One byte of the answer at a time. */
  | { readonly kind: 'drip'; readonly everyMs: number }
  /** This is the answer, once the client has sent something; `endless` goes on for as long as the client reads. */
  | { readonly kind: 'say'; readonly bytes: string | Buffer; readonly endless?: Buffer; readonly end?: boolean }
  /** Reset with this probability, by a seeded generator; else untouched. */
  | { readonly kind: 'lose'; readonly ratio: number; readonly seed: number };

export interface FaultProxy {
  readonly port: number;
  /** Connections so far, and those that were given up by the client or cut by us. */
  readonly seen: { readonly connections: number; readonly open: number; readonly lost: number };
  /** From now on; undefined: connections pass untouched. Connections that exist are cut, so that kept ones meet it too. */
  inject(fault: Fault | undefined): Promise<void>;
  close(): Promise<void>;
}

/** mulberry32: a small generator whose sequence is the seed's. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A proxy to a server on 127.0.0.1; `host`: where it listens itself. */
export async function startFaultProxy(to: number, host = '127.0.0.1'): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  const counts = { connections: 0, lost: 0 };
  let fault: Fault | undefined;
  let random = seeded(0);
  let server: Server | undefined;
  let port = 0;
  const accept = (near: Socket) => {
    counts.connections += 1;
    sockets.add(near);
    near.on('error', () => {});
    near.on('close', () => sockets.delete(near));
    if (fault?.kind === 'lose' && random() < fault.ratio) {
      counts.lost += 1;
      near.resetAndDestroy();
    } else serve(near, fault, to, sockets);
  };
  const listen = async () => {
    server = createServer({ allowHalfOpen: true }, accept);
    await new Promise<void>((resolve) => server!.listen(port, host, resolve));
    port = (server.address() as AddressInfo).port;
  };
  const stop = async () => {
    const old = server;
    server = undefined;
    for (const socket of sockets) socket.destroy();
    if (old !== undefined) await new Promise<void>((resolve) => old.close(() => resolve()));
  };
  await listen();
  return {
    get port() {
      return port;
    },
    get seen() {
      return { ...counts, open: sockets.size };
    },
    async inject(next) {
      fault = next;
      if (next?.kind === 'lose') random = seeded(next.seed);
      for (const socket of sockets) socket.destroy();
      if (next?.kind === 'refuse') await stop();
      else if (server === undefined) await listen();
    },
    close: stop,
  };
}

function serve(near: Socket, fault: Fault | undefined, to: number, sockets: Set<Socket>): void {
  if (fault?.kind === 'silent') {
    near.on('end', () => void near.end()).resume();
    return;
  }
  if (fault?.kind === 'reset' && fault.afterBytes === undefined) {
    near.resetAndDestroy();
    return;
  }
  if (fault?.kind === 'say') {
    say(near, fault);
    return;
  }
  const far = connect(to, '127.0.0.1');
  sockets.add(far);
  far.on('error', () => near.destroy());
  far.on('close', () => sockets.delete(far));
  near.on('close', () => far.destroy());
  near.pipe(far);
  if (fault?.kind === 'drip') {
    drip(near, far, fault.everyMs);
    return;
  }
  let sent = 0;
  const limit = fault !== undefined && 'afterBytes' in fault ? (fault.afterBytes ?? 0) : Infinity;
  const delayMs = fault?.kind === 'delay' ? fault.ms : 0;
  const pass = (bytes: Buffer) => {
    const part = bytes.subarray(0, Math.max(0, limit - sent));
    sent += bytes.length;
    if (near.destroyed) return;
    if (sent < limit) return void near.write(part);
    if (fault?.kind === 'hold') return void near.write(part);
    // What was written must have left before a reset, which would throw it away.
    near.write(part, () => (fault?.kind === 'reset' ? setTimeout(() => near.resetAndDestroy(), 20) : near.end()));
    far.destroy();
  };
  far.on('data', (bytes: Buffer) => (delayMs > 0 ? setTimeout(pass, delayMs, bytes) : pass(bytes)));
  far.on('end', () => setTimeout(() => near.end(), delayMs));
}

function drip(near: Socket, far: Socket, everyMs: number): void {
  let rest = Buffer.alloc(0);
  far.on('data', (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes]);
  });
  const timer = setInterval(() => {
    if (rest.length === 0 || near.destroyed) return;
    near.write(rest.subarray(0, 1));
    rest = rest.subarray(1);
  }, everyMs);
  near.on('close', () => clearInterval(timer));
}

function say(near: Socket, { bytes, endless, end = false }: Extract<Fault, { kind: 'say' }>): void {
  near.once('data', () => {
    near.write(bytes);
    if (endless !== undefined) {
      const more = () => {
        while (!near.destroyed && near.write(endless));
      };
      near.on('drain', more);
      more();
    } else if (end) near.end();
  });
}
