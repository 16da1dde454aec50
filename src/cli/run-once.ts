// One run of a target outside of the exporter, for commands. Counts nothing and keeps nothing.
import { prepareProbes, probes } from '../probe/list.ts';
import { watchLoopLag } from '../probe/loop-lag.ts';
import { createResolver } from '../probe/resolve.ts';
import { type Run, runProbe } from '../probe/runner.ts';
import { idsOnly } from '../probe/trace-port.ts';
import type { Target } from '../spec/target.ts';

/** Where commands stand: heartbeats that they write are told from those of the exporter by this name. */
const LOCATION = 'cli';

/** Runs all steps of the target now. Never rejects. */
export async function runOnce(target: Target): Promise<Run> {
  // Before anything is watched: what it takes is neither the target's time nor a block of the loop.
  prepareProbes([target]);
  const resolve = createResolver({ kind: 'named' });
  const lag = watchLoopLag();
  return runProbe(target, { probes, resolve, tracer: idsOnly, lag, location: LOCATION, now: Date.now });
}
