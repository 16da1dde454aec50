// /healthz: the process answers. /readyz: it measures; the store is not asked, because probes go on without it.
// Both cheap, without data and without token.
import type { FastifyInstance } from 'fastify';
import './openapi.ts';

export interface Health {
  /** Reasons not to be ready; empty when ready. */
  notReady(): readonly string[];
}

const status = { type: 'string' } as const;
const ALIVE = { description: 'it answers', type: 'object', properties: { status } } as const;
const READINESS = {
  type: 'object',
  properties: { status, reasons: { type: 'array', items: { type: 'string' } } },
} as const;

export function healthRoutes(app: FastifyInstance, health: Health): void {
  app.get('/healthz', { schema: { summary: 'Does the process answer?', response: { 200: ALIVE } } }, () => ({
    status: 'ok',
  }));
  const response = {
    200: { description: 'it measures', ...READINESS },
    503: { description: 'it starts, stops or hangs, for the reasons given', ...READINESS },
  };
  app.get('/readyz', { schema: { summary: 'Does it measure?', response } }, (_request, reply) => {
    const reasons = health.notReady();
    return reply
      .code(reasons.length === 0 ? 200 : 503)
      .send({ status: reasons.length === 0 ? 'ready' : 'not ready', reasons });
  });
}
