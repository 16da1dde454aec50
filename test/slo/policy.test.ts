import { describe, expect, it } from 'vitest';
import { fewestBadToFire, pageCondition, tiersFor } from '../../src/slo/policy.ts';

const DAY = 86_400_000;

describe('alert tiers', () => {
  it('are 14.4, 6, 3 and 1 at 30 days, as in the SRE workbook', () => {
    expect(tiersFor(30 * DAY)?.map((t) => Number(t.k.toFixed(6)))).toEqual([14.4, 6, 3, 1]);
  });
  it('are 13.44, 5.6, 2.8 and 0.9333 at 28 days', () => {
    expect(tiersFor(28 * DAY)?.map((t) => Number(t.k.toFixed(4)))).toEqual([13.44, 5.6, 2.8, 0.9333]);
  });
  it('are 13.44, 3.5, 1.4 and 0.98 at 7 days', () => {
    expect(tiersFor(7 * DAY)?.map((t) => Number(t.k.toFixed(4)))).toEqual([13.44, 3.5, 1.4, 0.98]);
  });
  it('exist from 28 to 31 days and not for 27 or 32', () => {
    expect([27, 28, 31, 32].map((d) => tiersFor(d * DAY) !== undefined)).toEqual([false, true, true, false]);
  });
  it('come from the spec for another period', () => {
    const [tier] =
      tiersFor(3_600_000, [
        { window: 3_600_000, tiers: [{ tier: 'a', severity: 'page', long: 300_000, short: 60_000, budget: 0.2 }] },
      ]) ?? [];
    expect(tier).toMatchObject({ tier: 'a', longMs: 300_000, shortMs: 60_000, share: 0.2 });
    expect(tier?.k).toBeCloseTo(2.4, 10);
  });
});

describe('the page condition at 99.9 % and 30 s steps (14.4, 1h/5m)', () => {
  const theta = 14.4 * 0.001;
  const short = { bad: 5, n: 10 };
  it('fires at 5 bad of 120 and not at 4', () => {
    expect(pageCondition({ bad: 5, n: 120 }, short, theta, 1)).toBe(true);
    expect(pageCondition({ bad: 4, n: 120 }, short, theta, 1)).toBe(false);
    expect(fewestBadToFire(120, theta)).toBe(5);
  });
  it('does not fire on 2 bad events however few there are', () => {
    expect(pageCondition({ bad: 2, n: 2 }, { bad: 2, n: 2 }, theta, 1)).toBe(false);
    expect(pageCondition({ bad: 3, n: 3 }, { bad: 3, n: 3 }, theta, 1)).toBe(true);
  });
  it('does not fire when the short window is clean again', () => {
    expect(pageCondition({ bad: 60, n: 120 }, { bad: 0, n: 10 }, theta, 1)).toBe(false);
  });
  it('needs half of the short window: fires at 50 % coverage, not at 49 %', () => {
    expect(pageCondition({ bad: 9, n: 120 }, short, theta, 0.5)).toBe(true);
    expect(pageCondition({ bad: 9, n: 120 }, short, theta, 0.49)).toBe(false);
  });
  it('does not fire without events', () => {
    expect(pageCondition({ bad: 0, n: 0 }, { bad: 0, n: 0 }, theta, 0)).toBe(false);
  });
  it('is implied by fewestBadToFire for every number of events', () => {
    for (let n = 1; n <= 400; n++) {
      const fewest = fewestBadToFire(n, theta);
      const fires = (bad: number) => pageCondition({ bad, n }, { bad: 1, n: 1 }, theta, 1);
      if (fewest === undefined) expect(fires(n)).toBe(false);
      else expect([fires(fewest), fires(fewest - 1)]).toEqual([true, false]);
    }
  });
  it('never fires where theta reaches 1', () => {
    expect(fewestBadToFire(120, 1)).toBeUndefined();
  });
});
