import { describe, expect, it } from 'vitest';
import { cacheFacts } from '../../src/probe/cache-status.ts';
import { type AddressPolicy, addressAllowed } from '../../src/probe/resolve.ts';
import { nextSlot, phaseOf } from '../../src/probe/schedule.ts';

describe('cache headers are normalised', () => {
  it.each([
    [{ 'cache-status': 'Origin; hit, CDN; fwd=uri-miss; stored' }, 'miss', 'cache-status'],
    [{ 'cache-status': 'CDN; hit; ttl=30' }, 'hit', 'cache-status'],
    [{ 'cache-status': 'CDN; hit; ttl=-5' }, 'stale', 'cache-status'],
    [{ 'cache-status': 'CDN; fwd=bypass' }, 'bypass', 'cache-status'],
    [{ 'cache-status': 'CDN; fwd=stale; fwd-status=304' }, 'revalidated', 'cache-status'],
    [{ 'x-cdn-cache-status': 'HIT', 'x-cache': 'MISS' }, 'hit', 'x-cdn-cache-status'],
    [{ 'cf-cache-status': 'DYNAMIC' }, 'dynamic', 'cf-cache-status'],
    [{ 'x-cache-status': 'EXPIRED' }, 'expired', 'x-cache-status'],
    [{ 'x-cache': 'Hit from cloudfront' }, 'hit', 'x-cache'],
    [{ 'x-cache': 'RefreshHit from cloudfront' }, 'revalidated', 'x-cache'],
    [{ 'x-cache': 'MISS, HIT' }, 'hit', 'x-cache'],
    [{ 'x-varnish': '123 456' }, 'hit', 'x-varnish'],
    [{ 'x-varnish': '123' }, 'miss', 'x-varnish'],
    [{ 'server-timing': 'cdn-cache; desc=HIT, edge; dur=1' }, 'hit', 'server-timing'],
    [{ age: '12' }, 'hit', 'age'],
    [{ age: '0' }, 'unknown', ''],
    [{}, 'unknown', ''],
  ] as const)('%j is %s from %s', (headers, status, source) => {
    expect(cacheFacts(headers as unknown as Record<string, string>)).toMatchObject({ status, source });
  });
});

describe('an address', () => {
  const named: AddressPolicy = { kind: 'named' };
  const adhoc: AddressPolicy = { kind: 'adhoc', allow: ['*.example.org', '10.0.0.0/8', '127.0.0.1'] };
  it.each([
    '169.254.169.254',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    'fe80::1',
    'fd00:ec2::254',
    '0.0.0.0',
    '::',
    '224.0.0.1',
    '255.255.255.255',
    '100.100.100.200',
    '168.63.129.16',
    'fd00:c1::a9fe:a9fe',
    'fd20:ce::254',
    'no address',
  ])('%s is never a target', (ip) => {
    expect([
      addressAllowed(ip, ip, named),
      addressAllowed(ip, ip, { kind: 'adhoc', allow: ['0.0.0.0/0', '::/0', ip] }),
    ]).toEqual([false, false]);
  });
  it.each(['127.0.0.1', '10.1.2.3', '172.16.0.1', '192.168.1.1', '100.64.0.1', '::1', 'fd12::1', '::ffff:10.0.0.1'])(
    '%s may be named, but not redirected to',
    (ip) => {
      expect([addressAllowed(ip, ip, named), addressAllowed(ip, ip, named, true)]).toEqual([true, false]);
    },
  );
  it('beside those of the clouds may be a target', () => {
    const beside = ['168.63.129.15', '168.63.129.17', '100.100.100.199', '100.100.100.201', 'fd00:c1::a9fe:a9fd'];
    expect(beside.filter((ip) => addressAllowed(ip, ip, named))).toEqual(beside);
  });
  it('172.32.0.1 and 192.169.0.1 are the first ones outside', () => {
    expect(
      ['172.32.0.1', '192.169.0.1', '11.0.0.0', '100.128.0.0'].map((ip) => addressAllowed(ip, ip, named, true)),
    ).toEqual([true, true, true, true]);
  });
  it('that a stranger asks for must be on the allow-list, after resolution', () => {
    expect(addressAllowed('93.184.216.34', 'www.example.org', adhoc)).toBe(true);
    expect(addressAllowed('93.184.216.34', 'example.com', adhoc)).toBe(false);
    expect(addressAllowed('10.9.9.9', 'anything', adhoc)).toBe(true);
    expect(addressAllowed('127.0.0.1', '127.0.0.1', adhoc)).toBe(true);
  });
  it('inside is refused to an allowed name whose DNS answer points there (rebinding)', () => {
    expect(addressAllowed('192.168.0.1', 'www.example.org', adhoc)).toBe(false);
    expect(addressAllowed('127.0.0.1', 'www.example.org', adhoc)).toBe(false);
  });
});

describe('the schedule', () => {
  it('has a phase by the name of the target, inside the interval', () => {
    expect(phaseOf('shop', 30_000)).toBe(phaseOf('shop', 30_000));
    expect(phaseOf('shop', 30_000)).toBeLessThan(30_000);
    expect(phaseOf('shop', 30_000)).not.toBe(phaseOf('shop-db', 30_000));
    expect(phaseOf('shop', 30_000) % 10).toBe(0);
  });
  it('keeps to its slots: the last moment before one and the slot itself', () => {
    expect(nextSlot(30_006, 7, 30_000)).toBe(30_007);
    expect(nextSlot(30_007, 7, 30_000)).toBe(60_007);
  });
});
