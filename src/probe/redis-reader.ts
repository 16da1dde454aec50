// Reads answers of Redis (RESP2: one line, one number or one text) from bytes as they come. Strict, without a socket; how much may come
// is the caller's business.
import { ProbeFault } from './fault.ts';
import { HeldBytes } from './held-bytes.ts';

/** A line, a text, a number, or null for a key that is not there. */
export type RedisAnswer = string | number | null;

const CRLF = '\r\n';
const noRedis = (): ProbeFault => new ProbeFault('protocol_error', 'the answer is not that of a Redis server');

export class RedisReader {
  readonly #onAnswer: (answer: RedisAnswer | Error) => void;
  readonly #held = new HeldBytes();
  /** Bytes of the text that comes next; undefined if a line does. */
  #textBytes: number | undefined;

  /** `onAnswer` hears of each whole answer, in their order; what it throws goes to the caller of push(). */
  constructor(onAnswer: (answer: RedisAnswer | Error) => void) {
    this.#onAnswer = onAnswer;
  }

  /** Takes what came. Throws a ProbeFault for what is no answer. */
  push(chunk: Buffer): void {
    let rest = this.#held.join(chunk);
    while (rest.length > 0) {
      const used = this.#textBytes === undefined ? this.#takeLine(rest) : this.#takeText(rest, this.#textBytes);
      if (used === 0) {
        this.#held.keep(rest);
        return;
      }
      this.#held.used();
      rest = rest.subarray(used);
    }
  }

  /** How many bytes were used; 0: more are needed. */
  #takeLine(rest: Buffer): number {
    if (!'+-:$'.includes(String.fromCharCode(rest[0]!))) throw noRedis();
    const end = this.#held.find(CRLF, rest);
    if (end < 0) return 0;
    const line = rest.toString('utf8', 1, end);
    switch (rest[0]) {
      case 0x2b:
        this.#onAnswer(line);
        break;
      case 0x2d:
        this.#onAnswer(new Error(line));
        break;
      case 0x3a:
        if (!/^-?\d{1,19}$/.test(line)) throw noRedis();
        this.#onAnswer(Number(line));
        break;
      default:
        if (line === '-1') this.#onAnswer(null);
        else if (/^\d{1,10}$/.test(line)) this.#textBytes = Number(line);
        else throw noRedis();
    }
    return end + CRLF.length;
  }

  #takeText(rest: Buffer, bytes: number): number {
    const whole = bytes + CRLF.length;
    if (rest.length < whole) return 0;
    if (rest.toString('latin1', bytes, whole) !== CRLF) throw noRedis();
    this.#textBytes = undefined;
    this.#onAnswer(rest.toString('utf8', 0, bytes));
    return whole;
  }
}
