// Rules about a board as a whole: its variables, links, annotations, ids, grid, and the size of its first screen.
import { checkAgainstCatalogue } from '../generate/catalogue/catalogue.ts';
import { problemsOf } from '../promql/check.ts';
import { type Board, panelsOf, queriesOf } from './board.ts';
import type { JsonObject, Placed } from './finish.ts';
import type { Said } from './lint.ts';
import { withMacros } from './macros.ts';

const MOST = { panels: 12, queries: 20, uid: 40 } as const;

type Objects = readonly JsonObject[];

export function boardRules(board: Board, json: JsonObject, uids: ReadonlySet<string>): Said[] {
  return [...templateRules(json), ...shapeRules(board, json), ...gridRules(json), ...linkRules(json, uids)];
}

function templateRules(json: JsonObject): Said[] {
  const variables = (json.templating as { list: Objects }).list;
  const sources = variables.filter(({ type }) => type === 'datasource');
  const queries = variables.filter(({ type }) => type === 'query');
  const said: Said[] = [];
  if (sources.length !== 1 || sources[0]!.name !== 'datasource' || sources[0]!.label !== 'Data Source')
    said.push(['template-datasource-rule', 'needs exactly one data source variable, datasource, labelled Data Source']);
  for (const name of ['job', 'instance'])
    if (!queries.some((variable) => variable.name === name))
      said.push([`template-${name}-rule`, `has no variable ${name}`]);
  for (const { name, query, refresh } of queries) {
    const problem = variableProblem((query as { query: string }).query);
    if (problem !== undefined) said.push(['template-label-promql-rule', `variable ${name}: ${problem}`]);
    if (refresh !== 2) said.push(['template-on-time-change-reload-rule', `variable ${name} keeps its values`]);
  }
  return said;
}

/** Of label_values(series, label) and query_result(PromQL); undefined: none. */
function variableProblem(query: string): string | undefined {
  const [, results, series] =
    /^(?:query_result\((.+)\)|label_values\(([a-zA-Z_:][\w:]*(?:\{[^{}]*\})?), [a-z_]+\))$/s.exec(query) ?? [];
  const asked = results ?? series;
  if (asked === undefined) return 'no label_values(series, label) or query_result(PromQL)';
  const plain = withMacros(asked);
  const problems = problemsOf(plain);
  return (problems.length > 0 ? problems : checkAgainstCatalogue(plain)).join('; ') || undefined;
}

function shapeRules(board: Board, json: JsonObject): Said[] {
  const said: Said[] = [];
  if (json.editable !== false) said.push(['uneditable-dashboard', 'can be edited, and the next deploy would undo it']);
  if (board.uid.length > MOST.uid || !/^plimsoll-[a-z-]+$/.test(board.uid))
    said.push(['uid', `"${board.uid}" is not plimsoll-… of at most ${MOST.uid} characters`]);
  if (board.description === '') said.push(['board-description', 'has no description']);
  const queries = board.first.reduce((sum, panel) => sum + Math.max(1, queriesOf(panel).length), 0);
  if (board.first.length > MOST.panels)
    said.push(['first-screen', `${board.first.length} panels on the first screen; at most ${MOST.panels}`]);
  if (queries > MOST.queries)
    said.push(['first-screen', `${queries} queries on the first screen; at most ${MOST.queries}`]);
  const titles = panelsOf(board).map((panel) => panel.title);
  for (const title of new Set(titles.filter((one, i) => titles.indexOf(one) !== i)))
    said.push(['unique-title', `"${title}" is there twice, and ids follow from titles`]);
  const hideable = [json.links, (json.annotations as JsonObject).list, json.panels].flatMap((of) => of as Objects);
  const isHidden = (one: JsonObject): boolean =>
    'placement' in one || [one.links ?? [], one.panels ?? []].flat().some((inner) => isHidden(inner as JsonObject));
  if (hideable.some(isHidden)) said.push(['placement', 'a link or an annotation is hidden in a menu']);
  return said;
}

function gridRules(json: JsonObject): Said[] {
  const said: Said[] = [];
  const groups = [json.panels as Objects, ...(json.panels as Objects).map((row) => (row.panels ?? []) as Objects)];
  const ids = groups.flat().map(({ id }) => id);
  for (const id of new Set(ids.filter((one, i) => ids.indexOf(one) !== i))) said.push(['unique-id', `id ${id} twice`]);
  for (const panels of groups) {
    const placed = panels.map(({ title, gridPos }) => ({ title, ...(gridPos as unknown as Placed) }));
    for (const { title, x, w } of placed)
      if (x + w > 24 || w < 1) said.push(['grid', `"${title}" is ${w} wide at column ${x} of 24`]);
    for (const [i, a] of placed.entries())
      for (const b of placed.slice(i + 1))
        if (a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h)
          said.push(['grid', `"${a.title}" lies over "${b.title}"`]);
  }
  return said;
}

/** Every /d/UID anywhere in the board is one of the set. */
function linkRules(json: JsonObject, uids: ReadonlySet<string>): Said[] {
  const found = [...JSON.stringify(json).matchAll(/\/d\/([\w-]+)/g)].map(([, uid]) => uid!);
  return [...new Set(found)]
    .filter((uid) => !uids.has(uid))
    .map((uid) => ['link', `leads to /d/${uid}, which is no board`]);
}
