// Each step of the intake over HTTP, with what an attacker would send; and that nothing of it grows without bounds.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expose } from '../../src/metrics/exposition.ts';
import { makeAssets } from '../../src/rum/assets.ts';
import { numbersRoute } from '../../src/rum/numbers-route.ts';
import { RealUsers } from '../../src/rum/real-users.ts';
import { rumRoutes } from '../../src/rum/routes.ts';
import { siteSchema } from '../../src/spec/site.ts';

const ORIGIN = 'https://shop.example.org';
const PERSON = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36';

let app: FastifyInstance;
let users: RealUsers;
let clock = 0;
const wall = () => Date.parse('2026-12-01T12:00:00Z') + clock;
const assets = makeAssets();

async function start(more: object = {}): Promise<void> {
  const site = siteSchema.parse({
    key: 'shop',
    origins: [ORIGIN],
    settle: '0s',
    trustedProxies: ['127.0.0.1'],
    pages: [{ name: 'product', paths: ['/product/*'] }],
    ...more,
  });
  users = new RealUsers({ sites: [site] }, { now: wall, monotonicMs: () => clock });
  app = Fastify();
  await app.register(async (scope) => numbersRoute(scope, users));
  await app.register(async (scope) =>
    rumRoutes(scope, { realUsers: users, assets: () => assets, monotonicMs: () => clock }),
  );
}
beforeEach(async () => {
  clock = 0;
  await start();
});
afterEach(async () => {
  users.stop();
  await app.close();
});

let ids = 0;
const vital = (name: string, value: number, context: object = {}) => ({
  type: 'web-vitals',
  values: { [name]: value },
  context: { id: `v6-${ids++}`, navigation_type: 'navigate', ...context },
});
const beacon = (measurements: object[] = [vital('lcp', 1000)], more: object = {}, meta: object = {}) => ({
  meta: {
    page: { url: `${ORIGIN}/product/1?mail=canary@example.org`, attributes: { view: `view-${ids++}` } },
    ...meta,
  },
  measurements,
  ...more,
});
interface Post {
  readonly body?: unknown;
  readonly headers?: Record<string, string | undefined>;
  readonly site?: string;
}
const post = ({ body = beacon(), headers = {}, site = 'shop' }: Post = {}) =>
  app.inject({
    method: 'POST',
    url: `/collect/${site}`,
    payload: Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body),
    headers: Object.fromEntries(
      Object.entries({
        origin: ORIGIN,
        'content-type': 'application/json',
        'user-agent': PERSON,
        'x-forwarded-for': `10.${(ids >> 8) & 255}.${ids++ & 255}.1`,
        ...headers,
      }).filter(([, value]) => value !== undefined),
    ) as Record<string, string>,
  });
