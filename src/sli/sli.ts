// What an SLI of probes is: it turns one run into one event. Pure. SLIs that Prometheus counts are in promql.ts.
import { blameOf, type Outcome, verdictOf } from '../spec/outcome.ts';
import type { RunKind, Sli } from '../spec/spec.ts';

/** What an SLI needs to know of a finished step; probe/ results have this shape. */
export interface MeasuredStep {
  readonly step: string;
  readonly outcome: Outcome;
  readonly blame: string;
  readonly durationMs: number;
  readonly facts: {
    readonly replicaLagSeconds?: number;
    readonly cronLagSeconds?: number;
    readonly certNotAfterSeconds?: number;
    readonly cacheAgeSeconds?: number;
  };
}

export interface MeasuredRun {
  /** End of the run, ms since 1970. */
  readonly atMs: number;
  /** The prober itself was blocked during the run: times are too long. */
  readonly distorted: boolean;
  readonly steps: readonly MeasuredStep[];
}

/** One event, with the step that decided it when it is not good. */
export interface SliEvent {
  readonly result: 'good' | 'bad' | 'unmeasured';
  readonly cause?: { readonly step: string; readonly outcome: Outcome; readonly blame: string };
}

export interface SliCounter<K extends RunKind = RunKind> {
  /** The event that a run is for this SLI. */
  count(sli: Sli<K>, run: MeasuredRun): SliEvent;
}

const GOOD: SliEvent = { result: 'good' };

/** The event decided by a step's outcome; undefined if the step was good. A missing step is unmeasured. */
export function notGood(steps: readonly (MeasuredStep | undefined)[]): SliEvent | undefined {
  let unmeasured: SliEvent | undefined;
  for (const step of steps) {
    const verdict = step === undefined ? 'unmeasured' : verdictOf(step.outcome);
    const cause = step && { step: step.step, outcome: step.outcome, blame: step.blame };
    if (verdict === 'bad') return { result: 'bad', ...(cause && { cause }) };
    if (verdict === 'unmeasured') unmeasured ??= { result: 'unmeasured', ...(cause && { cause }) };
  }
  return unmeasured;
}

/** A step judged by a limit: bad with the given outcome when `good` is false. */
export function judged(step: MeasuredStep, good: boolean, outcome: Outcome): SliEvent {
  return good
    ? GOOD
    : {
        result: 'bad',
        cause: { step: step.step, outcome, blame: step.blame === 'none' ? blameOf(outcome) : step.blame },
      };
}

export { GOOD };
