import { performance } from 'node:perf_hooks';
import { expect, it } from 'vitest';
import { watchLoopLag } from '../../src/probe/loop-lag.ts';

const block = (ms: number) => {
  for (const until = performance.now() + ms; performance.now() < until; );
};
const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
const soon = () => new Promise((resolve) => setTimeout(resolve, 60));

it('a blocked event loop is seen while it is blocked, and remembered until the last run ends', async () => {
  const lag = watchLoopLag();
  const since = lag.begin();
  block(300);
  expect(lag.longestSince(since)).toBeGreaterThanOrEqual(200);
  lag.end(lag.begin());
  await soon();
  expect(lag.longestSince(since)).toBeGreaterThanOrEqual(200);
  expect(lag.end(since)).toBeGreaterThanOrEqual(200);
});

it('between runs there is no timer, and a block there is not one of the next run', async () => {
  const lag = watchLoopLag();
  const before = timers();
  lag.end(lag.begin());
  expect(timers()).toBe(before);
  block(300);
  await soon();
  expect(lag.end(lag.begin())).toBeLessThan(200);
});
