// CDN and TLS against a real caching edge, with certificates of a private authority.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Edge, prepareEdge, SHOP } from '../services/edge.ts';
import { freePort } from '../services/process.ts';
import { outcomes, step } from './run.ts';

const page = `<!doctype html><html><body>${'shop '.repeat(200)}</body></html>`;
let broken = false;
let asset = 'body { color: red }';
const origin = createServer((request, response) => {
  if (broken) return response.writeHead(500).end('broken');
  if (request.url === '/style.css') return response.end(asset);
  if (request.url === '/gone.css') return response.writeHead(404).end();
  if (request.url === '/wp-login.php')
    return response.setHeader('set-cookie', 'secret=canary').setHeader('vary', 'Cookie').end(page);
  if (request.url === '/private-by-mistake') return response.setHeader('cache-control', 'max-age=60').end(page);
  response.end(page);
});
let edge: Edge;
let originUrl: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  originUrl = `http://127.0.0.1:${(origin.address() as AddressInfo).port}/`;
  edge = await prepareEdge({ stale: true });
  await edge.start(originUrl);
});
afterAll(async () => {
  await edge.remove();
  for (const server of [origin, ...others]) server.close();
});

const cdn = (extra: object = {}) => ({
  kind: 'cdn',
  url: `https://${SHOP}:${edge.port}/`,
  address: '127.0.0.1',
  ca: edge.ca,
  origin: originUrl,
  steps: ['hit', 'miss', 'bypass', 'admin', 'origin', 'addresses'],
  addresses: ['127.0.0.1'],
  ...extra,
});
const others: Server[] = [];
/** An edge of which only the headers matter. */
async function edgeThatSays(headers: Record<string, string>): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(200, headers).end(page));
  others.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
const tls = (extra: object = {}) => ({
  kind: 'tls',
  url: `tls://${SHOP}:${edge.port}`,
  address: '127.0.0.1',
  ca: edge.ca,
  ...extra,
});

