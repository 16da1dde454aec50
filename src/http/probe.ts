// GET /probe?target=…&module=…: one synchronous run, answered with the eleven series of blackbox_exporter, ours, and with
// exporter.boardSeries those of mysqld_exporter or redis_exporter.
// Not a proxy: named targets only, unless the spec's allow-list says more; then every address is checked after resolution.
import type { FastifyInstance } from 'fastify';
import { runFamilies } from '../engine/board-series.ts';
import { CONTENT_TYPES, expose, formatFor } from '../metrics/exposition.ts';
import { type Family, startOf } from '../metrics/series.ts';
import type { FoundTarget } from '../probe/found-target.ts';
import type { Run } from '../probe/runner.ts';
import { hintOf } from '../spec/outcome.ts';
import type { Target } from '../spec/target.ts';
import { SERIES } from './metrics.ts';
import { problem, problemsFor } from './problem.ts';
import { mayTake } from './server.ts';

export interface ProbePorts {
  /** Most different runs at the same time. */
  concurrency(): number;
  find(target: string, module: string | undefined): FoundTarget;
  run(target: Target, adhoc: boolean): Promise<Run>;
}

/** blackbox_exporter leaves half a second for the answer to travel (its --timeout-offset). */
const OFFSET_MS = 500;

export function probeRoute(app: FastifyInstance, ports: ProbePorts): void {
  const querystring = {
    type: 'object',
    required: ['target'],
    properties: {
      target: { type: 'string', maxLength: 2048, description: 'name or URL of a target' },
      module: {
        type: 'string',
        maxLength: 63,
        description: 'kind of target, http_2xx, tcp_connect or one of the spec',
      },
      debug: { type: 'string', description: 'true: text for people' },
    },
  };
  const response = {
    200: SERIES,
    ...problemsFor({
      400: 'no target, an unknown module, or one that does not fit',
      403: 'not a target of the spec, and exporter.probeAllow does not allow others',
      503: 'exporter.concurrency runs go on already',
    }),
  };
  const going = new Map<string, Promise<Run>>();
  /** The run that goes on for this very target, or a new one: a hundred callers ask the target once. */
  const shared = (target: Target, adhoc: boolean): Promise<Run> | undefined => {
    const key = JSON.stringify([target, adhoc]);
    let run = going.get(key);
    if (run === undefined && going.size < ports.concurrency()) {
      run = ports.run(target, adhoc).finally(() => going.delete(key));
      going.set(key, run);
    }
    return run;
  };
  app.get<{ Querystring: { target: string; module?: string; debug?: string } }>(
    '/probe',
    { schema: { summary: 'Runs one probe now, as blackbox_exporter does', querystring, response } },
    async (request, reply) => {
      const found = ports.find(request.query.target, request.query.module);
      if (!found.ok) return problem(reply, found.status, found.title, found.detail);
      const limitMs = Number(request.headers['x-prometheus-scrape-timeout-seconds']) * 1000 - OFFSET_MS;
      const timeout = limitMs > 0 ? Math.min(found.target.timeout, limitMs) : found.target.timeout;
      mayTake(request, timeout);
      const target = timeout === found.target.timeout ? found.target : { ...found.target, timeout };
      const run = await shared(target as Target, found.adhoc);
      if (run === undefined)
        return problem(
          reply.header('retry-after', '1'),
          503,
          'too many probes',
          'exporter.concurrency runs go on already; ask again in a second, or raise it',
        );
      if (request.query.debug === 'true') return reply.type('text/plain; charset=utf-8').send(debugText(run));
      const format = formatFor(request.headers.accept);
      return reply.type(CONTENT_TYPES[format]).send([...expose(probeFamilies(run), format)].join(''));
    },
  );
}

/** The run as text for people, as blackbox_exporter's ?debug=true. */
function debugText(run: Run): string {
  const steps = run.steps.map(
    (s) =>
      `${s.step}: ${s.outcome} (blame ${s.blame}) ${Math.round(s.durationMs)} ms ${s.detail}${hintOf(s.outcome) ? `\n  look at: ${hintOf(s.outcome)}` : ''}`,
  );
  return `target ${run.target.name} (${run.target.kind}) trace ${run.traceId}\n${steps.join('\n')}\n`;
}

/** Series of one run; values that are not known are left out, as blackbox_exporter does. */
export function* probeFamilies(run: Run): Generator<Family> {
  yield* runFamilies(run);
  const name = 'probe_step_info';
  const samples = run.steps.map(({ step, outcome, blame }) => ({
    start: startOf(name, `step="${step}",outcome="${outcome}",blame="${blame}"`),
    value: 1,
  }));
  yield { name, type: 'gauge', help: 'Outcome and blame of each step.', samples };
}
