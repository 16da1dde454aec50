// Turns what zod says into what a person can act on: rule, path, message and hint. Never repeats a value that it was not given.
import type { z } from 'zod';
import type { Path, Problem } from './finding.ts';
import { didYouMean, nearest } from './nearest.ts';
import { bare, definitionOf, keysOf, kindsOf, schemaAt, valueAt } from './schema-walk.ts';

type Issue = z.core.$ZodIssue;

/** Parses `value`, found at `prefix` in the file. Every problem at once; paths start at the top of the file. */
export function parseAt<S extends z.ZodType>(
  schema: S,
  value: unknown,
  prefix: Path,
): { value?: z.output<S>; problems: Problem[] } {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data, problems: [] };
  return { problems: result.error.issues.flatMap((issue) => problemsOf(issue, [], schema, value, prefix)) };
}

function problemsOf(issue: Issue, base: Path, schema: z.ZodType, root: unknown, prefix: Path): Problem[] {
  const path = [...base, ...(issue.path as Path)];
  const at = [...prefix, ...path];
  if (issue.code === 'unrecognized_keys') {
    const known = keysOf(schemaAt(schema, path, root));
    return issue.keys.map((key) => unknownKey(key, at, known));
  }
  const value = valueAt(root, path);
  if (value === undefined && path.length > 0) return missingKey(path, schema, root, prefix);
  if (issue.code === 'invalid_union') return unionProblems(issue, path, schema, root, prefix);
  return [single(issue, at, path, value, schema, root)];
}

/** A missing key; nothing if it only is misspelt, which is reported as an unknown key. */
function missingKey(path: Path, schema: z.ZodType, root: unknown, prefix: Path): Problem[] {
  const key = String(path.at(-1));
  const at = [...prefix, ...path.slice(0, -1)];
  const parent = schemaAt(schema, path.slice(0, -1), root);
  const given = Object.keys((valueAt(root, path.slice(0, -1)) as object | undefined) ?? {});
  const options = parent === undefined ? [] : (definitionOf(parent).options ?? []);
  const known = options.length > 0 ? [...new Set(options.flatMap(keysOf))] : keysOf(parent);
  const unknown = given.filter((k) => !known.includes(k));
  const problem: Problem = {
    rule: 'missing-key',
    path: at,
    message: `the key "${key}" is missing`,
    hint: options.length > 0 && parent ? `kinds: ${kindsOf(parent).join(', ')}` : hintAt(schema, path, root),
  };
  return [
    ...(unknown.some((k) => nearest(k, known) === key) ? [] : [problem]),
    // Without its kind nothing else looks at the keys of a mapping.
    ...(options.length > 0 ? unknown.map((k) => unknownKey(k, at, known)) : []),
  ];
}

const unknownKey = (key: string, at: Path, known: readonly string[]): Problem => ({
  rule: 'unknown-key',
  path: [...at, key],
  atKey: true,
  message: `unknown key "${key}"`,
  hint: didYouMean(key, known, 'known keys'),
});

function unionProblems(
  issue: z.core.$ZodIssueInvalidUnion,
  path: Path,
  schema: z.ZodType,
  root: unknown,
  prefix: Path,
): Problem[] {
  const value = valueAt(root, path);
  if (issue.errors.length === 0) return unknownKind(shown(value), path, schema, root, prefix);
  const fitting = issue.errors.find(
    (branch) => !branch.some((i) => i.path.length === 0 && (i.code === 'invalid_type' || i.code === 'invalid_union')),
  );
  if (fitting === undefined) {
    return [{ rule: 'wrong-type', path: [...prefix, ...path], message: expected(issue.message), hint: undefined }];
  }
  return fitting.flatMap((inner) => problemsOf(inner, path, schema, root, prefix));
}

/** The kind decides about the other keys; if it is only misspelt, they are checked as those of the nearest kind. */
function unknownKind(kind: string, path: Path, schema: z.ZodType, root: unknown, prefix: Path): Problem[] {
  const itemPath = path.slice(0, -1);
  const union = schemaAt(schema, itemPath, root) ?? schema;
  const kinds = kindsOf(union);
  const problem: Problem = {
    rule: 'unknown-kind',
    path: [...prefix, ...path],
    message: `unknown kind "${kind}"`,
    hint: didYouMean(kind, kinds, 'kinds'),
  };
  const meant = nearest(kind, kinds);
  if (meant === undefined) return [problem];
  const item = { ...(valueAt(root, itemPath) as object), [String(path.at(-1))]: meant };
  return [problem, ...parseAt(union, item, [...prefix, ...itemPath]).problems];
}

function single(issue: Issue, at: Path, path: Path, value: unknown, schema: z.ZodType, root: unknown): Problem {
  if (issue.code === 'invalid_type') {
    const own = issue.message.startsWith('Invalid input') ? `${article(issue.expected)}` : issue.message;
    return {
      rule: 'wrong-type',
      path: at,
      message: `expected ${own}, found ${typeName(value)}`,
      hint: hintAt(schema, path, root) ?? keysHint(schemaAt(schema, path, root)),
    };
  }
  if (issue.code === 'invalid_value') {
    const known = issue.values.map(String);
    return {
      rule: 'invalid-value',
      path: at,
      message: `"${shown(value)}" is not allowed here`,
      hint: didYouMean(shown(value), known, 'one of'),
    };
  }
  if (issue.code === 'custom') {
    const hint = issue.params?.hint;
    return {
      rule: 'invalid-value',
      path: at,
      message: issue.message,
      hint: typeof hint === 'string' ? hint : undefined,
    };
  }
  // Most schemas say themselves what they expect; the others have the meaning of their key as a hint.
  const isOwn = issue.code === 'invalid_format' && !issue.message.startsWith('Invalid');
  const message = isOwn && !/^an? /.test(issue.message) ? `expected ${issue.message}` : expected(issue.message);
  const hint = message.startsWith('expected ') ? undefined : hintAt(schema, path, root);
  return { rule: 'invalid-value', path: at, message, hint };
}

/** The key with its description, which says what belongs there. */
function hintAt(schema: z.ZodType, path: Path, root: unknown): string | undefined {
  const parent = schemaAt(schema, path.slice(0, -1), root);
  const key = path.at(-1);
  const field = parent === undefined || key === undefined ? undefined : definitionOf(bare(parent)).shape?.[key];
  return field?.description === undefined ? undefined : `${key}: ${field.description}`;
}

function keysHint(schema: z.ZodType | undefined): string | undefined {
  const keys = keysOf(schema);
  return keys.length === 0 ? undefined : `a mapping with the keys ${keys.join(', ')}`;
}

const expected = (message: string) =>
  /^an? /.test(message) ? `expected ${message}` : message.replace(/^Invalid input: /, '');
const article = (type: string) =>
  type === 'object' ? 'a mapping' : type === 'array' ? 'a list' : type === 'int' ? 'a whole number' : `a ${type}`;

function typeName(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? 'text' : `a ${typeof value}`;
}

/** A value as text for a message; one that pretends to know how to become text, too. */
const shown = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
