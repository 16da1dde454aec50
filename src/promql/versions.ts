// What means different things on Prometheus 2.42 and 3.x, or exists on one of them only. Output must hold on both. Pure.
import { type Node, nodesOf, promDurationMs, selectorOf, type Tree, textOf } from './syntax.ts';

/** Functions of Prometheus 2.42 that 3.x still has, all of them stable but for the histogram ones (native histograms). */
const FUNCTIONS = new Set(
  `abs absent absent_over_time acos acosh asin asinh atan atanh avg_over_time ceil changes clamp clamp_max clamp_min cos cosh
  count_over_time day_of_month day_of_week day_of_year days_in_month deg delta deriv exp floor histogram_count
  histogram_fraction histogram_quantile histogram_sum hour idelta increase irate label_join label_replace last_over_time ln
  log10 log2 max_over_time min_over_time minute month pi predict_linear present_over_time quantile_over_time rad rate resets
  round scalar sgn sin sinh sort sort_desc sqrt stddev_over_time stdvar_over_time sum_over_time tan tanh time timestamp vector
  year`.split(/\s+/),
);

/** Syntax that 2.42 does not have, by the name of its node. */
const NEW_SYNTAX: Readonly<Record<string, string>> = {
  LimitK: 'limitk',
  LimitRatio: 'limit_ratio',
  QuotedLabelName: 'quoted names',
  FillModifier: 'fill',
  TrimLower: '>/',
  TrimUpper: '</',
  AnchoredExpr: 'anchored',
  SmoothedExpr: 'smoothed',
  DurationStep: 'step()',
  DurationRange: 'range()',
  DurationMinOf: 'min_of()',
  DurationMaxOf: 'max_of()',
};

/** What would break or change between 2.42 and 3.x. */
export function versionProblems(expr: string, tree: Tree): string[] {
  return nodesOf(tree).flatMap((node) => {
    const text = textOf(expr, node);
    const syntax = NEW_SYNTAX[node.name];
    if (syntax !== undefined) return [`${text}: Prometheus 2.42 does not have ${syntax}`];
    switch (node.name) {
      case 'FunctionIdentifier':
        return FUNCTIONS.has(text) ? [] : [`${text}() is not in both Prometheus 2.42 and 3.x`];
      case 'VectorSelector':
        return [...removedFunction(expr, node), ...bucketProblems(expr, node)];
      case 'NumberDurationLiteralInDurationContext':
        return promDurationMs(text) === undefined ? [`${text}: Prometheus 2.42 wants a unit, as in 5m`] : [];
      case 'NumberDurationLiteral':
        return promDurationMs(text) === undefined ? [] : [`${text}: Prometheus 2.42 takes no duration as a number`];
      case 'DurationExpr':
        return ['NumberDurationLiteralInDurationContext', ...Object.keys(NEW_SYNTAX)].includes(
          node.firstChild?.name ?? '',
        )
          ? []
          : [`${text}: Prometheus 2.42 does not calculate with durations`];
      case 'SubqueryExpr':
        return subqueryProblems(expr, node);
      default:
        return [];
    }
  });
}

/** The grammar of today takes it for a metric. */
const removedFunction = (expr: string, node: Node): string[] =>
  textOf(expr, node).startsWith('holt_winters(')
    ? ['holt_winters() is double_exponential_smoothing() in Prometheus 3.x: use neither']
    : [];

/** 3.x writes every bucket and quantile as a float: le="1" became le="1.0", so neither text selects it on both. */
function bucketProblems(expr: string, node: Node): string[] {
  return selectorOf(expr, node)
    .matchers.filter(({ label }) => label === 'le' || label === 'quantile')
    .flatMap(({ label, op, value }) =>
      value
        .split('|')
        .filter((part) => /^\d+(\\?\.0)?$/.test(part))
        .map(
          (part) =>
            `${label}${op}"${value}": Prometheus 3.x writes ${part.replace(/\\?\.0$/, '')}.0 where 2.x kept the text; use ${label}=~"${part.replace(/\\?\.0$/, '')}(\\\\.0)?"`,
        ),
    );
}

/** Ranges are open at the left since 3.0, so [5m:5m] holds one point instead of two. */
function subqueryProblems(expr: string, node: Node): string[] {
  const [range, step] = node.getChildren('DurationExpr').map((part) => promDurationMs(textOf(expr, part)));
  return range !== undefined && step !== undefined && range <= step
    ? [`${textOf(expr, node)}: holds one point on Prometheus 3.x and two on 2.x; use a range of several steps`]
    : [];
}
