// GET /probe?target=…&module=…: one synchronous run, answered with the eleven series of blackbox_exporter and ours.
// Not a proxy: named targets only, unless the spec's allow-list says more; then every address is checked after resolution.
import type { FastifyInstance } from 'fastify';
import { CONTENT_TYPES, expose, formatFor } from '../metrics/exposition.ts';
import { escapeLabel, type Family, startOf } from '../metrics/series.ts';
import type { FoundTarget } from '../probe/found-target.ts';
import type { StepResult } from '../probe/probe.ts';
import type { Run } from '../probe/runner.ts';
import { hintOf, verdictOf } from '../spec/outcome.ts';
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
      const run = await shared({ ...found.target, timeout } as Target, found.adhoc);
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

const gauge = (name: string, help: string, values: readonly (readonly [labels: string, value: number])[]): Family => ({
  name,
  type: 'gauge',
  help,
  samples: values.map(([labels, value]) => ({ start: startOf(name, labels), value })),
});

/** Series of one run; values that are not known are left out, as blackbox_exporter does. */
export function* probeFamilies(run: Run): Generator<Family> {
  const { steps } = run;
  const http = steps.find((s) => s.facts.httpStatus !== undefined)?.facts;
  const dnsMs = sum(steps, 'dns');
  const certs = steps.flatMap((s) => s.facts.certNotAfterSeconds ?? []);
  const tls = steps.find((s) => s.facts.tlsVersion !== undefined)?.facts.tlsVersion;
  const address = steps.find((s) => s.facts.address !== undefined)?.facts.address;
  yield gauge('probe_success', 'Whether every step was good.', [
    ['', steps.every((s) => verdictOf(s.outcome) === 'good') ? 1 : 0],
  ]);
  yield gauge('probe_duration_seconds', 'How long the run took.', [['', run.durationMs / 1000]]);
  if (dnsMs !== undefined)
    yield gauge('probe_dns_lookup_time_seconds', 'Time of name resolution.', [['', dnsMs / 1000]]);
  if (address !== undefined)
    yield gauge('probe_ip_protocol', 'IP version that was used, 4 or 6.', [['', address.includes(':') ? 6 : 4]]);
  const isHttp = ['wordpress', 'cdn', 'http'].includes(run.target.kind);
  if (isHttp) {
    const phases = [
      ['resolve', 'dns'],
      ['connect', 'connect'],
      ['tls', 'tls'],
      ['processing', 'first_byte'],
      ['transfer', 'transfer'],
    ] as const;
    yield gauge(
      'probe_http_duration_seconds',
      'Time per phase, all steps.',
      phases.map(([theirs, ours]) => [`phase="${theirs}"`, (sum(steps, ours) ?? 0) / 1000]),
    );
    yield gauge('probe_http_status_code', 'Status of the first step; 0 without a response.', [
      ['', http?.httpStatus ?? 0],
    ]);
    yield gauge('probe_http_ssl', 'Whether TLS was used.', [['', tls === undefined ? 0 : 1]]);
    yield gauge('probe_http_version', 'HTTP version of the answer.', [['', Number(http?.httpVersion ?? 0)]]);
    yield gauge('probe_http_redirects', 'Redirects followed.', [['', http?.redirects ?? 0]]);
  }
  if (tls !== undefined)
    yield gauge('probe_tls_version_info', 'TLS version that was used.', [[`version="${escapeLabel(tls)}"`, 1]]);
  if (certs.length > 0)
    yield gauge('probe_ssl_earliest_cert_expiry', 'Earliest notAfter, also when verification fails.', [
      ['', Math.min(...certs)],
    ]);
  const info = steps.map((s): [string, number] => [`step="${s.step}",outcome="${s.outcome}",blame="${s.blame}"`, 1]);
  yield gauge('probe_step_info', 'Outcome and blame of each step.', info);
}

function sum(steps: readonly StepResult[], phase: keyof StepResult['phases']): number | undefined {
  const values = steps.flatMap((s) => s.phases[phase] ?? []);
  return values.length === 0 ? undefined : values.reduce((a, b) => a + b, 0);
}
