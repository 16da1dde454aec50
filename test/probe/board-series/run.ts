// Runs a probe that reads the series for boards, and gives what /probe would answer.

import { probeFamilies } from '../../../src/http/probe.ts';
import { expose } from '../../../src/metrics/exposition.ts';
import { probes } from '../../../src/probe/list.ts';
import { createResolver } from '../../../src/probe/resolve.ts';
import { type Run, runProbe } from '../../../src/probe/runner.ts';
import { idsOnly } from '../../../src/probe/trace-port.ts';
import { lagOf, target } from '../run.ts';
import { type Exposed, readExposed } from './exposed.ts';

export async function exposedRun(
  settings: object,
  { most = 500 }: { most?: number } = {},
): Promise<Exposed & { readonly run: Run }> {
  const run = await runProbe(target(settings), {
    probes,
    resolve: createResolver({ kind: 'named' }),
    tracer: idsOnly,
    lag: lagOf(0),
    location: 'test',
    boardSeries: most,
    now: Date.now,
  });
  return { run, ...readExposed([...expose(probeFamilies(run), 'text')].join('')) };
}
