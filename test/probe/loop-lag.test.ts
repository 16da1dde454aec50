import { afterEach, expect, it, vi } from 'vitest';
import { watchLoopLag } from '../../src/probe/loop-lag.ts';
import { block } from '../services/block.ts';

const soon = () => new Promise((resolve) => setTimeout(resolve, 60));
afterEach(() => vi.useRealTimers());

it('a blocked event loop is seen while it is blocked, and remembered until the last run ends', async () => {
  const lag = watchLoopLag();
  const since = lag.begin();
  block(300);
  expect(lag.longestSince(since)).toBeGreaterThanOrEqual(200);
  lag.begin();
  lag.end();
  await soon();
  expect(lag.longestSince(since)).toBeGreaterThanOrEqual(200);
  lag.end();
});

it('a block is none of a run that begins after it, also while the timer has not seen it', () => {
  const lag = watchLoopLag();
  lag.begin();
  block(300);
  const since = lag.begin();
  expect(lag.longestSince(since)).toBeLessThan(100);
  lag.end();
  lag.end();
});

it('there is one timer for all runs in flight, and none between runs', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const lag = watchLoopLag();
  const timers = [vi.getTimerCount()];
  for (const step of [lag.begin, lag.begin, lag.end, lag.end, lag.begin, lag.end]) {
    step();
    timers.push(vi.getTimerCount());
  }
  expect(timers).toEqual([0, 1, 1, 1, 0, 1, 0]);
});
