// Reads one HTTP/1.1 response from bytes as they come (RFC 9112): strict, with caps, without a socket. Node's own client costs twice the
// processor time of a whole probe, for pooling, streams and upgrades that a probe must not have.
import { cutOff, ProbeFault } from './fault.ts';
import { HeldBytes } from './held-bytes.ts';

export interface Head {
  readonly status: number;
  readonly version: string;
  /** By lower-case name; of names that a response has once the first value counts, others are joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Caps {
  readonly headerBytes: number;
  readonly bodyBytes: number;
}

const MOST_HEADERS = 1_000;
/** A chunk's size with its extensions, which nobody reads. */
const MOST_SIZE_LINE = 1_024;
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a value must not have.
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/;
const ONCE: ReadonlySet<string> = new Set([
  'age',
  'content-type',
  'date',
  'etag',
  'expires',
  'location',
  'retry-after',
]);

const broken = (why: string): ProbeFault => new ProbeFault('protocol_error', why);

/** Where the reader is: in the head, in a body of known length, in one that ends with the connection, in chunks, or at the end. */
type Place = 'head' | 'length' | 'close' | 'size' | 'chunk' | 'chunk-end' | 'trailer' | 'end';

export class HttpReader {
  readonly #caps: Caps;
  readonly #hasBody: boolean;
  readonly #onHead: (head: Head) => void;
  #body: Buffer = Buffer.alloc(0);
  #place: Place = 'head';
  /** What is not whole yet: the head, or a line between chunks. */
  readonly #held = new HeldBytes();
  #wireBytes = 0;
  #left = 0;
  #headerBytes = 0;
  /** Bytes of the body so far, without the framing of chunks. */
  bytes = 0;

  /** `onHead` hears of the head of the answer itself, not of 1xx before it. */
  constructor(method: string, caps: Caps, onHead: (head: Head) => void) {
    this.#hasBody = method !== 'HEAD';
    this.#caps = caps;
    this.#onHead = onHead;
  }

  get isDone(): boolean {
    return this.#place === 'end';
  }

  /** The body; whole once isDone. */
  body(): Buffer {
    return this.#body.subarray(0, this.bytes);
  }

  /** Takes what came. Throws a ProbeFault for what is no HTTP/1.1 or beyond a cap. What comes after the end is left alone. */
  push(chunk: Buffer): void {
    this.#wireBytes += chunk.length;
    if (this.#wireBytes > this.#caps.headerBytes + 2 * this.#caps.bodyBytes) throw this.#tooLong();
    let rest = this.#held.join(chunk);
    while (rest.length > 0 && this.#place !== 'end') {
      const used = this.#take(rest);
      if (used === 0) {
        this.#held.keep(rest);
        return;
      }
      this.#held.used();
      rest = rest.subarray(used);
    }
  }

  #tooLong(): ProbeFault {
    return new ProbeFault('body_limit', `more than ${this.#caps.bodyBytes} bytes of body`);
  }

