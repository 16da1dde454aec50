// Does a port accept connections? Sends nothing, so a service that accepts and then hangs is ok here.
import { performance } from 'node:perf_hooks';
import type { Target } from '../spec/target.ts';
import { networkOutcome } from './network-error.ts';
import type { Probe, ProbeContext, StepOutcome } from './probe.ts';
import { openSocket } from './reach.ts';
import { hostOf } from './resolve.ts';

export const tcp: Probe<'tcp'> = {
  async run(target, ctx) {
    await ctx.step('connect', () => connected(target, ctx));
  },
};

async function connected(target: Target<'tcp'>, ctx: ProbeContext): Promise<StepOutcome> {
  const url = new URL(target.url);
  const resolved = await ctx.resolve(hostOf(url));
  if (!resolved.ok) return { outcome: resolved.outcome, detail: resolved.detail, phases: { dns: resolved.ms } };
  let address = '';
  const since = performance.now();
  const measured = () => ({
    phases: { dns: resolved.ms, connect: performance.now() - since },
    facts: { address },
  });
  try {
    const socket = await openSocket(resolved.addresses, Number(url.port), ctx.signal, (tried) => {
      address = tried;
    });
    socket.destroy();
    return { outcome: 'ok', ...measured() };
  } catch (error) {
    if (ctx.signal.aborted) return { outcome: 'timeout', detail: 'no connection within the deadline', ...measured() };
    return { outcome: networkOutcome(error) ?? 'unreachable', detail: (error as Error).message, ...measured() };
  }
}
