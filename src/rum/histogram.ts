// Counts of one histogram with its boundaries, and of the last 24 hours for people. Knows no labels.
export interface Mark {
  readonly traceId: string;
  readonly value: number;
  readonly atSeconds: number;
}

const HOUR_MS = 3_600_000;
export const HOURS = 24;

interface Hour {
  readonly hour: number;
  readonly counts: Float64Array;
  /** The largest value. */
  worst: number;
}

export class Histogram {
  readonly boundaries: readonly number[];
  /** Per bucket, the last one without end; not cumulative. */
  readonly counts: Float64Array;
  readonly exemplars: (Mark | undefined)[];
  sum = 0;
  count = 0;
  readonly #hours: Hour[] = [];

  constructor(boundaries: readonly number[]) {
    this.boundaries = boundaries;
    this.counts = new Float64Array(boundaries.length + 1);
    this.exemplars = new Array(boundaries.length + 1).fill(undefined);
  }

  /** Lines of exposition. */
  get lines(): number {
    return this.counts.length + 2;
  }

  observe(value: number, nowMs: number, traceId?: string): void {
    const found = this.boundaries.findIndex((limit) => value <= limit);
    const bucket = found < 0 ? this.boundaries.length : found;
    this.counts[bucket]! += 1;
    this.sum += value;
    this.count += 1;
    if (traceId !== undefined) this.exemplars[bucket] = { traceId, value, atSeconds: Math.round(nowMs) / 1000 };
    const hour = this.#hourOf(nowMs);
    hour.counts[bucket]! += 1;
    hour.worst = Math.max(hour.worst, value);
  }

  /** Per bucket, of the last 24 hours, to the hour. */
  recent(nowMs: number): Float64Array {
    const first = Math.floor(nowMs / HOUR_MS) - HOURS;
    const sum = new Float64Array(this.counts.length);
    for (const { hour, counts } of this.#hours) if (hour > first) for (const [i, n] of counts.entries()) sum[i]! += n;
    return sum;
  }

  /** The largest value of the last 24 hours, to the hour; -Infinity without any. */
  worst(nowMs: number): number {
    const first = Math.floor(nowMs / HOUR_MS) - HOURS;
    return Math.max(...this.#hours.filter(({ hour }) => hour > first).map(({ worst }) => worst));
  }

  #hourOf(nowMs: number): Hour {
    const hour = Math.floor(nowMs / HOUR_MS);
    const last = this.#hours.at(-1);
    // A clock that goes back counts in the newest hour.
    if (last !== undefined && last.hour >= hour) return last;
    const begun = { hour, counts: new Float64Array(this.counts.length), worst: Number.NEGATIVE_INFINITY };
    this.#hours.push(begun);
    if (this.#hours.length > HOURS) this.#hours.shift();
    return begun;
  }
}
