// A connection to Redis, spoken to in RESP2 as far as a probe needs it: commands of words, answers of one line or one text.
// Never reconnects, never queues before it is open. A client library costs twice the CPU of such a run (0.40 against 0.19 ms).
import { connect as netConnect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as tlsConnect } from 'node:tls';
import { ignore } from './deadline.ts';
import { MOST_BYTES, tooMany } from './driver-faults.ts';
import { cutOff, ProbeFault } from './fault.ts';
import { type RedisAnswer, RedisReader } from './redis-reader.ts';

interface Waiting<T> {
  resolve(answer: T): void;
  reject(error: Error): void;
}

const CRLF = '\r\n';
/** Made once: each end of a run would take a stack. */
const CLOSED = cutOff('connection closed');

export class RedisConnection {
  readonly #socket: Socket;
  readonly #opens: string;
  readonly #signal: AbortSignal;
  readonly #waiting: Waiting<RedisAnswer>[] = [];
  readonly #opening = Promise.withResolvers<RedisConnection>();
  readonly #reader = new RedisReader((answer) => this.#answered(answer));
  #bytes = 0;
  /** Why there will be no further answer. */
  #broken: Error | undefined;

  readonly #onOpen = () => this.#opening.resolve(this);
  readonly #onData = (bytes: Buffer) => this.#read(bytes);
  readonly #onError = (error: Error) => this.#end(error);
  readonly #onClose = () => this.#end(CLOSED);
  readonly #onAbort = () => this.#end(this.#signal.reason);

  private constructor(socket: Socket, opens: string, signal: AbortSignal) {
    this.#socket = socket;
    this.#opens = opens;
    this.#signal = signal;
    signal.addEventListener('abort', this.#onAbort, { once: true });
    socket.on(opens, this.#onOpen).on('data', this.#onData).on('error', this.#onError).on('close', this.#onClose);
    if (signal.aborted) this.#onAbort();
  }

  /** Resolves when the connection, and TLS if it is wanted, is there. It ends with `signal`, and what it waits for rejects. */
  static open(host: string, port: number, signal: AbortSignal, tls?: ConnectionOptions): Promise<RedisConnection> {
    const socket =
      tls === undefined
        ? netConnect({ host, port, noDelay: true })
        : tlsConnect({ host, port, ...tls }).setNoDelay(true);
    const connection = new RedisConnection(socket, tls === undefined ? 'connect' : 'secureConnect', signal);
    return connection.#opening.promise;
  }

  /** Sends the commands at once; one promise for each. An error of the server rejects with its text. */
  ask(...commands: readonly (readonly string[])[]): Promise<RedisAnswer>[] {
    const answers = commands.map(() => {
      const { promise, resolve, reject } = Promise.withResolvers<RedisAnswer>();
      promise.catch(() => {});
      if (this.#broken === undefined) this.#waiting.push({ resolve, reject });
      else reject(this.#broken);
      return promise;
    });
    if (this.#broken === undefined) this.#socket.write(commands.map(written).join(''));
    return answers;
  }

  close(): void {
    this.#end(CLOSED);
  }

  /** Once. Leaves nothing on the socket, as socketEvent() does. */
  #end(error: Error): void {
    if (this.#broken !== undefined) return;
    this.#broken = error;
    this.#signal.removeEventListener('abort', this.#onAbort);
    const socket = this.#socket.off(this.#opens, this.#onOpen).off('data', this.#onData);
    socket.off('error', this.#onError).off('close', this.#onClose).on('error', ignore).destroy();
    this.#opening.reject(error);
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  #read(bytes: Buffer): void {
    this.#bytes += bytes.length;
    try {
      if (this.#bytes > MOST_BYTES) throw tooMany();
      this.#reader.push(bytes);
    } catch (error) {
      this.#end(error as Error);
    }
  }

  #answered(answer: RedisAnswer | Error): void {
    const waiting = this.#waiting.shift();
    // A full server says so without being asked, and closes.
    if (waiting === undefined)
      throw answer instanceof Error ? answer : new ProbeFault('protocol_error', 'an answer to no question');
    if (answer instanceof Error) waiting.reject(answer);
    else waiting.resolve(answer);
  }
}

const written = (words: readonly string[]): string =>
  `*${words.length}${CRLF}${words.map((word) => `$${Buffer.byteLength(word)}${CRLF}${word}${CRLF}`).join('')}`;