const metrics = () => [...expose(users.families(), 'openmetrics')].join('');
function sum(name: string, ...labels: string[]): number {
  return metrics()
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)))
    .reduce((total, line) => total + Number(line.replace(/ # .*/, '').split(' ').at(-1)), 0);
}
const results = (result: string) => sum('rum_beacons_total', `result="${result}"`);

describe('a beacon', () => {
  it('is counted at its page, device and thresholds: exactly at one is within', async () => {
    const { statusCode, body } = await post({
      body: beacon([vital('lcp', 2500), vital('cls', 0.1), vital('inp', 201)]),
    });
    expect([statusCode, body]).toEqual([202, 'ok']);
    const place = ['page="product"', 'device="desktop"', 'navigation="navigate"'];
    expect(sum('rum_lcp_seconds_bucket', 'le="2.5"', ...place)).toBe(1);
    expect(sum('rum_lcp_seconds_bucket', 'le="1.8"', ...place)).toBe(0);
    expect(sum('rum_cls_score_bucket', 'le="0.1"', ...place)).toBe(1);
    expect(sum('rum_inp_seconds_bucket', 'le="0.2"', ...place)).toBe(0);
    expect(sum('rum_inp_seconds_bucket', 'le="0.3"', ...place)).toBe(1);
    expect(sum('rum_views_total', ...place)).toBe(1);
  });
  it.each([
    ['lcp', 120_001],
    ['lcp', -1],
    ['inp', 60_001],
    ['cls', 100.5],
    ['fcp', 1e9],
    ['ttfb', -0.1],
  ])('with an implausible %s of %d is not counted, and that is', async (name, value) => {
    await post({ body: beacon([vital(name, value)]) });
    expect(sum('rum_items_dropped_total', 'reason="implausible"')).toBe(1);
    expect(sum(`rum_${name}_${name === 'cls' ? 'score' : 'seconds'}_count`)).toBe(0);
  });
  it('of a restored or prerendered view is apart', async () => {
    await post({ body: beacon([vital('lcp', 5, { navigation_type: 'back-forward-cache' })]) });
    expect(sum('rum_lcp_seconds_count', 'navigation="restored"')).toBe(1);
    expect(sum('rum_lcp_seconds_count', 'navigation="navigate"')).toBe(0);
  });
  it('that reports a value again counts once, with the last value', async () => {
    users.stop();
    await start({ settle: '60s' });
    const id = { id: 'v6-same' };
    await post({ body: beacon([vital('cls', 0.05, id)]) });
    await post({ body: beacon([vital('cls', 0.3, id)]) });
    expect(sum('rum_cls_score_count')).toBe(0);
    clock += 60_000;
    expect([sum('rum_cls_score_count'), sum('rum_cls_score_sum')]).toEqual([1, 0.3]);
    await post({ body: beacon([vital('cls', 0.9, id)]) });
    clock += 60_000;
    expect([sum('rum_cls_score_count'), sum('rum_items_dropped_total', 'reason="late"')]).toEqual([1, 1]);
  });
  it('has errors by view: one view with three errors is one', async () => {
    const error = { type: 'Error', value: 'x', stacktrace: { frames: [{ filename: `${ORIGIN}/a.js` }] } };
    const meta = { page: { url: ORIGIN, attributes: { view: 'the-view' } } };
    await post({ body: beacon([], { exceptions: [error, error] }, meta) });
    await post({ body: beacon([vital('lcp', 1)], { exceptions: [error] }, meta) });
    expect([sum('rum_views_total'), sum('rum_error_views_total')]).toEqual([1, 1]);
  });
  it.each([
    ['another origin', { type: 'Error', value: 'Script error.' }],
    [
      'an extension',
      { type: 'Error', value: 'x', stacktrace: { frames: [{ filename: 'chrome-extension://a/b.js' }] } },
    ],
  ])('with an error of %s is no error of the site', async (_, error) => {
    await post({ body: beacon([vital('lcp', 1)], { exceptions: [error] }) });
    expect([sum('rum_error_views_total'), sum('rum_items_dropped_total', 'reason="foreign_script"')]).toEqual([0, 1]);
  });
});

describe('what is refused', () => {
  it('1 an unknown site', async () => {
    expect((await post({ site: 'nowhere' })).statusCode).toBe(404);
  });
  it.each([
    undefined,
    'https://evil.example',
    'https://shop.example.org.evil.example',
    'null',
    'http://shop.example.org',
  ])('2 the origin %s, without a header that would let it in', async (origin) => {
    const { statusCode, headers } = await post({ headers: { origin } });
    expect([statusCode, headers['access-control-allow-origin']]).toEqual([403, undefined]);
    expect(results('wrong_origin')).toBe(1);
  });
  it('2 a preflight gets what the SDK needs, for its origin only', async () => {
    const ask = (origin: string) =>
      app.inject({
        method: 'OPTIONS',
        url: '/collect/shop',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    const { statusCode, headers } = await ask(ORIGIN);
    expect(statusCode).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      vary: 'Origin',
      'access-control-max-age': '7200',
    });
    expect(String(headers['access-control-allow-headers']).split(',')).toEqual(
      expect.arrayContaining([
        'content-type',
        'content-encoding',
        'idempotency-key',
        'x-faro-session-id',
        'traceparent',
      ]),
    );
    expect((await ask('https://evil.example')).headers['access-control-allow-origin']).toBeUndefined();
  });
  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', undefined])(
    '3 the type %s',
    async (type) => {
      expect((await post({ headers: { 'content-type': type } })).statusCode).toBe(415);
    },
  );
  it('3 an encoding that is not gzip', async () => {
    expect((await post({ headers: { 'content-encoding': 'br' } })).statusCode).toBe(415);
  });
  it('3 more than 64 KiB, and exactly 64 KiB is read', async () => {
    const padded = (bytes: number) => {
      const text = JSON.stringify(beacon());
      return text + ' '.repeat(bytes - text.length);
    };
    expect((await post({ body: padded(65_536) })).statusCode).toBe(202);
    expect((await post({ body: padded(65_537) })).statusCode).toBe(413);
  });
  it('3 a body without a length, as soon as it is too long', async () => {
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 16_384;
        controller.enqueue(new Uint8Array(16_384));
      },
    });
    const headers = { origin: ORIGIN, 'content-type': 'application/json', 'user-agent': PERSON };
    const init = { method: 'POST', headers, body: endless, duplex: 'half' } as const;
    const answer = await fetch(`${url}/collect/shop`, init).catch((error: Error) => error);
    // Refused, or cut off: either way it is not read on.
    if (!(answer instanceof Error)) expect(answer.status).toBe(413);
    expect(results('too_large')).toBe(1);
    expect(sent).toBeLessThan(8_000_000);
  });
  it('3 a gzip bomb, without unpacking it', async () => {
    const bomb = gzipSync(Buffer.alloc(60_000_000));
    expect(bomb.length).toBeLessThan(65_536);
    const before = process.memoryUsage().arrayBuffers;
    const begin = performance.now();
    expect((await post({ body: bomb, headers: { 'content-encoding': 'gzip' } })).statusCode).toBe(413);
    expect(performance.now() - begin).toBeLessThan(100);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5_000_000);
    expect(
      (await post({ body: gzipSync(JSON.stringify(beacon())), headers: { 'content-encoding': 'gzip' } })).statusCode,
    ).toBe(202);
  });
  it('4 a flood from one network, with a time to wait; others are not held up', async () => {
    const flood = await Promise.all(
      Array.from({ length: 60 }, (_, i) => post({ headers: { 'x-forwarded-for': `203.0.113.${i}` } })),
    );
    const refused = flood.filter(({ statusCode }) => statusCode === 429);
    expect(refused).toHaveLength(30);
    expect(Number(refused[0]!.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect((await post({ headers: { 'x-forwarded-for': '198.51.100.1' } })).statusCode).toBe(202);
    clock += 1_000;
    expect((await post({ headers: { 'x-forwarded-for': '203.0.113.9' } })).statusCode).toBe(202);
  });
  it('4 a flood from everywhere, at the limit of the site, in bounded memory', async () => {
    const flood = await Promise.all(Array.from({ length: 300 }, () => post()));
    expect(flood.filter(({ statusCode }) => statusCode === 202)).toHaveLength(100);
  });
  it('4 X-Forwarded-For of who is no proxy', async () => {
    await start({ trustedProxies: [] });
    const all = await Promise.all(Array.from({ length: 40 }, () => post()));
    expect(all.filter(({ statusCode }) => statusCode === 429)).toHaveLength(10);
  });
  it('5 a replay: accepted and not counted', async () => {
    const body = beacon();
    const headers = { 'idempotency-key': 'same' };
    expect((await post({ body, headers })).statusCode).toBe(202);
    expect((await post({ body, headers })).statusCode).toBe(202);
    expect([sum('rum_lcp_seconds_count'), results('replayed')]).toEqual([1, 1]);
    clock += 600_001;
    await post({ headers });
    expect(sum('rum_lcp_seconds_count')).toBe(2);
  });
  it.each([
    ['no JSON', '{'],
    ['an array', '[]'],
    ['51 items', JSON.stringify(beacon(Array.from({ length: 51 }, () => vital('lcp', 1))))],
    [
      '17 keys',
      JSON.stringify(
        beacon([
          { ...vital('lcp', 1), context: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, 'v'])) },
        ]),
      ),
    ],
    ['a long text', JSON.stringify(beacon([{ ...vital('lcp', 1), context: { id: 'x'.repeat(1025) } }]))],
    ['a number as text', JSON.stringify(beacon([{ type: 'web-vitals', values: { lcp: '1' } }]))],
    ['no meta', JSON.stringify({ measurements: [] })],
  ])('6 %s, for good', async (_, body) => {
    expect((await post({ body })).statusCode).toBe(400);
  });
  it.each([
    ['Googlebot', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'],
    ['HeadlessChrome', PERSON.replace('Chrome/', 'HeadlessChrome/')],
    ['no agent', ''],
  ])('7 a robot (%s): accepted, dropped and counted', async (_, agent) => {
    expect((await post({ headers: { 'user-agent': agent } })).statusCode).toBe(202);
    expect([sum('rum_views_total'), results('robot')]).toEqual([0, 1]);
  });
  it('7 but no phone of the make Cubot', async () => {
    await post({
      headers: {
        'user-agent': 'Mozilla/5.0 (Linux; Android 13; CUBOT X70) AppleWebKit/537.36 Chrome/143 Mobile Safari/537.36',
      },
    });
    expect(sum('rum_views_total', 'device="mobile"')).toBe(1);
  });
  it('7 k6 is counted apart', async () => {
    await post({ body: beacon(undefined, {}, { k6: { isK6Browser: true } }) });
    expect([sum('rum_views_total'), results('synthetic')]).toEqual([0, 1]);
  });
});

