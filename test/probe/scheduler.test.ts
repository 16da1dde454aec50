import { describe, expect, it, vi } from 'vitest';
import type { Run } from '../../src/probe/runner.ts';
import { phaseOf } from '../../src/probe/schedule.ts';
import { createScheduler, type MissedReason } from '../../src/probe/scheduler.ts';
import type { Outcome } from '../../src/spec/outcome.ts';
import type { Target } from '../../src/spec/target.ts';
import { validSpec } from '../spec/specs.ts';

const targets = (names: readonly string[]): readonly Target[] => {
  const list = names.map((name) => ({ name, kind: 'http', url: `http://${name}.example.org/`, interval: '10s' }));
  return validSpec({ targets: list }).targets;
};

/** A scheduler on fake timers; runs take as long as `takeMs` says and end in `outcome`. */
function scheduler(takeMs: (name: string) => number, outcome: Outcome = 'ok', concurrency = 20, rate = 1) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const started: { name: string; atMs: number }[] = [];
  const missed: [string, MissedReason][] = [];
  const delays: number[] = [];
  let aborted = 0;
  const made = createScheduler({
    monotonicMs: () => performance.now() * rate,
    concurrency: () => concurrency,
    run: (target, stop) =>
      new Promise<Run>((resolve) => {
        started.push({ name: target.name, atMs: performance.now() });
        const step = {
          step: 'get',
          outcome,
          blame: 'none',
          startMs: 0,
          durationMs: 1,
          phases: {},
          detail: '',
          facts: {},
        } as const;
        const run: Run = {
          target,
          startedMs: 0,
          atMs: 0,
          durationMs: 1,
          traceId: 'a'.repeat(32),
          distorted: false,
          steps: [step],
        };
        const onAbort = () => {
          aborted += 1;
          resolve(run);
        };
        stop.addEventListener('abort', onAbort);
        setTimeout(() => {
          stop.removeEventListener('abort', onAbort);
          resolve(run);
        }, takeMs(target.name));
      }),
    onRun: (_run, delayMs) => delays.push(delayMs),
    onMissed: (target, reason) => missed.push([target.name, reason]),
    onFault: (_target, error) => {
      throw error;
    },
  });
  return { made, started, missed, delays, abortedRuns: () => aborted };
}

