// Bytes that a server sent, as answers to what was written to it: recorded from a real one through a proxy, broken in seeded ways, and
// played by a server that is none.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import fc from 'fast-check';

/** What came after each write of the client; the first is what came before any. */
export type Capture = readonly Buffer[];

/** Names of objects of the language, as words of a server: what is looked up by such a word must not find them. */
export const LANGUAGE_WORDS = ['constructor', '__proto__', 'toString', 'valueOf', 'hasOwnProperty'] as const;

/** How a capture is broken, at a place that is a share of its length; then the rest of it is played as it is. */
export interface Mutation {
  readonly how: 'flip' | 'set' | 'cut' | 'drop' | 'repeat' | 'insert' | 'swap';
  /** 0 to 1. */
  readonly at: number;
  readonly length: number;
  readonly value: number;
  readonly bytes: Uint8Array;
}

/** How it is played: in pieces of so many bytes, and what is done at the end. */
export interface Playing {
  readonly piece: number;
  readonly end: 'end' | 'reset' | 'hold';
}

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  how: fc.constantFrom('flip', 'set', 'cut', 'drop', 'repeat', 'insert', 'swap'),
  at: fc.noBias(fc.nat(999_999)).map((n) => n / 1_000_000),
  length: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 8 }) }, fc.integer({ min: 9, max: 3_000 })),
  value: fc.oneof(
    fc.constantFrom(0, 1, 0x0a, 0x0d, 0x20, 0x3a, 0x7f, 0x80, 0xfb, 0xfe, 0xff),
    fc.integer({ min: 0, max: 255 }),
  ),
  bytes: fc.oneof(
    { weight: 4, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 40 }) },
    fc.constantFrom(...LANGUAGE_WORDS).map((word) => Buffer.from(word)),
  ),
});
export const playing: fc.Arbitrary<Playing> = fc.record({
  piece: fc.constantFrom(1, 2, 7, 100, 1_460, 65_536),
  end: fc.oneof(
    { weight: 40, arbitrary: fc.constant('end' as const) },
    { weight: 8, arbitrary: fc.constant('reset' as const) },
    { weight: 1, arbitrary: fc.constant('hold' as const) },
  ),
});

/** Property runs are bounded by time, in all; in soak they are ten times as long, from another seed each time. */
export const bounded = (seconds: number, numRuns = 400): fc.Parameters<unknown> => {
  const isLong = process.env.PLIMSOLL_SOAK !== undefined;
  return {
    numRuns: isLong ? 1_000_000 : numRuns,
    interruptAfterTimeLimit: seconds * 1000 * (isLong ? 10 : 1),
    ...(isLong ? {} : { seed: 20_261_126 }),
  };
};

/** The capture with all mutations, one after the other; each changes one of its parts. */
export function mutated(capture: Capture, mutations: readonly Mutation[]): Capture {
  let parts = [...capture];
  for (const { at, ...how } of mutations) {
    const all = parts.reduce((sum, part) => sum + part.length, 0);
    let place = Math.floor(at * all);
    parts = parts.map((part) => {
      const here = place >= 0 && place < part.length ? place : undefined;
      place -= part.length;
      return here === undefined ? part : changed(part, here, how);
    });
  }
  return parts;
}

function changed(part: Buffer, at: number, { how, length, value, bytes }: Omit<Mutation, 'at'>): Buffer {
  const [before, after] = [part.subarray(0, at), part.subarray(at)];
  const rest = after.subarray(length);
  switch (how) {
    case 'flip':
      return Buffer.concat([before, Buffer.from([after[0]! ^ (1 << (value % 8))]), after.subarray(1)]);
    case 'set':
      return Buffer.concat([before, Buffer.from([value]), after.subarray(1)]);
    case 'cut':
      return before;
    case 'drop':
      return Buffer.concat([before, rest]);
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, length), after]);
    case 'insert':
      return Buffer.concat([before, bytes, after]);
    case 'swap':
      return Buffer.concat([before, rest.subarray(0, length), after.subarray(0, length), rest.subarray(length)]);
  }
}

/** Records what the server at `port` says while `talk` talks to the port that it is given. */
export async function record(port: number, talk: (port: number) => Promise<unknown>): Promise<Capture> {
  const parts: Buffer<ArrayBufferLike>[] = [Buffer.alloc(0)];
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    near.on('data', (bytes) => {
      parts.push(Buffer.alloc(0));
      far.write(bytes);
    });
    far.on('data', (bytes: Buffer) => {
      parts[parts.length - 1] = Buffer.concat([parts.at(-1)!, bytes]);
      near.write(bytes);
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => {});
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await talk((server.address() as AddressInfo).port);
  await new Promise((resolve) => server.close(resolve));
  return parts.filter((part, i) => part.length > 0 || i === 0);
}

export interface Player {
  readonly port: number;
  /** Connections that are open now. */
  readonly open: number;
  /** What the next connections get. */
  play(capture: Capture, playing: Playing): void;
  close(): void;
}

/** A server that plays captures, whatever it is told. */
export async function startPlayer(): Promise<Player> {
  const sockets = new Set<Socket>();
  let [capture, how]: [Capture, Playing] = [[], { piece: 1, end: 'end' }];
  const server = createServer({ allowHalfOpen: false, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    playTo(socket, [...capture], how);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get open() {
      return sockets.size;
    },
    play(next, playing) {
      [capture, how] = [next, playing];
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function playTo(socket: Socket, parts: Buffer[], { piece, end }: Playing): void {
  const next = () => {
    const part = parts.shift() ?? Buffer.alloc(0);
    // Never more than a few pieces, or a page would take a thousand turns.
    const size = Math.max(piece, Math.ceil(part.length / 40));
    for (let i = 0; i < part.length; i += size) socket.write(part.subarray(i, i + size));
    if (parts.length > 0 || end === 'hold') return;
    if (end === 'end') socket.end();
    else socket.write('', () => setTimeout(() => socket.resetAndDestroy(), 2));
  };
  next();
  socket.on('data', () => {
    if (parts.length > 0) next();
  });
}

/** All at once, each to its end, so that none is still going on when the next ones begin; then throws what the first one threw. */
export async function together<T>(all: readonly T[], work: (item: T, i: number) => Promise<void>): Promise<void> {
  const results = await Promise.allSettled(all.map(work));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
