// The running totals of all SLOs: takes events, keeps each SLO's History, commits ticks to the store.
// Shows two truths: `acknowledged` totals (on disk, for counters) and the history in memory (for burn rates),
// which goes on while the store cannot be written.
import { type Cause, type Episode, MAX_EPISODES, withBadEvent } from '../slo/episodes.ts';
import { add, type Counts, History, subtract, ZERO } from '../slo/history.ts';
import { decodeRecord, encodeRecord } from './record.ts';
import type { KnownSlo } from './slo-tables.ts';
import type { Restored, Store } from './store.ts';

/** Ticks kept while the store fails: totals are cumulative, so dropping older ones costs resolution, never events. */
const MAX_PENDING = 720;

export interface LedgerEntry {
  readonly id: number;
  readonly createdMs: number;
  readonly history: History;
  total: Counts;
  /** What is on disk; undefined while no store could be opened yet: then nobody knows what earlier processes counted. */
  acknowledged: Counts | undefined;
  episodes: readonly Episode[];
}

export interface LedgerSlo {
  readonly name: string;
  readonly stepMs: number;
  readonly periodMs: number;
  /** When it was first seen, ms since 1970, if not now. */
  readonly createdMs?: number;
  /** Times whose totals must stay exact at any age: edges of maintenance, ms since 1970. */
  readonly marks?: readonly number[];
}

const EMPTY: Restored = { slos: [], last: undefined, episodes: new Map(), warnings: [] };

export class Ledger {
  readonly #entries = new Map<string, LedgerEntry>();
  readonly #known = new Map<string, KnownSlo>();
  /** Totals of every SLO ever seen, also of removed ones, so that one that comes back goes on counting. */
  readonly #totals = new Map<number, Counts>();
  readonly #pending: { atMs: number; record: Uint8Array }[] = [];
  readonly #newSlos: KnownSlo[] = [];
  readonly #changedEpisodes = new Set<LedgerEntry>();
  readonly #restored: Restored;
  #slos: readonly LedgerSlo[] = [];
  readonly #beganWithStore: boolean;
  #store: Store | undefined;
  #lastTickMs: number;
  #nextId: number;

