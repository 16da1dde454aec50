// Requests that are made to break the server: every route of its own description with hostile parameters, headers and bodies.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SmallSite, startSmallSite } from '../services/small-site.ts';
import { slo, validSpec } from '../spec/specs.ts';
import { type Inside, startInside } from './inside.ts';

const CANARY = 'canary-4be77c21';
const ACCESS = { token: `${CANARY}-read`, eventsToken: `${CANARY}-write` };
const LIMIT_MS = process.env.PLIMSOLL_SOAK === undefined ? 15_000 : 300_000;
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

let site: SmallSite;
let inside: Inside;
/** Path and methods of every route. */
let routes: { path: string; methods: string[] }[];
beforeAll(async () => {
  site = await startSmallSite();
  const target = { name: 'shop', kind: 'http', url: site.url, interval: '1h', timeout: '1s' };
  inside = await startInside(
    validSpec({
      targets: [{ ...target, headers: { authorization: `Bearer ${CANARY}` } }],
      slos: [slo()],
      sites: [{ key: 'shop', origins: ['https://shop.example.org'] }],
      statusPage: { components: [{ name: 'Shop', slos: ['a'] }] },
    }),
    ACCESS,
  );
  const described = (await inside.exporter.app.inject({ url: '/api/v1/openapi.json' })).json() as {
    paths: Record<string, Record<string, unknown>>;
  };
  routes = Object.entries(described.paths).map(([path, methods]) => ({ path, methods: Object.keys(methods) }));
  // Pages for people are not in the description.
  for (const path of [
    '/',
    '/status',
    '/slos/{name}',
    '/targets/{name}',
    '/events',
    '/config',
    '/report',
    '/nope/{name}',
  ])
    routes.push({ path, methods: ['get'] });
});
afterAll(async () => {
  await inside.stop();
  site.stop();
});

const WORDS = [
  ...[
    '__proto__',
    'constructor',
    'toString',
    '..',
    '../../etc/passwd',
    '%00',
    '%',
    '%zz',
    '%2e%2e%2f',
    'a'.repeat(3_000),
    '',
    ' ',
    '\u202e',
    '💥',
  ],
  ...[
    "' OR 1=1 --",
    '<script>alert(1)</script>',
    '"><svg onload=1>',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an injection, as text
    '${7*7}',
    '{{7*7}}',
    '$(id)',
    '`id`',
    '\\',
    '-1',
    '1e309',
    'NaN',
    'null',
    'true',
  ],
  ...[
    'http://169.254.169.254/',
    'file:///etc/passwd',
    'javascript:1',
    '//evil.example',
    'shop',
    'a',
    'en-US',
    '2026-02-30T25:61:61Z',
    '0',
    '9'.repeat(400),
  ],
];
const word = fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: 'binary', maxLength: 30 }));
const KEYS = [
  'target',
  'module',
  'kind',
  'service',
  'since',
  'until',
  'from',
  'to',
  'limit',
  'after',
  'slo',
  'month',
  'window',
  'page',
  'device',
  '__proto__',
  'x[]',
  'format',
];
const queries = fc.array(fc.tuple(fc.constantFrom(...KEYS), word), { maxLength: 4 });
/** What may stand in a header at all: Node itself refuses the rest. */
const headerText = word.map((text) => text.replaceAll(/[^\x20-\x7e\x80-\xff]/g, '?'));
const headers = fc.array(
  fc.tuple(
    fc.constantFrom(
      'accept',
      'authorization',
      'content-type',
      'content-encoding',
      'origin',
      'x-forwarded-for',
      'traceparent',
      'range',
      'if-none-match',
      'accept-language',
      'x-prometheus-scrape-timeout-seconds',
      'idempotency-key',
      'cookie',
      'user-agent',
      'expect',
      'x-http-method-override',
    ),
    headerText,
  ),
  { maxLength: 4 },
);
const deep = (n: number) => `${'['.repeat(n)}${']'.repeat(n)}`;
const beacon = fc.record(
  {
    meta: fc.record(
      {
        app: fc.record({ name: word, version: word }),
        page: fc.record({ url: word }),
        view: fc.record({ name: word }),
        session: fc.record({ id: word }),
      },
      { requiredKeys: [] },
    ),
    measurements: fc.array(
      fc.record({
        type: fc.oneof(fc.constant('web-vitals'), word),
        values: fc.dictionary(
          fc.constantFrom('lcp', 'cls', 'inp', '__proto__', 'x'),
          fc.oneof(fc.double(), word, fc.constant(null)),
        ),
        timestamp: word,
      }),
      { maxLength: 5 },
    ),
    exceptions: fc.anything(),
    events: fc.array(fc.anything(), { maxLength: 3 }),
  },
  { requiredKeys: [] },
);
const change = fc.record(
  {
    kind: fc.oneof(fc.constant('deploy'), word),
    service: fc.oneof(fc.constant('shop'), word),
    text: word,
    time: word,
    link: word,
    target: word,
    by: word,
    extra: fc.anything(),
  },
  { requiredKeys: [] },
);
const bodies = fc.oneof(
  fc.constantFrom(
    '',
    '{',
    'null',
    '[]',
    '"a"',
    '1e400',
    deep(20_000),
    `{"__proto__":{"polluted":true}}`,
    '\ud800',
    'x'.repeat(70_000),
    `{"kind":"deploy","kind":"purge"}`,
  ),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.json(),
  beacon.map((value) => JSON.stringify(value) ?? ''),
  change.map((value) => JSON.stringify(value) ?? ''),
);
const TYPES = [
  'application/json',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-7',
  '',
];

