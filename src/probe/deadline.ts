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

/** For errors of a socket that nobody waits for any more: without a listener they would end the process. */
export const ignore = (): void => {};

/**
 * Waits for an event of a socket; destroys it and rejects on error, close or abort. Leaves nothing on the socket: Node keeps one that is
 * done until all garbage is collected, and with it what listens there.
 */
export function socketEvent(socket: Socket, name: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      signal.removeEventListener('abort', onAbort);
      socket.off(name, onEvent).off('error', fail).off('close', onClose).on('error', ignore);
    };
    const fail = (error: unknown) => {
      leave();
      socket.destroy();
      reject(error);
    };
    const onEvent = () => {
      leave();
      resolve();
    };
    const onAbort = () => fail(signal.reason);
    const onClose = () => fail(cutOff('connection closed'));
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on(name, onEvent).on('error', fail).on('close', onClose);
  });
}
