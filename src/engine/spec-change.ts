// A spec as a text without its secrets, and what differs between two such texts, in one line for people. Pure.
import type { Spec } from '../spec/spec.ts';

const SECRET_KEYS: ReadonlySet<string> = new Set(['password', 'healthToken', 'headers', 'loginCookie', 'body']);

/** A spec as text, without what may be secret: a secret that was renewed is no change of it, and its digest is on disk. */
export const withoutSecrets = (spec: Spec): string =>
  JSON.stringify(spec, (key, value) => {
    if (SECRET_KEYS.has(key)) return undefined;
    return typeof value === 'string' ? value.replace(/:\/\/[^/\s]*@/, '://') : value;
  });

type Section = Readonly<Record<string, unknown>>;

/** Lists whose items have a name, or a key that is one. */
const NAMED = ['slos', 'targets', 'sites'];
const MOST_NAMED = 3;

/** "slos: blog-up new, shop-up changed; targets: db gone; maintenance changed". Both are texts of withoutSecrets(). */
export function whatChanged(before: string, after: string): string {
  const [was, is] = [before, after].map((text) => JSON.parse(text) as Section);
  return Object.keys({ ...was, ...is })
    .toSorted((a, b) => rank(a) - rank(b))
    .flatMap((section) => {
      const [old, now] = [was![section], is![section]];
      if (!NAMED.includes(section)) return JSON.stringify(old) === JSON.stringify(now) ? [] : [`${section} changed`];
      const items = itemsChanged(byName(old), byName(now));
      const more = items.length > MOST_NAMED ? ` and ${items.length - MOST_NAMED} more` : '';
      return items.length === 0 ? [] : [`${section}: ${items.slice(0, MOST_NAMED).join(', ')}${more}`];
    })
    .join('; ');
}

const rank = (section: string): number => (NAMED.includes(section) ? NAMED.indexOf(section) : NAMED.length);

const byName = (list: unknown): ReadonlyMap<string, string> =>
  new Map(
    ((list ?? []) as readonly Section[]).map((item) => [String(item.name ?? item.key), JSON.stringify(item)] as const),
  );

function itemsChanged(was: ReadonlyMap<string, string>, is: ReadonlyMap<string, string>): string[] {
  return [
    ...[...is].flatMap(([name, text]) => {
      if (!was.has(name)) return [`${name} new`];
      return was.get(name) === text ? [] : [`${name} changed`];
    }),
    ...[...was.keys()].filter((name) => !is.has(name)).map((name) => `${name} gone`),
  ];
}
