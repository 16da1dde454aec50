// What the log says of runs: changes, and a reminder while something stays wrong. Every run would bury what matters.
// Writes nothing else, and never decides what counts.
import type { Run } from '../probe/runner.ts';
import { verdictOf } from '../spec/outcome.ts';

export interface RunLogger {
  debug(facts: object, text: string): void;
  info(facts: object, text: string): void;
  warn(facts: object, text: string): void;
}

interface Trouble {
  /** "step outcome" of every step that is not good. */
  readonly signature: string;
  readonly sinceMs: number;
  runs: number;
  saidMs: number;
}

const REMIND_MS = 600_000;

export class RunLog {
  readonly #log: RunLogger;
  readonly #troubles = new Map<string, Trouble>();

  constructor(log: RunLogger) {
    this.#log = log;
  }

  /** A run is over: one line if what is wrong with its target changed, if all is well again, or every 10 minutes. */
  onRun(run: Run): void {
    const target = run.target.name;
    const base = { target, kind: run.target.kind, traceId: run.traceId, durationMs: Math.round(run.durationMs) };
    this.#log.debug({ ...base, steps: run.steps.map((s) => `${s.step} ${s.outcome}`) }, 'run finished');
    const wrong = run.steps.filter((s) => verdictOf(s.outcome) !== 'good' && s.outcome !== 'skipped');
    const before = this.#troubles.get(target);
    const [first] = wrong;
    if (first === undefined) {
      this.#troubles.delete(target);
      if (before !== undefined)
        this.#log.info(
          { target, afterSeconds: Math.round((run.atMs - before.sinceMs) / 1000), runs: before.runs },
          'well again',
        );
      return;
    }
    const signature = wrong.map((s) => `${s.step} ${s.outcome}`).join(', ');
    const same = before?.signature === signature;
    const trouble = same ? before : { signature, sinceMs: before?.sinceMs ?? run.atMs, runs: 0, saidMs: run.atMs };
    trouble.runs += 1;
    this.#troubles.set(target, trouble);
    if (same && run.atMs - trouble.saidMs < REMIND_MS) return;
    trouble.saidMs = run.atMs;
    const cause = wrong.find((s) => verdictOf(s.outcome) === 'bad') ?? first;
    const { step, outcome, blame, detail } = cause;
    const facts = { ...base, step, outcome, blame, detail, steps: signature, ...(same && { runs: trouble.runs }) };
    const text = verdictOf(outcome) === 'bad' ? 'probe failed' : 'probe could not tell good from bad';
    this.#log.warn(facts, same ? `${text}, still` : text);
  }

  /** Forgets targets that went. */
  keepTargets(names: ReadonlySet<string>): void {
    for (const target of this.#troubles.keys()) if (!names.has(target)) this.#troubles.delete(target);
  }
}
