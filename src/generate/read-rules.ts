// Rule groups out of text: files that were generated, and what Mimir's ruler answers. The other direction of rule-files.ts. Pure.
import { parse, parseDocument } from 'yaml';
import { parseDuration } from '../spec/scalars.ts';
import type { Rule, RuleGroup } from './rule.ts';
import { MIMIR_NAMESPACE } from './rule-files.ts';

/** A group as it was found. */
export interface ReadGroup extends RuleGroup {
  /** Settings that plimsoll never writes, by name, as JSON: somebody set them by hand. */
  readonly extras?: Readonly<Record<string, string>>;
  /** The group as it stood there, to load it again without loss. */
  readonly raw: unknown;
}

/** Which reader a rule file is for. `other` is no rule file: a PrometheusRule, a test, a dashboard. */
export type RuleFileKind = 'mimir' | 'prometheus' | 'other';

export interface RuleFile {
  readonly kind: RuleFileKind;
  /** Of Mimir. */
  readonly namespace?: string;
  readonly groups: readonly ReadGroup[];
}

const year = 365 * 86_400_000;

/** Reads one file. Throws an Error without the file's name that says what is wrong with it. */
export function readRuleFile(text: string): RuleFile {
  const document = parseDocument(text);
  const fault = document.errors[0];
  if (fault !== undefined) throw new Error(`is no YAML: ${fault.message.split('\n', 1)[0]}`);
  const found: unknown = document.toJS();
  if (!isObject(found) || !('groups' in found)) return { kind: 'other', groups: [] };
  const keys = Object.keys(found).filter((key) => key !== 'groups');
  if (keys.length === 0) return { kind: 'prometheus', groups: readGroups(found.groups) };
  if (typeof found.namespace !== 'string') return { kind: 'other', groups: [] };
  const unknown = keys.find((key) => key !== 'namespace');
  if (unknown !== undefined) throw new Error(`"${unknown}" beside "namespace" and "groups" is not known`);
  return { kind: 'mimir', namespace: found.namespace, groups: readGroups(found.groups) };
}

/** The groups of one namespace in an answer of Mimir's ruler: `{namespace: [group, …]}`. Throws an Error if it is something else. */
export function readRulerAnswer(text: string, namespace = MIMIR_NAMESPACE): readonly ReadGroup[] {
  let found: unknown;
  try {
    found = parse(text);
  } catch {
    throw new Error('the answer is no YAML');
  }
  if (!isObject(found)) throw new Error('the answer is no list of rule groups');
  return readGroups(found[namespace] ?? []);
}

function readGroups(list: unknown): ReadGroup[] {
  if (!Array.isArray(list)) throw new Error('"groups" is no list of rule groups');
  return list.map((raw: unknown, i) => {
    if (!isObject(raw) || typeof raw.name !== 'string') throw new Error(`group ${i + 1} has no name`);
    const { name, interval, rules, ...others } = raw;
    const where = `group ${name}`;
    if (!Array.isArray(rules)) throw new Error(`${where}: "rules" is no list`);
    const extras = Object.entries(others).filter(([, value]) => !isUnset(value));
    return {
      name,
      // Without one, the reader's own: Prometheus global.evaluation_interval, Mimir -ruler.evaluation-interval, both 1m by default.
      intervalMs: interval === undefined ? 60_000 : ms(interval, `${where}: interval`),
      rules: rules.map((rule: unknown, n) => readRule(rule, `${where}: rule ${n + 1}`)),
      ...(extras.length > 0 && { extras: Object.fromEntries(extras.map(([k, v]) => [k, JSON.stringify(v)])) }),
      raw,
    };
  });
}

function readRule(raw: unknown, where: string): Rule {
  if (!isObject(raw)) throw new Error(`${where} is no rule`);
  const { alert, record, expr } = raw;
  const labels = texts(raw.labels, `${where}: labels`);
  if (typeof expr !== 'string' && typeof expr !== 'number') throw new Error(`${where}: has no expression`);
  if (typeof record === 'string' && record !== '') return { record, expr: String(expr), labels };
  if (typeof alert !== 'string' || alert === '') throw new Error(`${where}: has neither "alert" nor "record"`);
  const keep = raw.keep_firing_for;
  return {
    alert,
    expr: String(expr),
    forMs: raw.for === undefined ? 0 : ms(raw.for, `${where}: for`),
    ...(keep !== undefined && { keepFiringForMs: ms(keep, `${where}: keep_firing_for`) }),
    labels,
    annotations: texts(raw.annotations, `${where}: annotations`),
  };
}

/** A duration in Prometheus' notation; a bare 0 is one too. Years are what spec durations lack. */
function ms(value: unknown, where: string): number {
  const text = value === 0 ? '0s' : String(value);
  const years = /^(\d+)y/.exec(text);
  const rest = years === null ? text : text.slice(years[0].length);
  const parsed = rest === '' ? 0 : parseDuration(rest);
  if (parsed === undefined) throw new Error(`${where} "${text}" is no duration like 30s or 5m`);
  return Number(years?.[1] ?? 0) * year + parsed;
}

function texts(value: unknown, where: string): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw new Error(`${where} are no list of names and values`);
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** Mimir answers with fields that nobody set. */
const isUnset = (value: unknown): boolean =>
  value === null || value === 0 || value === '' || value === false || (Array.isArray(value) && value.length === 0);
