// One problem found in a spec: which rule, where, and what to do. Never holds the value of a secret.
import { RULES, type RuleId } from './rules.ts';

export interface Finding {
  readonly rule: RuleId;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint?: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 units. */
  readonly column: number;
  /** Characters to underline, within the line. */
  readonly length: number;
  /** Path in the file, e.g. `slos[3].objective`; empty for the file as a whole. */
  readonly path: string;
}

export type Path = readonly (string | number)[];

/** A problem that knows its path but not yet its place in a file. */
export interface Problem {
  readonly rule: RuleId;
  readonly path: Path;
  readonly message: string;
  readonly hint?: string | undefined;
  /** Point at the key instead of its value. */
  readonly atKey?: boolean;
}

/** `['slos', 3, 'sli', 'step']` as `slos[3].sli.step`. */
export function formatPath(path: Path): string {
  let text = '';
  for (const part of path) text += typeof part === 'number' ? `[${part}]` : text === '' ? part : `.${part}`;
  return text;
}

export interface Place {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** A finding from a rule, a file and a place; the severity comes from the catalogue of rules. */
export function finding(
  rule: RuleId,
  file: string,
  place: Place,
  what: { message: string; hint?: string | undefined; path?: Path },
): Finding {
  return {
    rule,
    severity: RULES[rule].severity,
    message: what.message,
    ...(what.hint === undefined ? {} : { hint: what.hint }),
    file,
    ...place,
    path: formatPath(what.path ?? []),
  };
}

/** By file as given, then line, column and rule, so that people can work from top to bottom. */
export function inReadingOrder(findings: readonly Finding[], files: readonly string[]): Finding[] {
  const rank = new Map(files.map((file, index) => [file, index]));
  const rankOf = (f: Finding) => rank.get(f.file) ?? files.length;
  return findings.toSorted(
    (a, b) => rankOf(a) - rankOf(b) || a.line - b.line || a.column - b.column || a.rule.localeCompare(b.rule),
  );
}

/** A secret this short may be a part of any word: masking it would spell it out. */
const SHORTEST_MASKED = 4;

/** Replaces every occurrence of a secret by `***`, the longest secret first; secrets under 4 characters are left. */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets.toSorted((a, b) => b.length - a.length)) {
    if (secret.length >= SHORTEST_MASKED) clean = clean.replaceAll(secret, '***');
  }
  return clean;
}

/** A missing secret is one mistake: that the reference itself is no URL or no number says nothing more. */
export function once(findings: readonly Finding[]): Finding[] {
  const at = (f: Finding) => `${f.file}:${f.line}:${f.column}`;
  const missing = new Set(findings.filter((f) => f.rule === 'secret-missing').map(at));
  return findings.filter((f) => f.rule === 'secret-missing' || !missing.has(at(f)));
}

/** A finding that shows no secret. */
export function redacted(f: Finding, secrets: readonly string[]): Finding {
  return {
    ...f,
    message: redact(f.message, secrets),
    ...(f.hint === undefined ? {} : { hint: redact(f.hint, secrets) }),
  };
}
