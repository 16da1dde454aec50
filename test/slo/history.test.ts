import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowLengths } from '../../src/slo/grid.ts';
import { add, type Counts, History, subtract, ZERO } from '../../src/slo/history.ts';

const STEP = 30_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 1);

interface Event {
  readonly atMs: number;
  readonly bad: boolean;
}

/** Feeds events, at most one per step, and returns the history with the time of its last record. */
function fill(events: readonly Event[], periodMs: number): { history: History; nowMs: number } {
  const history = new History(STEP, periodMs);
  history.record(START, ZERO);
  let total = ZERO;
  for (const event of events) {
    total = add(total, { ...ZERO, good: event.bad ? 0 : 1, bad: event.bad ? 1 : 0 });
    history.record(event.atMs, total);
  }
  return { history, nowMs: events.at(-1)?.atMs ?? START };
}

/** The sum by hand: events in (fromMs, toMs]. */
function bruteForce(events: readonly Event[], fromMs: number, toMs: number): Counts {
  const inside = events.filter((e) => e.atMs > fromMs && e.atMs <= toMs);
  const bad = inside.filter((e) => e.bad).length;
  return { ...ZERO, good: inside.length - bad, bad };
}

/** Events at increasing steps with gaps, over about `days`. */
const eventsOver = (days: number) =>
  fc
    .array(fc.record({ gap: fc.integer({ min: 1, max: Math.ceil((days * 2880) / 50) }), bad: fc.boolean() }), {
      minLength: 1,
      maxLength: 100,
    })
    .map((list) => {
      let step = 0;
      return list.map(({ gap, bad }) => {
        step += gap;
        return { atMs: START + step * STEP, bad };
      });
    });

describe('windows over a history', () => {
  it('equal brute force up to 6 h', () => {
    fc.assert(
      fc.property(eventsOver(1), fc.integer({ min: 1, max: 720 }), (events, steps) => {
        const { history, nowMs } = fill(events, 30 * DAY);
        const got = history.between(nowMs - steps * STEP, nowMs);
        expect(got).toEqual(bruteForce(events, Math.max(START, nowMs - steps * STEP), nowMs));
      }),
      { numRuns: 200 },
    );
  });

  it('beyond 6 h lie between the sums with the old edge one row earlier and one row later', () => {
    const rows = rowLengths(STEP, 30 * DAY);
    fc.assert(
      fc.property(eventsOver(30), fc.constantFrom(12 * HOUR, DAY, 3 * DAY, 7 * DAY, 30 * DAY), (events, windowMs) => {
        const { history, nowMs } = fill(events, 30 * DAY);
        const rowMs = windowMs <= 3 * DAY ? rows.medium : rows.coarse;
        const got = history.between(nowMs - windowMs, nowMs);
        const least = bruteForce(events, nowMs - windowMs, nowMs);
        const most = bruteForce(events, nowMs - windowMs - rowMs, nowMs);
        expect(got.good).toBeGreaterThanOrEqual(least.good);
        expect(got.good).toBeLessThanOrEqual(most.good);
        expect(got.bad).toBeGreaterThanOrEqual(least.bad);
        expect(got.bad).toBeLessThanOrEqual(most.bad);
      }),
      { numRuns: 200 },
    );
  });

  it('are exact for 30 days where the edge falls on a row', () => {
    fc.assert(
      fc.property(eventsOver(30), (events) => {
        const { history } = fill(events, 30 * DAY);
        const nowMs = Math.ceil(history.lastMs / HOUR) * HOUR;
        history.record(nowMs, history.total());
        expect(history.between(nowMs - 30 * DAY, nowMs)).toEqual(bruteForce(events, nowMs - 30 * DAY, nowMs));
      }),
      { numRuns: 100 },
    );
  });

  it('do not depend on how much was recorded before: 31 days of every step, each window by hand', () => {
    const history = new History(STEP, 30 * DAY);
    history.record(START, ZERO);
    const bads: number[] = [];
    let total = ZERO;
    for (let i = 1; i <= 31 * 2880; i++) {
      const bad = i % 997 === 0;
      if (bad) bads.push(i);
      total = add(total, { ...ZERO, good: bad ? 0 : 1, bad: bad ? 1 : 0 });
      history.record(START + i * STEP, total);
    }
    for (const windowMs of [300_000, HOUR, 6 * HOUR, DAY, 3 * DAY, 30 * DAY]) {
      const steps = windowMs / STEP;
      const got = history.between(history.lastMs - windowMs, history.lastMs);
      expect(got.good + got.bad).toBe(steps);
      expect(got.bad).toBe(bads.filter((i) => i > 31 * 2880 - steps).length);
    }
  });

  it('take a time that falls as the newest one known', () => {
    const { history, nowMs } = fill([{ atMs: START + 10 * STEP, bad: false }], DAY);
    history.record(nowMs - HOUR, add(history.total(), { ...ZERO, bad: 1 }));
    expect(history.lastMs).toBe(nowMs);
    expect(history.between(nowMs - HOUR, nowMs).bad).toBe(1);
  });

  it('take the first record as the base line: a total that was restored is not an event of now', () => {
    const history = new History(STEP, DAY);
    history.record(START, { ...ZERO, good: 5_000, bad: 7 });
    expect(history.between(START - DAY, START)).toEqual(ZERO);
  });

  it('hold at most 20 kB for 30 days of 30 s steps, and 64 kB with maintenance', () => {
    const history = new History(STEP, 30 * DAY);
    expect(history.bytes).toBeLessThanOrEqual(20 * 1024);
    history.record(START, { ...ZERO, excludedBad: 1 });
    expect(history.bytes).toBeLessThanOrEqual(64 * 1024);
  });

  it('are the same when a total outgrows its column, or maintenance brings new ones', () => {
    const nearby = (limit: number) => fc.integer({ min: Math.max(0, limit - 300), max: limit + 50 });
    const start = fc.record({
      good: fc.oneof(nearby(65_536), nearby(2 ** 32 - 2_000_000)),
      bad: nearby(65_536),
      unmeasured: nearby(65_536),
      excludedGood: fc.constantFrom(0, 5),
      excludedBad: fc.constant(0),
    });
    const few = fc.integer({ min: 0, max: 4 });
    const grown = fc.record({
      good: fc.oneof(few, fc.integer({ min: 0, max: 70_000 })),
      bad: few,
      unmeasured: few,
      excludedGood: fc.constantFrom(0, 0, 0, 0, 0, 1),
      excludedBad: fc.constantFrom(0, 0, 0, 0, 0, 1),
    });
    fc.assert(
      fc.property(start, fc.array(grown, { minLength: 1, maxLength: 100 }), (first, steps) => {
        const history = new History(STEP, 30 * DAY);
        const totals: Counts[] = [first];
        history.record(START, first);
        for (const [i, step] of steps.entries()) {
          totals.push(add(totals.at(-1)!, step));
          history.record(START + (i + 1) * STEP, totals.at(-1)!);
        }
        for (const [i, total] of totals.entries()) expect(history.totalAt(START + i * STEP)).toEqual(total);
        expect(history.between(START, history.lastMs)).toEqual(subtract(totals.at(-1)!, first));
      }),
      { numRuns: 200 },
    );
  });

  it('are differences: adding and subtracting is the identity', () => {
    const a = { good: 5, bad: 2, unmeasured: 1, excludedGood: 3, excludedBad: 4 };
    expect(subtract(add(a, a), a)).toEqual(a);
  });
});