const request = fc.record({
  route: fc.nat(),
  method: fc.constantFrom(
    'described',
    'described',
    'described',
    'GET',
    'HEAD',
    'POST',
    'PUT',
    'DELETE',
    'OPTIONS',
    'PATCH',
    'TRACE',
  ),
  names: fc.array(word, { minLength: 2, maxLength: 2 }),
  isEncoded: fc.boolean(),
  query: queries,
  headers,
  token: fc.constantFrom('none', 'read', 'write', 'basic'),
  type: fc.constantFrom(...TYPES),
  body: bodies,
  isZipped: fc.boolean(),
});
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

const TOKENS: Readonly<Record<Request['token'], Record<string, string>>> = {
  none: {},
  read: { authorization: `Bearer ${ACCESS.token}` },
  write: { authorization: `Bearer ${ACCESS.eventsToken}` },
  basic: { authorization: `Basic ${Buffer.from(`x:${ACCESS.token}`).toString('base64')}` },
};

async function send({ route, method, names, isEncoded, query, headers: own, token, type, body, isZipped }: Request) {
  const { path, methods } = routes[route % routes.length]!;
  let n = 0;
  const filled = path.replaceAll(/\{\w+\}/g, () => {
    const name = names[n++ % 2]!;
    return isEncoded ? encodeURIComponent(name.toWellFormed()) : name.replaceAll(/[^\x21-\x7e]/g, '');
  });
  const search = query.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value.toWellFormed())}`);
  const verb = method === 'described' ? methods[0]!.toUpperCase() : method;
  const carries = verb !== 'GET' && verb !== 'HEAD' && verb !== 'TRACE';
  const answer = await inside.exporter.app.inject({
    method: verb as 'GET',
    url: `${filled.startsWith('/') ? '' : '/'}${filled}${search.length === 0 ? '' : `?${search.join('&')}`}`,
    headers: {
      ...Object.fromEntries(own),
      ...TOKENS[token],
      ...(carries && type !== '' && { 'content-type': type }),
      ...(carries && isZipped && { 'content-encoding': 'gzip' }),
    },
    ...(carries && { payload: isZipped ? gzipSync(body) : body }),
  });
  return { verb, filled, status: answer.statusCode, text: answer.body, headers: JSON.stringify(answer.headers) };
}

describe('the server', () => {
  it('answers every hostile request with what is right or a problem: no 500, no stack, no secret, no growth', {
    timeout: 2 * LIMIT_MS + 60_000,
  }, async () => {
    expect(routes.length).toBeGreaterThan(15);
    const objectKeys = () => Object.getOwnPropertyNames(Object.prototype).toSorted();
    const [keys, series] = [objectKeys(), (await inside.metrics()).split('\n').length];
    const seen = new Map<number, number>();
    let [runs, held] = [0, 0];
    await fc.assert(
      fc.asyncProperty(request, async (one) => {
        const { verb, filled, status, text, headers: answered } = await send(one);
        seen.set(status, (seen.get(status) ?? 0) + 1);
        if (status >= 500 && status !== 503) throw new Error(`${verb} ${filled}: ${status} ${text.slice(0, 300)}`);
        expect(text).not.toMatch(/\n\s+at .*:\d+:\d+|node:internal|\/src\/[a-z]+\/[\w-]+\.ts/);
        expect(text + answered).not.toContain(CANARY);
        expect(text.length).toBeLessThan(2_000_000);
        runs += 1;
        if (runs === 300) {
          gc();
          held = process.memoryUsage().heapUsed;
        }
      }),
      { numRuns: 1_000_000, interruptAfterTimeLimit: LIMIT_MS, markInterruptAsFailure: false, endOnFailure: true },
    );
    expect(runs).toBeGreaterThan(500);
    // It was not only turned away at the door.
    for (const status of [200, 400, 401, 404, 415])
      expect([status, (seen.get(status) ?? 0) > 0]).toEqual([status, true]);
    gc();
    expect(process.memoryUsage().heapUsed - held).toBeLessThan(60_000_000);
    expect(objectKeys()).toEqual(keys);
    expect(inside.log()).not.toContain('request failed');
    expect(inside.log()).not.toContain(CANARY);
    const metrics = await inside.metrics();
    expect(metrics).not.toContain(CANARY);
    // Of beacons a site may have its number of series, of all else none.
    expect(metrics.split('\n').length - series).toBeLessThan(2_500);
    expect((await fetch(`${inside.url}/healthz`)).status).toBe(200);
  });
});
