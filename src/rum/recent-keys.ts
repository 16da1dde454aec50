// Keys that were seen in the last minutes, at most so many: for beacons and views that come twice. Two generations, so that forgetting
// is one assignment: deleting the oldest entry of a Map, one by one, gets slower with each that was deleted before.

interface Entry<V> {
  readonly atMs: number;
  readonly value: V;
}

export class RecentKeys<V = true> {
  #young = new Map<string, Entry<V>>();
  #old = new Map<string, Entry<V>>();
  #bornMs = Number.NEGATIVE_INFINITY;
  readonly #forMs: number;
  readonly #most: number;

  /** Keeps at least the newest half of `most`. */
  constructor(forMs: number, most: number) {
    this.#forMs = forMs;
    this.#most = most;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: string, nowMs: number): V | undefined {
    const found = this.#young.get(key) ?? this.#old.get(key);
    return found !== undefined && nowMs - found.atMs < this.#forMs ? found.value : undefined;
  }

  /** Keeps the value for a while from now on. */
  set(key: string, value: V, nowMs: number): void {
    if (nowMs - this.#bornMs >= this.#forMs || this.#young.size >= this.#most / 2) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#bornMs = nowMs;
    }
    this.#young.set(key, { atMs: nowMs, value });
  }
}
