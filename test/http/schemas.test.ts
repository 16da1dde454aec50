import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { healthRoutes } from '../../src/http/health.ts';
import { createServer } from '../../src/http/server.ts';

const loaded = () =>
  Object.keys(createRequire(import.meta.url).cache).filter((file) =>
    /\/(ajv|fast-json-stringify)\/dist\/|\/fast-json-stringify\/index/.test(file),
  );

it('compiles schemas with the first request that needs them, and not for one that does not', async () => {
  const { app } = createServer({}, () => {});
  app.get('/plain', () => 'up');
  healthRoutes(app, { notReady: () => [], degraded: () => ['why'] });
  const querystring = { type: 'object', required: ['name'], properties: { name: { type: 'string', maxLength: 3 } } };
  const response = { 200: { type: 'object', properties: { name: { type: 'string' } } } };
  app.get('/judged', { schema: { querystring, response } }, (request) => ({
    name: (request.query as { name: string }).name,
    more: 'is not in the schema',
  }));
  expect((await app.inject('/plain')).body).toBe('up');
  expect((await app.inject('/healthz')).json()).toEqual({ status: 'ok' });
  expect((await app.inject('/readyz')).json()).toEqual({ status: 'degraded', reasons: ['why'] });
  expect(loaded()).toEqual([]);
  expect((await app.inject('/judged?name=abc')).json()).toEqual({ name: 'abc' });
  expect(loaded()).not.toEqual([]);
  const refused = await app.inject('/judged?name=abcd');
  expect(refused.statusCode).toBe(400);
  expect(refused.json().detail).toContain('querystring/name must NOT have more than 3 characters');
  expect((await app.inject('/judged')).json().detail).toContain("must have required property 'name'");
  expect((await app.inject('/judged?name=a')).statusCode).toBe(200);
});
