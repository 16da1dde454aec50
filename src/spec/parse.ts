// Text to Spec, or to every problem at once. Pure: environment and files come through ports.
import type { z } from 'zod';
import { checkReferences } from './check-references.ts';
import { type Parsed, parseDocument, type SecretPorts, type Source } from './document.ts';
import type { Finding } from './finding.ts';
import { lint } from './lint.ts';
import { RULES, type RuleId } from './rules.ts';
import { type Spec, specSchema } from './spec.ts';

export type ParseResult =
  | { readonly ok: true; readonly spec: Spec; readonly findings: readonly Finding[]; readonly secrets: readonly string[] }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** What a check reports; parse adds file, line and column. `path` is that of the concatenated spec. */
export interface Problem {
  readonly rule: RuleId;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly hint?: string;
  /** Point at the key instead of the value. */
  readonly key?: boolean;
}

const LISTS = ['targets', 'slos', 'maintenance', 'policies'] as const;
const MAX_TIMEOUT_MS = 10_000;

/** Parses one or more files into one spec. Files are concatenated; `exporter` may stand in one of them only. */
export function parseSpec(sources: readonly Source[], ports: SecretPorts): ParseResult {
  const parsed = sources.map((source) => parseDocument(source, ports));
  const findings: Finding[] = parsed.flatMap((p) => p.findings);
  const secrets = parsed.flatMap((p) => p.secrets);
  const { merged, place, repeated } = merge(parsed);
  const report = (problem: Problem) => {
    const { key, path, rule, ...rest } = problem;
    findings.push({ rule, severity: RULES[rule][0], ...rest, ...place(path, key), path: path.map(String).join('.') });
  };
  for (const { key, file } of repeated) findings.push({ rule: 'duplicate-name', severity: 'error', message: `"${key}" stands in more than one file`, ...file.locate([key], true), path: key });
  let spec: Spec | undefined;
  if (parsed.every((p) => p.data !== undefined)) {
    const result = specSchema.safeParse(merged);
    if (result.success) {
      spec = withTimeouts(result.data as unknown as Spec);
      checkReferences(spec, report);
      if (!findings.some((f) => f.severity === 'error')) lint(spec, merged, report);
    } else for (const issue of result.error.issues) schemaProblems(issue).forEach(report);
  }
  const clean = findings.map((f) => redact(f, secrets)).sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column);
  if (spec === undefined || clean.some((f) => f.severity === 'error')) return { ok: false, findings: clean };
  return { ok: true, spec, findings: clean, secrets };
}

interface Merged {
  readonly merged: Record<string, unknown>;
  place(path: readonly PropertyKey[], key?: boolean): ReturnType<Parsed['locate']>;
  /** Sections that stand in two files but cannot be joined. */
  readonly repeated: readonly { key: string; file: Parsed }[];
}

function merge(parsed: readonly Parsed[]): Merged {
  const merged: Record<string, unknown> = {};
  const origins = new Map<string, { parsed: Parsed; index: number }>();
  const repeated: { key: string; file: Parsed }[] = [];
  for (const file of parsed) {
    const data = file.data as Record<string, unknown> | null | undefined;
    if (data === null || data === undefined) continue;
    if (typeof data !== 'object' || Array.isArray(data)) {
      merged.targets = data;
      continue;
    }
    for (const [key, value] of Object.entries(data)) {
      if ((LISTS as readonly string[]).includes(key) && Array.isArray(value)) {
        const list = Array.isArray(merged[key]) ? (merged[key] as unknown[]) : [];
        for (const [index, item] of value.entries()) {
          origins.set(`${key}.${list.length}`, { parsed: file, index });
          list.push(item);
        }
        merged[key] = list;
      } else {
        if (Object.hasOwn(merged, key)) repeated.push({ key, file });
        Object.defineProperty(merged, key, { value, enumerable: true, configurable: true, writable: true });
        origins.set(key, { parsed: file, index: -1 });
      }
    }
  }
  const place: Merged['place'] = ([top, index, ...rest], key) => {
    const origin = origins.get(`${String(top)}.${String(index)}`);
    if (origin !== undefined) return origin.parsed.locate([top!, origin.index, ...rest], key);
    const file = origins.get(String(top))?.parsed ?? parsed[0];
    return file?.locate([top, index, ...rest].filter((p) => p !== undefined), key) ?? { file: '', line: 1, column: 1, length: 1 };
  };
  return { merged, place, repeated };
}

function schemaProblems(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ rule: 'unknown-key', path: [...issue.path, key], key: true, message: `unknown key "${key}"`, hint: `\`plimsoll schema\` lists the keys of ${issue.path.filter((p) => typeof p === 'string').join('.') || 'a spec'}` }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const [first] = issue.errors.filter((errors) => errors.length > 0 && !errors.every((e) => e.code === 'invalid_type')).toSorted((a, b) => a.length - b.length);
    if (first !== undefined) return first.flatMap((inner) => schemaProblems({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue));
  }
  const hint = issue.code === 'custom' ? (issue.params?.hint as string | undefined) : undefined;
  const name = String(issue.path.findLast((p) => typeof p === 'string') ?? 'spec');
  return [{ rule: 'schema', path: issue.path, message: `${name}: ${issue.message}`, ...(hint !== undefined && { hint }) }];
}

function withTimeouts(spec: Spec): Spec {
  const targets = spec.targets.map((t) => ({ ...t, timeout: t.timeout ?? Math.min(MAX_TIMEOUT_MS, Math.round(t.interval * 0.8)) }));
  return { ...spec, targets };
}

function redact(finding: Finding, secrets: readonly string[]): Finding {
  const clean = (text: string) => secrets.reduce((t, secret) => t.replaceAll(secret, '[secret]'), text);
  return { ...finding, message: clean(finding.message), ...(finding.hint !== undefined && { hint: clean(finding.hint) }) };
}
