// The cache headers of many vendors, one table.
import { expect, test } from 'vitest';
import { cacheFacts } from '../../src/probe/cache-status.ts';

test.each([
  ['cache-status', 'edge; hit', 'hit'],
  ['cache-status', 'edge; hit; ttl=-5', 'stale'],
  ['cache-status', 'edge; hit; ttl=30', 'hit'],
  ['cache-status', 'origin; hit, edge; fwd=uri-miss; stored', 'miss'],
  ['cache-status', 'origin; fwd=miss, edge; hit', 'hit'],
  ['cache-status', 'edge; fwd=bypass', 'bypass'],
  ['cache-status', 'edge; fwd=stale; fwd-status=304', 'revalidated'],
  ['cache-status', 'edge; fwd=stale; fwd-status=200', 'expired'],
  ['cache-status', 'edge; hit; key="a,b;c"', 'hit'],
  ['cache-status', 'edge; fwd=miss; detail="not a; hit, really"', 'miss'],
  ['x-cdn-cache-status', 'HIT', 'hit'],
  ['x-cdn-cache-status', 'STALE', 'stale'],
  ['cf-cache-status', 'DYNAMIC', 'dynamic'],
  ['cf-cache-status', 'REVALIDATED', 'revalidated'],
  ['cf-cache-status', 'NONE', 'none'],
  ['x-proxy-cache', 'EXPIRED', 'expired'],
  ['x-cache-status', 'UPDATING', 'updating'],
  ['x-cache', 'Hit from cloudfront', 'hit'],
  ['x-cache', 'RefreshHit from cloudfront', 'revalidated'],
  ['x-cache', 'Error from cloudfront', 'unknown'],
  ['x-cache', 'MISS, HIT', 'hit'],
  ['x-cache', 'HIT, MISS', 'miss'],
  ['x-varnish', '12345 67890', 'hit'],
  ['x-varnish', '12345', 'miss'],
  ['server-timing', 'total;dur=1, cdn-cache; desc=HIT', 'hit'],
  ['server-timing', 'total;dur=1', 'unknown'],
  ['x-cache', 'constructor', 'unknown'],
  ['x-cache', '__proto__ from cloudfront', 'unknown'],
  ['cf-cache-status', 'toString', 'unknown'],
  ['cf-cache-status', '__proto__', 'unknown'],
  ['server-timing', 'cdn-cache; desc=constructor', 'unknown'],
])('%s: %s is %s', (header, value, status) => {
  expect(cacheFacts({ [header]: value })).toMatchObject({ status, source: status === 'unknown' ? '' : header });
});

test('the standard header wins over those of vendors', () => {
  const headers = { 'x-cache': 'HIT', 'cache-status': 'edge; fwd=bypass' };
  expect(cacheFacts(headers)).toMatchObject({ status: 'bypass', source: 'cache-status' });
});

test('an age above 0 is a hit when nothing else speaks, and a fact in any case', () => {
  expect(cacheFacts({ age: '40' })).toEqual({ status: 'hit', source: 'age', ageSeconds: 40 });
  expect(cacheFacts({ age: '0' })).toEqual({ status: 'unknown', source: '', ageSeconds: 0 });
  expect(cacheFacts({ age: 'soon' })).toEqual({ status: 'unknown', source: '' });
  expect(cacheFacts({ age: '7', 'x-cache': 'MISS' })).toMatchObject({ status: 'miss', ageSeconds: 7 });
});