describe('poison', () => {
  it('of one network is at most 5 % of what counts, once there is more than a little', async () => {
    for (let i = 0; i < 800; i++) {
      clock += 50;
      await post();
    }
    const before = sum('rum_lcp_seconds_count');
    for (let i = 0; i < 200; i++) {
      clock += 400;
      expect(
        (await post({ body: beacon([vital('lcp', 110_000)]), headers: { 'x-forwarded-for': '203.0.113.7' } }))
          .statusCode,
      ).toBe(202);
    }
    const poisoned = sum('rum_lcp_seconds_count') - before;
    expect(poisoned).toBeGreaterThan(20);
    expect(poisoned / (before + poisoned)).toBeLessThanOrEqual(0.05);
    expect(results('over_share')).toBe(200 - poisoned);
  });
  it('makes no more series than the site may have', async () => {
    await start({ maxSeries: 200 });
    const before = metrics().split('\n').length;
    for (let i = 0; i < 40; i++) await post({ body: beacon([vital('lcp', 1, { navigation_type: 'back-forward' })]) });
    expect(sum('rum_series_dropped_total')).toBeGreaterThan(0);
    expect(metrics().split('\n').length - before).toBeLessThanOrEqual(200);
  });
});

describe('nothing of a person', () => {
  it('is served: addresses, mails and tokens of a beacon appear nowhere', async () => {
    const error = {
      type: 'canary@example.org',
      value: `canary eyJjYW5hcnkiOjF9.x ${ORIGIN}/?t=canary`,
      stacktrace: { frames: [{ filename: `${ORIGIN}/x.js?canary`, function: 'canary' }] },
    };
    await post({
      body: beacon(
        [{ ...vital('lcp', 1), type: 'canary' }, vital('canary', 1), vital('lcp', 1, { element: 'canary' })],
        { exceptions: [error] },
      ),
      headers: { 'x-forwarded-for': '203.0.113.77' },
    });
    const all = metrics() + JSON.stringify(users.numbers());
    expect(all).not.toMatch(/canary|203\.0\.113/);
    expect(sum('rum_views_total')).toBe(1);
  });
});

