// The pages of real users: every number is that of the API, every state has its words, and nothing of them is behind an open door.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAssets } from '../../src/rum/assets.ts';
import { RealUsers } from '../../src/rum/real-users.ts';
import { rumRoutes } from '../../src/rum/routes.ts';
import type { SiteNumbers, VitalNumbers } from '../../src/spec/real-users.ts';
import { VITAL_NAMES } from '../../src/spec/vitals.ts';
import type { FirstByte } from '../../src/web/first-byte.ts';
import { PLAIN, type Platform, webPlatform } from './platform.ts';
import { SITES } from './visitors.ts';

let platform: Platform;
let sites: SiteNumbers[];
beforeAll(async () => {
  platform = await webPlatform(PLAIN, { historyMs: 7_200_000 });
  ({ sites } = (await platform.app.inject('/api/v1/real-users')).json());
});
afterAll(() => platform.app.close());

const page = async (url: string): Promise<string> =>
  (await platform.app.inject({ url, headers: { accept: 'text/html' } })).body;
const json = async <T>(url: string): Promise<T> => (await platform.app.inject(url)).json() as T;
const site = (key: string): SiteNumbers => sites.find((one) => one.site === key)!;
/** Values of all <data class="NAME">, in their order; null for what is not known. */
const shown = (body: string, name: string): (number | null)[] =>
  [...body.matchAll(new RegExp(`<data class="${name}" value="([^"]*)">`, 'g'))].map(([, v]) =>
    v === 'null' ? null : Number(v),
  );
const vitalsOf = (of: readonly { readonly vitals: SiteNumbers['all']['vitals'] }[]): VitalNumbers[] =>
  of.flatMap(({ vitals }) => VITAL_NAMES.flatMap((vital) => vitals[vital] ?? []));

