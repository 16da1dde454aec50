// One probe run as text: a bar per step on a common time axis, the verdict, and what to look at. Pure.
import type { Run } from '../probe/runner.ts';
import { hintOf, verdictOf } from '../spec/outcome.ts';

const WIDTH = 40;
const MARK = { good: '✓', bad: '✗', unmeasured: '?' } as const;
const COLOUR = { good: 32, bad: 31, unmeasured: 33 } as const;

/** The waterfall; `color` adds ANSI colours. */
export function waterfall(run: Run, color: boolean): string {
  const scale = WIDTH / Math.max(1, run.durationMs);
  const nameWidth = Math.max(...run.steps.map((s) => s.step.length), 4);
  const outcomeWidth = Math.max(...run.steps.map((s) => s.outcome.length));
  const lines = run.steps.flatMap((s) => {
    const verdict = verdictOf(s.outcome);
    const start = Math.min(WIDTH - 1, Math.round(s.startMs * scale));
    const bar =
      `${' '.repeat(start)}${'█'.repeat(Math.max(1, Math.min(WIDTH - start, Math.round(s.durationMs * scale))))}`.padEnd(
        WIDTH,
      );
    const phases = Object.entries(s.phases).map(([phase, ms]) => `${phase} ${ms.toFixed(ms < 10 ? 1 : 0)}`);
    const head =
      `${MARK[verdict]} ${s.step.padEnd(nameWidth)} |${bar}| ${s.durationMs.toFixed(0).padStart(6)} ms  ${s.outcome.padEnd(outcomeWidth)}  ${phases.join(', ')}`.trimEnd();
    const painted = color ? `\x1b[${COLOUR[verdict]}m${head}\x1b[0m` : head;
    if (verdict === 'good' || s.outcome === 'skipped') return [painted];
    const why = [`  blame ${s.blame}${s.detail ? `: ${s.detail}` : ''}`];
    if (hintOf(s.outcome)) why.push(`  look at: ${hintOf(s.outcome)}`);
    return [painted, ...why];
  });
  const bad = run.steps.filter((s) => verdictOf(s.outcome) === 'bad');
  const verdict =
    bad.length > 0
      ? `BAD: ${bad.map((s) => `${s.step} ${s.outcome}`).join(', ')}`
      : run.steps.every((s) => verdictOf(s.outcome) === 'good')
        ? 'GOOD'
        : 'UNMEASURED: at least one step could not tell';
  return [
    `${run.target.name} (${run.target.kind}) in ${run.durationMs.toFixed(0)} ms, trace ${run.traceId}`,
    ...lines,
    verdict,
  ].join('\n');
}
