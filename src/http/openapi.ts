// OpenAPI 3.1 at /api/v1/openapi.json, made from the route schemas. Also tells TypeScript that routes may have a summary.
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';

/** What a route that needs the token says of itself. */
export const BEARER = [{ bearer: [] }];

export async function openApi(app: FastifyInstance, version: string): Promise<void> {
  const description =
    'The token of exporter.tokenFile, without which none is needed; for POST that of exporter.eventsTokenFile.';
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Plimsoll', version, description: 'SLOs, burn rates and error budgets.' },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description } } },
    },
  });
  app.get('/api/v1/openapi.json', { schema: { hide: true } }, () => app.swagger());
}
