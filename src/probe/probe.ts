// What a probe is. A probe talks to its target and reports steps; timing of the run, deadline, scheduling and counting
// belong to the runner. A probe never throws for a fault of the target: a fault is an outcome.
import type { Blame, Outcome } from '../spec/outcome.ts';
import type { Target, TargetKind } from '../spec/target.ts';
import type { BoardSink } from './board-reading.ts';
import type { Resolve } from './resolve.ts';

export const PHASES = ['dns', 'connect', 'tls', 'first_byte', 'transfer'] as const;
export type Phase = (typeof PHASES)[number];

/** Measured values beside the outcome. Seconds unless the name says otherwise; absent means not known, never 0. */
export interface Facts {
  readonly replicaLagSeconds?: number;
  readonly cronLagSeconds?: number;
  /** notAfter of the earliest certificate served, seconds since 1970; known even when verification failed. */
  readonly certNotAfterSeconds?: number;
  readonly cacheStatus?: CacheStatus;
  readonly cacheAgeSeconds?: number;
  readonly httpStatus?: number;
  readonly httpVersion?: string;
  readonly redirects?: number;
  readonly bodyBytes?: number;
  readonly tlsVersion?: string;
  /** The leaf that was served: until when it is valid, and the beginning of its SHA-256 fingerprint. */
  readonly certificate?: string;
  readonly wordpressVersion?: string;
  /** The server behind the endpoint that took the write. */
  readonly server?: string;
  readonly address?: string;
  readonly answers?: readonly string[];
}
export type CacheStatus =
  | 'hit'
  | 'miss'
  | 'stale'
  | 'expired'
  | 'revalidated'
  | 'updating'
  | 'bypass'
  | 'dynamic'
  | 'none'
  | 'unknown';

export interface StepResult {
  readonly step: string;
  readonly outcome: Outcome;
  /** Who is to blame; default `blameOf(outcome)`. */
  readonly blame: Blame;
  /** Start relative to the start of the run, ms. */
  readonly startMs: number;
  readonly durationMs: number;
  /** Time per phase, ms. The phase that hung holds the time up to the deadline. */
  readonly phases: Readonly<Partial<Record<Phase, number>>>;
  /** For logs and people; never a label; never holds a secret. */
  readonly detail: string;
  readonly facts: Facts;
}

/** What a step function returns; the recorder adds name and times. */
export interface StepOutcome {
  readonly outcome: Outcome;
  readonly blame?: Blame;
  readonly phases?: Partial<Record<Phase, number>>;
  readonly detail?: string;
  readonly facts?: Facts;
}

/** What a probe may use of the world. */
export interface ProbeContext {
  /** Aborts at the run's deadline. */
  readonly signal: AbortSignal;
  /** ms until the deadline. */
  remainingMs(): number;
  /** Runs one step, measures it, gives it a span; returns the finished result. Catches what `body` throws (internal_error). */
  step(name: string, body: (step: { traceparent: string }) => Promise<StepOutcome>): Promise<StepResult>;
  /** Resolves a host name to addresses (ms spent included) and refuses forbidden ones. */
  readonly resolve: Resolve;
  /** Where this exporter stands: keys of heartbeat rows. */
  readonly location: string;
  /** Wall clock, ms since 1970. */
  now(): number;
  /** Takes the series for boards of other exporters; absent if they are not wanted. */
  readonly board?: BoardSink | undefined;
}

export interface Probe<K extends TargetKind = TargetKind> {
  /** Loads what only this kind needs. Whoever starts runs calls it before: inside of one it would be the target's time. */
  prepare?(): void;
  /** Runs the steps of `target.steps` (through `ctx.step`), in order. */
  run(target: Target<K>, ctx: ProbeContext): Promise<void>;
}
