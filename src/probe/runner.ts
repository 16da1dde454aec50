// Runs one probe once: deadline, step times, spans, and the rule that our own faults are never the target's.
// Never schedules and never counts.
import { performance } from 'node:perf_hooks';
import { blameOf, type Outcome, verdictOf } from '../spec/outcome.ts';
import type { Target, TargetKind } from '../spec/target.ts';
import { type BoardRun, keepBoard } from './board-reading.ts';
import { endingAfter, within } from './deadline.ts';
import type { LoopLag } from './loop-lag.ts';
import type { Probe, ProbeContext, StepOutcome, StepResult } from './probe.ts';
import type { Resolve } from './resolve.ts';
import { type Told, tellerOf } from './told.ts';
import type { Tracer } from './trace-port.ts';

export interface RunnerPorts {
  readonly probes: { readonly [K in TargetKind]: Probe<K> };
  readonly resolve: Resolve;
  readonly tracer: Tracer;
  readonly lag: LoopLag;
  readonly location: string;
  /** Most series for boards of other exporters that a run reads as well; absent or 0: none. */
  readonly boardSeries?: number;
  now(): number;
}

export interface Run {
  readonly target: Target;
  readonly startedMs: number;
  /** End of the run, ms since 1970. */
  readonly atMs: number;
  readonly durationMs: number;
  readonly traceId: string;
  readonly distorted: boolean;
  readonly steps: readonly StepResult[];
  /** Series for boards of other exporters, if they were wanted. */
  readonly board?: BoardRun | undefined;
}

/** Blocked longer than this share of the timeout (but at least 100 ms), a run's times are not the target's. */
const DISTORTED_SHARE = 0.1;
/** A resolver that was silent for so long, or for half of a shorter deadline, is what used the deadline up. */
const RESOLVER_SILENT_MS = 1_000;
const TIMEOUTS: ReadonlySet<Outcome> = new Set(['timeout', 'dns_timeout', 'write_blocked', 'php_saturated']);

/** Runs all steps of a target within its timeout. Never rejects. `stop` aborts: unfinished steps are `aborted`. */
export async function runProbe<K extends TargetKind>(
  target: Target<K>,
  ports: RunnerPorts,
  stop?: AbortSignal,
): Promise<Run> {
  const start = ports.lag.begin();
  try {
    return await watched(target, ports, start, stop);
  } finally {
    ports.lag.end();
  }
}

/** `start`: now, by performance.now(). */
async function watched<K extends TargetKind>(
  target: Target<K>,
  ports: RunnerPorts,
  start: number,
  stop?: AbortSignal,
): Promise<Run> {
  const startedMs = ports.now();
  const deadline = endingAfter(target.timeout, stop);
  const { signal } = deadline;
  const trace = ports.tracer.run(target);
  const steps: StepResult[] = [];
  const finish = finisherFor(tellerOf(target));
  /** Of every step that would begin after the deadline. */
  let untried: StepOutcome | undefined;
  const board = ports.boardSeries ? keepBoard(ports.boardSeries) : undefined;
  const ctx: ProbeContext = {
    signal,
    location: ports.location,
    board,
    resolve: (host, options) => {
      const from = performance.now();
      return within(signal, ports.resolve(host, options)).catch(() => {
        const ms = performance.now() - from;
        return { ok: false, ...unresolved(host, ms, target.timeout, stop?.aborted === true), ms };
      });
    },
    now: ports.now,
    remainingMs: () => Math.max(0, target.timeout - (performance.now() - start)),
    async step(name, body) {
      const span = trace.step(name);
      const from = performance.now();
      const times = () => ({ startMs: from - start, durationMs: performance.now() - from });
      let finished: StepResult;
      try {
        untried ??= deadline.isOver() ? usedUp(steps.at(-1)) : undefined;
        finished = finish(name, untried ?? (await body({ traceparent: span.traceparent })), times());
      } catch (error) {
        finished = finish(name, bug(error), times());
      }
      const told = judgeStop(finished, stop?.aborted === true);
      const judged = judgeTimeout(told, ports.lag.longestSince(from), target.timeout);
      span.end(judged);
      steps.push(judged);
      return judged;
    },
  };
  try {
    await ports.probes[target.kind as K].run(target, ctx);
  } catch (error) {
    steps.push(finish('run', bug(error), AT_ONCE));
  } finally {
    deadline.end();
    trace.end();
  }
  for (const name of unreportedOf(target, steps)) steps.push(finish(name, bug(UNREPORTED), AT_ONCE));
  const durationMs = performance.now() - start;
  const distorted = ports.lag.longestSince(start) > distortedFrom(target.timeout);
  const atMs = startedMs + durationMs;
  return { target, startedMs, atMs, durationMs, traceId: trace.traceId, distorted, steps, board: board?.run };
}

