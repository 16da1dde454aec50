// Long work in short turns, so that probes, scrapes and other requests get theirs. Counts work, not time: a turn is the same everywhere.
import { performance } from 'node:perf_hooks';
import { setImmediate as pause } from 'node:timers/promises';

/** Counts of SLOs that are read in a turn: about 10 ms. */
const MOST_IN_TURN = 50_000;

export class Turns {
  #left = MOST_IN_TURN;
  #beganMs = performance.now();
  #busyMs = 0;

  /** Is the turn over, now that so much more was done? */
  isOverAfter(done: number): boolean {
    this.#left -= done;
    return this.#left <= 0;
  }

  /** Lets others do what waits, and begins a new turn. */
  async next(): Promise<void> {
    this.#busyMs = this.busyMs;
    await pause();
    this.#left = MOST_IN_TURN;
    this.#beganMs = performance.now();
  }

  /** Time that all turns took together, without what others did between them. */
  get busyMs(): number {
    return this.#busyMs + performance.now() - this.#beganMs;
  }
}
