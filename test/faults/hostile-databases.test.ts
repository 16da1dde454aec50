// Answers of MariaDB and Redis that are broken at random: conversations with real servers, recorded with a password, changed and
// played again. A run always ends, in time, with an outcome; it is good only if the answers still say so; and nothing is left behind.

import { spawnSync } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer as createTcp, type Server } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containDrivers } from '../../src/probe/driver-faults.ts';
import type { Run } from '../../src/probe/runner.ts';
import { OUTCOMES } from '../../src/spec/outcome.ts';
import { run } from '../probe/run.ts';
import { createProbeUser, startMariadb } from '../services/mariadb.ts';
import { startRedis } from '../services/redis.ts';
import {
  bounded,
  type Capture,
  LANGUAGE_WORDS,
  mutated,
  mutation,
  type Player,
  playing,
  record,
  startPlayer,
  together,
} from './captures.ts';

const CANARY = 'cAnArY-of-the-database-90d2';
const TIMEOUT_MS = 250;
/** What a busy machine may add. */
const PATIENCE_MS = 5_000;
const PARALLEL = 6;
type Kind = 'mariadb' | 'redis';
const captures = {} as Record<Kind, Capture>;
const players: Player[] = [];

const URLS = {
  mariadb: (port: number) => `mysql://plimsoll@127.0.0.1:${port}/plimsoll`,
  redis: (port: number) => `redis://127.0.0.1:${port}/0`,
} as const;
const probe = (kind: Kind, port: number, timeoutMs = TIMEOUT_MS) =>
  run({
    kind,
    url: URLS[kind](port),
    password: CANARY,
    timeout: `${timeoutMs}ms`,
    steps: ['connect', 'read', 'write'],
  });
const outcomesOf = ({ steps }: Run) => steps.map(({ outcome }) => outcome);
const GOOD = ['ok', 'ok', 'ok'];

/** Errors of drivers that the exporter contains; all else stays an error of this test. */
const contained: Error[] = [];
let takeBack = () => {};
const theirs = process.listeners('uncaughtException');
const rejections = process.listeners('unhandledRejection');

beforeAll(async () => {
  // As in the exporter, where nobody else listens.
  process.removeAllListeners('uncaughtException').removeAllListeners('unhandledRejection');
  takeBack = containDrivers((error) => contained.push(error));
  process.on('uncaughtException', (error) => {
    if (contained.at(-1) !== error) for (const listener of theirs) listener(error, 'uncaughtException');
  });
  const [database, cache] = await Promise.all([startMariadb(), startRedis({ password: CANARY })]);
  await createProbeUser(database, CANARY);
  // The first run makes the table, which no later one does.
  expect(outcomesOf(await probe('mariadb', database.port, 5_000))).toEqual(GOOD);
  captures.mariadb = await record(database.port, (port) => probe('mariadb', port, 5_000));
  captures.redis = await record(cache.port, (port) => probe('redis', port, 5_000));
  await Promise.all([database.remove(), cache.remove()]);
  for (let i = 0; i < PARALLEL; i++) players.push(await startPlayer());
});
afterAll(() => {
  takeBack();
  process.removeAllListeners('uncaughtException');
  for (const listener of theirs) process.on('uncaughtException', listener);
  for (const listener of rejections) process.on('unhandledRejection', listener);
  for (const player of players) player.close();
});

