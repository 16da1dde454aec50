// Answers of HTTP and TLS that are broken at random: real ones, recorded and changed, and garbage. A run always ends, in time, with an
// outcome; it is good only if Node's own client reads the same answer; and nothing is left behind.
import { readFileSync } from 'node:fs';
import { createServer as createHttp, get } from 'node:http';
import { type AddressInfo, connect, createServer as createTcp, type Server } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Run } from '../../src/probe/runner.ts';
import { OUTCOMES, verdictOf } from '../../src/spec/outcome.ts';
import { run } from '../probe/run.ts';
import { type Edge, prepareEdge, SHOP } from '../services/edge.ts';
import { seeded } from '../services/fault-proxy.ts';
import {
  bounded,
  type Capture,
  LANGUAGE_WORDS,
  mutated,
  mutation,
  type Player,
  type Playing,
  playing,
  record,
  startPlayer,
  together,
} from './captures.ts';

const CANARY = 'cAnArY-of-the-header-31e7';
const TIMEOUT_MS = 250;
/** What a busy machine may add. */
const PATIENCE_MS = 5_000;
const PARALLEL = 8;
let edge: Edge;
let site: Server;
let secure: Server;
let captures: readonly Capture[];
const players: Player[] = [];

beforeAll(async () => {
  site = createHttp((request, response) => {
    const page = `<!doctype html><html><body>shop ${'x'.repeat(700)}</body></html>`;
    // One answer in pieces, one of known length.
    if (request.url === '/pieces') for (let i = 0; i < 5; i++) response.write(`${page}\n`);
    response.end(request.url === '/pieces' ? 'shop' : page);
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const { port } = site.address() as AddressInfo;
  edge = await prepareEdge();
  await edge.start(`http://127.0.0.1:${port}/`);
  const { cert, key } = {
    cert: readFileSync(edge.ca.replace('ca.pem', 'valid.pem')),
    key: readFileSync(edge.ca.replace('ca.pem', 'valid.key')),
  };
  secure = createTls({ cert, key }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\nshop'));
  });
  await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
  const recorded = (path: string) => record(port, (via) => http(via, path));
  captures = [await recorded('/'), await recorded('/pieces')];
  for (let i = 0; i < PARALLEL; i++) players.push(await startPlayer());
});
afterAll(async () => {
  for (const player of players) player.close();
  site?.close();
  secure?.close();
  await edge?.remove();
});

const headers = { authorization: `Bearer ${CANARY}` };
const http = (port: number, path = '/') =>
  run({ kind: 'http', url: `http://127.0.0.1:${port}${path}`, contains: 'shop', headers, timeout: `${TIMEOUT_MS}ms` });

interface Read {
  readonly status: number;
  readonly bytes: number;
  readonly hasShop: boolean;
}
/** What Node's client reads of the same bytes; else its error. */
function byNode(capture: Capture): Promise<Read | string> {
  return new Promise((resolve) => {
    const server = createTcp((socket) =>
      socket.on('error', () => {}).once('data', () => socket.end(Buffer.concat(capture))),
    );
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      const done = (result: Read | string) => {
        server.close();
        request.destroy();
        resolve(result);
      };
      const request = get({ port, maxHeaderSize: 32_768, agent: false }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('error', ({ message }) => done(message));
        answer.on('end', () => {
          const body = Buffer.concat(parts);
          const read = { status: answer.statusCode!, bytes: body.length, hasShop: body.includes('shop') };
          done(answer.complete ? read : 'incomplete');
        });
      });
      // What comes after a whole answer is an error, too; the answer comes all the same.
      request.on('error', ({ message }) => setTimeout(done, 50, message));
      request.setTimeout(2_000, () => done('late'));
    });
  });
}
/** Where the RFCs (9110, 8.6; 9112, 7.1.1) let a client read on and Node does not: the same length twice, spaces behind a chunk's size. */
const STRICTER = /Duplicate Content-Length|Invalid character in chunk (size|extensions)/;

/** Whatever was played: an outcome that is known and no bug of ours, in time, and no secret. */
function expectSane({ steps, durationMs }: Run): void {
  expect(durationMs).toBeLessThan(TIMEOUT_MS + PATIENCE_MS);
  for (const { outcome, detail } of steps) {
    expect(Object.keys(OUTCOMES)).toContain(outcome);
    expect(outcome, detail).not.toBe('internal_error');
    expect(detail.length).toBeLessThanOrEqual(1_001);
  }
  expect(JSON.stringify(steps)).not.toContain(CANARY);
}

const INTACT: Playing = { piece: 1_460, end: 'end' };
const inTurn = <T>(all: readonly T[], work: (item: T, player: Player) => Promise<void>) =>
  together(all, (item, i) => work(item, players[i]!));
