// GET /metrics: text or OpenMetrics by Accept. Written in pieces, one scrape at a time, so that probes are not held up.
import { Readable } from 'node:stream';
import { setImmediate as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Changes } from '../engine/changes.ts';
import type { Engine } from '../engine/engine.ts';
import { CONTENT_TYPES, expose, type Format, formatFor } from '../metrics/exposition.ts';
import type { OwnMetrics } from '../metrics/own.ts';
import type { Family } from '../metrics/series.ts';
import './openapi.ts';

/** The answer of a route that serves series, for its description. */
export const SERIES = {
  description: 'series, in the format that Accept asks for',
  content: Object.fromEntries(
    ['text/plain', 'application/openmetrics-text'].map((type) => [type, { schema: { type: 'string' } }]),
  ),
};

export interface MetricsPorts {
  readonly engine: Engine;
  readonly changes: Changes;
  readonly own: OwnMetrics;
  /** What else there is to serve. */
  more(): Iterable<Family>;
}

/**
 * Scrapes that arrive together share one text. It is never one string: 100,000 series would hold the loop to join and encode them.
 */
export function metricsRoute(app: FastifyInstance, ports: MetricsPorts): void {
  const going = new Map<Format, Promise<readonly Buffer[]>>();
  const render = async (format: Format): Promise<readonly Buffer[]> => {
    ports.own.set('plimsoll_series', ports.engine.series.size);
    const own = await ports.own.families();
    const families = function* () {
      yield* ports.engine.families();
      yield* ports.changes.families();
      yield* ports.engine.series.families();
      yield* ports.more();
      yield* own;
    };
    const pieces: Buffer[] = [];
    for (const piece of expose(families(), format)) {
      pieces.push(Buffer.from(piece));
      await pause();
    }
    return pieces;
  };
  const schema = { summary: 'All series, for Prometheus', response: { 200: SERIES } };
  app.get('/metrics', { schema }, async (request, reply) => {
    const format = formatFor(request.headers.accept);
    let text = going.get(format);
    if (text === undefined) {
      text = render(format).finally(() => going.delete(format));
      going.set(format, text);
    }
    const pieces = await text;
    reply.header(
      'content-length',
      pieces.reduce((sum, { length }) => sum + length, 0),
    );
    return reply.type(CONTENT_TYPES[format]).send(pieces.length === 1 ? pieces[0] : Readable.from(pieces));
  });
}