describe('the page of a site', () => {
  it.each(['shop', 'quiet', 'few', 'fresh', 'none'])(
    '%s: page, JSON twin and API say the same numbers',
    async (key) => {
      const api = site(key);
      expect(await json(`/real-users/${key}.json`)).toMatchObject(api as object);
      const body = await page(`/real-users/${key}`);
      const places = api.pages.length === 0 ? [] : [api.all, ...api.pages];
      for (const vital of VITAL_NAMES)
        expect(shown(body, `${vital}-p75`)).toEqual(
          // Of few views there is a band only.
          places.flatMap(({ vitals: all }) =>
            (all[vital]?.n ?? 0) < api.enough ? [] : [all[vital]!.p75.value ?? null],
          ),
        );
      const vitals = vitalsOf(places);
      expect(shown(body, 'n')).toEqual(vitals.map(({ n }) => n));
      expect(shown(body, 'good-share')).toEqual(vitals.map(({ good }) => good));
      expect(shown(body, 'middling-share')).toEqual(vitals.map(({ needsImprovement }) => needsImprovement));
      expect(shown(body, 'poor-share')).toEqual(vitals.map(({ poor }) => poor));
      const known = vitals.filter(({ n, p75 }) => n < api.enough || p75.value !== undefined);
      expect(shown(body, 'low')).toEqual(known.map(({ p75 }) => p75.low));
      expect(shown(body, 'high')).toEqual(known.map(({ p75 }) => p75.high ?? null));
      expect(shown(body, 'all-views')).toEqual([api.all.views]);
      expect(shown(body, 'views')).toEqual(api.pages.map(({ views }) => views));
      expect(shown(body, 'errors')).toEqual(api.mode === 'lite' ? [] : api.pages.map(({ errorViews }) => errorViews));
      expect(shown(body, 'worst')).toEqual(api.worst.map(({ value }) => value));
      expect(shown(body, 'slo-n')).toEqual(api.slos.map(({ n }) => n));
      expect(shown(body, 'engine')).toEqual(
        Object.values(api.engines).flatMap((engine) => VITAL_NAMES.flatMap((vital) => engine[vital] ?? [])),
      );
      for (const [result, n] of Object.entries(api.beacons)) expect(shown(body, `beacons-${result}`)).toEqual([n]);
    },
  );
  it('has something to show: four vitals and more, devices apart, both engines, twenty of the worst', () => {
    const shop = site('shop');
    expect(shop.pages.map(({ page: group, device, views }) => [group, device, views])).toEqual([
      ['product', 'desktop', 260],
      ['front', 'desktop', 173],
      ['front', 'mobile', 87],
    ]);
    expect(shop.groups.map(({ page: group, views }) => [group, views])).toEqual([
      ['front', 260],
      ['product', 260],
    ]);
    expect([shop.all.views, shop.all.errorViews]).toEqual([520, 6]);
    for (const { good, needsImprovement, poor } of vitalsOf([shop.all, ...shop.pages]))
      expect(good + needsImprovement + poor).toBeCloseTo(1, 12);
    expect(Object.keys(shop.engines).sort()).toEqual(['chromium', 'gecko']);
    expect(shop.worst.filter(({ vital }) => vital === 'lcp')).toHaveLength(20);
    expect(shop.worst[0]).toMatchObject({ vital: 'lcp', value: 8.18, page: 'product', path: '/product/chair' });
    expect(shop.worst[0]!.traceId).toMatch(/^0103a+$/);
    // 34 % of all views within 2.5 s, counted by hand: 178 of front, none of product.
    expect(shop.slos).toEqual([
      { slo: 'lcp-slo', objective: 0.75, of: 'lcp', grade: 'good', n: 520, minimum: 100, sliRatio: 178 / 520 },
    ]);
    expect(site('few').slos[0]).toMatchObject({ n: 12, sliRatio: null });
  });
  it('says the first byte of browsers, servers and the probe on one axis, with a verdict', async () => {
    const { firstByte } = await json<{ firstByte: (FirstByte & { verdict: { part: string } })[] }>(
      '/real-users/shop.json',
    );
    expect(firstByte.map(({ page: group, verdict }) => [group, verdict.part])).toEqual([
      ['front', 'front-end'],
      ['product', 'origin'],
    ]);
    const [front] = firstByte;
    expect(front!.browsers).toEqual({ n: 260, p75: site('shop').groups[0]!.vitals.ttfb!.p75 });
    expect(front!.server).toMatchObject(
      site('shop')
        .server.filter((one) => one.page === 'front')
        .map(({ name, n }) => ({ name, n })),
    );
    expect(front!.probes).toMatchObject([{ target: 'ok', step: 'front', runs: 12, totalMs: 120 }]);
    const body = await page('/real-users/shop');
    const [svg] = body.match(/<svg class="firstbyte".*?<\/svg>/s) ?? [''];
    for (const text of ['browsers p75', 'servers p75: php', 'probe ok: front', '120\u00a0ms, 12 runs'])
      expect(svg).toContain(text);
    // The same length of time has the same length: 3 ms of dns beside 80 ms until the answer.
    const width = (phase: string) => Number(new RegExp(`class="phase ${phase}"[^>]*width="([\\d.]+)"`).exec(svg!)![1]);
    expect(width('first_byte') / width('tls')).toBeCloseTo(80 / 25, 0);
    expect(shown(body, 'probe')).toEqual([0.12]);
  });
  it.each([
    [
      'none',
      'No beacons yet: nothing is known of real users, and that is not good. What came was left out: wrong_origin 1.',
    ],
    ['quiet', 'Quiet: the newest beacon came 3h ago. After 1h without one its SLOs are unmeasured, not good.'],
    ['quiet', 'A sample: 10.0% of views are measured, and nothing is scaled up.'],
    ['few', 'Too few views: 12 of the 100 that give a verdict.'],
    ['few', 'Not consented, not measured: only visitors who agreed are in the numbers.'],
    ['few', '? 12 of 100: no verdict'],
    ['few', 'fewer than 100 views: between <data class="low"'],
    ['few', '<data class="low" value="4">4.00\u00a0s</data> <data class="high" value="null">or more</data>'],
    ['few', '12 views</div>'],
    ['quiet', 'errors are not collected'],
    ['fresh', '2 values wait up to 1m (sites[].settle) for a later one of the same view.'],
  ])('%s has words of its own: %s', async (key, words) => expect(await page(`/real-users/${key}`)).toContain(words));
  it('draws no bar for few views, and knows no percentile above the worst value', async () => {
    const [few] = (await page('/real-users/few')).match(/<svg class="firstbyte".*?<\/svg>/s) ?? [''];
    expect(few).toContain('n 12');
    expect(few).toContain('<path class="band"');
    expect(few).not.toContain('<rect class="browsers"');
    expect(await page('/real-users/shop')).toContain('<rect class="browsers"');
    // 12 values from 1.5 s on, within a bucket that ends above them.
    expect(site('few').all.vitals.lcp!.p75).toEqual({ value: 1.511, low: expect.any(Number), high: 1.511 });
    for (const { worst, all } of sites)
      for (const vital of VITAL_NAMES)
        expect(all.vitals[vital]?.p75.value ?? 0).toBeLessThanOrEqual(
          worst.find((one) => one.vital === vital)?.value ?? 0,
        );
  });
  it('has none of them where all is well', async () => {
    expect(await page('/real-users/shop')).not.toMatch(/Quiet|No beacons|Too few|Not consented|A sample|waits? up to/);
    expect(sites.map(({ pending, settleMs }) => [pending, settleMs])).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
      [2, 60_000],
      [0, 0],
    ]);
  });
  it('leads to the SLOs of its probes with their state and budget, and to the board of those that Prometheus counts', async () => {
    const body = await page('/real-users/shop');
    const api = await json<{ budgetRemainingRatio: number }>('/api/v1/slos/ok-slo');
    expect(body).toContain('<a href="/slo/ok-slo">ok-slo</a>');
    expect(shown(body, 'budget')).toEqual([api.budgetRemainingRatio]);
    expect(body).toContain('https://grafana.example.org/d/plimsoll-slo?var-slo=lcp-slo');
  });
  it('leads to the page of an SLO that Prometheus counts: what it promises, its board, and the last day', async () => {
    expect(await page('/real-users/shop')).toContain('<a class="name" href="/slo/lcp-slo">');
    const [api] = site('shop').slos;
    const twin = await json<object>('/slo/lcp-slo.json');
    expect(twin).toMatchObject({
      name: 'lcp-slo',
      objective: 0.75,
      period: '30d',
      countedBy: 'prometheus',
      lastDay: api,
    });
    const body = await page('/slo/lcp-slo');
    for (const words of [
      'Counted by Prometheus: page views of real users',
      '75.00% in 30d',
      'd/plimsoll-slo?var-slo=lcp-slo',
      '/real-users/shop',
    ])
      expect(body).toContain(words);
    expect(shown(body, 'slo-sli')).toEqual([api!.sliRatio]);
    expect(await page('/')).toContain('<li><a href="/slo/lcp-slo">');
    // A browser that follows a link of its alert gets here too.
    const link = await platform.app.inject({ url: '/api/v1/slos/lcp-slo', headers: { accept: 'text/html' } });
    expect(link.headers.location).toBe('/slo/lcp-slo');
  });
  it('never shows what a path or query says of a person', async () => {
    for (const url of ['/real-users/shop', '/real-users/shop.json', '/api/v1/real-users'])
      expect([url, (await page(url)).includes('canary')]).toEqual([url, false]);
  });
  it('names the sites that there are for one that nobody knows', async () => {
    const answer = await platform.app.inject('/real-users/shopp');
    expect([answer.statusCode, answer.body.includes('did you mean &#34;shop&#34;?')]).toEqual([404, true]);
  });
});

