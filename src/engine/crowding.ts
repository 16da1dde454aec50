// Are more runs due than exporter.concurrency lets go on at a time? Says so once in the log, and for as long as it lasts to readiness.
import type { MissedReason } from '../probe/scheduler.ts';

interface Log {
  info(text: string): void;
  warn(facts: object, text: string): void;
}

/** So long after the last slot that found no place it is over, ms. */
const OVER_MS = 60_000;

export class Crowding {
  readonly #log: Log;
  readonly #monotonicMs: () => number;
  #lastMs: number | undefined;

  constructor(log: Log, monotonicMs: () => number) {
    this.#log = log;
    this.#monotonicMs = monotonicMs;
  }

  onMissed(target: string, reason: MissedReason): void {
    if (reason !== 'concurrency') return;
    if (this.#lastMs === undefined)
      this.#log.warn(
        { target },
        'more runs are due than exporter.concurrency lets go on: slots are missed, and not measured',
      );
    this.#lastMs = this.#monotonicMs();
  }

  tick(): void {
    if (this.#lastMs === undefined || this.#monotonicMs() - this.#lastMs < OVER_MS) return;
    this.#lastMs = undefined;
    this.#log.info('every run that is due has a place again');
  }

  /** Why it measures less than it should; empty if it does not. */
  get reasons(): readonly string[] {
    return this.#lastMs === undefined ? [] : ['more runs are due than exporter.concurrency lets go on'];
  }
}
