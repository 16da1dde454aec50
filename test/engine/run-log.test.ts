import { describe, expect, it } from 'vitest';
import { RunLog } from '../../src/engine/run-log.ts';
import type { Run } from '../../src/probe/runner.ts';
import { blameOf, type Outcome } from '../../src/spec/outcome.ts';
import { validSpec } from '../spec/specs.ts';

const target = validSpec('targets: [{ name: shop, kind: http, url: "http://shop.example.org/" }]').targets[0]!;

/** A log, and a function that finishes a run at a second with these outcomes of `get` and `again`. */
function log() {
  const lines: { level: string; facts: Record<string, unknown>; text: string }[] = [];
  const at = (level: string) => (facts: object, text: string) =>
    lines.push({ level, facts: facts as Record<string, unknown>, text });
  const runs = new RunLog({ debug: () => {}, info: at('info'), warn: at('warn') });
  const finish = (second: number, ...outcomes: Outcome[]) => {
    const steps = outcomes.map((outcome, i) => ({
      step: i === 0 ? 'get' : 'again',
      outcome,
      blame: blameOf(outcome),
      startMs: 0,
      durationMs: 1,
      phases: {},
      detail: 'why',
      facts: {},
    }));
    const run: Run = {
      target,
      startedMs: 0,
      atMs: second * 1_000,
      durationMs: 1,
      traceId: 'a',
      distorted: false,
      steps,
    };
    runs.onRun(run);
  };
  return { lines, finish };
}

describe('the log of runs', () => {
  it('has one line for a fault that stays, one when it changes, and one when all is well', () => {
    const { lines, finish } = log();
    finish(0, 'ok', 'ok');
    for (let second = 30; second <= 300; second += 30) finish(second, 'timeout', 'ok');
    finish(330, 'refused', 'refused');
    finish(360, 'ok', 'ok');
    expect(lines.map(({ level, text, facts }) => [level, text, facts.steps ?? facts.afterSeconds])).toEqual([
      ['warn', 'probe failed', 'get timeout'],
      ['warn', 'probe failed', 'get refused, again refused'],
      ['info', 'well again', 330],
    ]);
  });
  it('reminds after 10 minutes, not before', () => {
    const { lines, finish } = log();
    for (let second = 0; second <= 599; second += 1) finish(second, 'timeout');
    expect(lines).toHaveLength(1);
    finish(600, 'timeout');
    expect(lines.at(-1)).toMatchObject({ level: 'warn', text: 'probe failed, still', facts: { runs: 601 } });
  });
  it('warns of what cannot be told too, and names the bad step before the unmeasured one', () => {
    const { lines, finish } = log();
    finish(0, 'auth_failed', 'ok');
    finish(30, 'auth_failed', 'timeout');
    expect(lines.map(({ level, text, facts }) => [level, text, facts.outcome])).toEqual([
      ['warn', 'probe could not tell good from bad', 'auth_failed'],
      ['warn', 'probe failed', 'timeout'],
    ]);
  });
});