function expectSane({ steps, durationMs }: Run): void {
  expect(durationMs).toBeLessThan(TIMEOUT_MS + PATIENCE_MS);
  for (const { outcome, detail } of steps) {
    expect(Object.keys(OUTCOMES)).toContain(outcome);
    expect(outcome, detail).not.toBe('internal_error');
    expect(detail.length).toBeLessThanOrEqual(1_100);
  }
  expect(JSON.stringify(steps)).not.toContain(CANARY);
}
const gc = (() => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();
const heldBytes = () => {
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/** Plays broken conversations; `check` says whether the answers that were played are still good ones. */
async function fuzz(kind: Kind, check: (bytes: Buffer, outcomes: readonly string[]) => void): Promise<void> {
  const before = heldBytes();
  const tally = { good: 0, all: 0 };
  const broken = fc.tuple(fc.array(mutation, { minLength: 1, maxLength: 2 }), playing);
  await fc.assert(
    fc.asyncProperty(fc.array(broken, { minLength: 1, maxLength: PARALLEL }), (all) =>
      together(all, async ([mutations, how], i) => {
        const player = players[i]!;
        const capture = mutated(captures[kind], mutations);
        player.play(capture, how);
        const result = await probe(kind, player.port);
        expectSane(result);
        tally.all += 1;
        const outcomes = outcomesOf(result);
        if (outcomes.includes('ok')) check(Buffer.concat(capture), outcomes);
        if (outcomes.every((outcome) => outcome === 'ok')) tally.good += 1;
      }),
    ),
    bounded(7),
  );
  expect(tally.good).toBeGreaterThan(0);
  expect(tally.good).toBeLessThan(tally.all * 0.9);
  await expect.poll(() => players.reduce((sum, { open }) => sum + open, 0), { timeout: 10_000 }).toBe(0);
  expect(heldBytes() - before).toBeLessThan(30_000_000);
}

/** Packets of MariaDB: the number that counts them within a question, and the payload. */
function packets(bytes: Buffer): { readonly sequence: number; readonly payload: Buffer }[] {
  const found: { sequence: number; payload: Buffer }[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const end = at + 4 + bytes.readUIntLE(at, 3);
    if (end > bytes.length) break;
    found.push({ sequence: bytes[at + 3]!, payload: bytes.subarray(at + 4, end) });
    at = end;
  }
  return found;
}

describe('MariaDB', () => {
  it('that says what it said is good, in pieces of any size', async () => {
    expect(packets(captures.mariadb.reduce((a, b) => Buffer.concat([a, b]))).length).toBeGreaterThan(5);
    for (const piece of [1, 7, 65_536]) {
      players[0]!.play(captures.mariadb, { piece, end: 'hold' });
      expect(outcomesOf(await probe('mariadb', players[0]!.port, 2_000))).toEqual(GOOD);
    }
  });
  it('that is cut off at any place is bad from that step on', async () => {
    const whole = Buffer.concat(captures.mariadb);
    for (let place = 0; place < whole.length; place += process.env.PLIMSOLL_SOAK === undefined ? 9 : 1) {
      let left = place;
      const cut = captures.mariadb.map((part) => {
        const kept = part.subarray(0, Math.max(0, left));
        left -= part.length;
        return kept;
      });
      players[0]!.play(cut.slice(0, Math.max(1, cut.findLastIndex((part) => part.length > 0) + 1)), {
        piece: 65_536,
        end: 'end',
      });
      const result = await probe('mariadb', players[0]!.port);
      expectSane(result);
      expect(result.steps.at(-1)!.outcome, `${place} of ${whole.length}`).not.toBe('ok');
    }
  });
  it('that is broken ends in an outcome, and is good only with all its answers and no error', async () => {
    await fuzz('mariadb', (bytes, outcomes) => {
      // After the greeting: login, two settings, a table of one column, and at least OK for the write (a row with a newer version).
      if (!outcomes.every((outcome) => outcome === 'ok')) return;
      const [, ...answers] = packets(bytes);
      expect(answers.length).toBeGreaterThanOrEqual(7);
      expect(
        answers.slice(0, 7).some(({ payload }) => payload[0] === 0xff),
        'an error is among them',
      ).toBe(false);
    });
  });
});

describe('Redis', () => {
  it('that says what it said is good, in pieces of any size', async () => {
    for (const piece of [1, 7, 65_536]) {
      players[0]!.play(captures.redis, { piece, end: 'hold' });
      expect(outcomesOf(await probe('redis', players[0]!.port, 2_000))).toEqual(GOOD);
    }
  });
  it('that is broken ends in an outcome, and each step is good only with the answer to its own question', async () => {
    await fuzz('redis', (bytes, [connect, read, write]) => {
      const said = bytes.toString('latin1');
      if (connect === 'ok') expect(said).toMatch(/(\+|\n)PONG\r\n/);
      // A text, no text, or a line.
      if (read === 'ok') expect(said).toMatch(/\$\d+\r\n.*\r\n|\$-1\r\n|\+.*\r\n/s);
      if (write === 'ok') expect(said).toMatch(/(\+|\n)OK\r\n/);
    });
  });
  it.each(LANGUAGE_WORDS)('that gives %s as the reason of an error has an error, at every step', async (word) => {
    const error = Buffer.from(`-${word} x\r\n`);
    // The answers to the greeting come in one part, and before it there is none.
    for (let place = 1; place < captures.redis.length; place++) {
      players[0]!.play(captures.redis.with(place, error), { piece: 65_536, end: 'hold' });
      const result = await probe('redis', players[0]!.port, 2_000);
      expectSane(result);
      expect(outcomesOf(result)).toContain('redis_error');
      await expect.poll(() => players[0]!.open).toBe(0);
    }
  });
});

describe('what a driver throws where nobody catches', () => {
  it('does not end the process, and what anybody else throws there does', () => {
    const source = (file: string) => JSON.stringify(new URL(`../../${file}`, import.meta.url).href);
    // A connection that nobody waits for is refused: the rejection is the driver's. Then one that is not.
    const script = `
      import { createConnection } from ${JSON.stringify(import.meta.resolve('mariadb'))};
      import { containDrivers } from ${source('src/probe/driver-faults.ts')};
      containDrivers((error) => console.log('contained', error.code));
      void createConnection({ host: '127.0.0.1', port: 1, connectTimeout: 1_000 });
      // Thrown by the engine, in a function of the driver's: its frame is the second one.
      const stack = 'RangeError: NaN\\n    at BigInt (<anonymous>)\\n    at parse (file:///x/node_modules/mariadb/lib/io/packet.js:1:1)';
      setTimeout(() => { throw Object.assign(new RangeError('NaN'), { stack, code: 'NAN' }); }, 100);
      setTimeout(() => {
        console.log('goes on');
        setTimeout(() => { throw new Error('a bug of ours'); });
      }, 500);
      setTimeout(() => console.log('must have ended'), 2_000);`;
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
    });
    expect(stdout).toBe('contained ECONNREFUSED\ncontained NAN\ngoes on\n');
    expect(stderr).toContain('a bug of ours');
    expect(status).not.toBe(0);
  });
});

