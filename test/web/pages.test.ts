// Every page in every state: what it shows is what its JSON twin and the API say, in the words of the terminal.
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderTable } from '../../src/cli/status-table.ts';
import type { SloState, SloView } from '../../src/engine/view.ts';
import { budgetLeft, counted, lastBlame, outlook } from '../../src/web/words.ts';
import { NOW, PLAIN, type Platform, webPlatform } from './platform.ts';

let platform: Platform;
beforeAll(async () => {
  platform = await webPlatform();
});
afterAll(() => platform.app.close());

const get = async (url: string, headers: Record<string, string> = {}) => platform.app.inject({ url, headers });
const page = async (url: string): Promise<string> => (await get(url, { accept: 'text/html' })).body;
const json = async <T>(url: string): Promise<T> => (await get(url)).json() as T;

/** Values of all <data class="NAME"> of a page, in its order. */
const shown = (body: string, name: string): (number | null)[] =>
  [...body.matchAll(new RegExp(`<data class="${name}" value="([^"]*)">`, 'g'))].map(([, v]) =>
    v === 'null' ? null : Number(v),
  );

const STATES: Readonly<Record<string, SloState>> = {
  'ok-slo': 'ok',
  'burning-slo': 'burning',
  'exhausted-slo': 'exhausted',
  'low-traffic-slo': 'ok',
  'no-data-slo': 'no-data',
  'young-slo': 'ok',
  'maintenance-slo': 'maintenance',
  'month-slo': 'ok',
};
/** The words of their own that states have, beside the name of the state. */
const WORDS: Readonly<Record<string, string | undefined>> = {
  'low-traffic-slo': 'few events: 1 in 1h, too few',
  'no-data-slo': 'cannot tell good from bad: front auth_failed (config)',
  'young-slo': 'young: 3h of 30d lived',
  'maintenance-slo': 'maintenance for another 40m',
};

