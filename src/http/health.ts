// /healthz: the process answers. /readyz: it measures. A store that is down makes it degraded, as probes go on without it. Who measures less
// than all is degraded, and ready: else a scraper that asks only what is ready would lose also what is measured.
// Both cheap, without data and without token.
import type { FastifyInstance } from 'fastify';
import './openapi.ts';

export interface Health {
  /** Reasons not to be ready; empty when ready. */
  notReady(): readonly string[];
  /** Reasons why it measures less than it should; empty if it does not. */
  degraded(): readonly string[];
}

/** A probe of Kubernetes must not be what the compilers of schemas are loaded for. */
const serializerCompiler = () => JSON.stringify;
const status = { type: 'string' } as const;
const ALIVE = { description: 'it answers', type: 'object', properties: { status } } as const;
const READINESS = {
  type: 'object',
  properties: { status, reasons: { type: 'array', items: { type: 'string' } } },
} as const;

export function healthRoutes(app: FastifyInstance, health: Health): void {
  const alive = { summary: 'Does the process answer?', response: { 200: ALIVE } };
  app.get('/healthz', { schema: alive, serializerCompiler }, () => ({ status: 'ok' }));
  const response = {
    200: { description: 'it measures; degraded: less than it should, for the reasons given', ...READINESS },
    503: { description: 'it starts, stops or hangs, for the reasons given', ...READINESS },
  };
  app.get('/readyz', { schema: { summary: 'Does it measure?', response }, serializerCompiler }, (_request, reply) => {
    const reasons = health.notReady();
    if (reasons.length > 0) return reply.code(503).send({ status: 'not ready', reasons });
    const less = health.degraded();
    return reply.send({ status: less.length === 0 ? 'ready' : 'degraded', reasons: less });
  });
}
