// Waiting that ends at the deadline of the run, whatever the other side does. Never measures and never judges.
import type { Socket } from 'node:net';

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
    socket.once('close', () => done(Object.assign(new Error('connection closed'), { code: 'ECONNRESET' })));
  });
}
