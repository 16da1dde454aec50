// DNS against a real name server.
import { afterAll, beforeAll, describe, expect, it, onTestFinished, test } from 'vitest';
import { isOlder } from '../../src/probe/dns.ts';
import { type Dns, startDns } from '../services/dns.ts';
import { A, AAAA, type Reply, startScript } from '../services/dns-script.ts';
import { freePort } from '../services/process.ts';
import { step } from './run.ts';

let first: Dns;
let second: Dns;
beforeAll(async () => {
  [first, second] = await Promise.all([startDns(7), startDns(8)]);
});
afterAll(() => Promise.all([first.stop(), second.stop()]));

const ask = (name: string, extra: object = {}) =>
  step({ kind: 'dns', url: `dns://127.0.0.1:${first.port}/${name}`, timeout: '1s', ...extra }, 'resolve');
const authority = (ports: readonly number[], name = 'shop.plimsoll.test') =>
  step(
    {
      kind: 'dns',
      url: `dns://127.0.0.1:${first.port}/${name}`,
      steps: ['authority'],
      authorities: ports.map((p) => `127.0.0.1:${p}`),
    },
    'authority',
  );

describe('a DNS probe', () => {
  it('gives the answers, in any order', async () => {
    const result = await ask('shop.plimsoll.test', { expect: ['192.0.2.11', '192.0.2.10'] });
    expect(result.outcome).toBe('ok');
    expect(result.facts.answers?.toSorted()).toEqual(['192.0.2.10', '192.0.2.11']);
  });
  it('sees an answer that is missing from what is expected, or too many', async () => {
    expect((await ask('shop.plimsoll.test', { expect: ['192.0.2.10'] })).outcome).toBe('dns_wrong_answer');
    expect((await ask('www.plimsoll.test', { type: 'CNAME', expect: ['shop.plimsoll.test'] })).outcome).toBe('ok');
    expect((await ask('mail.plimsoll.test', { type: 'MX', expect: ['10 mx.plimsoll.test'] })).outcome).toBe('ok');
  });
  it('tells a name that does not exist from one without this type, and from a zone that is refused', async () => {
    expect((await ask('nope.plimsoll.test')).outcome).toBe('dns_nxdomain');
    expect((await ask('text.plimsoll.test')).outcome).toBe('dns_nodata');
    expect((await ask('shop.plimsoll.test', { type: 'AAAA' })).outcome).toBe('dns_nodata');
    expect((await ask('shop.example.org')).outcome).toBe('dns_refused');
  });
  it('calls a zone that the server cannot load a server failure', async () => {
    expect(await ask('shop.broken.test')).toMatchObject({ outcome: 'dns_servfail', blame: 'dns' });
  });
  it('asks again by TCP when the answer is too large for UDP', async () => {
    expect((await ask('many.plimsoll.test')).facts.answers).toHaveLength(120);
  });
  it('blames DNS when the named server is gone', async () => {
    const result = await step(
      { kind: 'dns', url: `dns://127.0.0.1:${await freePort()}/shop.plimsoll.test`, timeout: '1s' },
      'resolve',
    );
    expect(result).toMatchObject({ outcome: 'dns_timeout', blame: 'dns' });
  });
});

describe('where a name leads', () => {
  it('is inside when every answer is in a range, is an address or has a suffix of the list', async () => {
    expect((await ask('shop.plimsoll.test', { within: ['192.0.2.0/28'] })).outcome).toBe('ok');
    expect((await ask('shop.plimsoll.test', { within: ['192.0.2.10', '192.0.2.11'] })).outcome).toBe('ok');
    expect((await ask('www.plimsoll.test', { type: 'CNAME', within: ['*.plimsoll.test'] })).outcome).toBe('ok');
    expect((await ask('www.plimsoll.test', { type: 'CNAME', within: ['shop.plimsoll.test'] })).outcome).toBe('ok');
  });
  it('is not the CDN when one answer is outside, and that one is named', async () => {
    expect(await ask('shop.plimsoll.test', { within: ['192.0.2.10/32', '2001:db8::/32'] })).toMatchObject({
      outcome: 'dns_not_on_cdn',
      blame: 'dns',
      detail: 'outside: 192.0.2.11',
    });
    const cname = { type: 'CNAME', within: ['*.cdn.example', '*.shop.plimsoll.test'] };
    expect(await ask('www.plimsoll.test', cname)).toMatchObject({
      outcome: 'dns_not_on_cdn',
      detail: 'outside: shop.plimsoll.test',
    });
  });
  it.each([
    [{ type: 'A', within: ['*.cdn.example'] }, 'within holds nothing for type A'],
    [{ type: 'CNAME', within: ['192.0.2.0/24'] }, 'within holds nothing for type CNAME'],
    [{ type: 'MX', within: ['*.cdn.example'] }, 'within holds nothing for type MX'],
    [{ type: 'MX', maxTtl: '1m' }, 'maxTtl is for type A and AAAA, not MX'],
  ])('is not judged by a setting that is not for the type: %j', async (extra, detail) => {
    expect(await ask('mail.plimsoll.test', extra)).toMatchObject({ outcome: 'not_configured', detail });
  });
});

