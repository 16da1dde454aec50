// The parts of the intake on their own: what is taken out of texts, networks, groups of pages, percentiles, forwarding.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientOf, proxyList } from '../../src/rum/client.ts';
import { Forwarder } from '../../src/rum/forward.ts';
import { Limits, prefixOf } from '../../src/rum/limits.ts';
import { p75 } from '../../src/rum/quantile.ts';
import { RecentKeys } from '../../src/rum/recent-keys.ts';
import { engineOf } from '../../src/rum/reduce.ts';
import { cleanText, cleanUrl } from '../../src/rum/scrub.ts';
import { pageGroupOf } from '../../src/spec/page-group.ts';
import { siteSchema } from '../../src/spec/site.ts';
import { freePort } from '../services/process.ts';

describe('texts', () => {
  it.each([
    ['no cart for jane.doe+shop@example.org', 'no cart for [e-mail]'],
    ['jane%40example.org', '[e-mail]'],
    ['got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_1 here', 'got [token] here'],
    ['card 4111 1111 1111 1111 refused', 'card [number] refused'],
    ['from 203.0.113.7', 'from [address]'],
    ['GET https://a.example/x?token=1#y failed', 'GET [address] failed'],
    ['password=hunter2 wrong', '[secret] wrong'],
    ['Authorization: Bearer abc.def', 'Authorization: [token]'],
    ['nonce 9f86d081884c7d659a2feaa0c55ad015 expired', 'nonce [token] expired'],
    ['order 12345 is missing', 'order 12345 is missing'],
    [
      "Cannot read properties of undefined (reading 'length')",
      "Cannot read properties of undefined (reading 'length')",
    ],
  ])('%s', (text, clean) => expect(cleanText(text)).toBe(clean));

  const secret = fc.constantFrom(
    'jane@example.org',
    'eyJjYW5hcnkiOjF9.payload.sig',
    '4111111111111111',
    '203.0.113.77',
    'token=canary',
  );
  it('hold no secret, wherever it stands, and are at most 256 characters', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), secret, fc.string({ maxLength: 400 }), (before, hidden, after) => {
        const clean = cleanText(`${before} ${hidden} ${after}`);
        expect(clean).not.toContain(hidden);
        expect(clean.length).toBeLessThanOrEqual(256);
      }),
    );
  });
  it('are cleaned in bounded time, whatever they are', () => {
    for (const part of ['a', '1', 'a1', '-', '@', 'a@', 'eyJ', 'key=', 'http://', '1 ', '.', 'Bearer '])
      for (const text of [part.repeat(16_384 / part.length), `${part.repeat(8_000 / part.length)}!`]) {
        const begin = performance.now();
        cleanText(text);
        expect([part, performance.now() - begin < 20]).toEqual([part, true]);
      }
  });
  it('that are addresses keep origin and path only', () => {
    expect(cleanUrl('https://u:p@shop.example.org/a/b?x=1#y')).toBe('https://shop.example.org/a/b');
    expect(cleanUrl('https://shop.example.org/reset/eyJhbGciOiJIUzI1NiJ9.x/jane@example.org')).toBe(
      'https://shop.example.org/reset/masked/masked',
    );
    expect(['javascript:alert(1)', 'data:text/html,x', 'nothing', ''].map(cleanUrl)).toEqual(['', '', '', '']);
  });
});

describe('networks', () => {
  it.each([
    ['203.0.113.7', '203.0.113'],
    ['::ffff:203.0.113.7', '203.0.113'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1'],
    ['2001:0db8:0001::1', '2001:db8:1'],
    ['2001:db8::1', '2001:db8:0'],
    ['::1', '0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0'],
  ])('%s is of %s', (address, prefix) => expect(prefixOf(address)).toBe(prefix));
  it('are told by X-Forwarded-For of our proxies only, from the right', () => {
    const proxies = proxyList(['10.0.0.0/8', '2001:db8::/32']);
    const of = (peer: string, forwardedFor?: string) => clientOf(peer, { forwardedFor }, proxies).address;
    expect(of('203.0.113.1', '1.2.3.4')).toBe('203.0.113.1');
    expect(of('10.0.0.1', '1.2.3.4')).toBe('1.2.3.4');
    expect(of('::ffff:10.0.0.1', '6.6.6.6, 1.2.3.4, 10.9.9.9')).toBe('1.2.3.4');
    expect(of('10.0.0.1', 'rubbish')).toBe('10.0.0.1');
    expect(of('10.0.0.1')).toBe('10.0.0.1');
    expect(of('2001:db8::9', '2001:db9::1')).toBe('2001:db9::1');
  });
  it('are told by a header of their own if our proxy has one, and by nobody else', () => {
    const proxies = proxyList(['10.0.0.0/8']);
    const of = (peer: string, named: string) => clientOf(peer, { named, forwardedFor: '1.2.3.4' }, proxies).address;
    expect(of('10.0.0.1', '5.6.7.8')).toBe('5.6.7.8');
    expect(of('10.0.0.1', 'rubbish')).toBe('1.2.3.4');
    expect(of('203.0.113.1', '5.6.7.8')).toBe('203.0.113.1');
  });
  it('are known by a hash whose key changes every day', () => {
    const limits = new Limits(0);
    const first = limits.hashed('203.0.113.7', 0);
    expect(limits.hashed('203.0.113.99', 1)).toBe(first);
    expect(first).not.toContain('203');
    expect(limits.hashed('203.0.113.7', 86_400_000)).not.toBe(first);
  });
});

describe('pages', () => {
  const site = siteSchema.parse({
    key: 's',
    origins: ['https://a.example'],
    pages: [
      { name: 'front', paths: ['/'] },
      { name: 'product', paths: ['/product/*', '/*/item-*.html'] },
    ],
  });
  it.each([
    ['https://a.example/', 'front'],
    ['https://a.example/?x', 'front'],
    ['https://a.example/product/', 'product'],
    ['https://a.example/de/item-1.html', 'product'],
    ['https://a.example/de/item-1.htm', 'other'],
    ['https://a.example/products', 'other'],
    ['nonsense', 'other'],
    [undefined, 'other'],
  ])('%s is %s', (url, group) => expect(pageGroupOf(site, url)).toBe(group));
  it('are matched in bounded time', () => {
    const slow = siteSchema.parse({
      key: 's',
      origins: ['https://a.example'],
      pages: [{ name: 'x', paths: [`/${'*a'.repeat(50)}b`] }],
    });
    const begin = performance.now();
    expect(pageGroupOf(slow, `https://a.example/${'a'.repeat(4_000)}`)).toBe('other');
    expect(performance.now() - begin).toBeLessThan(20);
  });
  it.each([
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 CriOS/143 Mobile Safari/604.1',
      'webkit',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 'gecko'],
    ['Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.2 Safari/605.1.15', 'webkit'],
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36 Edg/143',
      'chromium',
    ],
    ['Opera/9', 'other'],
  ])('%s', (agent, engine) => expect(engineOf(agent)).toBe(engine));
});

