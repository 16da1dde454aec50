// Our own faults are never the target's: what the runner makes of a probe that is broken, stopped or without a network.
import { describe, expect, it } from 'vitest';
import { probes } from '../../src/probe/list.ts';
import { networkOutcome } from '../../src/probe/network-error.ts';
import type { Probe } from '../../src/probe/probe.ts';
import { createResolver } from '../../src/probe/resolve.ts';
import { runProbe } from '../../src/probe/runner.ts';
import { idsOnly } from '../../src/probe/trace-port.ts';
import { target } from './run.ts';

const runWith = (probe: Probe<'tcp'>, stop?: AbortSignal) =>
  runProbe(
    target({ kind: 'tcp', url: 'tcp://127.0.0.1:25', timeout: '100ms' }),
    {
      probes: { ...probes, tcp: probe },
      resolve: createResolver({ kind: 'named' }),
      tracer: idsOnly,
      lag: { longestSince: () => 0, stop: () => {} },
      location: 'test',
      now: Date.now,
    },
    stop,
  );
const OURS = { outcome: 'internal_error', blame: 'prober' };

describe('a run', () => {
  it('with a step that throws is a bug of ours', async () => {
    const { steps } = await runWith({
      run: async (_target, ctx) => {
        await ctx.step('connect', () => Promise.reject(new Error('a bug')));
      },
    });
    expect(steps).toMatchObject([{ ...OURS, step: 'connect', detail: expect.stringContaining('a bug') }]);
  });
  it('with a probe that throws, or forgets a step, reports that step all the same', async () => {
    const thrown = await runWith({ run: () => Promise.reject(new Error('a bug')) });
    expect(thrown.steps).toMatchObject([
      { ...OURS, step: 'run' },
      { ...OURS, step: 'connect' },
    ]);
    expect((await runWith({ run: async () => {} })).steps).toMatchObject([{ ...OURS, step: 'connect' }]);
  });
  it('that is stopped blames us for what failed, but keeps what was good', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopping'));
    const ending = (outcome: 'ok' | 'timeout'): Probe<'tcp'> => ({
      run: async (_target, ctx) => {
        await ctx.step('connect', async () => ({ outcome }));
      },
    });
    expect((await runWith(ending('timeout'), stop.signal)).steps).toMatchObject([
      { outcome: 'aborted', blame: 'prober' },
    ]);
    expect((await runWith(ending('ok'), stop.signal)).steps).toMatchObject([{ outcome: 'ok', blame: 'none' }]);
  });
});

describe('an error of a socket', () => {
  it.each([
    ['EHOSTUNREACH', 'unreachable'],
    ['ENETUNREACH', 'no_network'],
    ['EMFILE', 'no_network'],
    ['EPIPE', 'reset'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls_handshake'],
    ['HPE_INVALID_CONSTANT', 'protocol_error'],
    ['ENOENT', undefined],
  ])('%s is %s', (code, outcome) => {
    expect(networkOutcome({ code })).toBe(outcome);
  });
});