describe('the list of sites', () => {
  it('has all sites with the numbers of the API', async () => {
    expect(await json('/real-users.json')).toEqual({ sites });
    const body = await page('/real-users');
    expect(shown(body, 'views')).toEqual(sites.map(({ all }) => all.views));
    expect(shown(body, 'n')).toEqual(vitalsOf(sites.map(({ all }) => all)).map(({ n }) => n));
    for (const { site: key } of sites) expect(body).toContain(`<a class="name" href="/real-users/${key}">`);
  });
  it('is the page of the site where there is one only, and not there without any', async () => {
    const alone = await webPlatform(PLAIN, { historyMs: 7_200_000, sites: [{ ...SITES[0]!, key: 'solo' }] });
    const body = (await alone.app.inject('/real-users')).body;
    expect(body).toContain('<h1>Real users of solo</h1>');
    expect(body).toContain('<a href="/real-users" aria-current="page">');
    expect((await alone.app.inject('/real-users.json')).json()).toEqual(
      (await alone.app.inject('/real-users/solo.json')).json(),
    );
    await alone.app.close();
    const without = await webPlatform(PLAIN, { historyMs: 7_200_000, sites: [] });
    expect((await without.app.inject('/real-users')).statusCode).toBe(404);
    expect((await without.app.inject('/')).body).not.toContain('/real-users');
    await without.app.close();
  });
});

it('is not below /rum/ and /collect/, which gateways leave open to all', async () => {
  const users = new RealUsers(platform.engine.spec, { now: Date.now, monotonicMs: () => 0 });
  const guarded = await webPlatform(PLAIN, { historyMs: 7_200_000, token: 'secret-token' });
  await guarded.app.register(async (scope) =>
    rumRoutes(scope, { realUsers: users, assets: makeAssets, monotonicMs: () => 0 }),
  );
  for (const url of [
    '/rum',
    '/rum/',
    '/rum/shop',
    '/rum/shop.json',
    '/rum/real-users',
    '/collect/shop',
    '/real-users',
    '/real-users/shop',
    '/real-users/shop.json',
    '/api/v1/real-users',
  ]) {
    const { statusCode, body } = await guarded.app.inject({ url, headers: { accept: 'text/html' } });
    expect([url, statusCode >= 400 || statusCode === 302, /p75|lcp/i.test(body)]).toEqual([url, true, false]);
  }
  const ok = await guarded.app.inject({ url: '/real-users/shop', headers: { authorization: 'Bearer secret-token' } });
  expect([ok.statusCode, ok.body.includes('lcp-p75')]).toEqual([200, true]);
  await guarded.app.close();
});
