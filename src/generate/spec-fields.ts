// Which fields of two values of a spec differ, in words. Never shows what may be a secret. Pure.
import { formatDuration } from '../spec/scalars.ts';

/** Values that are a time in ms, and those that are a share. */
const DURATIONS = new Set(
  'interval timeout below above for window long short retention scrapeInterval every cronMaxLag minValidity maxAge maxTtl settle quiet'.split(
    ' ',
  ),
);
const RATIOS = new Set(['objective', 'budget', 'maxExcluded', 'sample', 'maxShare']);
/** Shown as changed, and no more: they hold passwords, tokens and cookies, or may. */
const HIDDEN = new Set(['password', 'username', 'headers', 'healthToken', 'loginCookie', 'body', 'forward']);
/** Longer values say more by their length than by their text. */
const MOST = 160;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** "99.9%": with as many digits as it has. */
export const percentText = (ratio: number): string => `${Number((ratio * 100).toFixed(6))}%`;

/** A value as it would be written: `30s`, `99.9%`, `front, rest`, `{ kind: probe }`. */
export function valueText(key: string, value: unknown): string {
  const text = plainText(key, value);
  return text.length > MOST ? `${text.slice(0, MOST)}…` : text;
}

function plainText(key: string, value: unknown): string {
  if (HIDDEN.has(key)) return '***';
  if (typeof value === 'number') {
    if (DURATIONS.has(key)) return formatDuration(value);
    if (RATIOS.has(key)) return percentText(value);
    if (key === 'from') return new Date(value).toISOString().replace('.000Z', 'Z');
  }
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map((one) => plainText(key, one)).join(', ');
  if (!isObject(value)) return String(value);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{ ${fields.map(([name, field]) => `${name}: ${plainText(name, field)}`).join(', ')} }`;
}

/** Same content, whatever the order of keys. A field that is undefined is as good as none. */
export const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => [key, ordered(field)]),
  );
}

/** One phrase per field that differs, fields of fields too: `interval 30s -> 1m`, `password changed`. `except`: told elsewhere. */
export function fieldChanges(before: object, after: object, except: readonly string[] = [], path = ''): string[] {
  const [was, is] = [before, after] as [Record<string, unknown>, Record<string, unknown>];
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((name) => !except.includes(name));
  return names.flatMap((name) => {
    const [old, now] = [was[name], is[name]];
    const title = `${path}${name}`;
    if (isSame(old, now)) return [];
    if (HIDDEN.has(name)) return [`${title} changed`];
    if (old === undefined) return [`${title} is new: ${valueText(name, now)}`];
    if (now === undefined) return [`${title} is removed (was ${valueText(name, old)})`];
    if (isObject(old) && isObject(now)) return fieldChanges(old, now, [], `${title}.`);
    return [`${title} ${valueText(name, old)} -> ${valueText(name, now)}`];
  });
}

/** What came, went and changed in two lists whose items have a key. `describe` says what a new item is. */
export function listChanges<T extends object>(
  what: string,
  before: readonly T[],
  after: readonly T[],
  keyOf: (item: T) => string,
  describe: (item: T) => string = () => '',
): string[] {
  const [old, now] = [before, after].map((list) => new Map(list.map((item) => [keyOf(item), item])));
  const gone = [...old!.keys()].filter((key) => !now!.has(key)).map((key) => `${what} ${key}: is removed`);
  const rest = [...now!].flatMap(([key, item]) => {
    const was = old!.get(key);
    const more = describe(item);
    if (was === undefined) return [`${what} ${key}: is new${more === '' ? '' : `, ${more}`}`];
    return fieldChanges(was, item).map((change) => `${what} ${key}: ${change}`);
  });
  return [...gone, ...rest];
}