describe('the 75th percentile', () => {
  it('is nothing without observations, and beyond the last boundary unknown', () => {
    expect(p75([1, 2], [0, 0, 0])).toBeUndefined();
    expect(p75([1, 2], [0, 0, 10])).toMatchObject({ value: undefined, high: undefined });
  });
  it('interpolates as histogram_quantile does: 75 of 100 in the first bucket is its end', () => {
    expect(p75([2, 4], [75, 25, 0])!.value).toBe(2);
    expect(p75([2, 4], [50, 50, 0])!.value).toBe(3);
  });
  it('is never above the largest value, which its bucket may be', () => {
    expect(p75([2, 4], [0, 100, 0])).toMatchObject({ value: 3.5 });
    expect(p75([2, 4], [0, 100, 0], 3)).toMatchObject({ value: 3, high: 3 });
  });
  it('has a band that holds it, and gets narrower with the root of n', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 4, maxLength: 4 }), (counts) => {
        const found = p75([1, 2, 3], counts);
        if (found?.value === undefined) return;
        expect(found.low).toBeLessThanOrEqual(found.value);
        if (found.high !== undefined) expect(found.high).toBeGreaterThanOrEqual(found.value);
      }),
    );
    const width = (n: number) => {
      const { low, high } = p75([10, 20], [n, 0, 0])!;
      return high! - low;
    };
    expect(width(100) / width(10_000)).toBeCloseTo(10, 5);
  });
});

describe('keys', () => {
  it('are kept for a time, and at most so many', () => {
    const keys = new RecentKeys(1_000, 4);
    for (const key of ['a', 'b', 'c', 'd', 'e']) keys.set(key, true, 0);
    expect(['a', 'b', 'c', 'd', 'e'].map((key) => keys.get(key, 999))).toEqual([
      undefined,
      undefined,
      true,
      true,
      true,
    ]);
    expect(keys.get('e', 1_000)).toBeUndefined();
    for (let i = 0; i < 10_000; i++) keys.set(`k${i}`, true, 1_000);
    expect(keys.size).toBeLessThanOrEqual(4);
  });
});

describe('forwarding', () => {
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  async function receiver(
    answer: (count: number) => number | undefined,
  ): Promise<{ url: string; bodies: string[]; server: Server }> {
    const bodies: string[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        bodies.push(body);
        const status = answer(bodies.length);
        if (status !== undefined) response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/collect`, bodies, server };
  }
  it('sends one after the other', async () => {
    const { url, bodies, server } = await receiver(() => 202);
    const results: string[] = [];
    const forwarder = new Forwarder(url, (result) => results.push(result));
    for (const body of ['1', '2', '3']) forwarder.add(body);
    await sleep(200);
    expect([bodies, results]).toEqual([
      ['1', '2', '3'],
      ['sent', 'sent', 'sent'],
    ]);
    server.close();
  });
  it('to one that is silent keeps the newest 500, and drops the oldest', async () => {
    const { url, server } = await receiver(() => undefined);
    const results: string[] = [];
    const forwarder = new Forwarder(url, (result) => results.push(result));
    for (let i = 0; i < 1_500; i++) forwarder.add(String(i));
    expect(forwarder.queued).toBe(500);
    expect(results.filter((result) => result === 'dropped')).toHaveLength(999);
    forwarder.stop();
    expect(forwarder.queued).toBe(0);
    server.closeAllConnections();
    server.close();
  });
  it('to one that is dead counts failures and does not spin', async () => {
    const results: string[] = [];
    const forwarder = new Forwarder(`http://127.0.0.1:${await freePort()}/`, (result) => results.push(result));
    for (let i = 0; i < 10; i++) forwarder.add('x');
    await sleep(300);
    expect(results).toEqual(['failed']);
    forwarder.stop();
  });
});
