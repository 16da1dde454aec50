// Keeps the history: closes ticks, opens the store again when it could not be opened or broke, thins old rows out.
// Says in log and metrics how that goes. No fault of the disk gets past it.
import type { OwnMetrics } from '../metrics/own.ts';
import { isDamage, StoreLost, StoreRefused } from '../store/database.ts';
import type { Store } from '../store/store.ts';
import type { Changes } from './changes.ts';
import type { Engine } from './engine.ts';

interface Log {
  info(text: string): void;
  warn(text: string): void;
  error(facts: object, text: string): void;
}
export interface KeeperPorts {
  readonly engine: Engine;
  readonly changes: Changes;
  readonly own: OwnMetrics;
  readonly log: Log;
  openStore(): Store;
  /** Time line of the history, ms since 1970. */
  now(): number;
  /** Is the time known? Until then nothing is written. */
  isClockSet(): boolean;
  /** A clock that no adjustment moves, ms. */
  monotonicMs(): number;
}

const REOPEN_MS = 5_000;
const PRUNE_MS = 300_000;

/** The store, or why it cannot be opened. Throws StoreRefused: another process has it, or a newer version wrote it. */
export function tryOpen(open: () => Store, log: Log): Store | Error {
  try {
    const store = open();
    for (const warning of store.restored.warnings) log.warn(warning);
    return store;
  } catch (error) {
    if (error instanceof StoreRefused) throw error;
    return error as Error;
  }
}

export class Keeper {
  readonly #ports: KeeperPorts;
  #store: Store | Error;
  #lastTick: number;
  #lastOpen: number;
  #lastPrune = Number.NEGATIVE_INFINITY;
  #lived = { atMs: 0, monotonicMs: 0 };
  #fault: string | undefined;
  #isWaiting = false;

  /** `store`: what tryOpen() gave at the start. */
  constructor(store: Store | Error, ports: KeeperPorts) {
    this.#store = store;
    this.#ports = ports;
    this.#lastTick = ports.monotonicMs();
    this.#lastOpen = this.#lastTick;
    this.#live(store);
    if (!(store instanceof Error)) this.#countDamage(store.changes.restored.damaged);
  }

  #countDamage(records: number): void {
    if (records > 0) this.#ports.own.inc('plimsoll_store_damaged_records_total', {}, records);
  }

  /** ms since the last tick. */
  get quietMs(): number {
    return this.#ports.monotonicMs() - this.#lastTick;
  }

  /** Closes a tick and commits it; never throws. */
  tick(): void {
    const { engine, changes, own } = this.#ports;
    this.#lastTick = this.#ports.monotonicMs();
    if (!this.#isTimeKnown()) return;
    if (this.#store instanceof Error && this.#lastTick - this.#lastOpen >= REOPEN_MS) this.#open();
    const error = engine.tick() ?? changes.flush();
    own.set('plimsoll_store_commit_duration_seconds', (this.#ports.monotonicMs() - this.#lastTick) / 1000);
    own.set('plimsoll_store_pending_ticks', engine.pendingTicks);
    if (error === undefined) own.set('plimsoll_store_last_commit_timestamp_seconds', engine.lastTickMs / 1000);
    this.#report(this.#store instanceof Error ? this.#store : error);
    if (error instanceof StoreLost || (error !== undefined && isDamage(error))) this.#drop(error);
    else if (error === undefined && this.#lastTick - this.#lastPrune > PRUNE_MS) this.#prune();
  }

  /** A clock that was never set would date history wrongly: what is counted waits for it. */
  #isTimeKnown(): boolean {
    const { isClockSet, log, engine, now } = this.#ports;
    if (isClockSet()) {
      if (this.#isWaiting) {
        log.info('the system clock is set: history is written from now on');
        engine.bornAt(now());
        this.#live(this.#store);
      }
      this.#isWaiting = false;
      return true;
    }
    if (!this.#isWaiting) log.warn('the system clock cannot be right: no history is written until it is set');
    this.#isWaiting = true;
    return false;
  }

  /** Why it does less than it should; empty if it does not. */
  get reasons(): readonly string[] {
    const reasons = this.#isWaiting ? ['the system clock is not set: no history is written'] : [];
    if (this.#fault === undefined) return reasons;
    const what = this.#ports.engine.historyIsRead
      ? `the store cannot be written (${this.#fault}): counters stand still, what is counted waits in memory`
      : `the store could not be opened since the start (${this.#fault}): history is not read, so budgets are unknown`;
    return [...reasons, what];
  }

  /** The end of the process: says what could not be written. */
  end(): void {
    const { engine, log } = this.#ports;
    if (engine.pendingTicks > 0)
      log.error(
        { ticks: engine.pendingTicks },
        'these ticks could not be written and are lost: the store was not there',
      );
    this.close();
  }

  close(): void {
    if (!(this.#store instanceof Error)) this.#store.close();
    this.#store = new Error('the store is closed');
  }

  #open(): void {
    this.#lastOpen = this.#lastTick;
    try {
      const store = tryOpen(this.#ports.openStore, this.#ports.log);
      this.#store = store;
      if (store instanceof Error) return;
      this.#live(store);
      this.#ports.engine.useStore(store);
      this.#countDamage(this.#ports.changes.useStore(store.changes));
    } catch (error) {
      this.#drop(error as Error);
    }
  }

  /** From when on, by both clocks, rows age: a wrong clock must not make them old. */
  #live(store: Store | Error): void {
    const atMs = store instanceof Error ? undefined : store.restored.last?.atMs;
    this.#lived = { atMs: atMs || this.#ports.now(), monotonicMs: this.#ports.monotonicMs() };
  }

  /** The file is broken: closed now, so that opening it again moves it aside and saves what can be read. */
  #drop(error: Error): void {
    this.#ports.engine.loseStore();
    this.close();
    this.#store = error;
  }

  #prune(): void {
    const { engine, changes, monotonicMs } = this.#ports;
    this.#lastPrune = this.#lastTick;
    const nowMs = this.#lived.atMs + monotonicMs() - this.#lived.monotonicMs;
    changes.prune(nowMs);
    try {
      if (!(this.#store instanceof Error)) this.#store.prune(nowMs, engine.spec.exporter.retention, engine.marks);
    } catch (error) {
      this.#report(error as Error);
    }
  }

  #report(error: Error | undefined): void {
    const { own, log } = this.#ports;
    own.set('plimsoll_store_up', error === undefined ? 1 : 0);
    if (error !== undefined) own.inc('plimsoll_store_errors_total');
    if (error?.message === this.#fault) return;
    if (error === undefined) log.info('the store takes commits again; nothing was lost');
    else
      log.error(
        { reason: error.message },
        'the store cannot be written: history goes on in memory, counters stand still until it can',
      );
    this.#fault = error?.message;
  }
}
