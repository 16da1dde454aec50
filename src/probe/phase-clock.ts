// How long each phase of a request takes, one after the other. Never judges.
import { performance } from 'node:perf_hooks';
import type { Phase } from './probe.ts';

export interface PhaseClock {
  /** ms; a phase that comes again, as with a redirect, is added to. */
  readonly phases: Partial<Record<Phase, number>>;
  /** The phase that goes on, and since when. */
  going: Phase;
  since: number;
}

export const startPhase = (going: Phase): PhaseClock => ({ phases: {}, going, since: performance.now() });

export function endPhase(clock: PhaseClock, next: Phase): void {
  const now = performance.now();
  clock.phases[clock.going] = (clock.phases[clock.going] ?? 0) + now - clock.since;
  clock.going = next;
  clock.since = now;
}
