// Who may see which page: with a token all but what outsiders are meant to see.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PLAIN, type Platform, webPlatform } from './platform.ts';

const HISTORY = { historyMs: 3_600_000 };
const TOKEN = 'right-token:with-colon';
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
let platform: Platform;
beforeAll(async () => {
  platform = await webPlatform(PLAIN, { ...HISTORY, token: TOKEN });
});
afterAll(() => platform.app.close());
const get = (url: string, authorization?: string) =>
  platform.app.inject({ url, headers: { accept: 'text/html', ...(authorization !== undefined && { authorization }) } });

const GUARDED = [
  '/',
  '/overview.json',
  '/slo/ok-slo',
  '/slo/ok-slo.json',
  '/slo/nix',
  '/target/ok',
  '/target/ok.json',
  '/events',
  '/events.json',
  '/report',
  '/report/2026-11',
  '/config',
  '/config.json',
  '/rum',
  '/real-users',
  '/real-users.json',
  '/real-users/shop',
  '/real-users/shop.json',
  '/slo/lcp-slo',
];
const WRONG = [
  undefined,
  'Bearer wrong',
  'Bearer',
  `Basic ${TOKEN}`,
  basic('me', 'wrong'),
  basic(TOKEN, ''),
  `Digest ${TOKEN}`,
  basic('me', TOKEN).slice(0, -4),
  'Basic !!!',
];

describe('with a token', () => {
  it.each(GUARDED)('%s is closed without it, says nothing, and lets a browser ask for it', async (url) => {
    for (const authorization of WRONG) {
      const answer = await get(url, authorization);
      expect([authorization, answer.statusCode]).toEqual([authorization, 401]);
      expect(answer.body).not.toMatch(/ok-slo|shop|web/);
      expect(answer.headers['www-authenticate']).toEqual(['Basic realm="Plimsoll", charset="UTF-8"', 'Bearer']);
    }
  });
  it('is open to who sends it as bearer token or as the password of any user', async () => {
    for (const authorization of [`Bearer ${TOKEN}`, `bearer ${TOKEN}`, basic('me', TOKEN), basic('', TOKEN)])
      for (const url of GUARDED.filter((path) => !['/slo/nix', '/report', '/rum'].includes(path)))
        expect([url, (await get(url, authorization)).statusCode]).toEqual([url, 200]);
  });
  it('is not taken for the one that may report changes, nor is Basic for what programs read', async () => {
    expect((await get('/api/v1/slos', basic('me', TOKEN))).statusCode).toBe(401);
  });
  it('leads a browser from a link of an alert to the page, which asks', async () => {
    const answer = await get('/api/v1/slos/ok-slo');
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/slo/ok-slo']);
    expect((await get('/slo/ok-slo')).statusCode).toBe(401);
  });
  it('leaves open what outsiders are meant to see, and nothing that has an inner name', async () => {
    for (const url of ['/status', '/status.json', '/feed.atom']) {
      const answer = await get(url);
      expect([url, answer.statusCode]).toEqual([url, 200]);
      expect(answer.headers['cache-control']).toBe('public, max-age=30');
      for (const name of [...platform.names, 'critical_error', 'db_error', 'wordpress', 'example.org', '1.2.3'])
        expect([name, answer.body.includes(name)]).toEqual([name, false]);
    }
    const [, css] = /href="(\/assets\/[^"]+)"/.exec((await get('/status')).body)!;
    expect((await get(css!)).statusCode).toBe(200);
  });
  it('shows badges to all of SLOs of the status page only, and of the others to who may read', async () => {
    expect((await get('/badge/ok-slo.svg')).statusCode).toBe(200);
    for (const name of ['month-slo', 'nix']) expect((await get(`/badge/${name}.svg`)).statusCode).toBe(404);
    expect((await get('/badge/month-slo.svg', `Bearer ${TOKEN}`)).statusCode).toBe(200);
  });
});

describe('without components in the spec', () => {
  it('there is no status page, and no link to one', async () => {
    const { app } = await webPlatform(PLAIN, { ...HISTORY, extra: { statusPage: {} } });
    for (const url of ['/status', '/status.json', '/feed.atom'])
      expect((await app.inject({ url })).statusCode).toBe(404);
    expect((await app.inject({ url: '/' })).body).not.toContain('/status');
    await app.close();
  });
});
