// What an outage costs and who hears of it: the workbook's figures, and probes with everything that lies between them and an alert.
import { describe, expect, it } from 'vitest';
import { tiersFor } from '../../src/slo/policy.ts';
import { detection, spending, tierOutcome } from '../../src/slo/simulate.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TIERS = tiersFor(30 * DAY)!;
const tierOf = (name: string) => TIERS.find((t) => t.tier === name)!;

describe('the budget of 30 days', () => {
  const cost = (objective: number, badRatio: number, outageMs = HOUR, stepMs = 100) =>
    spending({ objective, periodMs: 30 * DAY, stepMs, badRatio, outageMs });
  it.each([
    ['1000x: 43.2 min', 0.999, 1, 43.2 * MINUTE],
    ['10x: 3 days', 0.999, 0.01, 3 * DAY],
    ['2x: 15 days', 0.999, 0.002, 15 * DAY],
    ['1x: 30 days', 0.999, 0.001, 30 * DAY],
    ['35x: 20.57 h', 0.999, 0.035, (720 / 35) * HOUR],
    ['99.999 %: 26 s', 0.99999, 1, 25.92 * SECOND],
    ['99.999 %, a canary of 1 %: 43.2 min', 0.99999, 0.01, 43.2 * MINUTE],
  ])('is used up at %s', (_, objective, badRatio, ms) => {
    const { exhaustedAtMs } = cost(objective, badRatio);
    expect(Math.abs(exhaustedAtMs! - ms)).toBeLessThanOrEqual(100 / badRatio);
  });
  it('outlasts the period below 1x', () => {
    expect(cost(0.999, 0.0009).exhaustedAtMs).toBeUndefined();
  });
  it('loses 1.389 % an hour in a total outage at 90 %', () => {
    expect(cost(0.9, 1).spentRatio).toBeCloseTo(0.01389, 5);
  });
  it('loses 2 % until the 14.4x tier fires, 5 and 10 % until the next ones do', () => {
    for (const { tier, share, ...rest } of TIERS.filter((t) => t.tier !== 'ticket-slow')) {
      const outage = { stepMs: 10, badRatio: 1, outageMs: 30 * MINUTE };
      const { firesAtMs } = detection({ tier: { tier, share, ...rest }, objective: 0.999, ...outage });
      // What the lower bound of 95 % adds is less than 3 % of it.
      expect(cost(0.999, 1, firesAtMs, 10).spentRatio / share).toBeGreaterThan(1);
      expect(cost(0.999, 1, firesAtMs, 10).spentRatio / share).toBeLessThan(1.03);
    }
  });
  it('of probes every 30 s is 86.4 events at 99.9 %, used up by the 87th', () => {
    const got = cost(0.999, 1, 20 * MINUTE, 30 * SECOND);
    expect([got.allowed.toFixed(6), got.spentRatio.toFixed(4), got.exhaustedAtMs]).toEqual([
      '86.400000',
      '0.4630',
      87 * 30_000,
    ]);
  });
  it('loses one probe at most to an outage shorter than the interval', () => {
    expect(cost(0.999, 1, 10 * SECOND, 30 * SECOND).spentRatio).toBeCloseTo(1 / 86.4, 6);
  });
  it('of requests counts all of a step', () => {
    const requests = { stepMs: SECOND, perStep: 50, badRatio: 0.1, outageMs: 20 * MINUTE };
    const got = spending({ objective: 0.999, periodMs: 30 * DAY, ...requests });
    expect(got.allowed).toBeCloseTo(129_600, 4);
    expect(got.spentRatio).toBeCloseTo(6_000 / 129_600, 6);
    expect(got.exhaustedAtMs).toBe(7.2 * HOUR);
  });
});

it('15 % of errors for 10 min: pages after 5 m 46 s and stops 4 m 32 s after the end, as in the workbook', () => {
  const outage = { stepMs: 10, badRatio: 0.15, outageMs: 10 * MINUTE };
  const got = detection({ tier: tierOf('page-fast'), objective: 0.999, ...outage });
  const bound = 1 + 1.96 * Math.sqrt((0.9856 / 0.0144) * (10 / HOUR));
  expect(Math.abs(got.firesAtMs! - 346_000 * bound)).toBeLessThan(SECOND);
  expect(Math.abs(got.resetsAtMs! - 10 * MINUTE - 272_000)).toBeLessThan(1_500);
});

