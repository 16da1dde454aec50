// The traps that other SLO tools fall into, and that have no test elsewhere (T1, T2, T4, T5 and T12: budget.test.ts; T23: calendar.test.ts).
// Each shows the number that a reader would compute by hand.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine.ts';
import { expose } from '../../src/metrics/exposition.ts';
import { OwnMetrics } from '../../src/metrics/own.ts';
import { History, ZERO } from '../../src/slo/history.ts';
import { Ledger } from '../../src/store/ledger.ts';
import type { Store } from '../../src/store/store.ts';
import { rulesOf, validSpec } from '../spec/specs.ts';
import { noChanges } from '../store/no-changes.ts';

const START = Date.UTC(2026, 0, 1);
const STEP = 30_000;
const HOUR = 3_600_000;
const memory = (last?: Store['restored']['last'], slos: Store['restored']['slos'] = []): Store => ({
  restored: { slos, last, episodes: new Map(), warnings: [] },
  changes: noChanges,
  replay: (visit) => {
    if (last !== undefined) visit(last.atMs, last.totals);
    return 0;
  },
  commit: () => {},
  prune: () => {},
  close: () => {},
});
const promise = (objective: string) => `targets: [{ name: shop, kind: http, url: "http://shop.example.org/" }]
slos: [{ name: up, service: s, team: t, objective: ${objective}, window: 30d, sli: { kind: probe, target: shop } }]`;

describe('a counter', () => {
  it('exists with all four results at 0 before the first event, so that the first failure is a difference (T3)', () => {
    const engine = new Engine(validSpec(promise('99%')), {
      ledger: new Ledger(memory()),
      own: new OwnMetrics(),
      now: () => START,
    });
    const text = [...expose(engine.families(), 'text')].join('');
    expect(text.match(/^slo_events_total\{.*$/gm)).toEqual([
      'slo_events_total{slo="up",result="good",location="main"} 0',
      'slo_events_total{slo="up",result="bad",location="main"} 0',
      'slo_events_total{slo="up",result="unmeasured",location="main"} 0',
      'slo_events_total{slo="up",result="excluded",location="main"} 0',
    ]);
  });
  it('goes on after a restart where it was: 540 before and 60 after are 600, with no reset and no jump (T10)', () => {
    const before = { ...ZERO, good: 540 };
    const slo = { id: 1, name: 'up', createdMs: START };
    const ledger = new Ledger(memory({ atMs: START + 540 * STEP, totals: new Map([[1, before]]) }, [slo]));
    ledger.setSlos([{ name: 'up', stepMs: STEP, periodMs: 24 * HOUR }], START + 541 * STEP);
    expect(ledger.entry('up')!.acknowledged).toEqual(before);
    for (let i = 541; i <= 600; i++) {
      ledger.add('up', { good: 1 }, START + i * STEP);
      ledger.tick(START + i * STEP);
    }
    expect(ledger.entry('up')!.acknowledged!.good).toBe(600);
    expect(ledger.entry('up')!.history.between(START + 600 * STEP - HOUR, START + 600 * STEP).good).toBe(60);
  });
});

describe('a window', () => {
  it('holds one error as exactly 1, wherever the window begins: nothing is extrapolated (T9)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 0, max: STEP - 1 }), (errorAt, offsetMs) => {
        const history = new History(STEP, 24 * HOUR);
        history.record(START, ZERO);
        for (let i = 1; i <= 720; i++)
          history.record(START + i * STEP, { ...ZERO, good: i - Number(i >= errorAt), bad: Number(i >= errorAt) });
        const nowMs = START + 720 * STEP + offsetMs;
        expect(history.between(nowMs - 6 * HOUR, nowMs).bad).toBe(1);
        const age = nowMs - (START + errorAt * STEP);
        expect(history.between(nowMs - 300_000, nowMs).bad).toBe(age < 300_000 + offsetMs ? 1 : 0);
      }),
      { numRuns: 50 },
    );
  });
  it('counts an event once, however often totals are recorded and windows asked for: 720 events of 6 h, not 5 times as many (T11)', () => {
    const history = new History(STEP, 24 * HOUR);
    history.record(START, ZERO);
    const asked: number[] = [];
    for (let second = 1; second <= 6 * 3_600; second++) {
      history.record(START + second * 1_000, { ...ZERO, good: Math.floor(second / 30) });
      if (second % 60 === 0) asked.push(history.between(START + second * 1_000 - 300_000, START + second * 1_000).good);
    }
    expect(history.between(START + 6 * HOUR - 6 * HOUR, START + 6 * HOUR).good).toBe(720);
    expect(new Set(asked.slice(5))).toEqual(new Set([10]));
  });
});

describe('an objective', () => {
  it('of 100 % is refused, and one whose page cannot fire is a finding: 93.05 % is, 93.06 % is not (T21)', () => {
    const rules = (objective: string) => rulesOf(promise(objective));
    expect(() => validSpec(promise('100%'))).toThrow('leaves no error budget');
    expect(rules('100%')).toContain('objective-100');
    // k = 14.4 can fire above 1 - 1/14.4 = 93.055... %.
    expect(rules('93.05%')).toContain('tier-never-fires');
    expect(rules('93.06%')).not.toContain('tier-never-fires');
  });
});
