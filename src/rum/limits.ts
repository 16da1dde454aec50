// How much one network and one site may send: token buckets, and the share of one network. Addresses are kept as keyed hashes, in memory.
import { createHmac, randomBytes } from 'node:crypto';
import { isIPv4 } from 'node:net';

const MOST_PREFIXES = 20_000;
const MOST_SHARES = 100_000;
const PREFIX_PER_SECOND = 5;
const PREFIX_BURST = 30;
const SHARE_WINDOW_MS = 600_000;
/** Always taken from one network in a window, however few others there are. */
const FREE = 20;
const DAY_MS = 86_400_000;

class TokenBucket {
  #tokens: number;
  #atMs: number;
  constructor(burst: number, nowMs: number) {
    this.#tokens = burst;
    this.#atMs = nowMs;
  }
  /** Takes a token; else ms until there is one. */
  take(perSecond: number, burst: number, nowMs: number): number {
    this.#tokens = Math.min(burst, this.#tokens + (Math.max(0, nowMs - this.#atMs) * perSecond) / 1000);
    this.#atMs = nowMs;
    if (this.#tokens < 1) return ((1 - this.#tokens) * 1000) / perSecond;
    this.#tokens -= 1;
    return 0;
  }
}

/** /24 of IPv4 (also mapped into IPv6), /48 of IPv6; an address that is none stands for itself. */
export function prefixOf(address: string): string {
  const v4 = address.replace(/^::ffff:/i, '');
  if (isIPv4(v4)) return v4.split('.').slice(0, 3).join('.');
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const all =
    tail === undefined
      ? groups
      : [...groups, ...Array(Math.max(0, 8 - groups.length - after.length)).fill('0'), ...after];
  return all
    .slice(0, 3)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':');
}

/** The limits of one site. Times in ms of a clock that never goes back. */
export class Limits {
  readonly #prefixes = new Map<string, TokenBucket>();
  #site: TokenBucket;
  #salt = randomBytes(32);
  #saltUntilMs: number;
  #shares = new Map<string, number>();
  #taken = 0;
  #windowEndMs: number;

  constructor(nowMs: number) {
    this.#site = new TokenBucket(100, nowMs);
    this.#saltUntilMs = nowMs + DAY_MS;
    this.#windowEndMs = nowMs + SHARE_WINDOW_MS;
  }

  /** Who sends, as nobody can read it: the key is new every day. */
  hashed(address: string, nowMs: number): string {
    if (nowMs >= this.#saltUntilMs) {
      this.#salt = randomBytes(32);
      this.#saltUntilMs = nowMs + DAY_MS;
      this.#prefixes.clear();
      // Nobody is known by the old key: shares begin anew, with what they are shares of.
      this.#windowEndMs = 0;
    }
    return createHmac('sha256', this.#salt).update(prefixOf(address)).digest('base64url').slice(0, 16);
  }

  /** 0 if a beacon may be read; else seconds to wait, whole, at least 1. */
  waitSeconds(who: string, perSecond: number, nowMs: number): number {
    let bucket = this.#prefixes.get(who);
    if (bucket === undefined) {
      // Who was not seen for longest goes, so that a flood from everywhere costs no memory; the limit of the site holds.
      if (this.#prefixes.size >= MOST_PREFIXES)
        for (const oldest of [...this.#prefixes.keys()].slice(0, MOST_PREFIXES / 2)) this.#prefixes.delete(oldest);
      bucket = new TokenBucket(PREFIX_BURST, nowMs);
    } else this.#prefixes.delete(who);
    this.#prefixes.set(who, bucket);
    const waitMs =
      bucket.take(PREFIX_PER_SECOND, PREFIX_BURST, nowMs) || this.#site.take(perSecond, 2 * perSecond, nowMs);
    return waitMs === 0 ? 0 : Math.max(1, Math.ceil(waitMs / 1000));
  }

  /** May this network add to what is counted? At most `share` of the window, but 20 always. */
  withinShare(who: string, share: number, nowMs: number): boolean {
    if (nowMs >= this.#windowEndMs) {
      this.#shares = new Map();
      this.#taken = 0;
      this.#windowEndMs = nowMs + SHARE_WINDOW_MS;
    }
    const own = (this.#shares.get(who) ?? 0) + 1;
    if (own > FREE && own > share * (this.#taken + 1)) return false;
    if (this.#shares.size >= MOST_SHARES && !this.#shares.has(who)) return false;
    this.#shares.set(who, own);
    this.#taken += 1;
    return true;
  }
}
