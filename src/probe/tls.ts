// A certificate as it is served: verification, and the time that is left, which is known even when verification fails.
import type { Socket } from 'node:net';
import type { Target } from '../spec/target.ts';
import { ProbeFault } from './fault.ts';
import { networkOutcome } from './network-error.ts';
import { endPhase, startPhase } from './phase-clock.ts';
import type { Probe, ProbeContext, StepOutcome } from './probe.ts';
import { openSocket } from './reach.ts';
import { hostOf } from './resolve.ts';
import { judgeServed } from './served-certificate.ts';
import { handshakeOptions, judgeTls, shakeHands } from './tls-check.ts';

export const tls: Probe<'tls'> = {
  async run(target, ctx) {
    let shaken: StepOutcome = { outcome: 'skipped' };
    await ctx.step('handshake', async () => {
      shaken = await handshake(target, ctx);
      return shaken;
    });
    if (!target.steps.includes('expiry')) return;
    await ctx.step('expiry', async () => expiry(target, shaken, ctx.now()));
  },
};

function expiry(target: Target<'tls'>, { outcome, detail = '', facts = {} }: StepOutcome, nowMs: number): StepOutcome {
  const until = facts.certNotAfterSeconds;
  if (until === undefined) return { outcome, detail };
  const leftMs = until * 1000 - nowMs;
  const left = `${(leftMs / 86_400_000).toFixed(1)} days left`;
  if (leftMs <= 0) return { outcome: 'tls_expired', detail: left, facts };
  return leftMs < target.minValidity
    ? { outcome: 'tls_expires_soon', detail: left, facts }
    : { outcome: 'ok', detail: left, facts };
}

async function handshake(target: Target<'tls'>, ctx: ProbeContext): Promise<StepOutcome> {
  const url = new URL(target.url);
  const host = target.servername ?? hostOf(url);
  const resolved = await ctx.resolve(target.address ?? url.hostname);
  const clock = startPhase('connect');
  const { phases } = clock;
  phases.dns = resolved.ms;
  if (!resolved.ok) return { outcome: resolved.outcome, detail: resolved.detail, phases };
  let socket: Socket | undefined;
  try {
    const options = handshakeOptions(target.ca);
    socket = await openSocket(resolved.addresses, Number(url.port || 443), ctx.signal);
    endPhase(clock, 'tls');
    const secure = await shakeHands(socket, options, host, ctx.signal);
    endPhase(clock, 'tls');
    const verdict = judgeTls(secure, host);
    const served = verdict.outcome === 'ok' ? judgeServed(secure.getPeerCertificate(), target) : undefined;
    return { ...verdict, ...served, phases };
  } catch (error) {
    const { going } = clock;
    endPhase(clock, going);
    if (error instanceof ProbeFault) return { outcome: error.outcome, detail: error.message, phases };
    const outcome = ctx.signal.aborted ? 'timeout' : (networkOutcome(error) ?? 'tls_handshake');
    return {
      outcome: outcome === 'reset' && going === 'tls' ? 'tls_handshake' : outcome,
      detail: `${(error as Error).message} in phase ${going}`,
      phases,
    };
  } finally {
    socket?.destroy();
  }
}
