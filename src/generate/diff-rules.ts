// What changes between two lists of rule groups, in sentences for people who review. Pure.
import { formatDuration } from '../spec/scalars.ts';
import type { AlertingRule, Rule, RuleGroup } from './rule.ts';

/** What is compared; `extras` are settings that plimsoll never writes. */
export type ComparedGroup = RuleGroup & { readonly extras?: Readonly<Record<string, string>> };

/**
 * One sentence per rule or group that differs, in the order of the groups; none if nothing differs. Line breaks and indentation of expressions
 * do not count: pass both through the same formatter first if they were printed by different programs.
 */
export function diffGroups(before: readonly ComparedGroup[], after: readonly ComparedGroup[]): string[] {
  const old = new Map(before.map((group) => [group.name, group]));
  const now = new Set(after.map((group) => group.name));
  const moves = movesBetween(before, after);
  const gone = before.filter((group) => !now.has(group.name));
  return [
    ...gone.map((group) => `group ${group.name}: is removed, with ${count(group.rules.length)}`),
    ...after.flatMap((group) => {
      const was = old.get(group.name);
      const changes =
        was === undefined
          ? [`is new, ${count(group.rules.length)} every ${formatDuration(group.intervalMs)}`]
          : changesOf(was, group, moves);
      return changes.map((change) => `group ${group.name}: ${change}`);
    }),
  ];
}

const count = (n: number): string => `${n} rule${n === 1 ? '' : 's'}`;

/** Rules that stand unchanged in another group than before: from and to, by their content. */
function movesBetween(before: readonly RuleGroup[], after: readonly RuleGroup[]): Map<string, [string, string]> {
  const places = (groups: readonly RuleGroup[]) =>
    new Map(groups.flatMap((group) => group.rules.map((rule) => [contentOf(rule), group.name] as const)));
  const from = places(before);
  const moved = [...places(after)].flatMap(([content, to]) => {
    const was = from.get(content);
    return was === undefined || was === to ? [] : [[content, [was, to] as [string, string]] as const];
  });
  return new Map(moved);
}

function changesOf(before: ComparedGroup, after: ComparedGroup, moves: Map<string, [string, string]>): string[] {
  const { pairs, added, removed } = paired(before.rules, after.rules);
  const changes = pairs.flatMap(([was, is]) => {
    const words = ruleChanges(was, is);
    return words.length === 0 ? [] : [`${titleOf(is, after.rules)}: ${words.join('; ')}`];
  });
  const order = (rules: readonly Rule[]) => rules.map(contentOf).join('\n');
  const sameRules = changes.length + added.length + removed.length === 0;
  return [
    ...changed('interval', formatDuration(before.intervalMs), formatDuration(after.intervalMs)),
    ...mapChanges('setting', before.extras, after.extras),
    ...removed.flatMap((rule) => {
      const [from, to] = moves.get(contentOf(rule)) ?? [];
      // The group it went to says so.
      return from === before.name && to !== undefined ? [] : [`${titleOf(rule, before.rules)} is removed`];
    }),
    ...added.map((rule) => {
      const [from, to] = moves.get(contentOf(rule)) ?? [];
      return `${titleOf(rule, after.rules)} ${to === after.name ? `came from group ${from}` : 'is new'}`;
    }),
    ...changes,
    ...(sameRules && order(before.rules) !== order(after.rules) ? ['rules are evaluated in another order'] : []),
  ];
}

/** What belongs together: first what is equal, then same name and labels, then same name in the order they stand. */
function paired(before: readonly Rule[], after: readonly Rule[]) {
  const pairs: [Rule, Rule][] = [];
  let [removed, added] = [[...before], [...after]];
  for (const keyOf of [contentOf, (rule: Rule) => nameOf(rule) + JSON.stringify(sorted(rule.labels)), nameOf]) {
    const rest: Rule[] = [];
    for (const is of added) {
      const at = removed.findIndex((was) => keyOf(was) === keyOf(is));
      if (at === -1) rest.push(is);
      else pairs.push([removed[at]!, is]);
      if (at !== -1) removed = removed.toSpliced(at, 1);
    }
    added = rest;
  }
  pairs.sort(([, a], [, b]) => after.indexOf(a) - after.indexOf(b));
  return { pairs, added, removed };
}

