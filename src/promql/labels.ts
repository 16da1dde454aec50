// Which labels an expression keeps, and which of those it names cannot be there. What series have is asked from the caller. Pure.
import { type Node, nodesOf, selectorOf, textOf, treeOf, unquoted } from './syntax.ts';

/** The labels of a series by its name; undefined if there is no such series. */
export type LabelsOfSeries = (metric: string) => readonly string[] | undefined;

export interface LabelReport {
  /** Labels that the result may carry, sorted. */
  readonly kept: readonly string[];
  /** Unknown series, and labels that a series or a part of the expression does not have. */
  readonly problems: readonly string[];
}

/** Follows labels through an expression that parses; see problemsOf for one that may not. */
export function labelReport(expr: string, labelsOf: LabelsOfSeries): LabelReport {
  const problems = new Set<string>();
  const walk = new Walk(expr, labelsOf, problems);
  const root = treeOf(expr).topNode.firstChild;
  const kept = root === null ? new Set<string>() : walk.labels(root);
  return { kept: [...kept].sort(), problems: [...problems] };
}

const SET_OPERATORS = new Set(['and', 'or', 'unless']);
/** Functions whose result has no labels, but for those of label_replace and label_join. */
const WITHOUT_LABELS = new Set(['scalar', 'time', 'vector', 'pi']);

class Walk {
  readonly #expr: string;
  readonly #labelsOf: LabelsOfSeries;
  readonly #problems: Set<string>;

  constructor(expr: string, labelsOf: LabelsOfSeries, problems: Set<string>) {
    this.#expr = expr;
    this.#labelsOf = labelsOf;
    this.#problems = problems;
  }

  labels(node: Node): Set<string> {
    switch (node.name) {
      case 'VectorSelector':
        return this.#selector(node);
      case 'AggregateExpr':
        return this.#aggregate(node);
      case 'FunctionCall':
        return this.#call(node);
      case 'BinaryExpr':
        return this.#binary(node);
      default: {
        const inner = node.getChildren('Expr').map((child) => this.labels(child));
        return inner[0] ?? new Set();
      }
    }
  }

  #selector(node: Node): Set<string> {
    const { metric, matchers } = selectorOf(this.#expr, node);
    if (metric === '') {
      this.#problems.add(`${this.#text(node)}: name the series, so that it can be looked up`);
      return new Set(matchers.map(({ label }) => label));
    }
    const known = this.#labelsOf(metric);
    if (known === undefined) {
      this.#problems.add(`${metric}: no such series in the catalogue`);
      return new Set(matchers.map(({ label }) => label));
    }
    const labels = new Set(known);
    this.#need(
      labels,
      matchers.map(({ label }) => label).filter((label) => label !== '__name__'),
      metric,
    );
    return labels;
  }

  #aggregate(node: Node): Set<string> {
    const args = node.getChild('FunctionCallBody')?.getChildren('Expr') ?? [];
    const inner = args.length === 0 ? new Set<string>() : this.labels(args.at(-1)!);
    const modifier = node.getChild('AggregateModifier');
    const grouping = modifier === null ? [] : this.#grouping(modifier);
    this.#need(inner, grouping, this.#text(node));
    const operator = this.#text(node.firstChild!);
    if (operator === 'topk' || operator === 'bottomk') return inner;
    const kept = modifier?.getChild('Without')
      ? new Set([...inner].filter((label) => !grouping.includes(label)))
      : new Set(grouping);
    if (operator === 'count_values') kept.add(unquoted(this.#text(args[0]!)));
    return kept;
  }

  #call(node: Node): Set<string> {
    const name = this.#text(node.firstChild!);
    const args = node.getChild('FunctionCallBody')?.getChildren('Expr') ?? [];
    const all = args.filter((arg) => arg.name !== 'StringLiteral').map((arg) => this.labels(arg));
    if (WITHOUT_LABELS.has(name)) return new Set();
    const kept = all.find((labels) => labels.size > 0) ?? new Set<string>();
    const texts = args.filter((arg) => arg.name === 'StringLiteral').map((arg) => unquoted(this.#text(arg)));
    if (name === 'label_replace') {
      // From no label: the new one is the same for all.
      this.#need(
        kept,
        texts.slice(2, 3).filter((label) => label !== ''),
        this.#text(node),
      );
      return new Set([...kept, texts[0]!]);
    }
    if (name === 'label_join') {
      this.#need(kept, texts.slice(2), this.#text(node));
      return new Set([...kept, texts[0]!]);
    }
    if (name === 'histogram_quantile') return new Set([...kept].filter((label) => label !== 'le'));
    if (name === 'absent' || name === 'absent_over_time') return this.#equalMatchers(args[0]);
    return kept;
  }

  /** absent() has the labels that are matched with `=`. */
  #equalMatchers(arg: Node | undefined): Set<string> {
    const selector =
      arg === undefined ? undefined : nodesOf(arg.toTree()).find(({ name }) => name === 'VectorSelector');
    if (arg === undefined || selector === undefined) return new Set();
    const { matchers } = selectorOf(this.#expr.slice(arg.from), selector);
    return new Set(matchers.filter(({ op, label }) => op === '=' && label !== '__name__').map(({ label }) => label));
  }

  #binary(node: Node): Set<string> {
    const [left, right] = node.getChildren('Expr').map((side) => this.labels(side)) as [Set<string>, Set<string>];
    const scalar = [node.firstChild, node.lastChild].map((side) => side !== null && this.#isScalar(side));
    if (scalar[1]) return left;
    if (scalar[0]) return right;
    const clause = node.getChild('MatchingModifierClause');
    const [on = [], include = []] = clause?.getChildren('GroupingLabels').map((part) => this.#names(part)) ?? [];
    const where = this.#text(clause ?? node);
    if (clause?.getChild('On')) {
      this.#need(left, on, `${where}, left side`);
      this.#need(right, on, `${where}, right side`);
    }
    const operator = this.#expr.slice(node.firstChild!.to, (clause ?? node.lastChild!).from).trim();
    if (operator === 'or') return new Set([...left, ...right]);
    if (SET_OPERATORS.has(operator)) return left;
    const [many, one] = clause?.getChild('GroupRight') ? [right, left] : [left, right];
    if (clause?.getChild('GroupLeft') || clause?.getChild('GroupRight')) {
      this.#need(one, include, where);
      return new Set([...many, ...include]);
    }
    if (clause === null) return new Set([...left].filter((label) => right.has(label)));
    return clause.getChild('On') ? new Set(on) : new Set([...left].filter((label) => !on.includes(label)));
  }

  #isScalar(node: Node): boolean {
    if (node.name === 'NumberDurationLiteral') return true;
    if (node.name === 'FunctionCall') return ['scalar', 'time', 'pi'].includes(this.#text(node.firstChild!));
    if (['ParenExpr', 'UnaryExpr', 'BinaryExpr'].includes(node.name))
      return node.getChildren('Expr').every((inner) => this.#isScalar(inner));
    return false;
  }

  #grouping(modifier: Node): string[] {
    const labels = modifier.getChild('GroupingLabels');
    return labels === null ? [] : this.#names(labels);
  }

  #names = (labels: Node): string[] => labels.getChildren('LabelName').map((label) => this.#text(label));

  #need(has: ReadonlySet<string>, labels: readonly string[], where: string): void {
    for (const label of labels) if (!has.has(label)) this.#problems.add(`${where}: there is no label ${label}`);
  }

  #text = (node: Node): string => textOf(this.#expr, node);
}
