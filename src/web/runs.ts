// The last runs of every target, in memory, for its page. Never counts: what an SLO makes of a run is the engine's.
import type { Outcome } from '../spec/outcome.ts';
import { verdictOf } from '../spec/outcome.ts';
import type { Target } from '../spec/target.ts';

/** What is shown of a step. */
export interface SeenStep {
  readonly step: string;
  readonly outcome: Outcome;
  readonly blame: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly phases: Readonly<Partial<Record<string, number>>>;
  readonly detail: string;
  readonly facts: object;
}

/** What is shown of a run. */
export interface SeenRun {
  readonly target: Target;
  readonly atMs: number;
  readonly durationMs: number;
  readonly traceId: string;
  readonly distorted: boolean;
  readonly steps: readonly SeenStep[];
}

export interface TargetRuns {
  /** Newest first. */
  readonly runs: readonly SeenRun[];
  /** The newest run with a bad step, however long ago in this process. */
  readonly lastBad: SeenRun | undefined;
}

const MOST_RUNS = 5_000;
const MOST_PER_TARGET = 12;
const FEWEST_PER_TARGET = 2;

export const isBad = (run: SeenRun): boolean => run.steps.some(({ outcome }) => verdictOf(outcome) === 'bad');

export class RecentRuns {
  readonly #runs = new Map<string, SeenRun[]>();
  readonly #lastBad = new Map<string, SeenRun>();
  #perTarget = MOST_PER_TARGET;

  /** Forgets targets that went; the more there are, the fewer runs of each are kept. */
  keepTargets(names: ReadonlySet<string>): void {
    for (const kept of [this.#runs, this.#lastBad])
      for (const name of kept.keys()) if (!names.has(name)) kept.delete(name);
    this.#perTarget = Math.max(
      FEWEST_PER_TARGET,
      Math.min(MOST_PER_TARGET, Math.floor(MOST_RUNS / Math.max(1, names.size))),
    );
  }

  onRun(run: SeenRun): void {
    const { name } = run.target;
    const kept = this.#runs.get(name) ?? [];
    kept.unshift(run);
    kept.length = Math.min(kept.length, this.#perTarget);
    this.#runs.set(name, kept);
    if (isBad(run)) this.#lastBad.set(name, run);
  }

  of(target: string): TargetRuns {
    return { runs: this.#runs.get(target) ?? [], lastBad: this.#lastBad.get(target) };
  }
}
