// Starts the runs: one at a time per target, a cap for all, half speed towards an overloaded target. Above the cap slots wait in
// the order in which they came, so that every target gets its turn. A slot that is not run is reported as missed, never forgotten.
import type { Outcome } from '../spec/outcome.ts';
import type { Target } from '../spec/target.ts';
import type { Run } from './runner.ts';
import { nextSlot, phaseOf } from './schedule.ts';

export type MissedReason = 'overlap' | 'concurrency' | 'backoff' | 'late' | 'changed' | 'fault';

export interface SchedulerPorts {
  /** A clock that no adjustment moves, ms. */
  monotonicMs(): number;
  /** Most runs at the same time, asked at each slot. */
  concurrency(): number;
  run(target: Target, stop: AbortSignal): Promise<Run>;
  /** `delayMs`: how much later than its slot the run started. */
  onRun(run: Run, delayMs: number): void;
  onMissed(target: Target, reason: MissedReason): void;
  /** A run, or what was made of it, failed by a bug of ours. */
  onFault(target: Target, error: Error): void;
}

export interface Scheduler {
  setTargets(targets: readonly Target[]): void;
  readonly inFlight: number;
  /** No new runs, and what waits for a place is missed; waits up to `graceMs` for those going on, then aborts them. */
  stop(graceMs: number): Promise<void>;
}

const OVERLOADED: ReadonlySet<Outcome> = new Set([
  'too_many_connections',
  'rate_limited',
  'max_clients',
  'overloaded',
  'busy',
]);

interface Job {
  target: Target;
  timer: NodeJS.Timeout | undefined;
  running: boolean;
  /** The slot that waits for a place. */
  due: number | undefined;
  /** The run that goes on had to wait for its place: it may overlap the next slot without the target being slow. */
  waited: boolean;
  /** The last run found the target overloaded: skip the next slot. Half of the slots still run, enough for coverage. */
  skipNext: boolean;
}

const IDLE = { timer: undefined, running: false, due: undefined, waited: false, skipNext: false };

/** Slots follow the monotonic clock, so a jump of the system clock neither bunches nor starves runs. */
export const createScheduler = (ports: SchedulerPorts): Scheduler => new Slots(ports);

class Slots implements Scheduler {
  readonly #ports: SchedulerPorts;
  readonly #jobs = new Map<string, Job>();
  readonly #aborter = new AbortController();
  readonly #going = new Set<Promise<void>>();
  readonly #waiting = new Set<Job>();

  constructor(ports: SchedulerPorts) {
    this.#ports = ports;
  }

  get inFlight(): number {
    return this.#going.size;
  }

  setTargets(targets: readonly Target[]): void {
    const wanted = new Set(targets.map((t) => t.name));
    for (const [name, job] of this.#jobs) {
      if (wanted.has(name)) continue;
      clearTimeout(job.timer);
      this.#giveUp(job);
      this.#jobs.delete(name);
    }
    for (const target of targets) {
      const known = this.#jobs.get(target.name);
      if (known !== undefined && JSON.stringify(known.target) === JSON.stringify(target)) continue;
      clearTimeout(known?.timer);
      if (known !== undefined && this.#giveUp(known)) this.#ports.onMissed(target, 'changed');
      // A run of the target as it was still goes on: none beside it, and what it finds is not for the new one.
      const job: Job = known ?? { target, ...IDLE };
      job.target = target;
      job.skipNext = false;
      this.#jobs.set(target.name, job);
      this.#arm(job, nextSlot(this.#ports.monotonicMs(), phaseOf(target.name, target.interval), target.interval));
    }
  }

  async stop(graceMs: number): Promise<void> {
    for (const job of this.#jobs.values()) {
      clearTimeout(job.timer);
      if (this.#giveUp(job)) this.#ports.onMissed(job.target, 'concurrency');
    }
    const grace = setTimeout(() => this.#aborter.abort(new Error('stopping')), graceMs);
    await Promise.allSettled(this.#going);
    clearTimeout(grace);
  }

  #arm(job: Job, slot: number): void {
    job.timer = setTimeout(() => this.#fire(job, slot), Math.max(0, Math.ceil(slot - this.#ports.monotonicMs())));
  }

  #fire(job: Job, slot: number): void {
    const { monotonicMs, onMissed } = this.#ports;
    const { target } = job;
    // From slot to slot, not from now: a timer may fire a fraction of a ms early, and must not meet its slot twice.
    let next = slot + target.interval;
    for (; next <= monotonicMs(); next += target.interval) onMissed(target, 'late');
    this.#arm(job, next);
    const reason = this.#missedBy(job, slot);
    if (reason !== undefined) {
      onMissed(target, reason);
      return;
    }
    job.due = slot;
    this.#waiting.add(job);
    this.#startDue();
    job.waited = job.due !== undefined;
  }

  /** Why this slot is not run; undefined if it may be. */
  #missedBy(job: Job, slot: number): MissedReason | undefined {
    if (job.running) return job.waited ? 'concurrency' : 'overlap';
    if (job.due !== undefined) {
      // It keeps its place in the row.
      job.due = slot;
      return 'concurrency';
    }
    if (!job.skipNext) return undefined;
    job.skipNext = false;
    return 'backoff';
  }

  #startDue(): void {
    for (const job of this.#waiting) {
      if (this.#going.size >= this.#ports.concurrency()) return;
      this.#waiting.delete(job);
      this.#start(job, job.due!);
    }
  }

  #start(job: Job, slot: number): void {
    const { monotonicMs, run, onRun, onMissed, onFault } = this.#ports;
    const { target } = job;
    job.due = undefined;
    job.running = true;
    const delayMs = monotonicMs() - slot;
    const isKnown = () => this.#jobs.get(target.name) === job;
    let isCounted = false;
    // Also a run that throws at once is a promise that rejects.
    const promise = (async () => run(target, this.#aborter.signal))()
      .then((finished) => {
        job.skipNext = finished.steps.some((step) => OVERLOADED.has(step.outcome));
        if (!isKnown()) return;
        isCounted = true;
        if (job.target === target) onRun(finished, delayMs);
        else onMissed(job.target, 'changed');
      })
      .catch((error) => {
        onFault(target, error);
        if (!isCounted && isKnown()) onMissed(job.target, 'fault');
      })
      .finally(() => {
        job.running = false;
        this.#going.delete(promise);
        this.#startDue();
      });
    this.#going.add(promise);
  }

  /** A slot that waits for its place is given up. */
  #giveUp(job: Job): boolean {
    job.due = undefined;
    return this.#waiting.delete(job);
  }
}
