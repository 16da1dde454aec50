// DNS against a real name server.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
const authority = (ports: readonly number[]) =>
  step(
    {
      kind: 'dns',
      url: `dns://127.0.0.1:${first.port}/shop.plimsoll.test`,
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
  });
  it('tells a name that does not exist from one without this type, and from a zone that is refused', async () => {
    expect((await ask('nope.plimsoll.test')).outcome).toBe('dns_nxdomain');
    expect((await ask('text.plimsoll.test')).outcome).toBe('dns_nodata');
    expect((await ask('shop.example.org')).outcome).toBe('dns_refused');
  });
  it('blames DNS when the named server is gone', async () => {
    const result = await step(
      { kind: 'dns', url: `dns://127.0.0.1:${await freePort()}/shop.plimsoll.test`, timeout: '1s' },
      'resolve',
    );
    expect(result).toMatchObject({ outcome: 'dns_timeout', blame: 'dns' });
  });
  it('compares the serials of the authorities: equal is good, 7 and 8 is not', async () => {
    expect((await authority([first.port, first.port])).outcome).toBe('ok');
    expect((await authority([first.port, second.port])).outcome).toBe('dns_disagreement');
  });
});
