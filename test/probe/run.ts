// Runs a probe in a test as the runner would, from the text of a target.
import { probes } from '../../src/probe/list.ts';
import type { StepResult } from '../../src/probe/probe.ts';
import { createResolver } from '../../src/probe/resolve.ts';
import { type Run, runProbe } from '../../src/probe/runner.ts';
import { idsOnly } from '../../src/probe/trace-port.ts';
import type { Target } from '../../src/spec/target.ts';
import { validSpec } from '../spec/specs.ts';

/** A target from its settings, with defaults filled in. Throws if they are invalid. */
export function target(settings: object): Target {
  return validSpec({ targets: [{ name: 'x', interval: '30s', timeout: '3s', ...settings }] }).targets[0]!;
}

export const run = (settings: object, blockedMs = 0): Promise<Run> =>
  runProbe(target(settings), {
    probes,
    resolve: createResolver({ kind: 'named' }),
    tracer: idsOnly,
    lag: { longestSince: () => blockedMs, stop: () => {} },
    location: 'test',
    now: Date.now,
  });

/** Outcomes by step: { front: 'ok' }. */
export const outcomes = async (settings: object): Promise<Record<string, string>> =>
  Object.fromEntries((await run(settings)).steps.map((s) => [s.step, s.outcome]));

export async function step(settings: object, name: string): Promise<StepResult> {
  return (await run(settings)).steps.find((s) => s.step === name)!;
}
