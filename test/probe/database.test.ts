// What holds for a run of any database, whatever its driver says: here a driver that the test makes up.
import { expect, it } from 'vitest';
import { type Driver, runDatabase, type Session } from '../../src/probe/database.ts';
import type { ProbeContext } from '../../src/probe/probe.ts';
import type { Target } from '../../src/spec/target.ts';
import { target } from './run.ts';

const redis = target({ kind: 'redis', url: 'redis://127.0.0.1:1/0', steps: ['connect', 'read'] }) as Target<'redis'>;

it('closes its connection also when a step fails by a bug of ours', async () => {
  let closed = 0;
  const session = {
    close() {
      closed += 1;
    },
  } as unknown as Session;
  const driver: Driver<Target<'redis'>> = { open: async () => session, fault: () => ({ outcome: 'redis_error' }) };
  const ctx = {
    resolve: async () => ({ ok: true, addresses: ['127.0.0.1'], ms: 0 }),
    async step(name: string, body: (step: { traceparent: string }) => Promise<unknown>) {
      if (name === 'read') throw new Error('a bug');
      return body({ traceparent: '' });
    },
  } as unknown as ProbeContext;
  await expect(runDatabase(redis, driver, ctx)).rejects.toThrow('a bug');
  expect(closed).toBe(1);
});
