// The cache headers of CDNs and proxies, normalised. Pure.
import type { CacheStatus } from './probe.ts';

export interface CacheFacts {
  readonly status: CacheStatus;
  readonly source: string;
  readonly ageSeconds?: number;
}

/** A Map, as the word is the edge's. */
const WORDS: ReadonlyMap<string, CacheStatus> = new Map([
  ['hit', 'hit'],
  ['miss', 'miss'],
  ['stale', 'stale'],
  ['expired', 'expired'],
  ['revalidated', 'revalidated'],
  ['refreshhit', 'revalidated'],
  ['updating', 'updating'],
  ['bypass', 'bypass'],
  ['pass', 'bypass'],
  ['dynamic', 'dynamic'],
  ['none', 'none'],
]);
const word = (text: string): CacheStatus => WORDS.get(text.trim().toLowerCase()) ?? 'unknown';

/** RFC 9211: a list of caches, the last is nearest to us; hit, or fwd= with the reason. */
function rfc9211(value: string): CacheStatus {
  // A quoted string may hold commas and semicolons that separate nothing.
  const params = value
    .replace(/"[^"]*"/g, '')
    .split(',')
    .at(-1)!
    .toLowerCase()
    .split(';')
    .slice(1)
    .map((p) => p.trim());
  const ttl = Number(params.find((p) => p.startsWith('ttl='))?.slice(4));
  if (params.includes('hit')) return ttl < 0 ? 'stale' : 'hit';
  const fwd = params.find((p) => p.startsWith('fwd='))?.slice(4);
  if (fwd === undefined) return 'unknown';
  if (fwd === 'bypass' || fwd === 'method') return 'bypass';
  if (fwd === 'stale') return params.includes('fwd-status=304') ? 'revalidated' : 'expired';
  return 'miss';
}

const READERS: readonly (readonly [header: string, read: (value: string) => CacheStatus])[] = [
  ['cache-status', rfc9211],
  ['x-cdn-cache-status', word],
  ['cf-cache-status', word],
  ['x-proxy-cache', word],
  ['x-cache-status', word],
  ['x-cache', (value) => word(value.split(',').at(-1)!.trim().split(/[ -]/)[0]!)],
  ['x-varnish', (value) => (value.trim().split(/\s+/).length >= 2 ? 'hit' : 'miss')],
  ['server-timing', (value) => word(/cdn-cache\s*;\s*desc="?([a-z]+)/i.exec(value)?.[1] ?? '')],
];

/** The first header that says something wins; header names are lower-case. `unknown` if nothing speaks of a cache. */
export function cacheFacts(headers: Readonly<Record<string, string>>): CacheFacts {
  // RFC 9111, 5.1: digits. Number() would read an empty header as 0, and so as fresh.
  const age = /^\d{1,10}$/.test(headers.age ?? '') ? Number(headers.age) : Number.NaN;
  const ageSeconds = age >= 0 ? { ageSeconds: age } : {};
  for (const [header, read] of READERS) {
    const value = headers[header];
    const status = value === undefined ? 'unknown' : read(value);
    if (status !== 'unknown') return { status, source: header, ...ageSeconds };
  }
  if (age > 0) return { status: 'hit', source: 'age', ...ageSeconds };
  return { status: 'unknown', source: '', ...ageSeconds };
}
