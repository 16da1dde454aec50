// Changes of the platform in memory, and their way to the store: the newest 10,000, totals that never fall, and what was last seen.
// Goes on in memory while the store cannot be written; totals that are shown are those on disk.
import { createHash } from 'node:crypto';
import type { Change, ChangeStore } from './change-tables.ts';

/** More changes than this are not kept: the oldest go. Totals go on. */
export const MAX_CHANGES = 10_000;

const totalKey = (kind: string, service: string) => `total/${kind}/${service}`;

export class ChangeLog {
  #store: ChangeStore | undefined;
  /** Has a store been read? Else nobody knows what earlier processes counted. */
  #isKnown = false;
  #nextId = 1;
  readonly #most: number;
  /** By id, in the order of arrival. */
  #changes = new Map<number, Change>();
  #kept = new Map<string, string>();
  /** What is on disk of the totals. */
  #acknowledged = new Map<string, string>();
  readonly #unsaved = new Set<number>();
  readonly #removed = new Set<number>();
  readonly #dirty = new Set<string>();

  constructor(store?: ChangeStore, most = MAX_CHANGES) {
    this.#most = most;
    if (store !== undefined) this.useStore(store);
  }

  /**
   * Goes on with a store that was opened, late or again. What it holds of earlier processes comes first and what this one knows
   * is added. Returns the number of damaged records met.
   */
  useStore(store: ChangeStore): number {
    this.#store = store;
    const { changes, kept, damaged } = store.restored;
    if (this.#isKnown) {
      // The file may be a new one: all of it is written again.
      for (const id of this.#changes.keys()) this.#unsaved.add(id);
      for (const key of this.#kept.keys()) this.#dirty.add(key);
      return damaged;
    }
    this.#isKnown = true;
    const own = [...this.#changes.values()];
    this.#changes = new Map(changes);
    this.#nextId = 1 + Math.max(0, ...changes.keys());
    this.#unsaved.clear();
    // What earlier processes saw is what changes are measured by.
    this.#kept = new Map([...[...this.#kept].filter(([key]) => !key.startsWith('total/')), ...kept]);
    for (const key of this.#kept.keys()) if (!kept.has(key)) this.#dirty.add(key);
    this.#raiseTotals();
    this.#acknowledged = new Map(this.#kept);
    for (const change of own) this.#put(change);
    return damaged;
  }

  /** A total that was lost with both of its copies is at least what is there of changes. */
  #raiseTotals(): void {
    const found = Map.groupBy(this.#changes.values(), ({ kind, service }) => totalKey(kind, service));
    for (const [key, { length }] of found) {
      if (Number(this.#kept.get(key) ?? 0) >= length) continue;
      this.#kept.set(key, String(length));
      this.#dirty.add(key);
    }
  }

  /** Adds a change and writes it. Returns whether it is on disk; if not, flush() tries again. */
  add(change: Change): boolean {
    this.#put(change);
    return this.flush() === undefined;
  }

  #put(change: Change): void {
    const id = this.#nextId++;
    this.#changes.set(id, change);
    this.#unsaved.add(id);
    const key = totalKey(change.kind, change.service);
    this.keep(key, String(Number(this.#kept.get(key) ?? 0) + 1));
    for (const oldest of this.#changes.keys()) {
      if (this.#changes.size <= this.#most) break;
      this.#remove(oldest);
    }
  }

  #remove(id: number): void {
    this.#changes.delete(id);
    if (!this.#unsaved.delete(id)) this.#removed.add(id);
  }

  /** Changes on disk of this kind and service, ever; undefined until a store has been read. */
  total(kind: string, service: string): number | undefined {
    return this.#isKnown ? Number(this.#acknowledged.get(totalKey(kind, service)) ?? 0) : undefined;
  }

  /** In the order of arrival. */
  get changes(): Iterable<Change> {
    return this.#changes.values();
  }

  kept(key: string): string | undefined {
    return this.#kept.get(key);
  }

  /** Keeps a text over restarts, from the next flush() on; undefined forgets it. */
  keep(key: string, text: string | undefined): void {
    if (this.#kept.get(key) === text) return;
    if (text === undefined) this.#kept.delete(key);
    else this.#kept.set(key, text);
    this.#dirty.add(key);
  }

  /** Keeps a digest of a text. Was another one kept before? */
  keepDigest(key: string, text: string): boolean {
    const digest = createHash('sha256').update(text).digest('hex');
    const before = this.#kept.get(key);
    this.keep(key, digest);
    return before !== undefined && before !== digest;
  }

  /** Keys that are kept below a prefix. */
  keysBelow(prefix: string): string[] {
    return [...this.#kept.keys()].filter((key) => key.startsWith(prefix));
  }

  /** Writes what is not on disk yet. Returns the error if the store refused. */
  flush(): Error | undefined {
    if (this.#store === undefined) return new Error('the store is not open');
    if (this.#unsaved.size + this.#removed.size + this.#dirty.size === 0) return undefined;
    try {
      this.#store.commit({
        added: new Map([...this.#unsaved].map((id) => [id, this.#changes.get(id)!])),
        removed: this.#removed,
        kept: new Map([...this.#dirty].map((key) => [key, this.#kept.get(key)])),
      });
    } catch (error) {
      return error as Error;
    }
    this.#unsaved.clear();
    this.#removed.clear();
    this.#dirty.clear();
    this.#acknowledged = new Map(this.#kept);
    return undefined;
  }

  /** Forgets changes older than `retentionMs`; totals stay. */
  prune(nowMs: number, retentionMs: number): void {
    for (const [id, { atMs }] of this.#changes) if (atMs < nowMs - retentionMs) this.#remove(id);
  }
}
