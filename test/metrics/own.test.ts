import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { OwnMetrics } from '../../src/metrics/own.ts';
import { block } from '../services/block.ts';

it('the delay of the event loop has a block in it that follows a reading at once, and forgets it after two more', async () => {
  const own = new OwnMetrics();
  const read = async (): Promise<number> => {
    await sleep(250);
    own.setLoopDelay();
    const family = (await own.families()).find(({ name }) => name === 'plimsoll_event_loop_delay_seconds');
    return [...family!.samples][0]!.value;
  };
  await read();
  block(1_000);
  expect(await read()).toBeGreaterThan(0.8);
  await read();
  await read();
  expect(await read()).toBeLessThan(0.8);
  own.stop();
});