describe('the page of an SLO', () => {
  it('is tried in every state', async () => {
    const { slos } = await json<{ slos: SloView[] }>('/api/v1/slos');
    expect(Object.fromEntries(slos.map((slo) => [slo.name, slo.state]))).toEqual(STATES);
  });
  it.each(Object.keys(STATES))('%s: page, JSON twin and API say the same numbers', async (name) => {
    const api = await json<SloView & { episodes: unknown[] }>(`/api/v1/slos/${name}`);
    const twin = await json<SloView>(`/slo/${name}.json`);
    expect(twin).toMatchObject(api as object);
    const body = await page(`/slo/${name}`);
    expect(shown(body, 'budget')).toEqual([api.budgetRemainingRatio]);
    expect(shown(body, 'minutes')).toEqual([api.budgetRemainingMinutes]);
    expect(shown(body, 'events')).toEqual([api.budgetRemainingEvents]);
    expect(shown(body, 'sli')).toEqual([api.sliRatio]);
    expect(shown(body, 'current')).toEqual([api.currentBurnRate]);
    expect(shown(body, 'measured')).toEqual([api.measured]);
    expect(shown(body, 'burn')).toEqual(api.windows.map((w) => w.burnRate));
    expect(shown(body, 'bad-events')).toEqual(api.windows.map((w) => w.bad));
    expect(shown(body, 'good-events')).toEqual(api.windows.map((w) => w.good));
    expect(shown(body, 'coverage')).toEqual([api.coverageRatio, ...api.windows.map((w) => w.coverageRatio)]);
    expect(body).toContain(`</span> ${api.state}</span></h1>`);
    if (WORDS[name] !== undefined) expect(body).toContain(WORDS[name]);
  });
  it.each(Object.keys(STATES))('%s: the curve ends at what the API says is left, and never rises', async (name) => {
    const { chart, computed, ...api } = await json<SloView & Twin>(`/slo/${name}.json`);
    expect(chart.points.at(-1)).toEqual({ atMs: NOW, left: expect.closeTo(api.budgetRemainingRatio!, 6) });
    for (const [i, point] of chart.points.entries())
      if (i > 0) expect(point.left).toBeLessThanOrEqual(chart.points[i - 1]!.left + 1e-9);
    expect(chart.points.length).toBeGreaterThan(50);
    expect(computed.remainingEvents / computed.allowedEvents).toBeCloseTo(api.budgetRemainingRatio!, 6);
    expect(computed.good / (computed.good + computed.bad)).toBeCloseTo(api.sliRatio!, 6);
  });
  it('breaks the curve where nothing was measured, shades maintenance, and draws an ideal line over a calendar period only', async () => {
    const { chart } = await json<Twin>('/slo/no-data-slo.json');
    expect(chart.gaps).toHaveLength(2);
    expect((await page('/slo/no-data-slo')).match(/<path class="line"/g)).toHaveLength(2);
    expect((await page('/slo/ok-slo')).match(/<path class="line"/g)).toHaveLength(1);
    expect(await page('/slo/maintenance-slo')).toContain('<rect class="excluded"');
    expect(await page('/slo/month-slo')).toContain('class="ideal"');
    expect(await page('/slo/ok-slo')).not.toContain('class="ideal"');
  });
  it('lets old errors leave a rolling period in what it says of the time to come', async () => {
    const { chart } = await json<Twin>('/slo/ok-slo.json');
    expect(chart.projections.map(({ window }) => window)).toEqual(['1h', '3d']);
    // 12 days old now, they are within the period for another 18 days, and 6 are drawn.
    expect(chart.projections[0]!.points.at(-1)!.left).toBeCloseTo(chart.points.at(-1)!.left, 2);
    const exhausted = await json<Twin>('/slo/exhausted-slo.json');
    expect(exhausted.chart.projections[0]!.points.at(-1)!.left).toBeLessThan(-100);
  });
  it('lists what ate the budget with its price and the change before it, adding up to what is spent', async () => {
    const { ledger, computed } = await json<Twin>('/slo/exhausted-slo.json');
    expect(ledger.map((row) => [row.outcome, row.bad, row.change?.kind ?? null])).toEqual([
      ['critical_error', 25, 'deploy'],
      ['bad_gateway', 30, 'purge'],
      ['dns_timeout', 20, null],
    ]);
    expect(ledger.reduce((sum, row) => sum + row.costRatio!, 0)).toBeCloseTo(computed.bad / computed.allowedEvents, 9);
  });
  it('says which tier holds, as the API does, and how many bad events each takes', async () => {
    const { tiers, firing } = await json<Twin & SloView>('/slo/burning-slo.json');
    expect(tiers.filter(({ holds }) => holds).map(({ tier }) => tier)).toEqual(firing);
    expect(firing).toContain('page-fast');
    // 30 events in an hour at 14.4 x 0.1 %: the contract's function says 3.
    expect(tiers[0]).toMatchObject({ tier: 'page-fast', long: '1h', k: 14.4, longBad: 13, longBadNeeded: 3 });
  });
  it.each(Object.keys(STATES))('%s: tile and sum round alike', async (name) => {
    const body = await page(`/slo/${name}`);
    const { budgetRemainingRatio: left, sliRatio } = await json<SloView>(`/api/v1/slos/${name}`);
    const tile = (key: string) => new RegExp(`<data class="${key}" value="[^"]*">([^<]*)<`).exec(body)![1]!;
    const sums = /<ol class="sums">.*<\/ol>/s.exec(body)![0];
    expect([left === null, sliRatio === null]).toEqual([false, false]);
    expect(sums).toContain(`<b>${tile('budget').replace('overspent by ', '-')}</b>`);
    expect(sums).toContain(`<b>${tile('sli')}</b>`);
  });
  it('names what there is for a name that nobody knows', async () => {
    const answer = await get('/slo/burnin-slo');
    expect(answer.statusCode).toBe(404);
    expect(answer.body).toContain('did you mean &#34;burning-slo&#34;?');
    const twin = await get('/slo/nix.json');
    expect(twin.json()).toMatchObject({ status: 404, title: 'unknown SLO' });
    expect(twin.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  });
});

interface Twin {
  readonly chart: {
    readonly points: readonly { atMs: number; left: number }[];
    readonly gaps: readonly object[];
    readonly projections: readonly { window: string; points: readonly { left: number }[] }[];
  };
  readonly computed: Record<'good' | 'bad' | 'allowedEvents' | 'remainingEvents', number>;
  readonly ledger: readonly {
    outcome: string;
    bad: number;
    costRatio: number | null;
    change: { kind: string } | null;
  }[];
  readonly tiers: readonly {
    tier: string;
    long: string;
    k: number;
    longBad: number;
    longBadNeeded: number;
    holds: boolean;
  }[];
}

describe('the overview', () => {
  it('has the SLOs in the order of the terminal, with the numbers of the API', async () => {
    const { slos } = await json<{ slos: SloView[] }>('/api/v1/slos');
    const twin = await json<{ slos: SloView[] }>('/overview.json');
    const table = renderTable(slos, { color: false, width: 300, nowMs: NOW }).split('\n').slice(1);
    expect(twin.slos.map(({ name }) => name)).toEqual(table.map((line) => line.split(' ')[0]));
    for (const slo of slos) expect(twin.slos.find(({ name }) => name === slo.name)).toMatchObject(slo as object);
    const body = await page('/');
    expect(shown(body, 'budget')).toEqual(twin.slos.map((slo) => slo.budgetRemainingRatio));
    expect(shown(body, 'sli')).toEqual(twin.slos.map((slo) => slo.sliRatio));
    expect(shown(body, 'burn')).toEqual(twin.slos.flatMap((slo) => [slo.burn['5m'], slo.burn['1h']]));
  });
  it('speaks as the terminal does', async () => {
    const { slos } = await json<{ slos: SloView[] }>('/api/v1/slos');
    for (const slo of slos) {
      const line = renderTable([slo], { color: false, width: 400, nowMs: NOW }).split('\n')[1]!;
      for (const words of [lastBlame(slo, NOW), outlook(slo, NOW)]) expect(line).toContain(words);
    }
    expect(await page('/')).toContain('overspent, and still burning');
  });
  it('says since when, and what changed before', async () => {
    const body = await page('/');
    expect(body).toContain('<b>since 24m</b> dependency: db_error');
    expect(body).toContain('changed before: deploy planned work on the shop');
  });
  it('filters and sorts by links', async () => {
    const names = async (query: string) =>
      (await json<{ slos: SloView[] }>(`/overview.json${query}`)).slos.map((s) => s.name);
    expect(await names('?team=data')).toEqual(['month-slo']);
    expect(await names('?state=burning')).toEqual(['burning-slo']);
    expect(await names('?sort=name')).toEqual(Object.keys(STATES).sort());
    expect(await names('?state=nix')).toEqual([]);
    expect(await page('/?state=nix')).toContain('No SLO is like that');
  });
  it('says an overspent budget in words, never as less than nothing', async () => {
    const left = [...(await page('/')).matchAll(/<data class="budget" value="-[^"]*">([^<]*)</g)].map(
      ([, text]) => text,
    );
    expect(left.length).toBeGreaterThan(0);
    for (const text of left) expect(text).toMatch(/^overspent by \d+\.\d%$/);
  });
  it('says once that all are young, and of each where not all are', async () => {
    const young = /<(\w+) class="note young">([^<]*)/g;
    expect([...(await page('/')).matchAll(young)].map(([, tag]) => tag)).toEqual(['small']);
    const fresh = await webPlatform(PLAIN, { historyMs: 7_200_000 });
    const body = (await fresh.app.inject({ url: '/', headers: { accept: 'text/html' } })).body;
    await fresh.app.close();
    expect([...body.matchAll(young)].map(([, tag]) => tag)).toEqual(['p']);
    expect(body).toContain('All of these SLOs are young');
  });
  it('says in its title what is worst', async () => {
    expect(await page('/')).toContain('<title>1 exhausted · Plimsoll</title>');
  });
});

describe('the other pages', () => {
  it('say of bad events whose episodes are not known that nobody knows when they were', async () => {
    const entry = platform.engine.entry('exhausted-slo')!;
    const { episodes } = entry;
    entry.episodes = [];
    const body = await page('/slo/exhausted-slo');
    // Just out of the period, and counted to the end of its row of an hour.
    const edgeMs = NOW - 30 * 24 * 3_600_000 - 60_000;
    entry.episodes = [{ ...episodes[0]!, startMs: edgeMs, lastBadMs: edgeMs }];
    const atEdge = await page('/slo/exhausted-slo');
    entry.episodes = episodes;
    expect(atEdge).toContain('id="episode-0"');
    expect(body).toContain('75 bad events are in the period, and no episode says when');
    expect(body).not.toContain('Nothing: no bad event');
  });
  it('show the last runs of a target, and neither user, password nor query of its URL', async () => {
    const body = await page('/target/burning');
    expect(body).toContain('✖ bad: front db_error');
    expect(body).toContain('WordPress has no database: look at MariaDB and its credentials');
    expect(body).toContain('valid for another <b>40d</b>');
    expect(body).toContain('https://burning.example.org/?…');
    expect((await json<{ runs: unknown[] }>('/target/burning.json')).runs).toHaveLength(12);
  });
  it('never show a secret of the spec', async () => {
    for (const url of [...PAGES, ...PAGES.map(twinOf)]) {
      const { body } = await get(url);
      expect([url, body.includes('canary'), body.length > 100]).toEqual([url, false, true]);
    }
  });
  it('list changes as the API does', async () => {
    const { events } = await json<{ events: { kind: string }[] }>('/events.json?service=shop');
    expect(events.map(({ kind }) => kind)).toEqual(['deploy', 'purge']);
    expect((await get('/events?kind=nix')).statusCode).toBe(400);
  });
  it('report a month with both sums, with and without maintenance', async () => {
    const { slos } = await json<{ slos: Record<string, unknown>[] }>('/report/2026-11.json');
    const of = (name: string) => slos.find(({ slo }) => slo === name)!;
    const api = await json<SloView>('/api/v1/slos/month-slo');
    // The period of this SLO is the month.
    expect(of('month-slo')).toMatchObject({
      isKept: true,
      sliRatio: expect.closeTo(api.sliRatio!, 6),
      budgetRemainingRatio: expect.closeTo(api.budgetRemainingRatio!, 6),
    });
    expect(of('exhausted-slo')).toMatchObject({ isKept: false, badMinutes: 150 });
    // A month that goes on is missed once its own budget is gone, and not as soon as the share of good events is below the objective.
    for (const { slo, isKept, budgetRemainingRatio: left } of slos)
      expect([slo, isKept]).toEqual([slo, left === null ? null : (left as number) > -1e-9]);
    expect(slos.filter(({ isKept, sliRatio, objective }) => isKept && sliRatio! < objective!)).not.toEqual([]);
    expect(of('maintenance-slo')).toMatchObject({
      sliRatio: 1,
      withoutExclusionSliRatio: expect.closeTo(1 - 10 / 18_067, 4),
    });
    expect((await get('/report')).headers.location).toBe('/report/2026-11');
    expect((await get('/report.json')).headers.location).toBe('/report/2026-11.json');
    for (const month of ['2026-13', '2026-12', 'x']) expect((await get(`/report/${month}`)).statusCode).toBe(404);
  });
  it('report no verdict and no budget while history could not be read', async () => {
    const entry = platform.engine.entry('ok-slo')!;
    const { acknowledged } = entry;
    entry.acknowledged = undefined;
    const { slos } = await json<{ slos: { slo: string }[] }>('/report/2026-11.json');
    entry.acknowledged = acknowledged;
    expect(slos.find(({ slo }) => slo === 'ok-slo')).toMatchObject({ isKept: null, budgetRemainingRatio: null });
  });
  it('report of a month that goes on only what was lived of it, and lead to none that has not begun', async () => {
    const body = await page('/report/2026-11');
    expect(body).toContain('<b>So far, 83% of the month lived: 7 of 8 SLOs are kept, 1 missed.</b>');
    expect(body).toContain('young: 3h of 30d lived; the rest counts as unspent budget');
    expect(body.match(/note young/g)).toHaveLength(1);
    expect(body).toContain('100.0% <small>of the 3h lived</small>');
    expect(body).toContain('href="/report/2026-10"');
    expect(body).not.toContain('2026-12"');
    const over = await page('/report/2026-10');
    expect(over).toMatch(/<b>\d+ of \d+ SLOs were kept/);
    expect(over).toContain('href="/report/2026-11"');
    expect(over).toContain('not lived');
    expect([body.match(/(kept|missed) so far/g)?.length, /so far/i.test(over)]).toEqual([8, false]);
  });
  it('say what is loaded, from where, since when', async () => {
    const config = await json<Record<string, unknown>>('/config.json');
    expect(config).toMatchObject({ specValid: true, files: ['planned work on the shop'], version: '1.2.3' });
    expect(config.settings).toMatchObject({ sites: expect.stringContaining('quiet (lite, 10.0% of views)') });
    expect(config.loadedMs).toBeGreaterThan(Date.now() - 600_000);
  });
  it('take the place of the API for a browser that follows a link of an alert or a board', async () => {
    const answer = await get('/api/v1/slos/burning-slo', { accept: 'text/html,*/*;q=0.8' });
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/slo/burning-slo']);
    for (const accept of ['*/*', 'application/json'])
      expect((await get('/api/v1/slos/burning-slo', { accept })).json()).toMatchObject({ name: 'burning-slo' });
  });
});

const PAGES = [
  '/',
  '/slo/exhausted-slo',
  '/slo/no-data-slo',
  '/target/exhausted',
  '/events',
  '/report/2026-11',
  '/config',
  '/status',
  '/real-users',
  '/real-users/shop',
  '/real-users/none',
];
const twinOf = (url: string) => (url === '/' ? '/overview.json' : `${url}.json`);

describe('what is sent', () => {
  it.each(PAGES)('%s: at most 30 kB compressed, with a policy, and not again to who has it', async (url) => {
    const answer = await get(url, { accept: 'text/html', 'accept-encoding': 'gzip' });
    expect(answer.statusCode).toBe(200);
    expect(answer.rawPayload.length).toBeLessThan(30_000);
    expect(answer.headers['content-security-policy']).toContain(
      "default-src 'none'; style-src 'self'; script-src 'self'",
    );
    expect(answer.headers['content-security-policy']).toContain("form-action 'none'");
    expect(answer.rawPayload.length).toBeGreaterThan(500);
    expect((await get(url, { accept: 'text/html', 'if-none-match': String(answer.headers.etag) })).statusCode).toBe(
      304,
    );
    expect((await get(url, { accept: 'text/html', 'if-none-match': 'W/"x"' })).statusCode).toBe(200);
    const twin = await get(url, { accept: 'application/json' });
    expect(twin.headers['content-type']).toContain('application/json');
    expect(twin.json()).toEqual((await get(twinOf(url))).json());
  });
  it('of the style sheet and the script is small, may be kept for a year, and has no inline code beside it', async () => {
    const body = await page('/');
    const assets = [...body.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path]) => path!);
    expect(assets).toHaveLength(2);
    for (const path of assets) {
      const answer = await get(path);
      expect(answer.headers['cache-control']).toContain('immutable');
      expect(gzipSync(answer.body).length).toBeLessThan(4_000);
    }
    for (const url of PAGES)
      expect(await page(url)).not.toMatch(/<script(?! type="module" src="\/assets)|<style|\sstyle=|\son\w+=/);
  });
});

describe('words', () => {
  it('of a budget and of counts', () => {
    expect([0.39249, 0, -0.6681, -0.66, null].map((ratio) => budgetLeft(ratio))).toEqual([
      '39.2%',
      '0.0%',
      'overspent by 66.9%',
      'overspent by 66.0%',
      'no data',
    ]);
    expect([0, 1, 1234].map((n) => counted(n, 'view'))).toEqual(['0 views', '1 view', '1\u202f234 views']);
  });
});