const UNREPORTED = 'the probe did not report this step';
const unreportedOf = (target: Target, steps: readonly StepResult[]): string[] =>
  (target.steps as readonly string[]).filter((name) => !steps.some(({ step }) => step === name));

const AT_ONCE = { startMs: 0, durationMs: 0 };
const bug = (error: unknown): StepOutcome => ({
  outcome: 'internal_error',
  detail: String((error as Error | undefined)?.stack ?? error),
});

/**
 * Whose is a deadline that passes while a name is resolved? Our resolver's (unmeasured) if it had a fair share of the time; else
 * that of what came before, so that a target that is slow to answer does not turn unmeasured with the next look-up.
 */
function unresolved(
  host: string,
  ms: number,
  timeoutMs: number,
  stopped: boolean,
): { outcome: Outcome; detail: string } {
  if (stopped) return { outcome: 'aborted', detail: `${host}: stopped while the name was resolved` };
  if (ms >= Math.min(RESOLVER_SILENT_MS, timeoutMs / 2))
    return { outcome: 'no_resolver', detail: `${host}: no answer within the deadline` };
  return { outcome: 'timeout', detail: `${host}: only ${Math.round(ms)} ms of the deadline were left to resolve it` };
}

/**
 * A step that would begin after the deadline is not tried: it could say nothing of its own. It counts as the step that used the
 * deadline up: bad, with the same blame, if that was the target's doing, unmeasured if it was ours.
 */
function usedUp(by: StepResult | undefined): StepOutcome | undefined {
  if (by === undefined) return undefined;
  const detail = `the deadline was used up by the step ${by.step}: ${by.outcome}`;
  const { outcome, blame } = by;
  if (blame === 'prober') return { outcome, blame, detail };
  return { outcome: 'timeout', ...(verdictOf(outcome) === 'bad' && { blame }), detail };
}

const distortedFrom = (timeoutMs: number): number => Math.max(100, timeoutMs * DISTORTED_SHARE);

const finisherFor =
  (told: Told) =>
  (step: string, result: StepOutcome, times: typeof AT_ONCE): StepResult => ({
    step,
    outcome: result.outcome,
    blame: result.blame ?? blameOf(result.outcome),
    ...times,
    phases: result.phases ?? {},
    detail: told.text(result.detail ?? ''),
    facts: told.facts(result.facts ?? {}),
  });

const withOutcome = (result: StepResult, outcome: Outcome): StepResult => ({
  ...result,
  outcome,
  blame: blameOf(outcome),
});

/** What failed after a stop says nothing of the target; what was good all the same stays so. */
const judgeStop = (result: StepResult, isStopped: boolean): StepResult =>
  isStopped && verdictOf(result.outcome) === 'bad' ? withOutcome(result, 'aborted') : result;

function judgeTimeout(result: StepResult, blockedMs: number, timeoutMs: number): StepResult {
  if (!TIMEOUTS.has(result.outcome) || blockedMs <= distortedFrom(timeoutMs)) return result;
  return {
    ...withOutcome(result, 'prober_overloaded'),
    detail: `${result.outcome} while the prober was blocked for ${Math.round(blockedMs)} ms`,
  };
}
