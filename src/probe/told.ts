// What a run tells of its target in words: without the target's secrets, which a server may send back, in one line and short.
// Never judges.
import type { Target } from '../spec/target.ts';
import type { Facts } from './probe.ts';

/** What servers say can be megabytes long: so much is looked at for secrets, and so much is told. */
const READ_CHARS = 256 * 1024;
const MAX_CHARS = 1_000;
/** Shorter ones would be found in words that are none; a secret of three characters keeps nothing secret. */
const MIN_SECRET_CHARS = 4;
const MIN_PART_CHARS = 8;
/** Request headers that hold no secret, and whose values are words that servers use, too. */
const OPEN_HEADER =
  /^(accept|accept-.*|cache-control|content-type|host|if-.*|origin|pragma|range|referer|traceparent|user-agent|x-forwarded-.*)$/i;
/** Control characters, the end of lines of Unicode, and marks that turn the direction of writing: a terminal or a log obeys them. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu;

/** Facts that a server words as it likes; the others are numbers, or words of ours. */
const FREE_TEXT = ['answers', 'certificate', 'server', 'wordpressVersion'] as const satisfies readonly (keyof Facts)[];

export interface Told {
  text(told: string): string;
  facts(facts: Facts): Facts;
}

const tellers = new WeakMap<Target, Told>();

/** How texts of runs of `target` are told. */
export function tellerOf(target: Target): Told {
  const known = tellers.get(target);
  if (known !== undefined) return known;
  const teller = makeTeller(secretsOf(target));
  tellers.set(target, teller);
  return teller;
}

function makeTeller(secrets: readonly string[]): Told {
  const text = (told: string): string => {
    // Cut only afterwards, so that no secret is cut at the end and shown in part.
    let shown = told.slice(0, READ_CHARS);
    for (const secret of secrets) shown = shown.replaceAll(secret, '[secret]');
    shown = shown.replace(UNPRINTABLE, ' ');
    return shown.length > MAX_CHARS ? `${shown.slice(0, MAX_CHARS)}…` : shown;
  };
  const value = (fact: unknown): unknown => (Array.isArray(fact) ? fact.map(value) : text(String(fact)));
  return {
    text: (told) => (told === '' ? '' : text(told)),
    facts(facts) {
      const told = FREE_TEXT.filter((name) => facts[name] !== undefined);
      // Most runs have none, and are not to be copied for that.
      if (told.length === 0) return facts;
      return { ...facts, ...Object.fromEntries(told.map((name) => [name, value(facts[name])])) };
    },
  };
}

/** What a target of any kind may have of secrets. */
interface Secretive {
  readonly url: string;
  readonly password?: string;
  readonly healthToken?: string;
  readonly loginCookie?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly replicas?: readonly { readonly url: string }[];
}

/** Longest first, so that one that is part of another does not take it apart. */
function secretsOf(target: Target): readonly string[] {
  const { url, password, healthToken, loginCookie, headers, body, replicas } = target as Secretive;
  const urls = [url, ...(replicas ?? []).map((replica) => replica.url)].flatMap((text) => passwordsIn(new URL(text)));
  const closed = Object.entries(headers ?? {}).flatMap(([name, value]) => (OPEN_HEADER.test(name) ? [] : [value]));
  // Bearer TOKEN, name=value; other=value: each part may come back alone.
  const parts = [loginCookie, ...closed].flatMap((value = '') => [
    value,
    ...value.split(/[\s;,=]+/).filter((part) => part.length >= MIN_PART_CHARS),
  ]);
  const raw = [password, healthToken, body, ...urls, ...parts].filter((secret) => secret !== undefined);
  const written = raw.flatMap((secret) => [secret, encodeURIComponent(secret.toWellFormed())]);
  return [...new Set(written)].filter((s) => s.length >= MIN_SECRET_CHARS).toSorted((a, b) => b.length - a.length);
}

function passwordsIn({ username, password }: URL): string[] {
  if (password === '') return [];
  const [user, decoded] = [username, password].map(decodedOf);
  return [password, decoded!, Buffer.from(`${user}:${decoded}`).toString('base64')];
}

function decodedOf(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
