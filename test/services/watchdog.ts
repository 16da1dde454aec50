// Ends a test process whose event loop does not turn any more, and says in which file and what it waited for: no time limit of a test
// can, and the run would wait for ever without a word.
import { Worker } from 'node:worker_threads';
import { expect } from 'vitest';

/** Longer than any command that a test waits for. */
const MOST_SECONDS = 400;

const beats = new Int32Array(new SharedArrayBuffer(4));
setInterval(() => Atomics.add(beats, 0, 1), 1_000).unref();
const workerData = { beats, file: expect.getState().testPath, seconds: MOST_SECONDS };
new Worker(new URL('watchdog-thread.ts', import.meta.url), { workerData }).unref();
