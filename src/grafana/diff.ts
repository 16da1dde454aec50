// What changes between two versions of a board, in sentences for people who review. Pure.
import { selectorsOf } from '../promql/check.ts';
import type { Json, JsonObject } from './finish.ts';
import { withMacros } from './macros.ts';

type Objects = readonly JsonObject[];

/** Set by Grafana, not by us: different on every server. */
const SERVER: readonly string[] = ['id', 'version', 'iteration', 'meta', 'gnetId', 'pluginVersion'];

/** Sentences, each with the title of the board in front; empty if nothing differs that anybody would see. */
export function diffBoards(before: Objects, after: Objects): string[] {
  const old = byKey(before, 'uid');
  const now = byKey(after, 'uid');
  return [
    ...[...old].filter(([uid]) => !now.has(uid)).map(([, board]) => `board ${name(board)}: is removed`),
    ...[...now].flatMap(([uid, board]) => {
      const was = old.get(uid);
      const changes = was === undefined ? [`is new, ${panelsOf(board).length} panels`] : diffBoard(was, board);
      return changes.map((change) => `board ${name(board)}: ${change}`);
    }),
  ];
}

const name = ({ title }: JsonObject): string => String(title);
const byKey = (of: Objects, key: string): Map<string, JsonObject> => new Map(of.map((one) => [String(one[key]), one]));

interface InRow {
  readonly panel: JsonObject;
  readonly row: string | undefined;
}

/** Panels of a board, those in rows with the title of the row. */
function panelsOf({ panels = [] }: JsonObject): InRow[] {
  return (panels as Objects).flatMap((panel): InRow[] =>
    panel.type === 'row'
      ? ((panel.panels ?? []) as Objects).map((inner) => ({ panel: inner, row: String(panel.title) }))
      : [{ panel, row: undefined }],
  );
}

function diffBoard(before: JsonObject, after: JsonObject): string[] {
  const own = ['title', 'description', 'editable', 'refresh', 'timezone', 'tags', 'schemaVersion', 'time'];
  const variables = (board: JsonObject) => byKey((board.templating as { list?: Objects })?.list ?? [], 'name');
  const annotations = (board: JsonObject) => byKey((board.annotations as { list?: Objects })?.list ?? [], 'name');
  const ours = ({ links }: JsonObject) => byKey((links ?? []) as Objects, 'title');
  return [
    ...own.flatMap((key) => said(key, before[key], after[key])),
    ...members('variable', variables(before), variables(after), (a, b) => said('query', queryOf(a), queryOf(b))),
    ...members('annotation', annotations(before), annotations(after), (a, b) => queryChanges('query', a.expr, b.expr)),
    ...members('link', ours(before), ours(after), (a, b) => said('address', a.url, b.url)),
    ...panelChanges(before, after),
  ];
}
const queryOf = ({ query }: JsonObject): Json | undefined =>
  query !== null && typeof query === 'object' && 'query' in query ? (query as JsonObject).query : query;

function members(
  kind: string,
  before: Map<string, JsonObject>,
  after: Map<string, JsonObject>,
  compare: (before: JsonObject, after: JsonObject) => string[],
): string[] {
  return [
    ...[...before.keys()].filter((key) => !after.has(key)).map((key) => `${kind} ${key} is removed`),
    ...[...after].flatMap(([key, is]) => {
      const was = before.get(key);
      return was === undefined
        ? [`${kind} ${key} is new`]
        : compare(was, is).map((change) => `${kind} ${key}: ${change}`);
    }),
  ];
}

/** Panels are known by their titles; one that has another title and the same queries was renamed. */
function panelChanges(before: JsonObject, after: JsonObject): string[] {
  const [old, now] = [panelsOf(before), panelsOf(after)];
  const titled = (all: readonly InRow[], title: unknown) => all.find(({ panel }) => panel.title === title);
  const gone = old.filter(({ panel }) => titled(now, panel.title) === undefined);
  const renamed = new Map(
    now
      .filter(({ panel }) => titled(old, panel.title) === undefined)
      .flatMap((one) => {
        const was = gone.find(({ panel }) => exprsOf(panel) !== '' && exprsOf(panel) === exprsOf(one.panel));
        return was === undefined ? [] : [[one, was] as const];
      }),
  );
  const left = gone.filter((one) => ![...renamed.values()].includes(one));
  return [
    ...left.map(({ panel }) => `panel ${name(panel)} is removed`),
    ...now.flatMap((one) => {
      const was = titled(old, one.panel.title) ?? renamed.get(one);
      if (was === undefined) return [`panel ${name(one.panel)} is new`];
      const moved =
        was.row === one.row ? [] : [`moved from ${was.row ?? 'the first screen'} to ${one.row ?? 'the first screen'}`];
      const title = renamed.has(one) ? [`was called ${name(was.panel)}`] : [];
      return [...title, ...moved, ...changesOf(was.panel, one.panel)].map(
        (change) => `panel ${name(one.panel)}: ${change}`,
      );
    }),
  ];
}
const exprsOf = ({ targets }: JsonObject): string =>
  ((targets ?? []) as Objects).map(({ expr, query }) => String(expr ?? query)).join('\n');

