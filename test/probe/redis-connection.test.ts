// The connection to Redis against a server that says exactly what the test wants: whole, in pieces, too much, or nonsense.
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { RedisConnection } from '../../src/probe/redis-connection.ts';

let server: Server | undefined;
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server?.close();
});

/** Connects to a server that gives every request to `answer`. */
const { signal } = new AbortController();

async function connected(answer: (socket: Socket, request: string) => void): Promise<RedisConnection> {
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes) => answer(socket, bytes.toString()));
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return RedisConnection.open('127.0.0.1', (server.address() as AddressInfo).port, signal);
}
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
  });
  it('remembers what a server said before it was asked: that it is full', async () => {
    server = createServer((socket) => socket.end('-ERR max number of clients reached\r\n'));
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    const connection = await RedisConnection.open('127.0.0.1', (server.address() as AddressInfo).port, signal);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await told(connection)).toBe('Error: ERR max number of clients reached');
  });
  it('ends all questions when it is closed, and every later one', async () => {
    const connection = await connected((socket) => socket.end());
    expect(await told(connection)).toBe('Error: Connection is closed.');
    expect(await told(connection)).toBe('Error: Connection is closed.');
  });
});
