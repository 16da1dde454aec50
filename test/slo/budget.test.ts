import { describe, expect, it } from 'vitest';
import {
  budget,
  burnRate,
  coverageRatio,
  forecastCalendar,
  forecastRolling,
  sliRatio,
  withoutExclusion,
} from '../../src/slo/budget.ts';
import { type Counts, History, ZERO } from '../../src/slo/history.ts';

const STEP = 30_000;
const DAY = 86_400_000;
const EVENTS_30D = 86_400;
const counts = (good: number, bad: number, rest: Partial<Counts> = {}): Counts => ({ ...ZERO, good, bad, ...rest });

describe('burn rate', () => {
  it('is 1000 in a total outage at 99.9 %', () => {
    expect(burnRate(counts(0, 10), 0.999)).toBeCloseTo(1000, 9);
  });
  it('spends 30 days of budget in 43.2 minutes at 1000, as the workbook says', () => {
    expect((30 * 24 * 60) / burnRate(counts(0, 10), 0.999)!).toBeCloseTo(43.2, 9);
  });
  it('is 100, not 1000, for 1 failure in 10 requests at 99.9 % (erratum of the workbook)', () => {
    expect(burnRate(counts(9, 1), 0.999)).toBeCloseTo(100, 9);
  });
  it('is a ratio of sums on uneven traffic: 1 % errors by day, a clean night, 0.990 % (T1)', () => {
    const [day, night] = [counts(720 * 5_940, 720 * 60), counts(720 * 60, 0)];
    const both = counts(day.good + night.good, day.bad + night.bad);
    expect(1 - sliRatio(both)!).toBeCloseTo(0.0099, 4);
  });
  it('is no data, not 0 and not NaN, without events (T2, T4)', () => {
    expect(burnRate(ZERO, 0.999)).toBeNull();
    expect(sliRatio(counts(0, 0, { unmeasured: 7 }))).toBeNull();
  });
});

describe('coverage', () => {
  it('falls when nothing was measured: 50 of 60 minutes is 83 % (T5)', () => {
    expect(coverageRatio(counts(100, 0), 3_600_000, STEP)).toBeCloseTo(100 / 120, 9);
  });
  it('counts excluded events as known and unmeasured ones as not', () => {
    expect(coverageRatio(counts(50, 0, { excludedGood: 10, unmeasured: 60 }), 3_600_000, STEP)).toBe(0.5);
  });
});

describe('coverage of more events than steps', () => {
  it('is 1: a target that was asked by hand beside its schedule is not more than known', () => {
    expect(coverageRatio(counts(15, 0), 300_000, STEP)).toBe(1);
  });
});

describe('forecast of a calendar month', () => {
  const [NOW, END] = [Date.UTC(2026, 2, 10), Date.UTC(2026, 3, 1)];
  const of = (spent: number, allowed: number, recent: Counts) =>
    forecastCalendar({
      nowMs: NOW,
      endMs: END,
      budget: {
        allowed,
        spent,
        remainingRatio: (allowed - spent) / allowed,
        remainingEvents: allowed - spent,
        remainingMinutes: 0,
      },
      recent,
      stepMs: STEP,
    });
  it('ends when what is left is eaten at the share of bad events of now, if that is before the end', () => {
    // 40 left at 1 bad of 10 steps of 30 s: 400 steps, 200 minutes.
    expect(of(10, 50, counts(9, 1)).exhaustedAtMs).toBe(NOW + 200 * 60_000);
    expect(of(10, 50_000, counts(9, 1)).exhaustedAtMs).toBeNull();
  });
  it('begins anew at the end of the month: spent budget is whole, overspent budget above 0', () => {
    expect(of(10, 50, counts(10, 0))).toEqual({ exhaustedAtMs: null, recoversAtMs: null, wholeAtMs: END });
    expect(of(60, 50, counts(9, 1))).toEqual({ exhaustedAtMs: null, recoversAtMs: END, wholeAtMs: END });
    expect(of(0, 50, counts(10, 0)).wholeAtMs).toBeNull();
  });
});

