// CDN and TLS against a real caching edge, with certificates of a private authority.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Edge, prepareEdge, SHOP } from '../services/edge.ts';
import { outcomes, step } from './run.ts';

const page = `<!doctype html><html><body>${'shop '.repeat(200)}</body></html>`;
let broken = false;
const origin = createServer((request, response) => {
  if (broken) return response.writeHead(500).end('broken');
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
  origin.close();
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
    expect((await step(cdn({ url: `https://${SHOP}:${edge.port}/wp-login.php` }), 'hit')).outcome).toBe(
      'cache_bypassed',
    );
    await outcomes(cdn({ steps: ['hit'], url: `https://${SHOP}:${edge.port}/account/` }));
    expect(await step(cdn({ adminPath: '/account/' }), 'admin')).toMatchObject({
      outcome: 'private_content_cached',
      blame: 'edge',
    });
  });
  it('sees stale pages over a dead origin: a masked outage', async () => {
    await outcomes(cdn());
    broken = true;
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    const found = await outcomes(cdn());
    broken = false;
    expect(found).toMatchObject({ hit: 'ok', miss: 'origin_down', origin: 'stale_masked' });
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
    await expect
      .poll(async () => (await step(tls(), 'handshake')).outcome, { timeout: 5_000 })
      .toBe('tls_name_mismatch');
  });
  it('sees one that has expired, and exports its date all the same', async () => {
    await edge.useCertificate('expired');
    // An old worker of nginx may answer once more after the reload.
    await expect
      .poll(async () => Object.values(await outcomes(tls())).join(), { timeout: 5_000 })
      .toBe('tls_expired,tls_expired');
    const expiry = await step(tls(), 'expiry');
    expect(expiry.facts.certNotAfterSeconds).toBeLessThan(Date.now() / 1000);
  });
  it('says that something is not TLS', async () => {
    expect(
      (await step({ kind: 'tls', url: originUrl.replace('http:', 'tls:'), timeout: '2s' }, 'handshake')).outcome,
    ).toBe('tls_handshake');
  });
});
