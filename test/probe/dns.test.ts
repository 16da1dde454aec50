// DNS against a real name server.
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { isOlder } from '../../src/probe/dns.ts';
import { type Dns, startDns } from '../services/dns.ts';
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
