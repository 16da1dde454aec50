// A run for a command is measured as one of the exporter is: what the probe needs is loaded before its time counts.
import { afterEach, expect, it, vi } from 'vitest';
import { runOnce } from '../../src/cli/run-once.ts';
import { probes } from '../../src/probe/list.ts';
import { target } from './run.ts';

afterEach(() => vi.restoreAllMocks());

it('loads the driver before the run begins', async () => {
  const order: string[] = [];
  vi.spyOn(probes.mariadb, 'prepare').mockImplementation(() => void order.push('loaded'));
  vi.spyOn(probes.mariadb, 'run').mockImplementation(async (_target, ctx) => {
    order.push('run');
    await ctx.step('connect', async () => ({ outcome: 'ok' }));
  });
  await runOnce(target({ kind: 'mariadb', url: 'mysql://a@127.0.0.1:1/a', steps: ['connect'] }));
  expect(order).toEqual(['loaded', 'run']);
});
