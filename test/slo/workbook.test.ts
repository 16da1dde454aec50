// The detection and reset times of the SRE workbook's alert table, found by stepping second by second through our own windows
// and burn rates: a step outage after clean days. Closed form: detect = long x k x b / e, reset = short x (1 - k x b / e).
import { describe, expect, it } from 'vitest';
import { burnRate } from '../../src/slo/budget.ts';
import { History, ZERO } from '../../src/slo/history.ts';
import { tiersFor } from '../../src/slo/policy.ts';

const SECOND = 1_000;
const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);
/** Events per second, so that 0.5 % of them is a whole number. */
const RATE = 200;
const TIERS = tiersFor(30 * DAY)!;

/** Seconds until the tier burns, and until it stops after the outage ended; undefined: never within 40 h. */
function simulate(objective: number, errors: number, tier: string): { detect: number; reset: number } | undefined {
  const { k, longMs, shortMs } = TIERS.find((t) => t.tier === tier)!;
  const history = new History(SECOND, 30 * DAY);
  history.record(START, ZERO);
  const outageMs = START + 3 * DAY + 3_600_000;
  let [good, bad, nowMs] = [0, 0, START];
  const advance = (ms: number, share: number) => {
    nowMs += ms;
    good += (ms / SECOND) * RATE * (1 - share);
    bad += (ms / SECOND) * RATE * share;
    history.record(nowMs, { ...ZERO, good: Math.round(good), bad: Math.round(bad) });
  };
  while (nowMs < outageMs - 7 * 3_600_000) advance(60_000, 0);
  while (nowMs < outageMs) advance(SECOND, 0);
  const above = (ms: number) => (burnRate(history.between(nowMs - ms, nowMs), objective) ?? 0) > k;
  const burns = () => above(shortMs) && above(longMs);
  const secondsUntil = (condition: () => boolean, share: number): number | undefined => {
    for (let seconds = 1; seconds <= 40 * 3_600; seconds++) {
      advance(SECOND, share);
      if (condition()) return seconds;
    }
    return undefined;
  };
  const detect = secondsUntil(burns, errors);
  if (detect === undefined) return undefined;
  // The reset does not depend on how long the outage was, once the tier has fired; the short window must be full of it.
  for (let more = 0; more < shortMs / SECOND; more++) advance(SECOND, errors);
  return { detect, reset: secondsUntil(() => !burns(), 0)! };
}

const time = (text: string): number =>
  [...text.matchAll(/(\d+)(h|m|s)/g)].reduce(
    (sum, [, n, unit]) => sum + Number(n) * { h: 3_600, m: 60, s: 1 }[unit as 'h']!,
    0,
  );

describe('a step outage is detected and reset as the workbook says', () => {
  // Windows up to 6 h are exact here, so the times are those of the table to the second (and one for "above" against "at").
  it.each([
    [99.9, 100, 'page-fast', '52s', '4m56s'],
    [99.9, 50, 'page-fast', '1m44s', '4m52s'],
    [99.9, 10, 'page-fast', '8m39s', '4m17s'],
    [99.9, 5, 'page-fast', '17m17s', '3m34s'],
    [99.9, 2, 'page-fast', '43m13s', '1m25s'],
    [99, 100, 'page-fast', '8m39s', '4m17s'],
    [99.9, 100, 'page-slow', '2m10s', '29m50s'],
    [99.9, 50, 'page-slow', '4m20s', '29m39s'],
    [99.9, 10, 'page-slow', '21m37s', '28m13s'],
    [99.9, 5, 'page-slow', '43m13s', '26m25s'],
    [99.9, 2, 'page-slow', '1h48m', '21m'],
    [99.9, 1, 'page-slow', '3h36m', '12m'],
    [99, 100, 'page-slow', '21m37s', '28m12s'],
    [99, 10, 'page-slow', '3h36m', '12m'],
  ])('objective %s, errors %s, %s: after %s, reset %s', (objective, errors, tier, detect, reset) => {
    const got = simulate(objective / 100, errors / 100, tier)!;
    expect(Math.abs(got.detect - time(detect))).toBeLessThanOrEqual(1);
    expect(Math.abs(got.reset - time(reset))).toBeLessThanOrEqual(1);
  });
  // Windows of a day and more begin at a row of 5 minutes: up to that much old good time too much, k x b / e of it in time.
  it.each([
    [99.9, 100, 'ticket-fast', '4m20s', '1h59m40s'],
    [99.9, 10, 'ticket-fast', '43m13s', '1h56m25s'],
    [99.9, 1, 'ticket-fast', '7h12m', '1h24m'],
    [99.9, 100, 'ticket-slow', '4m20s', '5h59m40s'],
    [99.9, 1, 'ticket-slow', '7h12m', '5h24m'],
    [99.9, 0.5, 'ticket-slow', '14h24m', '4h48m'],
  ])('objective %s, errors %s, %s: after %s, reset %s, within a row', (objective, errors, tier, detect, reset) => {
    const got = simulate(objective / 100, errors / 100, tier)!;
    const row = 300 * ((TIERS.find((t) => t.tier === tier)!.k * (1 - objective / 100)) / (errors / 100));
    expect(Math.abs(got.detect - time(detect))).toBeLessThanOrEqual(row + 1);
    expect(Math.abs(got.reset - time(reset))).toBeLessThanOrEqual(300);
  });
  it.each([
    [99.9, 1, 'page-fast'],
    [99, 10, 'page-fast'],
    [99.9, 0.5, 'page-slow'],
  ])('never: objective %s, errors %s, %s', (objective, errors, tier) => {
    expect(simulate(objective / 100, errors / 100, tier)).toBeUndefined();
  });
});