describe('what is forwarded', () => {
  it('is the same format, cleaned: page group, engine and device, and nothing of a person', async () => {
    const bodies: string[] = [];
    const receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        bodies.push(body);
        response.end('ok');
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    await start({ forward: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/collect` });
    const frames = [{ filename: `${ORIGIN}/x.js?t=canary`, function: 'pay', lineno: 3 }];
    const timestamp = '2026-01-01 (canary@example.org)';
    const error = { type: 'TypeError', value: 'no cart for canary@example.org', timestamp, stacktrace: { frames } };
    const measured = vital('lcp', 900, { navigation_type: 'prerender', element: '#canary' });
    const user = { user: { email: 'canary@example.org' }, session: { id: 'canary' } };
    await post({
      body: beacon([measured], { exceptions: [error] }, { ...user, page: { url: `${ORIGIN}/product/1?m=canary` } }),
    });
    await expect.poll(() => bodies.length).toBe(1);
    expect(bodies[0]).not.toMatch(/canary/);
    expect(JSON.parse(bodies[0]!)).toMatchObject({
      meta: { page: { id: 'product', url: `${ORIGIN}/product/1` }, browser: { name: 'chromium', mobile: false } },
      measurements: [{ type: 'web-vitals', values: { lcp: 900 }, context: { navigation_type: 'restored' } }],
      exceptions: [
        { type: 'TypeError', value: 'no cart for [e-mail]', stacktrace: { frames: [{ function: 'pay', lineno: 3 }] } },
      ],
    });
    expect(sum('rum_forwarded_total', 'result="sent"')).toBe(1);
    receiver.closeAllConnections();
    receiver.close();
  });
});

describe('numbers for people', () => {
  it('are percentiles with bands by page and device, without a grade below 100', async () => {
    for (let i = 0; i < 99; i++) {
      clock += 1_000;
      await post({ body: beacon([vital('lcp', i < 80 ? 2_000 : 3_500)]) });
    }
    const at = () => users.numbers()[0]!.pages.find(({ page }) => page === 'product')!.vitals.lcp!;
    expect(at()).toMatchObject({ n: 99, grade: null });
    clock += 1_000;
    await post({ body: beacon([vital('lcp', 2_000)]) });
    expect(at()).toMatchObject({ n: 100, grade: 'good', good: 0.81, poor: 0 });
    // Nothing is lost on the way to JSON.
    const { sites } = (await app.inject('/api/v1/real-users')).json() as { sites: unknown };
    expect(sites).toEqual(JSON.parse(JSON.stringify(users.numbers())));
    const { value, low, high } = at().p75;
    expect(value).toBeGreaterThan(1.8);
    expect(value).toBeLessThanOrEqual(2.5);
    expect(low).toBeLessThan(value!);
    expect(high).toBeGreaterThan(2.5);
    clock += 25 * 3_600_000;
    expect(users.numbers()[0]!.pages).toEqual([]);
    expect(users.numbers()[0]!.present).toBe(false);
  });
});

describe('a restored view', () => {
  it('counts for people as it does for SLOs: its reaction, shift and errors, not its paint and first byte', async () => {
    const restored = { navigation_type: 'back-forward-cache' };
    const all = ['lcp', 'inp', 'cls', 'fcp', 'ttfb'].map((name) => vital(name, name === 'cls' ? 0.01 : 100, restored));
    await post({ body: beacon(all, { exceptions: [{ type: 'Error', value: 'broken' }] }) });
    const { pages, worst } = users.numbers()[0]!;
    expect(pages[0]).toMatchObject({ views: 1, errorViews: 1 });
    expect(Object.keys(pages[0]!.vitals)).toEqual(['inp', 'cls']);
    expect(worst.map(({ vital: name, path, navigation }) => [name, path, navigation])).toEqual([
      ['inp', '/product/1', 'restored'],
      ['cls', '/product/1', 'restored'],
    ]);
  });
});

describe('scripts for pages', () => {
  const get = (url: string, headers = {}) => app.inject({ method: 'GET', url, headers });
  it('are a loader of about a kilobyte and immutable bundles with SRI, packed', async () => {
    const loader = await get('/rum/loader.js?site=shop');
    expect(loader.statusCode).toBe(200);
    expect(gzipSync(loader.body).length).toBeLessThan(1_100);
    const [, path] = /"src":"([^"]+)"/.exec(loader.body)!;
    const [, sri] = /"sri":"([^"]+)"/.exec(loader.body)!;
    const plain = await get(path!);
    const digest = await crypto.subtle.digest('SHA-384', plain.rawPayload as Uint8Array<ArrayBuffer>);
    expect(`sha384-${Buffer.from(digest).toString('base64')}`).toBe(sri);
    expect(plain.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'access-control-allow-origin': '*',
    });
    const packed = await get(path!, { 'accept-encoding': 'gzip, br' });
    expect(packed.headers['content-encoding']).toBe('br');
    expect(packed.rawPayload.length).toBeLessThan(4_500);
    expect((await get('/rum/loader.js?site=shop', { 'if-none-match': loader.headers.etag })).statusCode).toBe(304);
    expect((await get('/rum/loader.js?site=nowhere')).statusCode).toBe(404);
    expect((await get('/rum/lite-000000000000.js')).statusCode).toBe(404);
    console.log(
      assets.bundles.map(({ path: p, plain: a, gzip, brotli }) => [p, a.length, gzip.length, brotli.length]),
      loader.body.length,
      gzipSync(loader.body).length,
    );
  });
});