interface Config {
  readonly defaults?: JsonObject;
  readonly overrides?: Objects;
}

function changesOf(before: JsonObject, after: JsonObject): string[] {
  const field = (panel: JsonObject): Config => (panel.fieldConfig ?? {}) as Config;
  const [was, is] = [field(before).defaults ?? {}, field(after).defaults ?? {}];
  const columns = (panel: JsonObject) =>
    new Map((field(panel).overrides ?? []).map((one) => [String((one.matcher as JsonObject)?.options), one]));
  const property = (one: JsonObject, id: string): Json | undefined =>
    ((one.properties ?? []) as Objects).find((other) => other.id === id)?.value;
  return [
    ...said('type', before.type, after.type),
    ...said('description', before.description, after.description),
    ...said('text', (before.options as JsonObject)?.content, (after.options as JsonObject)?.content),
    ...['unit', 'decimals', 'min', 'max', 'noValue'].flatMap((key) => said(key, was[key], is[key])),
    ...thresholdChanges(was.thresholds, is.thresholds),
    ...said('texts for values', was.mappings, is.mappings),
    ...members('column', columns(before), columns(after), (a, b) => [
      ...said('unit', property(a, 'unit'), property(b, 'unit')),
      ...thresholdChanges(property(a, 'thresholds'), property(b, 'thresholds')),
      ...said('links', property(a, 'links'), property(b, 'links')),
    ]),
    ...members(
      'link',
      byKey((before.links ?? []) as Objects, 'title'),
      byKey((after.links ?? []) as Objects, 'title'),
      (a, b) => said('address', a.url, b.url),
    ),
    ...members(
      'query',
      byKey((before.targets ?? []) as Objects, 'refId'),
      byKey((after.targets ?? []) as Objects, 'refId'),
      (a, b) => [
        ...queryChanges('', a.expr ?? a.query, b.expr ?? b.query),
        ...said('name', a.legendFormat, b.legendFormat),
      ],
    ),
    ...sizeChange(before.gridPos, after.gridPos),
  ];
}

function thresholdChanges(before: Json | undefined, after: Json | undefined): string[] {
  const text = (of: Json | undefined): string =>
    (((of as JsonObject | undefined)?.steps ?? []) as Objects)
      .filter(({ value }) => value !== null && value !== undefined)
      .map(({ value, color }) => `${value} ${color}`)
      .join(', ');
  const [was, is] = [text(before), text(after)];
  return was === is ? [] : [`threshold ${was || 'none'} to ${is || 'none'}`];
}

/** Labels that selectors lost or got, else both texts. White space does not count. */
function queryChanges(what: string, before: Json | undefined, after: Json | undefined): string[] {
  const [was, is] = [before, after].map((expr) =>
    String(expr ?? '')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  );
  if (was === is) return [];
  const labels = (expr: string) =>
    new Set(selectorsOf(withMacros(expr)).flatMap(({ matchers }) => matchers.map(({ label }) => label)));
  const [had, has] = [labels(was!), labels(is!)];
  const [lost, got] = [[...had].filter((label) => !has.has(label)), [...has].filter((label) => !had.has(label))];
  const said = [
    ...(lost.length > 0 ? [`lost label ${lost.join(', ')}`] : []),
    ...(got.length > 0 ? [`got label ${got.join(', ')}`] : []),
  ];
  return [`${what && `${what} `}${[...said, `${short(was)} to ${short(is)}`].join('; ')}`];
}

const sizeChange = (before: Json | undefined, after: Json | undefined): string[] => {
  const size = (of: Json | undefined) => `${(of as JsonObject)?.w} x ${(of as JsonObject)?.h}`;
  return size(before) === size(after) ? [] : [`size ${size(before)} to ${size(after)}`];
};

/** "key before to after", if they differ but for what servers set. */
function said(key: string, before: Json | undefined, after: Json | undefined): string[] {
  const [was, is] = [clean(before), clean(after)].map((of) =>
    typeof of === 'string' ? of : (JSON.stringify(of) ?? 'none'),
  );
  return was === is ? [] : [`${key} ${short(was)} to ${short(is)}`];
}

function clean(of: Json | undefined): Json | undefined {
  if (Array.isArray(of)) return of.map((one) => clean(one) ?? null);
  if (of === null || typeof of !== 'object') return of ?? undefined;
  return Object.fromEntries(
    Object.entries(of)
      .filter(([key, value]) => !SERVER.includes(key) && value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, clean(value)]),
  );
}

/** Long texts are cut in the middle: their ends say which they are. */
const short = (text = ''): string => (text.length <= 160 ? text : `${text.slice(0, 90)} … ${text.slice(-60)}`);
