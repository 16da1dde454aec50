// What is wrong with an expression, before Prometheus says so: grammar, types, and what the parser for editors lets pass.
// Grafana's variables must have been replaced. Never asks a server.
// The checker is loaded with the first expression, like the grammar.
import { createRequire } from 'node:module';
import type { EditorState } from '@codemirror/state';
import { matchesWhole, regexProblem } from './regex.ts';
import { type Node, nodesOf, promDurationMs, type Selector, selectorOf, type Tree, textOf, treeOf } from './syntax.ts';
import { versionProblems } from './versions.ts';

type Editor = typeof import('@prometheus-io/codemirror-promql/dist/cjs/parser/index.js');

const require = createRequire(import.meta.url);

/**
 * Everything that is wrong with an expression, or different between Prometheus 2.42 and 3.x; empty if it is fine. More than about
 * 200 operators in a chain are refused: the grammar does not go deeper.
 */
export function problemsOf(expr: string): string[] {
  if (expr.trim() === '') return ['the expression is empty'];
  const tree = treeOf(expr);
  const version = versionProblems(expr, tree);
  const parsed = parserProblems(expr, tree);
  const own = nodesOf(tree).flatMap((node) => ownProblems(expr, node));
  return [...new Set([...version, ...parsed, ...own])];
}

/** Every vector selector, in the order of the text. Of an expression with errors: those that can be told. */
export const selectorsOf = (expr: string): Selector[] =>
  nodesOf(treeOf(expr))
    .filter((node) => node.name === 'VectorSelector')
    .map((node) => selectorOf(expr, node));

/**
 * Arity, types, vector matching: codemirror-promql. It takes text and tree from an editor, whose tree is built in slices of 20 ms
 * and may be half done; so it gets the text without an editor, and the whole tree.
 */
function parserProblems(expr: string, tree: Tree): string[] {
  const state: Pick<EditorState, 'sliceDoc'> & { field(): undefined } = {
    sliceDoc: (from, to) => expr.slice(from, to),
    field: () => undefined,
  };
  const editor = require('@prometheus-io/codemirror-promql/dist/cjs/parser/index.js') as Editor;
  const checker = new editor.Parser(state as never);
  Object.assign(checker, { tree });
  checker.analyze();
  const found = checker
    .getDiagnostics()
    .filter(({ severity }) => severity === 'error')
    .map(({ message, from, to }) => `${expr.slice(from, to) || 'the end'}: ${message}`);
  const broken = nodesOf(tree).find((node) => node.type.isError);
  if (found.length === 0 && broken !== undefined)
    return [
      `${expr.slice(0, broken.to)}: does not parse from ${broken.from === expr.length ? 'its end' : expr.slice(broken.from)}`,
    ];
  return found;
}

function ownProblems(expr: string, node: Node): string[] {
  const text = textOf(expr, node);
  switch (node.name) {
    case 'MatrixSelector':
      return node.firstChild?.name === 'VectorSelector'
        ? zeroRange(expr, node)
        : [`${text}: a range needs a selector before it; use a subquery like [1h:1m]`];
    case 'SubqueryExpr':
      return zeroRange(expr, node);
    case 'VectorSelector':
      return selectorProblems(text, selectorOf(expr, node));
    default:
      return [];
  }
}

const zeroRange = (expr: string, node: Node): string[] =>
  node.getChildren('DurationExpr').some((part) => promDurationMs(textOf(expr, part)) === 0)
    ? [`${textOf(expr, node)}: the range is zero`]
    : [];

function selectorProblems(text: string, { metric, matchers }: Selector): string[] {
  const regexes = matchers.filter(({ op }) => op.endsWith('~'));
  const invalid = regexes.flatMap(({ label, op, value }) => {
    const problem = regexProblem(value);
    return problem === undefined ? [] : [`${label}${op}"${value}": ${problem}`];
  });
  if (invalid.length > 0 || metric !== '') return invalid;
  const takesEmpty = ({ op, value }: Selector['matchers'][number]): boolean => {
    const matches = op.endsWith('~') ? matchesWhole(value, '') : value === '';
    return op.startsWith('!') ? !matches : matches;
  };
  return matchers.every(takesEmpty) ? [`${text}: selects every series; name the metric`] : [];
}