const batch = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 1, maxLength: PARALLEL });
const gc = (() => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();
const heldBytes = () => {
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

describe('an answer of HTTP', () => {
  it('that is intact is good in pieces of any size', async () => {
    for (const capture of captures)
      for (const piece of [1, 2, 7, 100, 65_536]) {
        players[0]!.play(capture, { piece, end: 'end' });
        expect((await http(players[0]!.port)).steps).toMatchObject([{ outcome: 'ok' }]);
      }
  });
  it('that is broken ends in an outcome, and is good only if Node reads the same', async () => {
    const before = heldBytes();
    const goods = { ours: 0, all: 0 };
    const broken = fc.record({
      capture: fc.nat(1),
      mutations: fc.array(mutation, { minLength: 1, maxLength: 3 }),
      playing,
    });
    await fc.assert(
      fc.asyncProperty(batch(broken), (all) =>
        inTurn(all, async ({ capture, mutations, playing: how }, player) => {
          const bytes = mutated(captures[capture]!, mutations);
          player.play(bytes, how);
          const result = await http(player.port);
          expectSane(result);
          goods.all += 1;
          const [{ outcome, facts }] = result.steps as [Run['steps'][0]];
          if (verdictOf(outcome) !== 'good') return;
          goods.ours += 1;
          const read = await byNode(bytes);
          if (typeof read === 'string' && STRICTER.test(read)) return;
          expect(read).toEqual({ status: facts.httpStatus, bytes: facts.bodyBytes, hasShop: true });
        }),
      ),
      bounded(8),
    );
    // Many are broken where it does no harm, and many are not: else this would show nothing.
    expect(goods.ours).toBeGreaterThan(goods.all / 20);
    expect(goods.ours).toBeLessThan(goods.all * 0.9);
    await expect.poll(() => players.reduce((sum, { open }) => sum + open, 0), { timeout: 10_000 }).toBe(0);
    expect(heldBytes() - before).toBeLessThan(30_000_000);
  });
  it('that is garbage is never good', async () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom('HTTP/1.1 200 OK', 'content-length: 4', 'transfer-encoding: chunked', ''),
    );
    const garbage = fc.oneof(
      fc.uint8Array({ maxLength: 3_000 }).map((bytes) => Buffer.from(bytes)),
      fc.array(line, { maxLength: 30 }).map((lines) => Buffer.from(lines.join('\r\n'), 'latin1')),
    );
    await fc.assert(
      fc.asyncProperty(batch(fc.tuple(garbage, playing)), (all) =>
        inTurn(all, async ([bytes, how], player) => {
          player.play([Buffer.alloc(0), bytes], how);
          const result = await http(player.port);
          expectSane(result);
          expect(verdictOf(result.steps[0]!.outcome)).not.toBe('good');
        }),
      ),
      bounded(4, 120),
    );
  });
  it('with any Location is followed to what is allowed, or told as an outcome', async () => {
    const odd = [
      '//',
      '/',
      '?',
      '#',
      'http://[',
      'http://[::1',
      'http://127.0.0.1:99999/',
      'HTTP://127.1',
      'https:',
      'http://%00/',
      '\\\\127.0.0.1\\',
      'http://a@b@c/',
    ];
    const location = fc.oneof(fc.webUrl(), fc.constantFrom(...odd), fc.string({ unit: 'binary', maxLength: 80 }));
    await fc.assert(
      fc.asyncProperty(batch(location), (all) =>
        inTurn(all, async (to, player) => {
          const value = to.replaceAll(/[\r\n]/g, '');
          const head = `HTTP/1.1 302 Found\r\nlocation: ${value}\r\ncontent-length: 0\r\n\r\n`;
          player.play([Buffer.alloc(0), Buffer.from(head, 'latin1')], INTACT);
          // Nothing is asked of DNS: only the player itself is there.
          const target = { kind: 'http', url: `http://127.0.0.1:${player.port}/`, headers, timeout: `${TIMEOUT_MS}ms` };
          const result = await run(target, {
            resolve: async (host) =>
              host === '127.0.0.1'
                ? { ok: true, addresses: [host], ms: 0 }
                : { ok: false, outcome: 'redirect_refused', detail: `not ${host}`, ms: 0 },
          });
          expectSane(result);
          expect(verdictOf(result.steps[0]!.outcome)).not.toBe('good');
        }),
      ),
      bounded(4, 120),
    );
  });
  it.each(LANGUAGE_WORDS)('whose cache says %s says nothing of its cache', async (word) => {
    for (const header of ['x-cache', 'cf-cache-status', 'cache-status', 'server-timing']) {
      const value = header === 'server-timing' ? `cdn-cache; desc=${word}` : word;
      const head = `HTTP/1.1 200 OK\r\n${header}: ${value}\r\n${word}: ${word}\r\ncontent-length: 4\r\n\r\nshop`;
      players[0]!.play([Buffer.alloc(0), Buffer.from(head)], INTACT);
      const target = { kind: 'cdn', steps: ['hit'], url: `http://127.0.0.1:${players[0]!.port}/` };
      const result = await run({ ...target, timeout: `${TIMEOUT_MS}ms` });
      expectSane(result);
      expect(result.steps).toMatchObject([{ outcome: 'cache_status_unknown' }]);
    }
  });
  it('of two megabytes that are made for its judges is judged without holding up the process', async () => {
    const parts = [
      '<',
      '<title>Database Error',
      'wp-die-message">         ',
      '</htm',
      '<body id="error-page"',
      'cdn-cache;   desc=',
      '"',
      'Error establishing a database ',
      ' ',
    ];
    for (const part of parts) {
      const body = part.repeat(Math.floor(2_000_000 / part.length));
      const head = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\nserver-timing: ${part
        .replaceAll(/[^ -~]/g, '')
        .repeat(500)
        .slice(0, 20_000)}\r\n\r\n`;
      players[0]!.play([Buffer.alloc(0), Buffer.from(head + body, 'latin1')], { piece: 65_536, end: 'end' });
      for (const target of [
        { kind: 'wordpress', steps: ['front', 'rest', 'login'] },
        { kind: 'cdn', steps: ['hit'] },
      ]) {
        const started = performance.now();
        const { steps } = await run({ ...target, url: `http://127.0.0.1:${players[0]!.port}/`, timeout: '20s' });
        expect(performance.now() - started).toBeLessThan(PATIENCE_MS);
        expect(verdictOf(steps[0]!.outcome)).not.toBe('good');
      }
    }
  });
});

