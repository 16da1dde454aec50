// Ends a test process whose event loop does not turn any more, or that takes far too long, and says in which file and what it waited for:
// no time limit of a test reaches a loop that stands still or what is done before tests begin, and the run would wait for ever, silent.
import { Worker } from 'node:worker_threads';
import { expect } from 'vitest';

/** Longer than any command that a test waits for. */
const MOST_SECONDS = 400;
/** Longer than any file takes on a slow machine. */
const MOST_SECONDS_IN_ALL = 1_200;

const beats = new Int32Array(new SharedArrayBuffer(4));
setInterval(() => Atomics.add(beats, 0, 1), 1_000).unref();
const workerData = { beats, file: expect.getState().testPath, still: MOST_SECONDS, inAll: MOST_SECONDS_IN_ALL };
new Worker(new URL('watchdog-thread.ts', import.meta.url), { workerData }).unref();
