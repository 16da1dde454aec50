// Turns what zod says into what a person can act on: rule, path, message and hint. Never repeats a value that it was not given.
import type { z } from 'zod';
import type { Path, Problem } from './finding.ts';
import { didYouMean } from './nearest.ts';
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
    return issue.keys.map((key) => ({
      rule: 'unknown-key' as const,
      path: [...at, key],
      atKey: true,
      message: `unknown key "${key}"`,
      hint: didYouMean(key, known, 'known keys'),
    }));
  }
  const value = valueAt(root, path);
  if (value === undefined && path.length > 0) {
    const key = path.at(-1);
    return [
      {
        rule: 'missing-key',
        path: at.slice(0, -1),
        message: `the key "${key}" is missing`,
        hint: hintAt(schema, path, root),
      },
    ];
  }
  if (issue.code === 'invalid_union') return unionProblems(issue, path, schema, root, prefix);
  return [single(issue, at, path, value, schema, root)];
}

function unionProblems(
  issue: z.core.$ZodIssueInvalidUnion,
  path: Path,
  schema: z.ZodType,
  root: unknown,
  prefix: Path,
): Problem[] {
  const value = valueAt(root, path);
  if (issue.errors.length === 0) {
    const kinds = kindsOf(schemaAt(schema, path.slice(0, -1), root) ?? schema);
    return [
      {
        rule: 'unknown-kind',
        path: [...prefix, ...path],
        message: `unknown kind "${String(value)}"`,
        hint: didYouMean(String(value), kinds, 'kinds'),
      },
    ];
  }
  const fitting = issue.errors.find(
    (branch) => !branch.some((i) => i.path.length === 0 && (i.code === 'invalid_type' || i.code === 'invalid_union')),
  );
  if (fitting === undefined) {
    return [{ rule: 'wrong-type', path: [...prefix, ...path], message: expected(issue.message), hint: undefined }];
  }
  return fitting.flatMap((inner) => problemsOf(inner, path, schema, root, prefix));
}

function single(issue: Issue, at: Path, path: Path, value: unknown, schema: z.ZodType, root: unknown): Problem {
  if (issue.code === 'invalid_type') {
    const own = issue.message.startsWith('Invalid input') ? `${article(issue.expected)}` : issue.message;
    return {
      rule: 'wrong-type',
      path: at,
      message: `expected ${own}, found ${typeName(value)}`,
      hint: hintAt(schema, path, root),
    };
  }
  if (issue.code === 'invalid_value') {
    const known = issue.values.map(String);
    return {
      rule: 'invalid-value',
      path: at,
      message: `"${String(value)}" is not allowed here`,
      hint: didYouMean(String(value), known, 'one of'),
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
  return { rule: 'invalid-value', path: at, message: expected(issue.message), hint: hintAt(schema, path, root) };
}

/** The description of the field, which says what belongs there. */
function hintAt(schema: z.ZodType, path: Path, root: unknown): string | undefined {
  const parent = schemaAt(schema, path.slice(0, -1), root);
  const key = path.at(-1);
  const field = parent === undefined || key === undefined ? undefined : definitionOf(bare(parent)).shape?.[key];
  return field?.description;
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
