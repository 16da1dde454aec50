// Waiting that ends at the deadline of the run, whatever the other side does. Never measures and never judges.
import type { Socket } from 'node:net';
import { cutOff } from './fault.ts';

export interface Deadline {
  readonly signal: AbortSignal;
  /** Has the time passed? Not true if it was stopped, or ended before. */
  isOver(): boolean;
  /** The run is over: nothing that it began may outlive it. */
  end(): void;
}

/** Made once: a stack trace for each run would be felt. */
const RUN_IS_OVER = new Error('the run is over');

/** One signal that aborts after `ms` or with `stop`. AbortSignal.any() would be a tenth of the cost of a whole run. */
export function endingAfter(ms: number, stop?: AbortSignal): Deadline {
  const ending = new AbortController();
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    ending.abort(new Error('deadline'));
  }, ms);
  const onStop = () => ending.abort(stop?.reason);
  stop?.addEventListener('abort', onStop, { once: true });
  if (stop?.aborted === true) onStop();
  return {
    signal: ending.signal,
    isOver: () => isOver,
    end() {
      clearTimeout(timer);
      stop?.removeEventListener('abort', onStop);
      ending.abort(RUN_IS_OVER);
    },
  };
}

/** Rejects as soon as the signal aborts; a value that arrives later is handed to `dispose`. */
export function within<T>(signal: AbortSignal, promise: Promise<T>, dispose?: (late: T) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise
      .then((value) => (signal.aborted ? dispose?.(value) : resolve(value)), reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** Waits for an event of a socket; destroys it and rejects on error, close or abort. */
export function socketEvent(socket: Socket, name: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: unknown) => {
      signal.removeEventListener('abort', onAbort);
      if (error === undefined) return resolve();
      socket.destroy();
      reject(error);
    };
    const onAbort = () => done(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) return onAbort();
    socket.once(name, () => done());
    socket.once('error', (error) => done(error));
    socket.once('close', () => done(cutOff('connection closed')));
  });
}
