// Values that may still grow: a view that is hidden and shown again reports its layout shift anew. The last value of a view counts, once.
import { RecentKeys } from './recent-keys.ts';

const REMEMBERED_MS = 600_000;
const MOST_PENDING = 20_000;

export interface Settling<V> {
  readonly dueMs: number;
  readonly value: V;
}

export class Settle<V> {
  readonly #pending = new Map<string, Settling<V>>();
  readonly #counted = new RecentKeys(REMEMBERED_MS, 2 * MOST_PENDING);
  readonly #count: (value: V) => void;

  /** `count` gets each value once. */
  constructor(count: (value: V) => void) {
    this.#count = count;
  }

  get pending(): number {
    return this.#pending.size;
  }

  /** False if a value with this id was counted in the last ten minutes: what comes now is too late. */
  add(id: string, value: V, settleMs: number, nowMs: number): boolean {
    if (this.#counted.get(id, nowMs) !== undefined) return false;
    const dueMs = this.#pending.get(id)?.dueMs ?? nowMs + settleMs;
    this.#pending.set(id, { dueMs, value });
    if (settleMs === 0) this.#finish(id, nowMs);
    else if (this.#pending.size > MOST_PENDING) this.#finishOldest(nowMs);
    return true;
  }

  /** Counts what is due. */
  tick(nowMs: number): void {
    for (const [id, { dueMs }] of this.#pending) if (dueMs <= nowMs) this.#finish(id, nowMs);
  }

  /** Rather values too early than memory without end; half of them at once, as one at a time is slow. */
  #finishOldest(nowMs: number): void {
    for (const id of this.#pending.keys()) {
      if (this.#pending.size <= MOST_PENDING / 2) break;
      this.#finish(id, nowMs);
    }
  }

  #finish(id: string, nowMs: number): void {
    const found = this.#pending.get(id);
    if (found === undefined) return;
    this.#pending.delete(id);
    this.#counted.set(id, true, nowMs);
    this.#count(found.value);
  }
}
