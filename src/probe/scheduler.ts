// Starts the runs: one at a time per target, a cap for all, half speed towards an overloaded target.
// A slot that is not run is reported as missed, never forgotten.
import type { Outcome } from '../spec/outcome.ts';
import type { Target } from '../spec/target.ts';
import type { Run } from './runner.ts';
import { nextSlot, phaseOf } from './schedule.ts';

export type MissedReason = 'overlap' | 'concurrency' | 'backoff' | 'late' | 'changed';

export interface SchedulerPorts {
  /** A clock that no adjustment moves, ms. */
  monotonicMs(): number;
  /** Most runs at the same time, asked at each slot. */
  concurrency(): number;
  run(target: Target, stop: AbortSignal): Promise<Run>;
  /** `delayMs`: how much later than its slot the run started. */
  onRun(run: Run, delayMs: number): void;
  onMissed(target: Target, reason: MissedReason): void;
}

export interface Scheduler {
  setTargets(targets: readonly Target[]): void;
  readonly inFlight: number;
  /** No new runs; waits up to `graceMs` for those going on, then aborts them. */
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
  /** The last run found the target overloaded: skip the next slot. Half of the slots still run, enough for coverage. */
  skipNext: boolean;
}

/** Slots follow the monotonic clock, so a jump of the system clock neither bunches nor starves runs. */
export function createScheduler(ports: SchedulerPorts): Scheduler {
  const jobs = new Map<string, Job>();
  const aborter = new AbortController();
  const going = new Set<Promise<void>>();

  const arm = (job: Job, slot: number) => {
    job.timer = setTimeout(() => fire(job, slot), Math.max(0, Math.ceil(slot - ports.monotonicMs())));
  };

  const fire = (job: Job, slot: number) => {
    const { target } = job;
    const delayMs = ports.monotonicMs() - slot;
    // From slot to slot, not from now: a timer may fire a fraction of a ms early, and must not meet its slot twice.
    let next = slot + target.interval;
    for (; next <= ports.monotonicMs(); next += target.interval) ports.onMissed(target, 'late');
    arm(job, next);
    if (job.running) return ports.onMissed(target, 'overlap');
    if (job.skipNext) {
      job.skipNext = false;
      return ports.onMissed(target, 'backoff');
    }
    if (going.size >= ports.concurrency()) return ports.onMissed(target, 'concurrency');
    job.running = true;
    const promise = ports
      .run(target, aborter.signal)
      .then((run) => {
        job.skipNext = run.steps.some((step) => OVERLOADED.has(step.outcome));
        if (jobs.get(target.name) !== job) return;
        if (job.target === target) ports.onRun(run, delayMs);
        else ports.onMissed(job.target, 'changed');
      })
      .finally(() => {
        job.running = false;
        going.delete(promise);
      });
    going.add(promise);
  };

  return {
    setTargets(targets) {
      const wanted = new Set(targets.map((t) => t.name));
      for (const [name, job] of jobs) {
        if (wanted.has(name)) continue;
        clearTimeout(job.timer);
        jobs.delete(name);
      }
      for (const target of targets) {
        const known = jobs.get(target.name);
        if (known !== undefined && JSON.stringify(known.target) === JSON.stringify(target)) continue;
        clearTimeout(known?.timer);
        // A run of the target as it was still goes on: none beside it, and what it finds is not for the new one.
        const job: Job = known ?? { target, timer: undefined, running: false, skipNext: false };
        job.target = target;
        job.skipNext = false;
        jobs.set(target.name, job);
        arm(job, nextSlot(ports.monotonicMs(), phaseOf(target.name, target.interval), target.interval));
      }
    },
    get inFlight() {
      return going.size;
    },
    async stop(graceMs) {
      for (const job of jobs.values()) clearTimeout(job.timer);
      const grace = setTimeout(() => aborter.abort(new Error('stopping')), graceMs);
      await Promise.allSettled(going);
      clearTimeout(grace);
    },
  };
}