describe('a server that never stops', () => {
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) server.close();
  });
  /** What was recorded, up to an answer; then this, and more of the same for as long as it is read. */
  async function endless(begin: Capture, head: Buffer, more: Buffer): Promise<number> {
    const server = createTcp((socket) => {
      const parts = [...begin];
      const go = () => {
        while (!socket.destroyed && socket.write(more));
      };
      const next = () => {
        const part = parts.shift();
        if (part !== undefined) return void socket.write(part);
        socket.removeAllListeners('data').resume();
        socket.write(head);
        socket.on('drain', go);
        go();
      };
      socket.on('error', () => {}).on('data', next);
      if (begin[0]!.length > 0) next();
      else parts.shift();
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }
  const cell = (text: string) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
  const packet = (sequence: number, payload: Buffer) =>
    Buffer.concat([
      Buffer.from([payload.length & 255, (payload.length >> 8) & 255, payload.length >> 16, sequence]),
      payload,
    ]);
  it('that sends us to another one is not followed there, nor told our password', async () => {
    let visits = 0;
    const elsewhere = createTcp((socket) => {
      visits += 1;
      socket.destroy();
    });
    servers.push(elsewhere);
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const { port } = elsewhere.address() as AddressInfo;
    const change = Buffer.concat([cell('redirect_url'), cell(`mysql://127.0.0.1:${port}`)]);
    const told = Buffer.concat([Buffer.from([0]), Buffer.from([change.length]), change]);
    // OK with a changed session: status 0x4002, no warnings, no text, and the variable.
    const ok = Buffer.concat([Buffer.from([0, 0, 0, 2, 0x40, 0, 0, 0]), Buffer.from([told.length]), told]);
    const [greeting, login, ...rest] = captures.mariadb;
    players[0]!.play([greeting!, packet(login![3]!, ok), ...rest], { piece: 65_536, end: 'hold' });
    const { steps } = await probe('mariadb', players[0]!.port, 2_000);
    expect(steps.map(({ outcome }) => outcome)).toEqual(GOOD);
    await expect.poll(() => players[0]!.open).toBe(0);
    expect(visits).toBe(0);
  });
  it.each<readonly [what: string, kind: Kind, before: number, head: () => Buffer, more: () => Buffer]>([
    ['a string of Redis', 'redis', 2, () => Buffer.from('$536870912\r\n'), () => Buffer.alloc(65_536, 'x')],
    [
      'an array of Redis',
      'redis',
      2,
      () => Buffer.from('*100000000\r\n'),
      () => Buffer.from('$1\r\nx\r\n'.repeat(10_000)),
    ],
    [
      'a greeting of MariaDB',
      'mariadb',
      0,
      () => Buffer.from([0xff, 0xff, 0xff, 0, 10]),
      () => Buffer.alloc(65_536, 'x'),
    ],
    [
      'rows of MariaDB',
      'mariadb',
      2,
      () => rowsHead(),
      () => Buffer.concat(Array.from({ length: 3_000 }, (_, i) => packet((i + 5) & 255, cell('12345')))),
    ],
  ])('%s: ends at a cap, with no more memory', async (_what, kind, before, head, more) => {
    const port = await endless(captures[kind].slice(0, before + 1), head(), more());
    const held = process.memoryUsage().rss;
    let peak = 0;
    const watching = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 20);
    const result = await probe(kind, port, 8_000);
    clearInterval(watching);
    const told = outcomesOf(result).find((outcome) => outcome !== 'ok');
    expect(told).toMatch(/^(body_limit|protocol_error|query_error)$/);
    expect(result.durationMs).toBeLessThan(7_000);
    // A megabyte, what came until that was seen, and what the driver and this server make of it.
    expect(peak - held).toBeLessThan(150_000_000);
  });
  /** One column of BIGINT, so that rows follow. */
  const rowsHead = () => {
    const column = Buffer.concat([
      ...['def', '', '', '', 'at_ms', 'at_ms'].map(cell),
      Buffer.from([12, 63, 0, 20, 0, 0, 0, 8, 0, 0, 0, 0, 0]),
    ]);
    return Buffer.concat([packet(1, Buffer.from([1])), packet(2, column), packet(3, Buffer.from([0xfe, 0, 0, 2, 0]))]);
  };
});