  /** The other side ended the connection. Throws an error with the code ECONNRESET if the response is not whole. */
  end(): void {
    if (this.#place === 'close') this.#place = 'end';
    if (this.#place !== 'end')
      throw cutOff(this.#place === 'head' ? 'closed before an answer came' : 'closed in the middle of the body');
  }

  /** How many bytes were used; 0: more are needed. */
  #take(rest: Buffer): number {
    switch (this.#place) {
      case 'head':
        return this.#takeHead(rest);
      case 'length':
      case 'chunk': {
        const piece = rest.subarray(0, this.#left);
        this.#keep(piece);
        this.#left -= piece.length;
        if (this.#left === 0) this.#place = this.#place === 'chunk' ? 'chunk-end' : 'end';
        return piece.length;
      }
      case 'close':
        this.#keep(rest);
        return rest.length;
      case 'chunk-end':
        if (rest.length < 2) return 0;
        if (rest[0] !== 13 || rest[1] !== 10) throw broken('a chunk is longer than its size says');
        this.#place = 'size';
        return 2;
      default:
        return this.#takeLine(rest);
    }
  }

  /** Into one buffer that doubles: a body of chunks of one byte takes no more memory than another. */
  #keep(piece: Buffer): void {
    const bytes = this.bytes + piece.length;
    if (bytes > this.#caps.bodyBytes) throw this.#tooLong();
    if (this.bytes === 0) this.#body = piece;
    else {
      if (bytes > this.#body.length) {
        const larger = Buffer.allocUnsafe(Math.max(bytes, Math.min(2 * bytes, this.#caps.bodyBytes)));
        this.#body.copy(larger, 0, 0, this.bytes);
        this.#body = larger;
      }
      piece.copy(this.#body, this.bytes);
    }
    this.bytes = bytes;
  }

  /** A line between or behind chunks. */
  #takeLine(rest: Buffer): number {
    const at = this.#held.find('\r\n', rest);
    if (at < 0) {
      if (rest.length > MOST_SIZE_LINE) throw broken('a line between chunks has no end');
      return 0;
    }
    const line = rest.toString('latin1', 0, at);
    if (this.#place === 'trailer') {
      this.#countHeader(at + 2);
      if (at === 0) this.#place = 'end';
      else fieldOf(line);
      return at + 2;
    }
    const [, size] = /^([0-9a-f]{1,12})[ \t]*(?:;.*)?$/i.exec(line) ?? [];
    if (size === undefined || line.length > MOST_SIZE_LINE) throw broken('the size of a chunk is no number');
    this.#left = Number.parseInt(size, 16);
    if (this.bytes + this.#left > this.#caps.bodyBytes) throw this.#tooLong();
    this.#place = this.#left === 0 ? 'trailer' : 'chunk';
    return at + 2;
  }

  #countHeader(bytes: number): void {
    this.#headerBytes += bytes;
    if (this.#headerBytes > this.#caps.headerBytes)
      throw new ProbeFault('header_limit', `more than ${this.#caps.headerBytes} bytes of headers`);
  }

  #takeHead(rest: Buffer): number {
    const at = this.#held.find('\r\n\r\n', rest);
    if (at < 0) {
      if (rest.length > this.#caps.headerBytes) this.#countHeader(rest.length);
      if (!'HTTP/1.'.startsWith(rest.toString('latin1', 0, 7))) throw broken('the answer is not HTTP/1.1');
      return 0;
    }
    this.#countHeader(at + 4);
    const head = headOf(rest.toString('latin1', 0, at));
    // Informational answers come before the one that counts; 101 would be another protocol, for which nobody asked.
    if (head.status === 101) throw broken('the answer switches to another protocol');
    if (head.status >= 200) this.#begin(head);
    return at + 4;
  }

  #begin(head: Head): void {
    const { 'transfer-encoding': encoding, 'content-length': length } = head.headers;
    if (encoding !== undefined && length !== undefined) throw broken('the answer has two lengths');
    if (encoding !== undefined && head.version === '1.0') throw broken('chunks, which HTTP/1.0 does not know');
    if (!this.#hasBody || head.status === 204 || head.status === 304) this.#place = 'end';
    else if (encoding !== undefined) {
      if (encoding.toLowerCase() !== 'chunked') throw broken(`transfer encoding ${encoding.slice(0, 40)}`);
      this.#place = 'size';
    } else if (length === undefined) this.#place = 'close';
    else {
      if (!/^\d{1,15}$/.test(length)) throw broken('the length of the body is no number');
      this.#left = Number(length);
      if (this.#left > this.#caps.bodyBytes) throw this.#tooLong();
      this.#place = this.#left === 0 ? 'end' : 'length';
    }
    this.#onHead(head);
  }
}

function headOf(text: string): Head {
  const [first = '', ...lines] = text.split('\r\n');
  const [, minor, status] = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/.exec(first) ?? [];
  if (status === undefined) throw broken('the answer is not HTTP/1.1');
  if (lines.length > MOST_HEADERS) throw new ProbeFault('header_limit', `more than ${MOST_HEADERS} headers`);
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const [name, value] = fieldOf(line);
    const known = headers[name];
    if (known === undefined) headers[name] = value;
    else if (name === 'content-length' && known !== value) throw broken('the answer has two lengths');
    else if (name !== 'content-length' && !ONCE.has(name)) headers[name] = `${known}, ${value}`;
  }
  return { status: Number(status), version: `1.${minor}`, headers };
}

/** A header line: name in lower case, value without the blanks around it. Blanks are space and tab, and nothing else (RFC 9110 5.6.3). */
function fieldOf(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':');
  const name = line.slice(0, colon).toLowerCase();
  let [from, to] = [colon + 1, line.length];
  while (from < to && (line[from] === ' ' || line[from] === '\t')) from += 1;
  while (to > from && (line[to - 1] === ' ' || line[to - 1] === '\t')) to -= 1;
  const value = line.slice(from, to);
  if (colon < 1 || !NAME.test(name) || CONTROL.test(value))
    throw broken('a header is not written as HTTP/1.1 wants it');
  return [name, value];
}