const nameOf = (rule: Rule): string => ('alert' in rule ? `alert ${rule.alert}` : `record ${rule.record}`);

/** The name, with those labels that tell it from others of its name. */
function titleOf(rule: Rule, all: readonly Rule[]): string {
  const others = all.filter((other) => nameOf(other) === nameOf(rule));
  const telling = Object.entries(sorted(rule.labels)).filter(([label, value]) =>
    others.some((other) => other.labels?.[label] !== value),
  );
  if (telling.length === 0) return nameOf(rule);
  return `${nameOf(rule)}{${telling.map(([label, value]) => `${label}="${value}"`).join(', ')}}`;
}

function ruleChanges(before: Rule, after: Rule): string[] {
  const expression = [normal(before.expr), normal(after.expr)] as const;
  const [was, is] = [timesOf(before), timesOf(after)];
  return [
    ...changed('for', was.for, is.for),
    ...changed('keep_firing_for', was.keep, is.keep),
    ...mapChanges('label', before.labels, after.labels),
    ...changed('expression', ...expression),
    ...mapChanges('annotation', annotationsOf(before), annotationsOf(after)),
  ];
}

const isAlert = (rule: Rule): rule is AlertingRule => 'alert' in rule;
const annotationsOf = (rule: Rule) => (isAlert(rule) ? rule.annotations : {});
const timesOf = (rule: Rule) => ({
  for: formatDuration(isAlert(rule) ? rule.forMs : 0),
  keep: formatDuration(isAlert(rule) ? (rule.keepFiringForMs ?? 0) : 0),
});

function changed(what: string, before: string, after: string): string[] {
  if (before === after) return [];
  if (before.length + after.length <= 60) return [`${what} ${before} -> ${after}`];
  return [`${what} changed: ${differing(before, after).join(' -> ')}`];
}

function mapChanges(
  what: string,
  before: Readonly<Record<string, string>> = {},
  after: Readonly<Record<string, string>> = {},
): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    if (is === undefined) return [`${what} ${name} is removed (was ${shown(was ?? '')})`];
    if (was === undefined) return [`${what} ${name} is new: ${shown(is)}`];
    return changed(`${what} ${name}`, was, is);
  });
}

/** Characters of a text that are shown. */
const MOST = 300;
const shown = (text: string): string => (text.length > MOST ? `${text.slice(0, MOST)}…` : text);

/** The part of each that differs, with a few words on both sides; whole texts would hide it. */
function differing(before: string, after: string): [string, string] {
  const [a, b] = [words(before), words(after)];
  const least = Math.min(a.length, b.length);
  let start = 0;
  while (start < least && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < least - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const CONTEXT = 8;
  const cut = (list: readonly string[]) => {
    const from = Math.max(0, start - CONTEXT);
    const to = Math.min(list.length, list.length - end + CONTEXT);
    return shown(`${from > 0 ? '…' : ''}${list.slice(from, to).join('').trim()}${to < list.length ? '…' : ''}`);
  };
  return [cut(a), cut(b)];
}
const words = (text: string): string[] => text.match(/[\w.:]+|\s+|[^\w\s]/g) ?? [];

/** Without comments, line breaks and indentation outside of quotes, which mean nothing in PromQL. */
function normal(expr: string): string {
  const parts = expr.match(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|(?:\s|#[^\n]*)+|[^\s"'`#]+|["'`]/g) ?? [];
  return parts
    .map((part) => (/^[\s#]/.test(part) ? ' ' : part))
    .join('')
    .trim();
}

const sorted = (values: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Everything that a rule says, in one text. */
const contentOf = (rule: Rule): string =>
  JSON.stringify([nameOf(rule), normal(rule.expr), sorted(rule.labels), sorted(annotationsOf(rule)), timesOf(rule)]);
