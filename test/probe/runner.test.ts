// Our own faults are never the target's: what the runner makes of a probe that is broken, stopped or without a network.
import { afterEach, describe, expect, it } from 'vitest';
import { probes } from '../../src/probe/list.ts';
import { networkOutcome } from '../../src/probe/network-error.ts';
import type { Probe } from '../../src/probe/probe.ts';
import { createResolver, type Resolve } from '../../src/probe/resolve.ts';
import { runProbe } from '../../src/probe/runner.ts';
import { idsOnly } from '../../src/probe/trace-port.ts';
import type { Outcome } from '../../src/spec/outcome.ts';
import { target } from './run.ts';

interface World {
  readonly stop?: AbortSignal;
  readonly timeout?: string;
  readonly resolve?: Resolve;
  readonly blockedMs?: number;
}
const byDns = createResolver({ kind: 'named' });
let inFlight = 0;
const runWith = (probe: Probe<'tcp'>, { stop, timeout = '100ms', resolve = byDns, blockedMs = 0 }: World = {}) =>
  runProbe(
    target({ kind: 'tcp', url: 'tcp://127.0.0.1:25', timeout }),
    {
      probes: { ...probes, tcp: probe },
      resolve,
      tracer: idsOnly,
      lag: {
        begin() {
          inFlight += 1;
          return performance.now();
        },
        longestSince: () => blockedMs,
        end() {
          inFlight -= 1;
        },
      },
      location: 'test',
      now: Date.now,
    },
    stop,
  );
const OURS = { outcome: 'internal_error', blame: 'prober' };

afterEach(() => expect(inFlight).toBe(0));

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
    // Not even an error.
    expect((await runWith({ run: () => Promise.reject(undefined) })).steps).toMatchObject([OURS, OURS]);
    expect((await runWith({ run: async () => {} })).steps).toMatchObject([{ ...OURS, step: 'connect' }]);
  });
  it('with an outcome that nobody knows has a bug in that step only', async () => {
    const { steps } = await runWith({
      run: async (_target, ctx) => {
        await ctx.step('connect', async () => ({ outcome: 'nobody_knows' as Outcome }));
        await ctx.step('second', async () => ({ outcome: 'ok' }));
      },
    });
    expect(steps).toMatchObject([
      { ...OURS, step: 'connect' },
      { step: 'second', outcome: 'ok' },
    ]);
  });
  it('leaves nothing behind: what still waits on its signal ends with it, and its outcomes stay', async () => {
    const left: string[] = [];
    const { steps } = await runWith({
      run: async (_target, ctx) => {
        ctx.signal.addEventListener('abort', () => left.push('ended'));
        await ctx.step('connect', async () => ({ outcome: 'ok' }));
      },
    });
    expect(left).toEqual(['ended']);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect([left.length, steps.map(({ outcome }) => outcome)]).toEqual([1, ['ok']]);
  });
  it('that is stopped blames us for what failed, but keeps what was good', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopping'));
    const ending = (outcome: 'ok' | 'timeout'): Probe<'tcp'> => ({
      run: async (_target, ctx) => {
        await ctx.step('connect', async () => ({ outcome }));
      },
    });
    expect((await runWith(ending('timeout'), { stop: stop.signal })).steps).toMatchObject([
      { outcome: 'aborted', blame: 'prober' },
    ]);
    expect((await runWith(ending('ok'), { stop: stop.signal })).steps).toMatchObject([
      { outcome: 'ok', blame: 'none' },
    ]);
  });
});

describe('a deadline that passes', () => {
  /** A probe whose steps take so long, ms, and then ask a resolver that never answers. */
  const silentAfter = (ms: readonly number[], world: World = { timeout: '400ms' }) =>
    runWith(
      {
        run: async (_target, ctx) => {
          for (const [i, wait] of ms.entries())
            await ctx.step(`step${i}`, async () => {
              await new Promise((resolve) => setTimeout(resolve, wait));
              const { ok, ...resolved } = {
                outcome: 'ok' as const,
                detail: '',
                ...(await ctx.resolve('a.example.org')),
              };
              return resolved;
            });
        },
      },
      { ...world, resolve: () => new Promise(() => {}) },
    );
  const outcomesOf = async (run: ReturnType<typeof runWith>) =>
    (await run).steps.map(({ outcome, blame }) => `${outcome}, ${blame}`).slice(0, -1);

  it('while a name is resolved is our fault if the resolver had half of it or a second, else that of what came before', async () => {
    expect(await outcomesOf(silentAfter([0]))).toEqual(['no_resolver, prober']);
    expect(await outcomesOf(silentAfter([100]))).toEqual(['no_resolver, prober']);
    expect(await outcomesOf(silentAfter([300]))).toEqual(['timeout, target']);
    expect(await outcomesOf(silentAfter([1_500], { timeout: '2700ms' }))).toEqual(['no_resolver, prober']);
  });
  it('after the run was stopped is neither', async () => {
    const stopped = silentAfter([0], { timeout: '400ms', stop: AbortSignal.timeout(300) });
    expect(await outcomesOf(stopped)).toEqual(['aborted, prober']);
  });
  it('makes every later step count as the one that used it up: ours stays ours, bad stays bad', async () => {
    expect(await outcomesOf(silentAfter([0, 0]))).toEqual(['no_resolver, prober', 'no_resolver, prober']);
    expect(await outcomesOf(silentAfter([300, 0]))).toEqual(['timeout, target', 'timeout, target']);
  });
  it('does not run a later step at all, and names the step that used it up', async () => {
    let ran = 0;
    const hanging: Probe<'tcp'> = {
      run: async (_target, ctx) => {
        await ctx.step('connect', async () => {
          await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve));
          return { outcome: 'timeout', blame: 'edge' };
        });
        for (const name of ['second', 'third'])
          await ctx.step(name, async () => {
            ran += 1;
            return { outcome: 'ok' };
          });
      },
    };
    const detail = 'the deadline was used up by the step connect: timeout';
    expect((await runWith(hanging)).steps.slice(1)).toMatchObject([
      { step: 'second', outcome: 'timeout', blame: 'edge', detail },
      { step: 'third', outcome: 'timeout', blame: 'edge', detail },
    ]);
    expect(ran).toBe(0);
    expect((await runWith(hanging, { blockedMs: 101 })).steps.map((s) => s.outcome)).toEqual(
      Array(3).fill('prober_overloaded'),
    );
  });
});

describe('an error of a socket', () => {
  it.each([
    ['EHOSTUNREACH', 'unreachable'],
    ['ENETUNREACH', 'no_network'],
    ['EAFNOSUPPORT', 'no_network'],
    ['EMFILE', 'no_network'],
    ['EPIPE', 'reset'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls_handshake'],
    ['ENOENT', undefined],
    ['constructor', undefined],
  ])('%s is %s', (code, outcome) => {
    expect(networkOutcome({ code })).toBe(outcome);
  });
});
