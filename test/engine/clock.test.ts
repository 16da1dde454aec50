import { describe, expect, it } from 'vitest';
import { createTimeline, latestBelieved } from '../../src/engine/clock.ts';

const START = Date.UTC(2026, 5, 1);

/** A time line on clocks that the test turns. */
function clocks(startMs = START, notBeforeMs = 0) {
  const hands = { wallMs: startMs, monotonicMs: 1_000 };
  const timeline = createTimeline(() => ({ ...hands }), notBeforeMs);
  const pass = (ms: number) => {
    hands.wallMs += ms;
    hands.monotonicMs += ms;
  };
  return { hands, timeline, pass };
}

describe('the time line of the history', () => {
  it('follows the system clock', () => {
    const { timeline, pass } = clocks();
    pass(30_000);
    expect(timeline.now()).toBe(START + 30_000);
  });
  it('goes on when the system clock jumps back an hour, and shows the offset', () => {
    const { hands, timeline, pass } = clocks();
    hands.wallMs -= 3_600_000;
    pass(30_000);
    expect(timeline.now()).toBe(START + 30_000);
    expect(timeline.offsetMs()).toBe(-3_600_000);
  });
  it('is whole milliseconds on a monotonic clock with fractions, and does not fall where a fraction is cut off', () => {
    const { hands, timeline, pass } = clocks();
    hands.wallMs -= 3_600_000;
    pass(30_000.7);
    expect(timeline.now()).toBe(START + 30_000);
    expect(timeline.offsetMs()).toBeCloseTo(-3_600_000, -1);
    hands.wallMs += 3_599_999;
    let last = 0;
    for (let i = 0; i < 40; i++) {
      pass(0.3);
      hands.wallMs = Math.floor(hands.wallMs);
      const now = timeline.now();
      expect(Number.isInteger(now)).toBe(true);
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    }
  });
  it('believes a jump forward after a minute, not before', () => {
    const { hands, timeline, pass } = clocks();
    hands.wallMs += 3_600_000;
    timeline.now();
    pass(59_999);
    expect(timeline.now()).toBe(START + 59_999);
    pass(1);
    expect(timeline.now()).toBe(START + 3_660_000);
  });
  it('forgets a jump forward that is taken back within the minute', () => {
    const { hands, timeline, pass } = clocks();
    hands.wallMs += 86_400_000 * 365;
    timeline.now();
    pass(30_000);
    hands.wallMs -= 86_400_000 * 365;
    expect(timeline.now()).toBe(START + 30_000);
    pass(60_000);
    expect(timeline.now()).toBe(START + 90_000);
  });
  it('never falls, whatever the clocks do', () => {
    const { hands, timeline, pass } = clocks();
    let last = timeline.now();
    for (const jump of [-5_000, 1_000, 7_000_000, -7_000_000, -1, 0, 2_500, -2_500]) {
      hands.wallMs += jump;
      pass(20_000);
      const now = timeline.now();
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    }
  });
  it('starts at the newest record if that is ahead by a day, and at the clock if by more', () => {
    expect(clocks(START, START + 86_400_000).timeline.now()).toBe(START + 86_400_000);
    expect(clocks(START, START + 86_400_001).timeline.now()).toBe(START);
  });
  it.each([0, Date.UTC(2060, 0, 1)])('does not start at %i, and is where the clock is once that is set', (wrong) => {
    const { hands, timeline, pass } = clocks(wrong);
    expect([timeline.now(), timeline.isSet]).toEqual([Date.UTC(2026, 0, 1), false]);
    hands.wallMs = START;
    pass(1);
    expect([timeline.isSet, timeline.now(), timeline.offsetMs()]).toEqual([true, START + 1, 0]);
  });
  it('does not believe that it is 2060, however long the clock says so', () => {
    const { hands, timeline, pass } = clocks();
    hands.wallMs = Date.UTC(2060, 0, 1);
    timeline.now();
    pass(600_000);
    expect(timeline.now()).toBe(START + 600_000);
  });
});

it('records are believed up to a day ahead of the clock, and all of them by a clock that is not set', () => {
  const now = Date.UTC(2026, 5, 1);
  expect(latestBelieved(now)).toBe(now + 86_400_000);
  expect(latestBelieved(Date.UTC(2026, 0, 1))).toBe(Date.UTC(2026, 0, 2));
  for (const wrong of [Date.UTC(2026, 0, 1) - 1, Date.UTC(2060, 0, 1)])
    expect(latestBelieved(wrong)).toBe(Number.POSITIVE_INFINITY);
});
