// Answers of Redis in pieces, without a socket: what a server sends slowly must not cost more than what it sends at once.
import { expect, it } from 'vitest';
import { type RedisAnswer, RedisReader } from '../../src/probe/redis-reader.ts';

/** What is read of the bytes when they come in pieces of this size. */
function read(bytes: Buffer, piece: number): (RedisAnswer | Error)[] {
  const answers: (RedisAnswer | Error)[] = [];
  const reader = new RedisReader((answer) => answers.push(answer));
  for (let i = 0; i < bytes.length; i += piece) reader.push(bytes.subarray(i, i + piece));
  return answers;
}

it.each([1, 2, 3, 7, 100])('several answers in pieces of %i bytes are the same ones', (piece) => {
  const bytes = Buffer.from(`+OK\r\n$7\r\na\r\nb\r\u00fc\r\n:12\r\n$-1\r\n$0\r\n\r\n-ERR no\r\n+\r\n`);
  expect(read(bytes, piece)).toEqual(['OK', 'a\r\nb\r\u00fc', 12, null, '', new Error('ERR no'), '']);
});
it.each([
  ['a text', Buffer.from(`$1000000\r\n${'x'.repeat(1_000_000)}\r\n`)],
  ['a text of ends of lines', Buffer.from(`$1000000\r\n${'\r\n'.repeat(500_000)}\r\n`)],
  ['a line', Buffer.from(`+${'x'.repeat(1_000_000)}\r\n`)],
])('%s of a megabyte in pieces of 16 bytes does not hold up the process', (_what, bytes) => {
  const started = performance.now();
  const [answer] = read(bytes, 16);
  expect(String(answer)).toHaveLength(1_000_000);
  expect(performance.now() - started).toBeLessThan(1_000);
});