describe('the TTL of an answer', () => {
  it('of 60 s is good for a limit of 60 s, and too long for one of 59 s', async () => {
    expect((await ask('shop.plimsoll.test', { maxTtl: '60s' })).outcome).toBe('ok');
    expect(await ask('shop.plimsoll.test', { maxTtl: '59s' })).toMatchObject({
      outcome: 'dns_ttl',
      blame: 'dns',
      detail: 'TTL 60 s, at most 59 s expected',
    });
  });
});

describe('the families of addresses', () => {
  const families = async (a: Reply, aaaa: Reply, timeout = '1s') => {
    const server = await startScript({ [A]: a, [AAAA]: aaaa });
    onTestFinished(() => server.stop());
    const url = `dns://127.0.0.1:${server.port}/shop.plimsoll.test`;
    return step({ kind: 'dns', url, steps: ['families'], timeout }, 'families');
  };
  it.each<readonly [aaaa: Reply, what: string, outcome: string]>([
    ['address', 'has an address', 'ok'],
    ['nodata', 'has none, which is no fault', 'ok'],
    ['servfail', 'fails', 'dns_aaaa_broken'],
    ['refused', 'is refused', 'dns_aaaa_broken'],
    ['nxdomain', 'says that the name is not there at all', 'dns_aaaa_broken'],
    ['silent', 'gets no answer', 'dns_aaaa_broken'],
  ])('A is answered, and AAAA (%s) %s: %s', async (aaaa, _what, outcome) => {
    expect((await families('address', aaaa)).outcome).toBe(outcome);
  });
  it('names the fault of AAAA and blames DNS; the answers are known', async () => {
    expect(await families('address', 'servfail')).toMatchObject({
      blame: 'dns',
      detail: 'AAAA shop.plimsoll.test: ESERVFAIL, while A is answered: 192.0.2.10',
      facts: { answers: ['192.0.2.10'] },
    });
  });
  it.each<readonly [a: Reply, aaaa: Reply, outcome: string]>([
    ['servfail', 'servfail', 'dns_servfail'],
    ['servfail', 'address', 'dns_servfail'],
    ['nxdomain', 'nxdomain', 'dns_nxdomain'],
    ['nodata', 'nodata', 'dns_nodata'],
    ['nodata', 'address', 'ok'],
    ['nodata', 'servfail', 'dns_servfail'],
  ])('A %s and AAAA %s are %s', async (a, aaaa, outcome) => {
    expect((await families(a, aaaa)).outcome).toBe(outcome);
  });
  it('are those of the name at a real server, too', async () => {
    const url = `dns://127.0.0.1:${first.port}/shop.plimsoll.test`;
    expect(await step({ kind: 'dns', url, steps: ['families'] }, 'families')).toMatchObject({ outcome: 'ok' });
  });
});

describe('the authorities of a zone', () => {
  it('agree when their serials are equal; of 7 and 8 the one with 7 lags behind', async () => {
    expect((await authority([first.port, first.port])).outcome).toBe('ok');
    expect(await authority([first.port, second.port])).toMatchObject({
      outcome: 'dns_disagreement',
      detail: `plimsoll.test: 127.0.0.1:${first.port} has 7 (lags behind), 127.0.0.1:${second.port} has 8`,
    });
  });
  it.each([
    ['shop.plimsoll.test', 'plimsoll.test'],
    ['plimsoll.test', 'plimsoll.test'],
    ['nope.plimsoll.test', 'plimsoll.test'],
    ['shop.example.co.uk', 'example.co.uk'],
    ['www.deep.example.co.uk', 'example.co.uk'],
    ['shop.eu.plimsoll.test', 'eu.plimsoll.test'],
  ])('%s is in the zone %s', async (name, zone) => {
    expect(await authority([first.port], name)).toMatchObject({
      outcome: 'ok',
      detail: `${zone}: 127.0.0.1:${first.port} has 7`,
    });
  });
  it('refuse a name whose zone they do not hold, and one that is silent is named', async () => {
    expect((await authority([first.port], 'shop.example.org')).outcome).toBe('dns_refused');
    const dead = await freePort();
    const result = await authority([first.port, dead]);
    expect(result.outcome).toBe('dns_timeout');
    expect(result.detail).toContain(`127.0.0.1:${dead}: SOA plimsoll.test`);
  });
});

test('serials wrap around: half the circle ahead is the first that is not newer', () => {
  expect([isOlder(7, 8), isOlder(8, 7), isOlder(7, 7)]).toEqual([true, false, false]);
  expect([isOlder(4_294_967_295, 1), isOlder(1, 4_294_967_295)]).toEqual([true, false]);
  expect([isOlder(0, 2 ** 31 - 1), isOlder(0, 2 ** 31)]).toEqual([true, false]);
});
