import { performance } from 'node:perf_hooks';
import { expect, it } from 'vitest';
import { watchLoopLag } from '../../src/probe/loop-lag.ts';

const block = (ms: number) => {
  for (const until = performance.now() + ms; performance.now() < until; );
};

it('a blocked event loop is seen while it is blocked, and remembered after', async () => {
  const lag = watchLoopLag();
  const since = performance.now();
  block(300);
  expect(lag.longestSince(since)).toBeGreaterThanOrEqual(200);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(lag.longestSince(since)).toBeGreaterThanOrEqual(200);
  lag.stop();
});
