// Matchers of Alertmanager in the one form that its classic and its UTF-8 parser read alike: name, operator, quoted value.
import type { Labels } from './labels.ts';

export interface Matcher {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

const FORM = /^([a-zA-Z_][a-zA-Z0-9_]*)(=~|!~|!=|=)"((?:[^"\\\n]|\\["\\n])*)"$/;

const text = ({ label, op, value }: Matcher): string =>
  `${label}${op}"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

export const is = (label: string, value: string): string => text({ label, op: '=', value });
export const isNot = (label: string, value: string): string => text({ label, op: '!=', value });
/** The label is there. A label that is missing on both sides counts as equal in an inhibit rule, so both sides must say this. */
export const has = (label: string): string => isNot(label, '');
/** One of the values; sorted, so that the same set gives the same text. */
export function isOneOf(label: string, values: readonly string[]): string {
  const sorted = [...new Set(values)].sort();
  if (sorted.length === 0) throw new Error(`${label}: a matcher needs a value`);
  const [only] = sorted;
  return sorted.length === 1 ? is(label, only!) : text({ label, op: '=~', value: sorted.map(literal).join('|') });
}
const literal = (value: string) => value.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Reads a matcher; undefined if it is not in the one form that both parsers read alike. */
export function parseMatcher(matcher: string): Matcher | undefined {
  const [, label, op, quoted] = FORM.exec(matcher) ?? [];
  if (label === undefined || op === undefined || quoted === undefined) return undefined;
  const value = quoted.replaceAll(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
  return { label, op: op as Matcher['op'], value };
}

/** Does one matcher match? Regular expressions are anchored, as in Alertmanager. Throws for a matcher in another form. */
export function matches(matcher: string, labels: Labels): boolean {
  const parsed = parseMatcher(matcher);
  if (parsed === undefined) throw new Error(`${matcher} is no matcher in the form name="value"`);
  const { label, op, value } = parsed;
  const own = labels[label] ?? '';
  const found = op.endsWith('~') ? new RegExp(`^(?:${value})$`, 's').test(own) : own === value;
  return op.startsWith('!') ? !found : found;
}

/** Do all of them match? */
export const matchAll = (matchers: readonly string[], labels: Labels): boolean =>
  matchers.every((matcher) => matches(matcher, labels));
