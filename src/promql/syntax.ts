// An expression as a tree, and the pieces that checks look at. Never judges.
// The grammar is loaded with the first expression: an exporter whose spec has none starts without it.
import { createRequire } from 'node:module';

type Grammar = typeof import('@prometheus-io/lezer-promql');

const require = createRequire(import.meta.url);

export type Tree = ReturnType<Grammar['parser']['parse']>;
export type Node = Tree['topNode'];

/** Never throws: what cannot be parsed is in the tree as an error node. */
export const treeOf = (expr: string): Tree => (require('@prometheus-io/lezer-promql') as Grammar).parser.parse(expr);

/** Every node of a tree, parents first. */
export function nodesOf(tree: Tree): Node[] {
  const nodes: Node[] = [];
  tree.iterate({ enter: ({ node }) => void nodes.push(node) });
  return nodes;
}

export const textOf = (expr: string, node: Node): string => expr.slice(node.from, node.to);

export interface Matcher {
  readonly label: string;
  /** `=`, `!=`, `=~` or `!~`. */
  readonly op: string;
  /** Without quotes, escapes resolved. */
  readonly value: string;
}

/** A vector selector. `metric` is empty if it has no name. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
}

export function selectorOf(expr: string, node: Node): Selector {
  const name = node.getChild('Identifier');
  const matchers = (node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []).map((matcher) => ({
    label: childText(expr, matcher, 'LabelName'),
    op: childText(expr, matcher, 'MatchOp'),
    value: unquoted(childText(expr, matcher, 'StringLiteral')),
  }));
  const named = matchers.find(({ label, op }) => label === '__name__' && op === '=');
  return { metric: name === null ? (named?.value ?? '') : textOf(expr, name), matchers };
}

const childText = (expr: string, node: Node, name: string): string => {
  const child = node.getChild(name);
  return child === null ? '' : textOf(expr, child);
};

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** The value of a string literal; text between backticks has no escapes. An escape that is none stays as it is. */
export function unquoted(literal: string): string {
  const inner = literal.slice(1, -1);
  if (literal.startsWith('`')) return inner;
  return inner.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/g,
    (all, x, u, U, octal, one) => {
      if (one !== undefined) return ESCAPES[one] ?? ('\\"\''.includes(one) ? one : all);
      return String.fromCodePoint(octal === undefined ? Number.parseInt(x ?? u ?? U, 16) : Number.parseInt(octal, 8));
    },
  );
}

const UNITS_MS = {
  y: 31_536_000_000,
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
} as const;
const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** ms of a duration as PromQL writes it (`1h30m`); undefined if it is none. A year has 365 days. */
export function promDurationMs(text: string): number | undefined {
  const match = text === '' ? null : DURATION.exec(text);
  if (match === null) return undefined;
  return Object.values(UNITS_MS).reduce((sum, ms, i) => sum + ms * Number(match[i + 1] ?? 0), 0);
}
