// The connection to Redis against a server that says exactly what the test wants: whole, in pieces, too much, or nonsense.
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { RedisConnection } from '../../src/probe/redis-connection.ts';
import { makeCa } from '../services/ca.ts';
import { privateFolder } from '../services/process.ts';

let server: Server | undefined;
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server?.close();
});

const never = new AbortController().signal;
type Answer = (socket: Socket, request: string) => void;

const serving = (answer: Answer) => (socket: Socket) => {
  sockets.push(socket);
  socket.on('error', () => {});
  socket.on('data', (bytes) => answer(socket, bytes.toString()));
};
async function portOf(started: Server): Promise<number> {
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return (started.address() as AddressInfo).port;
}
/** Connects to a server that gives every request to `answer`. */
const connected = async (answer: Answer, signal = never): Promise<RedisConnection> =>
  RedisConnection.open('127.0.0.1', await portOf(createServer(serving(answer))), signal);
const saying = (text: string) => connected((socket) => socket.write(text));
/** What becomes of one question. */
const told = async (connection: RedisConnection): Promise<unknown> =>
  connection.ask(['PING'])[0]!.catch((error: Error) => `${error.name}: ${error.message}`);

describe('a connection to Redis', () => {
  it('sends words with their length in bytes, all commands in one packet', async () => {
    const requests: string[] = [];
    const connection = await connected((socket, request) => {
      requests.push(request);
      socket.write('+OK\r\n$2\r\n\u00fc\r\n');
    });
    expect(await Promise.all(connection.ask(['SET', '\u00fc', '1'], ['GET', '\u00fc']))).toEqual(['OK', '\u00fc']);
    expect(requests).toEqual(['*3\r\n$3\r\nSET\r\n$2\r\n\u00fc\r\n$1\r\n1\r\n*2\r\n$3\r\nGET\r\n$2\r\n\u00fc\r\n']);
  });
  it.each([
    ['+PONG\r\n', 'PONG'],
    [':-12\r\n', -12],
    ['$-1\r\n', null],
    ['$0\r\n\r\n', ''],
    ['$4\r\na\r\nb\r\n', 'a\r\nb'],
    ['-NOAUTH Authentication required.\r\n', 'Error: NOAUTH Authentication required.'],
  ])('reads %j, also byte by byte', async (text, expected) => {
    expect(await told(await saying(text))).toBe(expected);
    server?.close();
    const dripping = await connected(async (socket) => {
      for (const byte of Buffer.from(text)) {
        socket.write(Buffer.of(byte));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    });
    expect(await told(dripping)).toBe(expected);
  });
  it.each(['HTTP/1.1 400 Bad Request\r\n', '*1\r\n+a\r\n', ':1.5\r\n', '$x\r\n', '$1\r\nabc', '$-2\r\n'])(
    'takes %j for no answer of Redis, and ends',
    async (text) => {
      const connection = await saying(text);
      expect(await told(connection)).toContain('the answer is not that of a Redis server');
      await expect.poll(() => sockets[0]!.destroyed).toBe(true);
      expect(await told(connection)).toContain('the answer is not that of a Redis server');
    },
  );
  it('does not take an answer that nobody asked for as that to the next question', async () => {
    const connection = await saying('+PONG\r\n+PONG\r\n');
    expect(await told(connection)).toBe('PONG');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await told(connection)).toContain('an answer to no question');
    await expect.poll(() => sockets[0]!.destroyed).toBe(true);
  });
  it('remembers what a server said before it was asked: that it is full', async () => {
    const port = await portOf(createServer((socket) => socket.end('-ERR max number of clients reached\r\n')));
    const connection = await RedisConnection.open('127.0.0.1', port, never);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await told(connection)).toBe('Error: ERR max number of clients reached');
  });
  it('ends all questions when it is closed, and every later one', async () => {
    const connection = await connected((socket) => socket.end());
    expect(await told(connection)).toBe('Error: connection closed');
    expect(await told(connection)).toBe('Error: connection closed');
  });
  it('ends with its signal: before it is there, between two questions, and while it waits', async () => {
    const why = 'Error: the time is over';
    await expect(connected(() => {}, AbortSignal.abort(new Error('the time is over')))).rejects.toThrow(
      'the time is over',
    );
    const between = new AbortController();
    const connection = await connected((socket) => socket.write('+PONG\r\n'), between.signal);
    expect(await told(connection)).toBe('PONG');
    between.abort(new Error('the time is over'));
    expect(await told(connection)).toBe(why);
    const waiting = new AbortController();
    const silent = await connected(() => {}, waiting.signal);
    const asked = told(silent);
    waiting.abort(new Error('the time is over'));
    expect(await asked).toBe(why);
    await expect.poll(() => sockets.every(({ destroyed }) => destroyed)).toBe(true);
  });
  it('is there over TLS when hands are shaken, and not with a server that does not know it', async () => {
    const folder = privateFolder('redis-connection-test');
    const ca = makeCa(folder.path);
    const { cert, key } = ca.issue('cache', ['localhost']);
    const files = { cert: readFileSync(cert), key: readFileSync(key) };
    const trusting = { ca: readFileSync(ca.cert), servername: 'localhost' };
    const port = await portOf(
      createTlsServer(
        files,
        serving((socket) => socket.write('+PONG\r\n')),
      ),
    );
    expect(await told(await RedisConnection.open('127.0.0.1', port, never, trusting))).toBe('PONG');
    await expect(RedisConnection.open('127.0.0.1', port, never, { servername: 'localhost' })).rejects.toMatchObject({
      code: expect.stringMatching(/UNABLE_TO|SELF_SIGNED/),
    });
    server?.close();
    const plain = await portOf(createServer(serving((socket) => socket.write('+PONG\r\n'))));
    await expect(RedisConnection.open('127.0.0.1', plain, never, trusting)).rejects.toMatchObject({
      code: expect.stringMatching(/^(ERR_SSL|EPROTO)/),
    });
    folder.remove();
  });
});