describe('an answer of TLS', () => {
  const probed = (port: number) => ({
    site: () =>
      run({
        kind: 'http',
        url: `https://${SHOP}:${port}/`,
        address: '127.0.0.1',
        ca: edge.ca,
        contains: 'shop',
        headers,
        timeout: `${TIMEOUT_MS}ms`,
      }),
    certificate: () =>
      run({
        kind: 'tls',
        url: `tls://${SHOP}:${port}`,
        address: '127.0.0.1',
        ca: edge.ca,
        timeout: `${TIMEOUT_MS}ms`,
      }),
  });
  it('that is garbage is never good', async () => {
    const record = fc
      .tuple(
        fc.constantFrom(20, 21, 22, 23, 24, 0, 255),
        fc.constantFrom(0x0301, 0x0303, 0x0304, 0),
        fc.uint8Array({ maxLength: 400 }),
      )
      .map(([type, version, body]) =>
        Buffer.from([type, version >> 8, version & 255, body.length >> 8, body.length & 255, ...body]),
      );
    const garbage = fc.oneof(
      fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)),
      fc.array(record, { maxLength: 5 }).map((records) => Buffer.concat(records)),
    );
    await fc.assert(
      fc.asyncProperty(batch(fc.tuple(garbage, playing)), (all) =>
        inTurn(all, async ([bytes, how], player) => {
          player.play([Buffer.alloc(0), bytes], how);
          for (const probe of Object.values(probed(player.port))) {
            const result = await probe();
            expectSane(result);
            expect(verdictOf(result.steps[0]!.outcome)).not.toBe('good');
          }
        }),
      ),
      bounded(4, 120),
    );
  });
  it('in which one byte is changed is no good answer, but for bytes that TLS 1.3 does not protect', async () => {
    const { port } = secure.address() as AddressInfo;
    const random = seeded(7);
    let flip = Number.POSITIVE_INFINITY;
    let sent: Buffer = Buffer.alloc(0);
    const proxy = createTcp((near) => {
      const far = connect(port, '127.0.0.1');
      sent = Buffer.alloc(0);
      near.pipe(far);
      far.on('data', (bytes: Buffer) => {
        const at = flip - sent.length;
        sent = Buffer.concat([sent, bytes]);
        const out = Buffer.from(bytes);
        if (at >= 0 && at < out.length) out[at] = out[at]! ^ (1 << Math.floor(random() * 8));
        near.write(out);
      });
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const)
        one.on('error', () => {}).on('close', () => other.end());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const via = (proxy.address() as AddressInfo).port;
    expect((await probed(via).site()).steps).toMatchObject([{ outcome: 'ok' }]);
    const { length } = sent;
    const isLong = process.env.PLIMSOLL_SOAK !== undefined;
    let goods = 0;
    for (let i = 0; i < (isLong ? length : 120); i++) {
      flip = isLong ? i : Math.floor(random() * length);
      const result = await probed(via).site();
      expectSane(result);
      if (result.steps[0]!.outcome !== 'ok') continue;
      goods += 1;
      expect(unprotected(sent, flip), `byte ${flip} of ${sent.length}`).toBe(true);
    }
    expect(goods).toBeLessThan(60);
    proxy.close();
  });
});

/** Is the byte in the header of a record that is not encrypted, or behind the answer (the alert that says goodbye)? */
function unprotected(stream: Buffer, place: number): boolean {
  const records: { at: number; end: number; type: number }[] = [];
  for (let at = 0; at + 5 <= stream.length; ) {
    const end = at + 5 + stream.readUInt16BE(at + 3);
    records.push({ at, end, type: stream[at]! });
    at = end;
  }
  const i = records.findIndex(({ at, end }) => place >= at && place < end);
  const { at, type } = records[i]!;
  return (type !== 23 && place < at + 5) || type === 20 || i === records.length - 1;
}
