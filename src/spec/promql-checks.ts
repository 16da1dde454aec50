// What is wrong with an SLI that Prometheus counts: grammar, shape of its selectors, one limit. Pure; asks no server.
// Nothing follows from a null (part.ts).
import { problemsOf, selectorsOf } from '../promql/check.ts';
import { labelReport } from '../promql/labels.ts';
import { treeOf } from '../promql/syntax.ts';
import type { Path, Problem } from './finding.ts';
import type { Part } from './part.ts';
import type { PromqlKind } from './promql-sli.ts';
import type { Sli, Slo } from './spec.ts';

type PromqlSli = Part<Sli<PromqlKind>>;

/** Problems of an SLO that Prometheus counts. */
export function checkPromql(slo: Part<Slo>, sli: PromqlSli, path: Path): Problem[] {
  const window: Problem[] =
    typeof slo.window === 'object' && slo.window !== null
      ? [
          {
            rule: 'promql-calendar',
            path: [...path, 'window'],
            message: `Prometheus cannot count the budget of a calendar ${slo.window.calendar ?? 'period'}`,
            hint: 'use a rolling window, e.g. 30d, or an SLI that counts runs of a target',
          },
        ]
      : [];
  return [...window, ...checkSli(sli, [...path, 'sli'])];
}

function checkSli(sli: PromqlSli, path: Path): Problem[] {
  switch (sli.kind) {
    case null:
    case 'rum':
      return [];
    case 'ratio':
      return [
        ...oneOf(sli, ['good', 'bad'], path, 'counters of good or of bad events: the others are the rest of `total`'),
        ...(['good', 'bad', 'total'] as const).flatMap((key) => checkSelector(sli[key], [...path, key])),
      ];
    case 'histogram':
      return checkHistogram(sli.metric, [...path, 'metric']);
    case 'gauge':
      return [
        ...oneOf(sli, ['above', 'below'], path, 'the side on which the value is good, e.g. above: 0'),
        ...checkQuery(sli.query, [...path, 'query']),
      ];
  }
}

/** Exactly one of two keys. */
function oneOf(sli: object, keys: readonly [string, string], path: Path, what: string): Problem[] {
  const values = keys.map((key) => (sli as Record<string, unknown>)[key]);
  const given = values.filter((value) => value !== undefined).length;
  if (given === 1 || values.includes(null)) return [];
  return [
    {
      rule: 'one-of-two',
      path: given === 0 ? path : [...path, keys[1]],
      message: `needs ${keys[0]} or ${keys[1]}, and ${given === 0 ? 'has neither' : 'has both'}`,
      hint: what,
    },
  ];
}

const syntax = (path: Path, problems: readonly string[]): Problem[] =>
  problems.map((message) => ({
    rule: 'promql-syntax',
    path,
    message,
    hint: 'try the expression in Prometheus; it must mean the same in 2.42 and 3.x',
  }));

/** A plain selector with a name: the rules put their own functions around it. */
function checkSelector(text: string | null | undefined, path: Path): Problem[] {
  if (text === null || text === undefined) return [];
  const root = treeOf(text).topNode.firstChild;
  const isPlain = root?.name === 'VectorSelector' && root.from === 0 && root.to === text.length;
  if (!isPlain) {
    const problems = problemsOf(text);
    if (problems.length > 0) return syntax(path, problems);
    const [inner] = selectorsOf(text);
    const example = inner?.metric || 'http_requests_total';
    return [
      {
        rule: 'promql-selector',
        path,
        message: 'only a selector can be counted, without functions, ranges and operators',
        hint: `write ${example} or ${example}{label="value"}: increases and sums are made by the rules`,
      },
    ];
  }
  const problems = problemsOf(text);
  if (problems.length > 0 || selectorsOf(text)[0]?.metric !== '') return syntax(path, problems);
  return [
    {
      rule: 'promql-selector',
      path,
      message: 'the selector has no metric name',
      hint: 'write one name before the braces: counters of two names cannot be told apart once they are counted',
    },
  ];
}

const PARTS = /_(bucket|sum|count)$/;

function checkHistogram(text: string | null, path: Path): Problem[] {
  const problems = checkSelector(text, path);
  if (problems.length > 0 || text === null) return problems;
  const { metric, matchers } = selectorsOf(text)[0]!;
  const wrong = (message: string, hint: string): Problem[] => [{ rule: 'promql-selector', path, message, hint }];
  const part = PARTS.exec(metric)?.[0];
  if (part !== undefined)
    return wrong(
      `${metric} is a part of a histogram`,
      `write ${metric.replace(PARTS, '')}: the rules add _bucket and _count`,
    );
  if (matchers.some(({ label }) => label === 'le'))
    return wrong('the label le is chosen by `below`', 'leave the matcher of le out');
  return [];
}

function checkQuery(text: string | null, path: Path): Problem[] {
  if (text === null) return [];
  const problems = problemsOf(text);
  // A scalar, a text or a range is no value of a series; only what stands around it shows that.
  const around = problems.length > 0 ? [] : problemsOf(`max by (cluster) (${text}\n)`);
  return [...syntax(path, problems), ...syntax(path, around.length === 0 ? [] : ['is no instant vector'])];
}

/** A query that loses the label by which its SLO is known; undefined if it keeps it. */
export function lostCluster(sli: PromqlSli): string | undefined {
  if (sli.kind !== 'gauge' || sli.query === null || checkQuery(sli.query, []).length > 0) return undefined;
  // Every series may have it: which labels there are is not known here, and of others nothing is asked.
  return labelReport(sli.query, () => ['cluster']).kept.includes('cluster') ? undefined : sli.query;
}