describe('error budget', () => {
  it('is 43.2 minutes for 30 days at 99.9 %', () => {
    expect(budget(counts(EVENTS_30D, 0), 0.999, 0, STEP).remainingMinutes).toBeCloseTo(43.2, 6);
  });
  it('of a young SLO is whole: 5 bad minutes in its first hour consume 11.6 %, not 8333 % (T12)', () => {
    const { remainingRatio } = budget(counts(110, 10), 0.999, EVENTS_30D - 120, STEP);
    expect(remainingRatio).toBeCloseTo(1 - 10 / 86.4, 9);
  });
  it('is not earned by time that was lived but not measured', () => {
    const half = budget(counts(EVENTS_30D / 2, 0), 0.999, 0, STEP);
    expect(half.remainingMinutes).toBeCloseTo(21.6, 6);
  });
  it('is negative when overspent', () => {
    expect(budget(counts(EVENTS_30D - 173, 173), 0.999, 0, STEP).remainingRatio).toBeLessThan(-1);
  });
  it('is no data before the first event', () => {
    expect(budget(ZERO, 0.999, EVENTS_30D, STEP).remainingRatio).toBeNull();
  });
  it('without exclusion counts what happened in maintenance', () => {
    const c = counts(100, 0, { excludedGood: 10, excludedBad: 5 });
    expect(withoutExclusion(c)).toEqual(counts(110, 5));
  });
});

describe('forecast over a rolling day', () => {
  const START = Date.UTC(2026, 0, 1);
  /** A day and a bit of good events with `bad` bad ones that end `agoMs` before the end. */
  function day(bad: number, agoMs: number) {
    const history = new History(STEP, DAY);
    history.record(START, ZERO);
    const steps = 3_600;
    const lastBad = steps - agoMs / STEP;
    let [good, failed] = [0, 0];
    for (let i = 1; i <= steps; i++) {
      if (i <= lastBad && i > lastBad - bad) failed += 1;
      else good += 1;
      history.record(START + i * STEP, counts(good, failed));
    }
    const nowMs = START + steps * STEP;
    return {
      nowMs,
      forecast: forecastRolling({
        nowMs,
        periodMs: DAY,
        stepMs: STEP,
        rowMs: history.rowMsFor(DAY),
        objective: 0.99,
        countsSince: (fromMs) => history.between(fromMs, nowMs),
        unlivedAt: () => 0,
        recent: history.between(nowMs - 3_600_000, nowMs),
      }),
    };
  }
  it('of a clean day says nothing', () => {
    expect(day(0, 0).forecast).toEqual({ exhaustedAtMs: null, recoversAtMs: null, wholeAtMs: null });
  });
  it('says when the last bad event leaves the window', () => {
    const { nowMs, forecast } = day(10, 2 * 3_600_000);
    expect(forecast.wholeAtMs! - nowMs).toBeGreaterThanOrEqual(22 * 3_600_000);
    expect(forecast.wholeAtMs! - nowMs).toBeLessThanOrEqual(22 * 3_600_000 + 300_000);
    expect(forecast.exhaustedAtMs).toBeNull();
  });
  it('says when an overspent budget is above 0 again: as soon as enough bad events are a day old', () => {
    const { nowMs, forecast } = day(60, 12 * 3_600_000);
    // 60 bad of 28.8 allowed: the first 32 leave 12 h minus 28 steps from now.
    expect(forecast.recoversAtMs! - nowMs).toBeGreaterThan(11.5 * 3_600_000);
    expect(forecast.recoversAtMs! - nowMs).toBeLessThan(12 * 3_600_000);
    expect(forecast.wholeAtMs!).toBeGreaterThan(forecast.recoversAtMs!);
  });
  it('says when the budget ends if the share of bad events of now goes on', () => {
    const { nowMs, forecast } = day(12, 0);
    // 12 of 120 bad lately, 28.8 allowed: 16.8 left at 0.1 bad per step are 168 steps, 84 minutes.
    expect((forecast.exhaustedAtMs! - nowMs) / 60_000).toBeCloseTo(84, 0);
  });
});
