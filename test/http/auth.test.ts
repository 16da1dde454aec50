// Bearer token and allow-list, on the wired app without a port.
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildExporter, type Exporter } from '../../src/exporter.ts';
import { addressAllowed } from '../../src/probe/resolve.ts';
import { idsOnly } from '../../src/probe/trace-port.ts';
import type { Store } from '../../src/store/store.ts';
import { validSpec } from '../spec/specs.ts';

const SPEC = `targets:
  - { name: shop, kind: http, url: "http://127.0.0.1:9/" }
slos:
  - { name: a, service: s, team: t, objective: 99%, window: 30d, sli: { kind: probe, target: shop } }
exporter: { probeAllow: ["*.example.org"], modules: { shop-page: { kind: http, contains: shop } } }
`;
let exporter: Exporter;
beforeAll(async () => {
  const openStore = (): Store => {
    throw new Error('unable to open database file');
  };
  exporter = await buildExporter(validSpec(SPEC), {
    version: 'test',
    log: pino({ level: 'silent' }),
    tracer: idsOnly,
    openStore,
    access: { token: 'right-token' },
  });
});
afterAll(() => exporter.stop());

const get = (url: string, token?: string) =>
  exporter.app.inject({ url, ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }) });

describe('an exporter with a token', () => {
  it.each(['/metrics', '/api/v1/slos', '/probe?target=shop'])(
    '%s answers 401 without it and with a wrong one',
    async (url) => {
      for (const token of [undefined, 'wrong-token', 'right-tokem', '']) {
        const answer = await get(url, token);
        expect(answer.statusCode).toBe(401);
        expect(answer.body).not.toContain('shop');
      }
    },
  );
  it('serves with it', async () => {
    expect((await get('/metrics', 'right-token')).body).toContain('slo_objective_ratio{slo="a"} 0.99\n');
  });
  it('keeps health open, and is not ready before it runs', async () => {
    expect((await get('/healthz')).statusCode).toBe(200);
    const ready = await get('/readyz');
    expect([ready.statusCode, ready.json()]).toEqual([503, { status: 'not ready', reasons: ['starting'] }]);
  });
});

describe('an exporter whose store cannot be opened', () => {
  it('goes on, says so, and shows no counter, because nobody knows what is on disk', async () => {
    exporter.start();
    const { body } = await get('/metrics', 'right-token');
    expect(body).toMatch(/^plimsoll_store_errors_total [1-9]/m);
    expect(body).toContain('plimsoll_store_up 0\n');
    expect(body).not.toMatch(/^slo_events_total\{/m);
    expect((await get('/api/v1/slos', 'right-token')).json()).toMatchObject({
      slos: [{ name: 'a', state: 'no-data' }],
    });
  });
});

describe('/probe with an allow-list', () => {
  it.each(['http://169.254.169.254/', 'http://127.0.0.1:9/x', 'http://[::1]/', 'http://0x7f000001/'])(
    'does not reach %s',
    async (target) => {
      const answer = await get(`/probe?target=${encodeURIComponent(target)}`, 'right-token');
      expect(answer.body).toContain('outcome="address_refused"');
      expect(answer.body).toContain('probe_success 0\n');
    },
  );
  it.each([
    ['www.example.org', true],
    ['example.org', false],
    ['evilexample.org', false],
    ['www.example.org.evil.test', false],
  ])('may reach %s, wherever it is outside: %s', (host, may) => {
    expect(addressAllowed('93.184.216.34', host, { kind: 'adhoc', allow: ['*.example.org'] })).toBe(may);
  });
  it('knows the modules of the spec, and refuses what is no URL', async () => {
    expect((await get('/probe?target=shop&module=nope', 'right-token')).body).toContain('http, http_2xx, shop-page');
    expect((await get('/probe?target=ftp://www.example.org/', 'right-token')).statusCode).toBe(400);
  });
});
