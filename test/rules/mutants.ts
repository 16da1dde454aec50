// Expressions that are wrong in one place. Never judges which of them matter.

import { type Node, nodesOf, promDurationMs, textOf, treeOf } from '../../src/promql/syntax.ts';
import { formatDuration } from '../../src/spec/scalars.ts';

export interface Mutant {
  /** What was changed, with its place in the expression. */
  readonly what: string;
  readonly expr: string;
}

const COMPARISONS: Readonly<Record<string, readonly string[]>> = {
  '>': ['<', '>='],
  '>=': ['<', '>'],
  '<': ['>'],
  '<=': ['>', '<'],
  '==': ['!='],
  '!=': ['=='],
};
const SETS: Readonly<Record<string, readonly string[]>> = {
  and: ['or', 'unless'],
  or: ['and', 'unless'],
  unless: ['and', 'or'],
};

/** Every mutant of an expression: operators, sides of operators, labels, matchers, windows, offsets, numbers. */
export function mutantsOf(expr: string): Mutant[] {
  const seen = new Set([expr]);
  return nodesOf(treeOf(expr))
    .flatMap((node) => mutantsAt(expr, node))
    .filter((mutant) => !seen.has(mutant.expr) && seen.add(mutant.expr));
}

function mutantsAt(expr: string, node: Node): Mutant[] {
  const text = textOf(expr, node);
  const put = (what: string, by: string, from = node.from, to = node.to): Mutant => ({
    what: `${what} at ${node.from}`,
    expr: expr.slice(0, from) + by + expr.slice(to),
  });
  if (node.name === 'BinaryExpr') return binaryAt(expr, node, put);
  if (node.name === 'UnquotedLabelMatcher' || (node.name === 'LabelName' && node.parent?.name === 'GroupingLabels')) {
    // With the comma behind or before it.
    const from = expr.slice(0, node.from).replace(/,\s*$/, '').length;
    const to = from < node.from ? node.to : node.to + (/^,\s*/.exec(expr.slice(node.to))?.[0].length ?? 0);
    return [put(`without ${text}`, '', from, to)];
  }
  if (node.name === 'OffsetExpr') return [put('without offset', textOf(expr, node.firstChild!))];
  if (node.name !== 'NumberDurationLiteral' && node.name !== 'NumberDurationLiteralInDurationContext') return [];
  const ms = promDurationMs(text);
  if (ms !== undefined && ms > 0)
    return [ms * 3, ms / 3].map((other) =>
      put(`${text} is ${formatDuration(other)}`, formatDuration(Math.round(other / 1000) * 1000)),
    );
  const number = Number(text);
  // 0 and 1 are neither limits nor factors.
  if (number === 0 || number === 1) return [];
  const others = number === 3 ? [2, 4] : [number / 2, number * 2];
  return others.map((other) => put(`${text} is ${other}`, String(other)));
}

function binaryAt(
  expr: string,
  node: Node,
  put: (what: string, by: string, from?: number, to?: number) => Mutant,
): Mutant[] {
  const [left, right] = [node.firstChild!, node.lastChild!];
  const operator = expr.slice(left.to, right.from).trim().split(/\s/)[0]!;
  const at = expr.indexOf(operator, left.to);
  const others = [...(COMPARISONS[operator] ?? []), ...(SETS[operator] ?? [])];
  return [
    ...others.map((other) => put(`${operator} is ${other} (${at})`, other, at, at + operator.length)),
    put(`${operator} (${at}): only the left side`, textOf(expr, left)),
    put(`${operator} (${at}): only the right side`, textOf(expr, right)),
  ];
}

/** Every second one, the same each time: promtool takes minutes for all of them. All with PLIMSOLL_SOAK. */
export const sampleOf = <T>(mutants: readonly T[]): readonly T[] =>
  process.env.PLIMSOLL_SOAK === undefined ? mutants.filter((_, i) => i % 2 === 0) : mutants;
