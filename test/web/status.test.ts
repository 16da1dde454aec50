// What outsiders are told: plain words, 90 days from the store, disturbances, planned work; and the badge.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statusCopy } from '../../src/web/status-copy.ts';
import type { StatusData } from '../../src/web/status-data.ts';
import { NOW, type Platform, webPlatform } from './platform.ts';

const DAY = 86_400_000;
let platform: Platform;
beforeAll(async () => {
  platform = await webPlatform();
});
afterAll(() => platform.app.close());
const body = async (url: string) => (await platform.app.inject({ url })).body;
const data = async () => JSON.parse(await body('/status.json')) as StatusData;
const component = async (name: string) => (await data()).components.find((c) => c.name === name)!;

describe('the status page', () => {
  it('says of each component how it is now, as its worst SLO', async () => {
    const { components, overall } = await data();
    expect(components.slice(1).map(({ name, state }) => [name, state])).toEqual([
      ['Shop', 'down'],
      ['Login', 'down'],
      ['Search', 'maintenance'],
      ['Mail', 'unknown'],
    ]);
    expect([components[0]!.state, overall]).toEqual(['works', 'down']);
    const page = await body('/status');
    for (const words of ['does not work', 'planned work', 'not known just now', 'works', 'Some things do not work.'])
      expect(page).toContain(words);
  });
  it('knows 90 days, further back than the period of an SLO, and none that was not measured as good', async () => {
    const { days } = await component('Shop');
    expect(days).toHaveLength(90);
    expect(days[0]).toMatchObject({ goodRatio: null, badMinutes: 0 });
    const measured = days.filter(({ goodRatio }) => goodRatio !== null);
    expect(measured).toHaveLength(41);
    expect(
      days
        .filter(({ badMinutes }) => badMinutes > 0)
        .map(({ atMs, badMinutes }) => [new Date(atMs).toISOString().slice(0, 10), badMinutes]),
    ).toEqual([
      ['2026-11-06', 40],
      ['2026-11-14', 10],
      ['2026-11-23', 60],
      ['2026-11-26', 50],
    ]);
  });
  it('shows days that were measured in part as such', async () => {
    const { days } = await component('Mail');
    expect(
      days.filter((d) => d.goodRatio !== null && d.knownRatio < 0.9).map(({ atMs }) => Math.round((NOW - atMs) / DAY)),
    ).toEqual([9, 0]);
    expect(await body('/status')).toContain('2026-11-17: no errors, measured 9% of the day');
  });
  it('excludes maintenance, and tells of it without who and why', async () => {
    expect((await component('Search')).days.at(-1)!.badMinutes).toBe(0);
    const { planned } = await data();
    expect(planned.map(({ fromMs, components }) => [fromMs - NOW, components])).toEqual([
      [-1_200_000, ['Search']],
      [DAY, ['planned work on the shop', 'Shop', 'Login', 'Search', 'Mail']],
    ]);
  });
  it('lists disturbances, those of the same time once, and says which go on', async () => {
    const { incidents } = await data();
    const of = (name: string) => incidents.filter((i) => i.component === name);
    expect(of('Login').map(({ toMs }) => toMs)).toEqual([null]);
    expect(of('Shop').map(({ fromMs, toMs }) => (toMs === null ? null : (toMs - fromMs) / 60_000))).toEqual([
      null,
      60,
      10,
      40,
    ]);
    expect(of('Mail')).toEqual([]);
  });
  it('leads to its feed from its head and its foot, here and in a copy', async () => {
    const feedsOf = (html: string) => [
      /<link rel="alternate"[^>]* href="([^"]*)"/.exec(html)?.[1],
      /<a href="([^"]*)">Feed<\/a>/.exec(html)?.[1],
    ];
    for (const href of feedsOf(await body('/status'))) {
      const { statusCode, headers } = await platform.app.inject({ url: href! });
      expect([href, statusCode, headers['content-type']]).toEqual([
        '/feed.atom',
        200,
        'application/atom+xml; charset=utf-8',
      ]);
    }
    const files = statusCopy(await data());
    for (const href of feedsOf(files.find(({ path }) => path === 'index.html')!.text))
      expect(files.map(({ path }) => `./${path}`)).toContain(href);
  });
  it('has a feed with stable ids, newest first', async () => {
    const feed = await body('/feed.atom');
    expect(feed).toContain('<title>Login: errors</title>');
    expect(feed).toContain('<title>Shop: works again</title>');
    const times = [...feed.matchAll(/<\/title><updated>([^<]+)</g)].map(([, time]) => Date.parse(time!));
    expect(times.length).toBeGreaterThan(5);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    const ids = [...feed.matchAll(/<entry><id>([^<]+)</g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(await body('/feed.atom')).toBe(feed);
  });
});

describe('a badge', () => {
  it('says state and budget, rounded down', async () => {
    expect(await body('/badge/burning-slo.svg')).toContain('aria-label="burning-slo: burning, 39% left"');
    expect(await body('/badge/no-data-slo.svg')).toContain('no-data-slo: no data');
    expect(await body('/badge/exhausted-slo.svg')).toMatch(/exhausted-slo: exhausted, overspent by \d+%"/);
  });
  it('of an SLO that is not there is a problem document', async () => {
    const answer = await platform.app.inject({ url: '/badge/nothing.svg' });
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
    ]);
  });
});
