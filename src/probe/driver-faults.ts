// Database drivers, kept from doing harm: what a server may send in one run has a limit, and what a driver throws while it reads ends
// the connection and not the process. Never judges an answer.
import type { Socket } from 'node:net';
import { ProbeFault } from './fault.ts';

/** Answers to a probe are less than 100 kB, also those of INFO and SHOW ALL SLAVES STATUS. */
export const MOST_BYTES = 1024 * 1024;
export const tooMany = (): ProbeFault => new ProbeFault('body_limit', `the server sent more than ${MOST_BYTES} bytes`);
const LOOK_MS = 50;

/** Guards the socket of a driver: 1 MiB at most, and what its listeners throw becomes its error. */
export function guardSocket(socket: Socket): void {
  capReads(socket);
  containThrown(socket);
}

/** Ends the connection with `body_limit` soon after the cap is passed: drivers keep what comes until an answer is whole. */
function capReads(socket: Socket): void {
  // By time, and of the plain socket: TLS takes over the events of the one it is put upon.
  const timer = setInterval(() => {
    if (socket.bytesRead > MOST_BYTES) socket.destroy(tooMany());
  }, LOOK_MS);
  timer.unref();
  socket.once('close', () => clearInterval(timer));
}

/** A driver that is lost in the bytes throws where nobody catches. */
function containThrown(socket: Socket): void {
  const emit = socket.emit.bind(socket) as (event: string | symbol, ...args: unknown[]) => boolean;
  socket.emit = (event: string | symbol, ...args: unknown[]): boolean => {
    try {
      return emit(event, ...args);
    } catch (error) {
      const told = `the driver cannot read the answer: ${(error as Error).message}`;
      // Later, as its listeners may throw again when they are told.
      setImmediate(() => socket.destroy(error instanceof ProbeFault ? error : new ProbeFault('protocol_error', told)));
      return true;
    }
  };
}

const OF_A_DRIVER = /[\\/]node_modules[\\/]mariadb[\\/]/;

/** Was it thrown by the code of a driver itself (the first frame that is neither Node's nor the engine's), or for one? */
function isOfDriver(error: unknown): boolean {
  if (error instanceof ProbeFault) return true;
  const frames = String((error as Error | undefined)?.stack ?? '').match(/^\s+at .*$/gm) ?? [];
  return OF_A_DRIVER.test(frames.find((frame) => !/node:|<anonymous>/.test(frame)) ?? '');
}

/**
 * From now on, what drivers throw or reject outside of all calls (in a timer, on their own TLS socket, in a connection of their own)
 * is told and does not end the process: the run that it belongs to ends at its deadline. All else is thrown on, as without this.
 * Returns how to take it back.
 */
export function containDrivers(onContained: (error: Error) => void): () => void {
  const listener = (error: Error) => {
    if (isOfDriver(error)) return onContained(error);
    stop();
    throw error;
  };
  const stop = () => process.off('uncaughtException', listener);
  process.on('uncaughtException', listener);
  return stop;
}
