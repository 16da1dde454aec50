// Times of detection and reset: the workbook's table with so many events that confidence costs nothing, and probes at 30 s.
import { describe, expect, it } from 'vitest';
import { fewestBadToFire, tiersFor } from '../../src/slo/policy.ts';
import { badAmong, detection, firingSpans, joinedSpans, outageTotals, totalsOf } from '../../src/slo/simulate.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TIERS = tiersFor(30 * DAY)!;
const tierOf = (name: string) => TIERS.find((t) => t.tier === name)!;
const time = (text: string): number =>
  [...text.matchAll(/(\d+)(h|m|s)/g)].reduce(
    (sum, [, n, u]) => sum + Number(n) * { h: HOUR, m: MINUTE, s: SECOND }[u as 'h']!,
    0,
  );

describe('an outage in many events is detected and reset as the workbook says', () => {
  // The lower bound of 95 % wants a little more than burn > k: 1.96 x sqrt((1 - theta) / (theta x n)) of the time, 1 to 4 % here.
  it.each([
    [99.9, 100, 'page-fast', '52s', '4m56s'],
    [99.9, 50, 'page-fast', '1m44s', '4m52s'],
    [99.9, 10, 'page-fast', '8m39s', '4m17s'],
    [99.9, 5, 'page-fast', '17m17s', '3m34s'],
    [99.9, 2, 'page-fast', '43m13s', '1m25s'],
    [99, 100, 'page-fast', '8m39s', '4m17s'],
    [99.9, 100, 'page-slow', '2m10s', '29m50s'],
    [99.9, 10, 'page-slow', '21m37s', '28m13s'],
    [99.9, 1, 'page-slow', '3h36m', '12m'],
    [99, 10, 'page-slow', '3h36m', '12m'],
    [99.9, 100, 'ticket-fast', '4m20s', '1h59m40s'],
    [99.9, 10, 'ticket-fast', '43m13s', '1h56m25s'],
    [99.9, 1, 'ticket-fast', '7h12m', '1h24m'],
    [99.9, 100, 'ticket-slow', '4m20s', '5h59m40s'],
    [99.9, 1, 'ticket-slow', '7h12m', '5h24m'],
    [99.9, 0.5, 'ticket-slow', '14h24m', '4h48m'],
  ])('objective %s, errors %s, %s: after %s, reset %s', (objective, errors, name, detect, reset) => {
    const tier = tierOf(name);
    const stepMs = tier.longMs > 6 * HOUR ? 100 : 10;
    const theta = tier.k * (1 - objective / 100);
    const bound = 1 + 1.96 * Math.sqrt(((1 - theta) / theta) * (stepMs / tier.longMs));
    expect(bound).toBeLessThan(1.04);
    const outageMs = Math.max(2 * time(detect), tier.shortMs);
    const got = detection({ tier, objective: objective / 100, stepMs, badRatio: errors / 100, outageMs });
    // The table is in seconds, resets to about two, and bad events come one by one.
    const oneBadMs = stepMs / (errors / 100);
    expect(Math.abs(got.firesAtMs! - time(detect) * bound)).toBeLessThanOrEqual(1_100 + oneBadMs);
    expect(Math.abs(got.resetsAtMs! - outageMs - time(reset))).toBeLessThanOrEqual(1_600 + oneBadMs);
  });
  it.each([
    [99.9, 1, 'page-fast'],
    [99.9, 1.44, 'page-fast'],
    [99, 10, 'page-fast'],
    [99.9, 0.5, 'page-slow'],
  ])('never: objective %s, errors %s, %s', (objective, errors, name) => {
    const tier = tierOf(name);
    const outage = { stepMs: 100, badRatio: errors / 100, outageMs: 2 * tier.longMs };
    expect(detection({ tier, objective: objective / 100, ...outage })).toEqual({});
  });
});

describe('the closed form', () => {
  it('finds the very event: the fewest bad ones that fire, all of them in the short window', () => {
    for (const tier of TIERS)
      for (const objective of [0.95, 0.99, 0.999, 0.9995])
        for (const stepMs of [10_000, 30_000, 60_000]) {
          const bad = fewestBadToFire(tier.longMs / stepMs, tier.k * (1 - objective));
          const got = detection({ tier, objective, stepMs, badRatio: 1, outageMs: DAY });
          expect([tier.tier, objective, stepMs, got.firesAtMs]).toEqual([tier.tier, objective, stepMs, bad! * stepMs]);
        }
  });
  it('of the reset: the short window holds less than theta of bad events', () => {
    for (const tier of TIERS)
      for (const objective of [0.95, 0.99, 0.999]) {
        const n = tier.shortMs / 30_000;
        const outage = { stepMs: 30_000, badRatio: 1, outageMs: tier.longMs };
        const kept = Math.floor(tier.k * (1 - objective) * n);
        const { resetsAtMs } = detection({ tier, objective, ...outage });
        expect(resetsAtMs! - outage.outageMs).toBe((n - kept) * 30_000);
      }
  });
});

