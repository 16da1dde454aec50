// The reader of HTTP/1.1 answers: what it takes, what it refuses, and that it does not matter in which pieces an answer comes.
import { describe, expect, it } from 'vitest';
import { ProbeFault } from '../../src/probe/fault.ts';
import { HttpReader } from '../../src/probe/http-reader.ts';

const CAPS = { headerBytes: 500, bodyBytes: 100 };

/** Status, headers and body, or the outcome of the fault; `pieces`: in how many bytes at a time it comes. */
function read(answer: string, { method = 'GET', pieces = Number.POSITIVE_INFINITY, ends = false } = {}): unknown {
  let told: { status: number; headers: object } | undefined;
  const reader = new HttpReader(method, CAPS, ({ status, headers }) => {
    told = { status, headers: { ...headers } };
  });
  const bytes = Buffer.from(answer, 'latin1');
  try {
    for (let at = 0; at < bytes.length; at += pieces) reader.push(bytes.subarray(at, at + pieces));
    if (ends) reader.end();
  } catch (error) {
    return error instanceof ProbeFault ? error.outcome : (error as NodeJS.ErrnoException).code;
  }
  return reader.isDone ? { ...told, body: reader.body().toString('latin1') } : 'not done';
}

const ok = (body: string, headers = {}, status = 200) => ({ status, headers, body });
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const chunked = { 'transfer-encoding': 'chunked' };

describe.each([Number.POSITIVE_INFINITY, 1, 2, 7])('an answer in pieces of %d bytes', (pieces) => {
  it.each([
    ['HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody', ok('body', { 'content-length': '4' })],
    ['HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n', ok('', { 'content-length': '0' })],
    [
      'HTTP/1.0 404 No\r\nX:\t a b \t\r\nx: c\r\nAge: 1\r\nAge: 2\r\ncontent-length: 0\r\n\r\n',
      ok('', { x: 'a b, c', age: '1', 'content-length': '0' }, 404),
    ],
    ['HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 204 No\r\n\r\n', ok('', {}, 204)],
    [`${CHUNKED}3\r\nabc\r\nA;x="y"\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\nand more`, ok('abc0123456789', chunked)],
    [`${CHUNKED}${'1\r\nx\r\n'.repeat(60)}0\r\n\r\n`, ok('x'.repeat(60), chunked)],
    [
      'HTTP/1.1 200 OK\r\n__proto__: x\r\ncontent-length: 0\r\n\r\n',
      { status: 200, headers: JSON.parse('{"__proto__":"x","content-length":"0"}'), body: '' },
    ],
  ])('%j is read', (answer, expected) => expect(read(answer, { pieces })).toEqual(expected));

  it.each([
    ['HTTP/2 200 OK\r\n\r\n', 'protocol_error'],
    ['SSH-2.0-OpenSSH', 'protocol_error'],
    ['HTTP/1.1 20 OK\r\n\r\n', 'protocol_error'],
    ['HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n', 'protocol_error'],
    ['HTTP/1.1 200 OK\r\nX : a\r\n\r\n', 'protocol_error'],
    ['HTTP/1.1 200 OK\r\nX: a\r\n folded\r\n\r\n', 'protocol_error'],
    ['HTTP/1.1 200 OK\r\nX: a\r\r\n\r\n', 'protocol_error'],
    ['HTTP/1.1 200 OK\r\nX: a\nY: b\r\n\r\n', 'protocol_error'],
    ['HTTP/1.1 200 OK\r\nContent-Length:\n 1\r\n\r\na', 'protocol_error'],
    ['HTTP/1.1 200 OK\r\nContent-Length:\x0b1\r\n\r\na', 'protocol_error'],
    ['HTTP/1.1 200 OK\r\nContent-Length:\xa01\r\n\r\na', 'protocol_error'],
    ['HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na', 'protocol_error'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 'protocol_error'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na', 'protocol_error'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 'protocol_error'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n', 'protocol_error'],
    ['HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 'protocol_error'],
    [`${CHUNKED}x\r\n`, 'protocol_error'],
    [`${CHUNKED}-1\r\n`, 'protocol_error'],
    [`${CHUNKED}1\r\nab\r\n`, 'protocol_error'],
    [`${CHUNKED}0\r\nno colon\r\n\r\n`, 'protocol_error'],
    [`${CHUNKED}0\r\nX: \x01\r\n\r\n`, 'protocol_error'],
    [`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(500)}\r\n\r\n`, 'header_limit'],
    [`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(620)}`, 'header_limit'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n', 'body_limit'],
    [`HTTP/1.1 200 OK\r\n\r\n${'a'.repeat(101)}`, 'body_limit'],
    [`${CHUNKED}65\r\n`, 'body_limit'],
    [`${CHUNKED}${`1;${'x'.repeat(40)}\r\na\r\n`.repeat(30)}`, 'body_limit'],
  ])('%j is refused', (answer, outcome) => expect(read(answer, { pieces })).toBe(outcome));

  it.each([
    ['HTTP/1.1 200 OK\r\nContent-Len', 'ECONNRESET'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbod', 'ECONNRESET'],
    [`${CHUNKED}3\r\nabc\r\n`, 'ECONNRESET'],
    [`${CHUNKED}0\r\n`, 'ECONNRESET'],
    ['HTTP/1.1 200 OK\r\n\r\nall of it', ok('all of it')],
  ])('%j and then the end of the connection', (answer, expected) =>
    expect(read(answer, { pieces, ends: true })).toEqual(expected),
  );
});

it('an answer to HEAD has no body, whatever its length says', () => {
  expect(read('HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n', { method: 'HEAD' })).toEqual(
    ok('', { 'content-length': '4000' }),
  );
});