  constructor(store: Store | undefined) {
    this.#store = store;
    this.#beganWithStore = store !== undefined;
    this.#restored = store?.restored ?? EMPTY;
    for (const slo of this.#restored.slos) this.#known.set(slo.name, slo);
    for (const [id, counts] of this.#restored.last?.totals ?? []) this.#totals.set(id, counts);
    // Above every id that a record names, also where the name is lost: else a new SLO would take its history over.
    this.#nextId = 1 + Math.max(0, ...this.#known.values().map((slo) => slo.id), ...this.#totals.keys());
    this.#lastTickMs = this.#restored.last?.atMs ?? 0;
  }

  get lastTickMs(): number {
    return this.#lastTickMs;
  }

  get pendingTicks(): number {
    return this.#pending.length;
  }

  /**
   * The ledger to go on with on a store that was opened late or again. Without a store so far, what it holds of earlier
   * processes comes first and what this one counted is added tick by tick: no counter falls, no SLO takes another's place.
   */
  movedTo(store: Store): Ledger {
    if (this.#beganWithStore) {
      this.#store = store;
      this.#newSlos.splice(0, Infinity, ...this.#known.values());
      return this;
    }
    const next = new Ledger(store);
    const entries = [...this.#entries];
    next.setSlos(
      this.#slos.map((slo) => ({ ...slo, createdMs: this.#entries.get(slo.name)!.createdMs })),
      this.#lastTickMs,
    );
    const counted = new Map<string, Counts>();
    const addUpTo = (name: string, total: Counts, atMs: number) => {
      next.add(name, subtract(total, counted.get(name) ?? ZERO), atMs);
      counted.set(name, total);
    };
    for (const { atMs, record } of this.#pending) {
      const totals = decodeRecord(atMs, record);
      for (const [name, { id }] of entries) addUpTo(name, totals?.get(id) ?? ZERO, atMs);
      next.#close(atMs);
    }
    for (const [name, { total, episodes }] of entries) {
      addUpTo(name, total, this.#lastTickMs);
      const entry = next.entry(name)!;
      entry.episodes = [...entry.episodes, ...episodes].slice(-MAX_EPISODES);
      next.#changedEpisodes.add(entry);
    }
    return next;
  }

  /** Is the history of before the start in it? Not while no store could be opened. */
  get isRead(): boolean {
    return this.#beganWithStore;
  }

  /** The store broke: ticks are kept in memory until movedTo() gives another. */
  detach(): void {
    this.#store = undefined;
  }

  /** The time is known now: SLOs that no store has seen yet begin here, and not when a wrong clock said. */
  bornAt(atMs: number): void {
    for (const slo of this.#newSlos.splice(0)) {
      const born = { ...slo, createdMs: atMs };
      this.#known.set(slo.name, born);
      this.#newSlos.push(born);
      const entry = this.#entries.get(slo.name);
      const { name, stepMs, periodMs, marks } = this.#slos.find((known) => known.name === slo.name) ?? {};
      if (entry === undefined || name === undefined || stepMs === undefined || periodMs === undefined) continue;
      const history = historyOf({ name, stepMs, periodMs, ...(marks && { marks }) });
      history.record(atMs, ZERO);
      this.#entries.set(name, { ...entry, createdMs: atMs, history });
    }
  }

  entry(slo: string): LedgerEntry | undefined {
    return this.#entries.get(slo);
  }

  /**
   * Sets the SLOs to keep. Those that stay keep their history, others are read from the store.
   * Returns the number of damaged records met.
   */
  setSlos(slos: readonly LedgerSlo[], nowMs: number): number {
    this.#slos = slos;
    const wanted = new Set(slos.map((s) => s.name));
    for (const name of this.#entries.keys()) if (!wanted.has(name)) this.#entries.delete(name);
    const built: LedgerEntry[] = [];
    for (const slo of slos) {
      const old = this.#entries.get(slo.name);
      old?.history.setMarks(slo.marks ?? []);
      if (old !== undefined && old.history.stepMs === slo.stepMs && old.history.periodMs === slo.periodMs) continue;
      const entry = this.#build(slo, slo.createdMs ?? nowMs, old);
      this.#entries.set(slo.name, entry);
      built.push(entry);
    }
    if (built.length === 0) return 0;
    const newestMs = this.#store?.restored.last?.atMs ?? 0;
    const damaged =
      this.#store?.replay((atMs, totals) => {
        for (const entry of built) {
          const counts = totals.get(entry.id);
          if (counts === undefined) continue;
          entry.history.restore(atMs, counts, entry.createdMs, newestMs);
        }
      }) ?? 0;
    for (const entry of built)
      entry.history.record(Math.max(entry.history.lastMs, entry.createdMs, this.#lastTickMs), entry.total);
    return damaged;
  }

  #build(slo: LedgerSlo, nowMs: number, old: LedgerEntry | undefined): LedgerEntry {
    let known = this.#known.get(slo.name);
    if (known === undefined) {
      known = { id: this.#nextId++, name: slo.name, createdMs: nowMs };
      this.#known.set(slo.name, known);
      this.#newSlos.push(known);
      this.#totals.set(known.id, ZERO);
    }
    const total = old?.total ?? this.#totals.get(known.id) ?? ZERO;
    return {
      id: known.id,
      createdMs: known.createdMs,
      history: historyOf(slo),
      total,
      acknowledged: old?.acknowledged ?? (this.#beganWithStore ? total : undefined),
      episodes: old?.episodes ?? this.#restored.episodes.get(known.id) ?? [],
    };
  }

  /** Adds one event; it shows up in windows at the next tick and in the counter once that is acknowledged. */
  add(slo: string, event: Partial<Counts>, atMs: number, cause?: Cause): void {
    const entry = this.#entries.get(slo);
    if (entry === undefined) return;
    entry.total = add(entry.total, { ...ZERO, ...event });
    if (event.bad !== undefined && cause !== undefined) {
      entry.episodes = withBadEvent(entry.episodes, atMs, cause, entry.history.stepMs);
      this.#changedEpisodes.add(entry);
    }
  }

  /** Closes a tick at `atMs` and commits it with all that is pending. Returns the error if the store refused. */
  tick(atMs: number): Error | undefined {
    this.#close(atMs);
    if (this.#store === undefined) return new Error('the store is not open');
    try {
      this.#store.commit({
        ticks: this.#pending,
        newSlos: this.#newSlos,
        episodes: new Map([...this.#changedEpisodes].map((e) => [e.id, e.episodes])),
      });
    } catch (error) {
      return error as Error;
    }
    this.#pending.length = 0;
    this.#newSlos.length = 0;
    this.#changedEpisodes.clear();
    for (const entry of this.#entries.values()) entry.acknowledged = entry.total;
    return undefined;
  }

  /** Writes the totals of now into every history, and a record of them to what waits for the store. */
  #close(atMs: number): void {
    this.#lastTickMs = Math.max(atMs, this.#lastTickMs);
    for (const entry of this.#entries.values()) {
      entry.history.record(this.#lastTickMs, entry.total);
      this.#totals.set(entry.id, entry.total);
    }
    const record = { atMs: this.#lastTickMs, record: encodeRecord(this.#lastTickMs, this.#totals) };
    if (this.#pending.at(-1)?.atMs === record.atMs) this.#pending.pop();
    this.#pending.push(record);
    if (this.#pending.length > MAX_PENDING) this.#pending.shift();
  }
}

function historyOf({ stepMs, periodMs, marks = [] }: LedgerSlo): History {
  const history = new History(stepMs, periodMs);
  history.setMarks(marks);
  return history;
}