describe('a CDN probe', () => {
  it('is good where the cache does what it should', async () => {
    expect(await outcomes(cdn())).toEqual({
      hit: 'ok',
      miss: 'ok',
      bypass: 'ok',
      admin: 'ok',
      origin: 'ok',
      addresses: 'ok',
    });
    expect((await step(cdn(), 'hit')).facts.cacheStatus).toBe('hit');
  });
  it('finds a page that is never cached, and a private one that is', async () => {
    const uncached = await step(cdn({ url: `https://${SHOP}:${edge.port}/wp-login.php` }), 'hit');
    expect(uncached.outcome).toBe('cache_bypassed');
    expect(uncached.detail).toMatch(/; set-cookie; vary: Cookie$/);
    expect(uncached.detail).not.toContain('canary');
    await outcomes(cdn({ steps: ['hit'], url: `https://${SHOP}:${edge.port}/account/` }));
    expect(await step(cdn({ adminPath: '/account/' }), 'admin')).toMatchObject({
      outcome: 'private_content_cached',
      blame: 'edge',
    });
  });
  it('sees stale pages over a dead origin: a masked outage', async () => {
    await outcomes(cdn());
    broken = true;
    await expect.poll(async () => (await step(cdn(), 'hit')).facts.cacheStatus, { timeout: 10_000 }).toBe('stale');
    const found = await outcomes(cdn());
    broken = false;
    // The origin answers, with an error of its own.
    expect(found).toMatchObject({ hit: 'ok', miss: 'server_error', origin: 'stale_masked' });
  });
  it('blames the origin when edge and origin fail', async () => {
    await edge.stop();
    const gone = cdn({ origin: `http://127.0.0.1:${await freePort()}/` });
    expect(await step(gone, 'origin')).toMatchObject({ outcome: 'refused', blame: 'target' });
    await edge.start(originUrl);
  });
  it('asks an origin at an IP address for the certificate of the site', async () => {
    // The edge plays the origin: its certificate is for the shop, and that is what 127.0.0.1 is asked for.
    await edge.useCertificate('shopOnly');
    const secure = cdn({ steps: ['origin'], origin: `https://127.0.0.1:${edge.port}/` });
    expect((await step(secure, 'origin')).outcome).toBe('ok');
    // An edge without TLS, so that only the origin has a certificate: without its authority, and with one for another name.
    const plain = { ...secure, url: await edgeThatSays({}).then((url) => url.replace('127.0.0.1', SHOP)) };
    expect((await step(plain, 'origin')).outcome).toBe('ok');
    expect(await step({ ...plain, ca: undefined }, 'origin')).toMatchObject({
      outcome: 'origin_down',
      detail: expect.stringMatching(/the origin does not: tls_(untrusted|incomplete_chain)$/),
    });
    await edge.useCertificate('other');
    expect((await step(plain, 'origin')).detail).toMatch(/the origin does not: tls_name_mismatch$/);
    await edge.useCertificate('valid');
  });
  it('compares the bytes of a static file at the edge with those of the origin', async () => {
    const match = (extra: object = {}) => step(cdn({ steps: ['match'], asset: '/style.css', ...extra }), 'match');
    expect(await match()).toMatchObject({
      outcome: 'ok',
      detail: expect.stringMatching(/^19 bytes, status 200, SHA-256 /),
    });
    asset = 'body { color: RED }';
    expect(await match()).toMatchObject({
      outcome: 'edge_mismatch',
      blame: 'edge',
      detail: expect.stringMatching(
        /^edge: 19 bytes, status 200, SHA-256 \w{12}; origin: 19 bytes, status 200, SHA-256 \w{12}$/,
      ),
    });
    expect((await match({ asset: '/gone.css' })).outcome).toBe('status');
    const dead = `http://127.0.0.1:${await freePort()}/`;
    expect(await match({ origin: dead })).toMatchObject({ outcome: 'origin_down', blame: 'target' });
    expect((await match({ origin: undefined })).outcome).toBe('not_configured');
  });
  it('finds a copy that is too old, and a cache that ignores the query or says nothing', async () => {
    const old = await edgeThatSays({ 'x-cache': 'HIT', age: '61' });
    expect(await step(cdn({ url: old, steps: ['age'], maxAge: '60s' }), 'age')).toMatchObject({
      outcome: 'stale_too_old',
      facts: { cacheAgeSeconds: 61 },
    });
    expect((await step(cdn({ url: old, steps: ['age'], maxAge: '61s' }), 'age')).outcome).toBe('ok');
    expect((await step(cdn({ url: old }), 'miss')).outcome).toBe('cache_not_missed');
    expect((await step(cdn({ url: await edgeThatSays({}) }), 'hit')).outcome).toBe('cache_status_unknown');
  });
  it('blames the edge when only the edge is down, and a single dead address', async () => {
    await edge.stop();
    expect(await step(cdn(), 'origin')).toMatchObject({ outcome: 'edge_down', blame: 'edge' });
    await edge.start(originUrl);
    expect((await step(cdn({ addresses: ['127.0.0.1', '127.0.0.2'] }), 'addresses')).outcome).toBe('one_edge_bad');
  });
});

describe('a TLS probe', () => {
  it('is good and knows the end of the certificate', async () => {
    expect(await outcomes(tls())).toEqual({ handshake: 'ok', expiry: 'ok' });
    const left = (await step(tls(), 'expiry')).facts.certNotAfterSeconds! - Date.now() / 1000;
    expect(left / 86_400).toBeGreaterThan(89.9);
  });
  it('warns from the limit of the spec on: 91 days left are wanted, 90 are there', async () => {
    expect(await outcomes(tls({ minValidity: '91d' }))).toEqual({ handshake: 'ok', expiry: 'tls_expires_soon' });
    expect(await outcomes(tls({ minValidity: '89d' }))).toEqual({ handshake: 'ok', expiry: 'ok' });
  });
  it('does not trust an authority it was not told of, and still knows the date', async () => {
    const { ca: _ca, ...without } = tls();
    const result = await step(without, 'handshake');
    expect(result.outcome).toMatch(/^tls_(untrusted|incomplete_chain)$/);
    expect(result.facts.certNotAfterSeconds).toBeGreaterThan(Date.now() / 1000);
  });
  it('sees a certificate for another name', async () => {
    await edge.useCertificate('other');
    expect((await step(tls(), 'handshake')).outcome).toBe('tls_name_mismatch');
  });
  it('sees one that has expired, and exports its date all the same', async () => {
    await edge.useCertificate('expired');
    expect(await outcomes(tls())).toEqual({ handshake: 'tls_expired', expiry: 'tls_expired' });
    const expiry = await step(tls(), 'expiry');
    expect(expiry.facts.certNotAfterSeconds).toBeLessThan(Date.now() / 1000);
  });
  it('says that something is not TLS', async () => {
    expect(
      (await step({ kind: 'tls', url: originUrl.replace('http:', 'tls:'), timeout: '2s' }, 'handshake')).outcome,
    ).toBe('tls_handshake');
  });
});
