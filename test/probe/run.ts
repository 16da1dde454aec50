// Runs a probe in a test as the runner would, from the text of a target.
import { probes } from '../../src/probe/list.ts';
import type { LoopLag } from '../../src/probe/loop-lag.ts';
import type { StepResult } from '../../src/probe/probe.ts';
import { createResolver, type Resolve } from '../../src/probe/resolve.ts';
import { type Run, runProbe } from '../../src/probe/runner.ts';
import { idsOnly } from '../../src/probe/trace-port.ts';
import type { Target } from '../../src/spec/target.ts';
import { validSpec } from '../spec/specs.ts';

/** A target from its settings, with defaults filled in. Throws if they are invalid. */
export function target(settings: object): Target {
  return validSpec({ targets: [{ name: 'x', interval: '30s', timeout: '3s', ...settings }] }).targets[0]!;
}

interface World {
  /** How long the event loop was blocked, ms. */
  readonly blockedMs?: number;
  readonly resolve?: Resolve;
}
const byDns = createResolver({ kind: 'named' });

/** An event loop that was blocked for so long whenever it is asked, ms. */
export const lagOf = (blockedMs: number): LoopLag => ({
  begin: () => performance.now(),
  longestSince: () => blockedMs,
  end: () => {},
});

/** A resolver that is silent for one name; every other is resolved. */
export const silentFor =
  (name: string): Resolve =>
  (host, options) =>
    host === name ? new Promise(() => {}) : byDns(host, options);
/** A resolver for which every name has these addresses. */
export const resolvingTo =
  (...addresses: string[]): Resolve =>
  async () => ({ ok: true, addresses, ms: 0 });

export const run = (settings: object, { blockedMs = 0, resolve = byDns }: World = {}): Promise<Run> =>
  runProbe(target(settings), {
    probes,
    resolve,
    tracer: idsOnly,
    lag: lagOf(blockedMs),
    location: 'test',
    now: Date.now,
  });

/** Outcomes by step: { front: 'ok' }. */
export const outcomes = async (settings: object, world?: World): Promise<Record<string, string>> =>
  Object.fromEntries((await run(settings, world)).steps.map((s) => [s.step, s.outcome]));

export async function step(settings: object, name: string, world?: World): Promise<StepResult> {
  return (await run(settings, world)).steps.find((s) => s.step === name)!;
}