describe('a tier in an outage, probed every 30 s', () => {
  const delays = { countedMs: 40_000, scrapeMs: 30_000, evaluationMs: 30_000, keepFiringMs: 5 * MINUTE };
  const outcome = (outageMs: number, badRatio = 1, change: object = {}) =>
    tierOutcome({
      tier: tierOf('page-fast'),
      objective: 0.999,
      delays,
      stepMs: 30_000,
      badRatio,
      outageMs,
      ...change,
    });
  it('fires with the fifth bad probe: 2 min after an outage that began right before a probe, 4m10s in the worst case', () => {
    expect(outcome(20 * MINUTE)).toEqual({
      fires: { bestMs: 120_000, worstMs: 150_000 + 100_000 },
      clears: { bestMs: 5 * MINUTE - 30_000 + 5 * MINUTE, worstMs: 10 * MINUTE + 100_000 },
      unnoticed: undefined,
      neededMs: 150_000,
    });
  });
  it('fires with luck only where the fifth probe may come or not', () => {
    expect(outcome(130_000).fires).toEqual({ bestMs: 120_000, worstMs: undefined });
    expect(outcome(150_000).fires).toEqual({ bestMs: 120_000, worstMs: 250_000 });
  });
  it('may be missed where the condition holds for less time than passes between two looks', () => {
    const rare = { tier: { ...tierOf('page-fast'), longMs: 20 * MINUTE, shortMs: MINUTE, k: 5 }, objective: 0.99 };
    const slow = { ...rare, delays: { ...delays, scrapeMs: 60_000, evaluationMs: 60_000 } };
    expect(outcome(30 * MINUTE, 0.25, rare).fires?.worstMs).toBeGreaterThan(0);
    expect(outcome(30 * MINUTE, 0.25, slow).fires).toMatchObject({ worstMs: undefined });
  });
  it('says why it does not fire', () => {
    const why = (...args: Parameters<typeof outcome>) => {
      const { fires, unnoticed, neededMs } = outcome(...args);
      return [fires, unnoticed, neededMs];
    };
    expect(why(60_000)).toEqual([undefined, 'too-few', 150_000]);
    expect(why(89_000)).toEqual([undefined, 'too-short', 150_000]);
    expect(why(10 * HOUR, 0.01)).toEqual([undefined, 'below-threshold', undefined]);
    expect(why(10 * HOUR, 1, { objective: 0.93 })).toEqual([undefined, 'unreachable', undefined]);
  });
  it('is too short for a share that reaches the threshold only now and then: 4 of 120, and 5 where rounding brings one nearer', () => {
    const { unnoticed, neededMs } = outcome(3 * HOUR, 0.0334);
    expect([unnoticed, neededMs]).toEqual(['too-short', 509 * 30_000]);
    expect(outcome(509 * 30_000, 0.0334).fires?.bestMs).toBe(508 * 30_000);
  });
  it('probed every 10 min has a short window of 5 min that is soon empty: it may be missed where nobody looks for longer', () => {
    const seldom = { stepMs: 10 * MINUTE, delays: { ...delays, scrapeMs: 200_000, evaluationMs: 100_000 } };
    expect(outcome(2 * HOUR, 1, seldom).fires?.worstMs).toBe(3 * 10 * MINUTE + 340_000);
    const never = { ...seldom, delays: { ...seldom.delays, evaluationMs: 100_001 } };
    expect(outcome(2 * HOUR, 1, never).fires).toMatchObject({ worstMs: undefined });
  });
  it('cannot fire where a window holds fewer than three events', () => {
    expect(outcome(DAY, 1, { stepMs: 30 * MINUTE }).unnoticed).toBe('unreachable');
  });
  it('fires for requests: 50 a second at 10 % after 14.4 % of an hour and the bound', () => {
    const { fires } = outcome(20 * MINUTE, 0.1, { stepMs: SECOND, perStep: 50 });
    const bad = 0.0144 * 180_000 + 1.96 * Math.sqrt(0.0144 * 0.9856 * 180_000);
    expect(fires?.bestMs).toBe(Math.ceil((Math.floor(bad) + 1) / 5) * SECOND - SECOND);
  });
  it('is not fired by two failures of a night with little traffic', () => {
    const night = { stepMs: SECOND, perStep: 10 / 3600 };
    expect(outcome(10 * MINUTE, 1, night).unnoticed).toBe('too-few');
    expect(outcome(HOUR, 1, night).fires?.worstMs).toBeGreaterThan(0);
  });
});