describe('probes every 30 s at 99.9 %', () => {
  const fast = tierOf('page-fast');
  const at = (outageMs: number, badRatio = 1, tier = fast) =>
    detection({ tier, objective: 0.999, stepMs: 30_000, badRatio, outageMs });
  it('page with the fifth bad event, 2m30s after the beginning, and reset 5 min after the end', () => {
    expect(at(20 * MINUTE)).toEqual({ firesAtMs: 150_000, resetsAtMs: 20 * MINUTE + 5 * MINUTE });
  });
  it('page in an outage of five events and not in one of four', () => {
    expect([at(150_000).firesAtMs, at(149_999).firesAtMs]).toEqual([150_000, undefined]);
  });
  it('count bad events that are spread evenly: the fifth of every second event is the tenth', () => {
    expect(at(HOUR, 0.5).firesAtMs).toBe(300_000);
    expect(at(HOUR, 0.1).firesAtMs).toBe(50 * 30_000);
  });
  it('go on until the end where the tier comes and goes: one bad event of 50 is seldom in a window of 5 min', () => {
    const { firesAtMs, resetsAtMs } = at(10 * HOUR, 0.05);
    expect(firesAtMs).toBeLessThan(2 * HOUR);
    expect(resetsAtMs).toBeGreaterThanOrEqual(10 * HOUR);
    expect(resetsAtMs).toBeLessThanOrEqual(10 * HOUR + 5 * MINUTE);
  });
  it('have reset with the end where the tier was off by then', () => {
    // Every 20th event is bad: after 15 good ones the last 5 min hold none.
    expect(at((20 * 30 + 15) * 30_000, 0.05).resetsAtMs).toBe((20 * 30 + 15) * 30_000);
  });
  it('never fire at an objective where theta reaches 1', () => {
    expect(detection({ tier: fast, objective: 0.93, stepMs: 30_000, badRatio: 1, outageMs: DAY })).toEqual({});
  });
});

describe('spans of recorded counts', () => {
  const tier = tierOf('page-fast');
  /** Totals from one letter per step: g good, b bad, x not known. */
  const totalsOf = (text: string) => {
    const upTo = (step: number, kinds: string) =>
      [...text.slice(0, Math.max(0, step))].filter((kind) => kinds.includes(kind)).length;
    return {
      bad: (s: number) => upTo(s, 'b'),
      valid: (s: number) => upTo(s, 'gb'),
      known: (s: number) => upTo(s, 'gb'),
    };
  };
  const spans = (text: string) =>
    firingSpans({ tier, objective: 0.999, stepMs: 30_000, totals: totalsOf(text), fromStep: 1, toStep: text.length });
  const good = 'g'.repeat(200);
  it('are two for two outages', () => {
    expect(spans(`${good}${'b'.repeat(5)}${'g'.repeat(50)}b${good}`)).toEqual([
      { from: 205, to: 215 },
      { from: 256, to: 266 },
    ]);
  });
  it('go on while nothing is known: an outage that blinds us is not over', () => {
    expect(spans(`${good}bbbbbb${'x'.repeat(100)}`)).toEqual([{ from: 205, to: 307 }]);
  });
  it('end when enough is known again and it is good', () => {
    expect(spans(`${good}bbbbbb${'x'.repeat(100)}${good}`)).toEqual([{ from: 205, to: 311 }]);
  });
  it('do not begin while too little is known', () => {
    expect(spans(`${good}${'xxb'.repeat(40)}`)).toEqual([]);
  });
});

describe('bad events', () => {
  it('are spread evenly, and as many as the share says', () => {
    const bad = (ratio: number) =>
      Array.from({ length: 10 }, (_, i) => badAmong(i + 1, ratio) - badAmong(i, ratio)).join('');
    expect([bad(1), bad(0.5), bad(0.3), bad(0)]).toEqual(['1111111111', '0101010101', '0001001001', '0000000000']);
  });
  it('are whole where rounding says a little less: 29 of 100 at 0.29', () => {
    expect(badAmong(100, 0.29)).toBe(29);
  });
  it('happen in the outage only', () => {
    const { bad, valid } = outageTotals(4, 1);
    expect([-1, 0, 1, 4, 5].map(bad)).toEqual([0, 0, 1, 4, 4]);
    expect(valid(5) - valid(-5)).toBe(10);
  });
});

describe('alerts that people get', () => {
  const span = (from: number, to: number) => ({ from, to });
  it('are one where spans overlap, lie in each other or follow within the gap', () => {
    expect(joinedSpans([span(2, 5), span(0, 10), span(9, 12)], 0)).toEqual([span(0, 12)]);
    expect(joinedSpans([span(0, 10), span(2, 5)], 0)).toEqual([span(0, 10)]);
    expect(joinedSpans([span(0, 3), span(5, 6)], 2)).toEqual([span(0, 6)]);
    expect(joinedSpans([span(0, 3), span(6, 7)], 2)).toEqual([span(0, 3), span(6, 7)]);
  });
});

describe('running totals of a recorded counter', () => {
  const x = Number.NaN;
  it('begin with its first value, stand still where there is none, and go on after a fall', () => {
    expect([...totalsOf(Float64Array.of(x, 5, 7, x, 8, 3, 4))]).toEqual([0, 0, 2, 2, 3, 3, 4]);
  });
});
