// /healthz: the process answers. /readyz: it measures and remembers. Both cheap, without data and without token.
import type { FastifyInstance } from 'fastify';

export interface Health {
  /** Reasons not to be ready; empty when ready. */
  notReady(): readonly string[];
}

export function healthRoutes(app: FastifyInstance, health: Health): void {
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', (_request, reply) => {
    const reasons = health.notReady();
    return reply
      .code(reasons.length === 0 ? 200 : 503)
      .send({ status: reasons.length === 0 ? 'ready' : 'not ready', reasons });
  });
}
