// A certificate as it is served: verification, and the time that is left, which is known even when verification fails.
import { isIP, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { connect as tlsConnect } from 'node:tls';
import type { Target } from '../spec/target.ts';
import { socketEvent } from './deadline.ts';
import { ProbeFault } from './fault.ts';
import { networkOutcome } from './network-error.ts';
import type { Phase, Probe, ProbeContext, StepOutcome } from './probe.ts';
import { openSocket } from './reach.ts';
import { hostOf } from './resolve.ts';
import { judgeServed } from './served-certificate.ts';
import { handshakeOptions, judgeTls } from './tls-check.ts';

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
  const phases: Partial<Record<Phase, number>> = {};
  const resolved = await ctx.resolve(target.address ?? url.hostname);
  phases.dns = resolved.ms;
  if (!resolved.ok) return { outcome: resolved.outcome, detail: resolved.detail, phases };
  let phase = 'connect' as Phase;
  let since = performance.now();
  const end = (next: Phase) => {
    phases[phase] = performance.now() - since;
    since = performance.now();
    phase = next;
  };
  let socket: Socket | undefined;
  try {
    socket = await openSocket(resolved.addresses, Number(url.port || 443), ctx.signal);
    end('tls');
    const secure = tlsConnect({
      ...handshakeOptions(target.ca),
      socket,
      ...(isIP(host) === 0 && { servername: host }),
    });
    await socketEvent(secure, 'secureConnect', ctx.signal);
    end('tls');
    const verdict = judgeTls(secure, host);
    const served = verdict.outcome === 'ok' ? judgeServed(secure.getPeerCertificate(), target) : undefined;
    return { ...verdict, ...served, phases };
  } catch (error) {
    end(phase);
    if (error instanceof ProbeFault) return { outcome: error.outcome, detail: error.message, phases };
    const outcome = ctx.signal.aborted ? 'timeout' : (networkOutcome(error) ?? 'tls_handshake');
    return {
      outcome: outcome === 'reset' && phase === 'tls' ? 'tls_handshake' : outcome,
      detail: `${(error as Error).message} in phase ${phase}`,
      phases,
    };
  } finally {
    socket?.destroy();
  }
}
