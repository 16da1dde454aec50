// Rules about one panel and its queries.
import { parser as logql } from '@grafana/lezer-logql';
import { checkAgainstCatalogue } from '../generate/catalogue/catalogue.ts';
import { problemsOf, selectorsOf } from '../promql/check.ts';
import { type Node, nodesOf, selectorOf, textOf, treeOf } from '../promql/syntax.ts';
import { type Board, type Look, type Panel, queriesOf } from './board.ts';
import type { JsonObject } from './finish.ts';
import type { AlertRef, Said } from './lint.ts';
import { withMacros } from './macros.ts';
import { refId } from './query.ts';
import { KNOWN_UNITS } from './units.ts';

interface Context {
  readonly alerts: readonly AlertRef[];
}

export function panelRules(panel: Panel, board: Board, json: JsonObject, { alerts }: Context): Said[] {
  return [
    ...wordRules(panel),
    ...(panel.kind === 'text' ? [] : sourceRules(panel, json)),
    ...queriesOf(panel).flatMap(({ expr }, i) => queryRules(expr, refId(i), board)),
    ...(panel.kind === 'logs' ? logRules(panel.expr) : []),
    ...alertRules(panel, alerts),
    ...lookRules(panel),
  ];
}

function wordRules(panel: Panel): Said[] {
  const said: Said[] = [];
  if (panel.title === '' || panel.description === '')
    said.push(['panel-title-description-rule', 'needs a title and a description']);
  if (!/[.:?!)]$/.test(panel.description)) said.push(['description', 'the description is no sentence']);
  if ('empty' in panel && /^(no data|n\/a|-|)$/i.test(panel.empty))
    said.push(['empty', 'no data needs words: what does it mean here?']);
  return said;
}

function sourceRules(panel: Panel, json: JsonObject): Said[] {
  const said: Said[] = [];
  const targets = (json.targets ?? []) as readonly JsonObject[];
  if (targets.length === 0) said.push(['panel-no-targets-rule', 'asks nothing']);
  const uid = (json.datasource as { uid?: string } | undefined)?.uid;
  const wanted = panel.kind === 'logs' ? 'loki' : panel.kind === 'traces' ? 'tempo' : '${datasource}';
  if (uid !== wanted || targets.some(({ datasource }) => (datasource as { uid?: string }).uid !== wanted))
    said.push(['panel-datasource-rule', `data source ${uid}, not ${wanted}`]);
  const refs = targets.map(({ refId }) => refId);
  if (new Set(refs).size !== refs.length || refs.includes(undefined)) said.push(['unique-ref', 'queries share a name']);
  const config = json.fieldConfig as { defaults: JsonObject; overrides: readonly JsonObject[] } | undefined;
  const units = [
    config?.defaults.unit,
    ...(config?.overrides ?? []).flatMap(({ properties }) =>
      (properties as readonly JsonObject[]).filter(({ id }) => id === 'unit').map(({ value }) => value),
    ),
  ].filter((unit) => unit !== undefined);
  const isNumeric = panel.kind === 'stat' || panel.kind === 'timeseries' || panel.kind === 'table';
  if (isNumeric && (units.length === 0 || units.some((unit) => !KNOWN_UNITS.has(String(unit)))))
    said.push(['panel-units-rule', `units ${units.join(', ') || 'missing'}: not in Grafana's list`]);
  return said;
}

function queryRules(expr: string, ref: string, { uses, variables = [] }: Board): Said[] {
  const plain = withMacros(expr);
  const problems = problemsOf(plain);
  if (problems.length > 0) return [['target-promql-rule', `${ref}: ${problems.join('; ')}`]];
  const said: Said[] = [];
  const nodes = nodesOf(treeOf(plain));
  for (const problem of checkAgainstCatalogue(plain)) said.push(['catalogue', `${ref}: ${problem}`]);
  for (const { metric, matchers } of selectorsOf(plain)) {
    for (const label of ['job', 'instance'])
      if (!matchers.some((matcher) => matcher.label === label))
        said.push([`target-${label}-rule`, `${ref}: ${metric} has no matcher ${label}`]);
    if (!matchers.some(({ label }) => label === 'cluster'))
      said.push(['target-cluster', `${ref}: ${metric} of all clusters`]);
  }
  for (const name of bareCounters(plain, nodes))
    said.push(['target-counter-agg-rule', `${ref}: counter ${name} outside rate, irate or increase`]);
  if (/\b(rate|irate|increase)\(/.test(expr) && !expr.includes('$__rate_interval'))
    said.push(['target-rate-interval-rule', `${ref}: rate over another time than $__rate_interval`]);
  const known = new Set<string>([...uses, ...variables.map(({ name }) => name)]);
  for (const [, name] of expr.matchAll(/\$\{?([a-z]\w*)/g))
    if (!known.has(name!)) said.push(['variable', `${ref}: the board has no $${name} among its variables`]);
  return said;
}

/** Counters that are not directly in rate, irate or increase. */
function bareCounters(expr: string, nodes: readonly Node[]): string[] {
  return nodes
    .filter(({ name }) => name === 'VectorSelector')
    .filter((node) => selectorOf(expr, node).metric.endsWith('_total'))
    .filter((node) => {
      let at: Node | null = node.parent;
      while (at !== null && at.name !== 'FunctionCall' && at.name !== 'AggregateExpr') at = at.parent;
      return at === null || !/^(rate|irate|increase)$/.test(textOf(expr, at.firstChild!));
    })
    .map((node) => selectorOf(expr, node).metric);
}

function logRules(expr: string): Said[] {
  const plain = withMacros(expr);
  const errors: string[] = [];
  logql.parse(plain).iterate({ enter: (node) => void (node.type.isError && errors.push(String(node.from))) });
  if (errors.length > 0) return [['target-logql-rule', `does not parse at ${errors.join(', ')}: ${plain}`]];
  return /\[\d/.test(expr) ? [['target-logql-auto-rule', 'a range that is not $__auto']] : [];
}

/** A panel that explains alerts leads to the runbook of each. */
function alertRules(panel: Panel, alerts: readonly AlertRef[]): Said[] {
  const urls = (panel.links ?? []).map(({ url }) => url);
  return (panel.alerts ?? []).flatMap((name): Said[] => {
    const alert = alerts.find((one) => one.name === name);
    if (alert === undefined) return [['alert-exists', `there is no alert ${name}`]];
    if (alert.runbook === undefined || urls.includes(alert.runbook)) return [];
    return [['alert-runbook', `explains ${name} and does not lead to its runbook`]];
  });
}

function lookRules(panel: Panel): Said[] {
  const looks: readonly Look[] = panel.kind === 'table' ? panel.columns : 'thresholds' in panel ? [panel] : [];
  return looks.flatMap(({ thresholds = [] }): Said[] =>
    thresholds.every(({ from }, i) => i === 0 || thresholds[i - 1]!.from < from)
      ? []
      : [['thresholds', 'thresholds do not ascend']],
  );
}