describe('the scheduler', () => {
  it('runs each target once an interval, at its own phase', async () => {
    const { made, started } = scheduler(() => 100);
    made.setTargets(targets(['a', 'b']));
    await vi.advanceTimersByTimeAsync(30_000);
    for (const name of ['a', 'b']) {
      const times = started.filter((s) => s.name === name).map((s) => s.atMs);
      expect(times).toHaveLength(3);
      for (const atMs of times) expect(Math.round(atMs) % 10_000).toBe(phaseOf(name, 10_000));
    }
    vi.useRealTimers();
  });
  it('does not meet a slot twice when a timer fires a fraction of a ms early', async () => {
    const { made, started, missed } = scheduler(() => 100, 'ok', 20, 0.9999);
    made.setTargets(targets(['a']));
    await vi.advanceTimersByTimeAsync(100_000);
    expect([started.length, missed]).toEqual([10, []]);
    vi.useRealTimers();
  });
  it('never starts a target that still runs: the slot is missed, and the others go on', async () => {
    const { made, started, missed } = scheduler((name) => (name === 'slow' ? 25_000 : 100));
    made.setTargets(targets(['slow', 'fast']));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(started.filter((s) => s.name === 'slow')).toHaveLength(1);
    expect(started.filter((s) => s.name === 'fast')).toHaveLength(3);
    expect(missed).toEqual([
      ['slow', 'overlap'],
      ['slow', 'overlap'],
    ]);
    vi.useRealTimers();
  });
  it('keeps to the cap, and lets those above it wait their turn: with one place, four long runs come one after the other', async () => {
    const { made, started, missed } = scheduler(() => 9_999, 'ok', 1);
    made.setTargets(targets(['a', 'b', 'c', 'd']));
    await vi.advanceTimersByTimeAsync(200_000);
    const names = started.map((s) => s.name);
    expect(new Set(names.slice(0, 4)).size).toBe(4);
    for (const [i, name] of names.entries()) if (i >= 4) expect(name).toBe(names[i - 4]);
    for (const [i, { atMs }] of started.entries())
      if (i > 0) expect(atMs - started[i - 1]!.atMs).toBeGreaterThan(9_998);
    // Of 80 slots 20 had a place; the slots that wait now are not missed yet.
    expect(started.length + missed.length).toBeGreaterThanOrEqual(80 - 3);
    expect(new Set(missed.map(([, reason]) => reason))).toEqual(new Set(['concurrency']));
    vi.useRealTimers();
  });
  it('gives up what waits for a place when its target is removed or changed', async () => {
    const { made, started, missed } = scheduler(() => 25_000, 'ok', 1);
    made.setTargets(targets(['a', 'b', 'c']));
    await vi.advanceTimersByTimeAsync(10_000);
    const [first] = started.map((s) => s.name);
    const [gone, changed] = ['a', 'b', 'c'].filter((name) => name !== first);
    made.setTargets(targets([first!, changed!]).map((t) => (t.name === changed ? { ...t, timeout: 77 } : t) as Target));
    expect(missed).toEqual([[changed, 'changed']]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(started.map((s) => s.name)).not.toContain(gone);
    vi.useRealTimers();
  });
  it('asks an overloaded target every other slot, a refused one every slot', async () => {
    const overloaded = scheduler(() => 100, 'too_many_connections');
    overloaded.made.setTargets(targets(['db']));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(overloaded.started).toHaveLength(3);
    expect(overloaded.missed).toEqual(Array.from({ length: 3 }, () => ['db', 'backoff']));
    vi.useRealTimers();
    const refused = scheduler(() => 100, 'refused');
    refused.made.setTargets(targets(['db']));
    await vi.advanceTimersByTimeAsync(60_000);
    expect([refused.started.length, refused.missed]).toEqual([6, []]);
    vi.useRealTimers();
  });
  it('forgets the run of a target that was removed meanwhile', async () => {
    const { made, started, delays } = scheduler(() => 5_000);
    made.setTargets(targets(['a']));
    await vi.advanceTimersByTimeAsync(phaseOf('a', 10_000) + 1);
    expect(started).toHaveLength(1);
    made.setTargets([]);
    await vi.advanceTimersByTimeAsync(30_000);
    expect([started.length, delays.length]).toEqual([1, 0]);
    vi.useRealTimers();
  });
  it('counts the run of a target that was changed meanwhile as missed, and starts none beside it', async () => {
    const { made, started, missed, delays } = scheduler(() => 12_000);
    made.setTargets(targets(['a']));
    await vi.advanceTimersByTimeAsync(phaseOf('a', 10_000) + 1);
    made.setTargets(targets(['a']).map((t) => ({ ...t, timeout: 4_000 })));
    await vi.advanceTimersByTimeAsync(9_000);
    expect([started.length, missed]).toEqual([1, []]);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(missed).toEqual([
      ['a', 'overlap'],
      ['a', 'changed'],
    ]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(delays.length).toBeGreaterThan(0);
    vi.useRealTimers();
  });
  it('stops: a slot that waits for a place is missed, and not run later', async () => {
    const { made, started, missed } = scheduler(() => 25_000, 'ok', 1);
    made.setTargets(targets(['a', 'b', 'c']));
    await vi.advanceTimersByTimeAsync(10_000);
    const [first] = started.map((s) => s.name);
    const stopped = made.stop(3_000);
    expect(missed.toSorted()).toEqual(
      ['a', 'b', 'c'].filter((name) => name !== first).map((name) => [name, 'concurrency']),
    );
    await vi.advanceTimersByTimeAsync(60_000);
    await stopped;
    expect([started.length, missed.length]).toEqual([1, 2]);
    vi.useRealTimers();
  });
  it('stops: waits for runs within the grace, aborts the others after it', async () => {
    const { made, delays, abortedRuns } = scheduler((name) => (name === 'short' ? 1_000 : 600_000));
    made.setTargets(targets(['short', 'hung']));
    await vi.advanceTimersByTimeAsync(Math.max(phaseOf('short', 10_000), phaseOf('hung', 10_000)) + 1);
    expect(made.inFlight).toBeGreaterThan(0);
    let stopped = false;
    void made.stop(3_000).then(() => {
      stopped = true;
    });
    await vi.advanceTimersByTimeAsync(2_999);
    expect(stopped).toBe(false);
    await vi.advanceTimersByTimeAsync(2);
    expect([stopped, abortedRuns()]).toEqual([true, 1]);
    expect(delays).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(delays).toHaveLength(2);
    vi.useRealTimers();
  });
});
