// What a panel shows: its queries asked, variables and macros filled in, values with the texts and colours of its JSON. This is
// what Grafana does with the panel types that we use, and no more.
import type { JsonObject } from '../grafana/finish.ts';
import { type Macros, withMacros } from '../grafana/macros.ts';
import { formatValue } from './format.ts';
import type { Asked, Point, Series } from './prometheus.ts';

export interface Frame {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly Point[];
}
/** A value as it is shown. */
export interface Cell {
  readonly text: string;
  /** As in the JSON; undefined: no threshold or mapping has a say. */
  readonly color?: string;
  readonly value?: number;
}
export interface PanelData {
  readonly type: string;
  readonly title: string;
  /** What is shown instead, if there is nothing to show. */
  readonly empty?: string;
  readonly frames: readonly Frame[];
  /** Of a stat, one value for each name. */
  readonly stats: readonly (Cell & { readonly name: string })[];
  /** Of a table: titles and rows. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** How many samples each query had, by its legend or name. */
  readonly asked: readonly { readonly query: string; readonly samples: number }[];
}

export interface Span {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly stepSeconds: number;
}

/** The step of Grafana for about 600 points, at least 15 s; the rate interval spans four scrapes of 30 s or the step and one. */
export function spanOf(fromSeconds: number, toSeconds: number): { span: Span; macros: Omit<Macros, 'variables'> } {
  const stepSeconds = Math.max(15, Math.ceil((toSeconds - fromSeconds) / 600));
  const rate = Math.max(120, stepSeconds + 30);
  return {
    span: { fromSeconds, toSeconds, stepSeconds },
    macros: { rateInterval: `${rate}s`, interval: `${stepSeconds}s`, range: `${toSeconds - fromSeconds}s` },
  };
}

type Objects = readonly JsonObject[];
interface Defaults {
  readonly unit?: string;
  readonly decimals?: number;
  readonly noValue?: string;
  readonly thresholds?: { readonly steps: readonly { value: number | null; color: string }[] };
  readonly mappings?: readonly MappingJson[];
}
interface MappingJson {
  readonly type: string;
  readonly options: Record<string, { text: string; color?: string }> & {
    from?: number | null;
    to?: number | null;
    match?: string;
    result?: { text: string; color?: string };
  };
}

/** Asks the queries of a panel. Panels that ask no Prometheus have no frames. */
export async function readPanel(panel: JsonObject, asked: Asked, span: Span, macros: Macros): Promise<PanelData> {
  const targets = ((panel.targets ?? []) as Objects).filter(({ expr }) => typeof expr === 'string');
  const isOurs = (panel.datasource as { type?: string } | undefined)?.type === 'prometheus';
  const results = await Promise.all(
    (isOurs ? targets : []).map(async ({ expr, instant, legendFormat, refId }) => {
      const query = withMacros(expr as string, macros);
      const series = await (instant === true
        ? asked.instant(query, span.toSeconds)
        : asked.range(query, span.fromSeconds, span.toSeconds, span.stepSeconds));
      return { refId: String(refId), legend: legendFormat as string | undefined, series };
    }),
  );
  const frames = results.flatMap(({ legend, series }) =>
    series.map((one) => ({ name: legendOf(legend, one), labels: one.labels, points: one.points })),
  );
  const defaults = ((panel.fieldConfig as JsonObject | undefined)?.defaults ?? {}) as Defaults;
  const table = panel.type === 'table' && isOurs ? tableOf(panel, results) : { columns: [], rows: [] };
  const stats =
    panel.type === 'stat' ? frames.map((frame) => ({ name: frame.name, ...cellOf(lastOf(frame), defaults) })) : [];
  const isEmpty = isOurs && frames.every(({ points }) => points.length === 0);
  return {
    type: String(panel.type),
    title: String(panel.title),
    ...(isEmpty && { empty: defaults.noValue ?? 'No data' }),
    frames,
    stats,
    ...table,
    asked: results.map(({ refId, legend, series }) => ({
      query: legend ?? refId,
      samples: series.reduce((sum, { points }) => sum + points.length, 0),
    })),
  };
}

/** Of what a panel has asked for, the last value that is a number. */
const lastOf = ({ points }: Frame): number | undefined =>
  points.findLast(([, value]) => !Number.isNaN(value))?.[1] ?? points.at(-1)?.[1];

/** The name of a series: {{label}} filled in, or all of its labels. */
export function legendOf(legend: string | undefined, { labels }: Series): string {
  if (legend) return legend.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, label: string) => labels[label] ?? '').trim();
  const shown = Object.entries(labels).filter(([label]) => label !== '__name__');
  return `${labels.__name__ ?? ''}${shown.length > 0 ? `{${shown.map(([k, v]) => `${k}="${v}"`).join(', ')}}` : ''}`;
}

/** Text and colour of a value: the first mapping that fits, else the number and the threshold below it. */
export function cellOf(
  value: number | undefined,
  { unit, decimals, thresholds, mappings = [], noValue }: Defaults,
): Cell {
  const mapped = mappings.map((mapping) => mappedBy(mapping, value)).find((one) => one !== undefined);
  if (mapped !== undefined) return { ...mapped, ...(value !== undefined && { value }) };
  if (value === undefined) return { text: noValue ?? '' };
  if (Number.isNaN(value)) return { text: noValue ?? 'NaN', value };
  const color = thresholds?.steps.findLast((step) => step.value === null || value >= step.value)?.color;
  return { text: formatValue(value, unit, decimals), value, ...(color !== undefined && color !== 'text' && { color }) };
}

function mappedBy(
  { type, options }: MappingJson,
  value: number | undefined,
): { text: string; color?: string } | undefined {
  if (type === 'value') return value === undefined ? undefined : options[String(value)];
  const isNothing = value === undefined || Number.isNaN(value);
  if (type === 'special')
    return isNothing && (options.match === 'null+nan' || (options.match === 'nan') === (value !== undefined))
      ? options.result
      : undefined;
  const { from, to, result } = options;
  return !isNothing && value >= (from ?? -Infinity) && value <= (to ?? Infinity) ? result : undefined;
}

/** Joins the results of all queries by their labels, as the transformations of the panel say. */
function tableOf(
  panel: JsonObject,
  results: readonly { refId: string; series: readonly Series[] }[],
): Pick<PanelData, 'columns' | 'rows'> {
  const transformations = panel.transformations as readonly { id: string; options: JsonObject }[];
  const organize = transformations.find(({ id }) => id === 'organize')!.options as unknown as {
    indexByName: Record<string, number>;
    renameByName: Record<string, string>;
  };
  const names = Object.entries(organize.indexByName)
    .sort(([, a], [, b]) => a - b)
    .map(([name]) => name);
  const overrides = (panel.fieldConfig as { overrides: Objects }).overrides;
  const look = (title: string): Defaults => {
    const properties = overrides
      .filter(({ matcher }) => (matcher as JsonObject).options === title)
      .flatMap((one) => one.properties as Objects);
    return Object.fromEntries(properties.map(({ id, value }) => [String(id), value])) as Defaults;
  };
  const keyOf = ({ labels }: Series): string =>
    JSON.stringify(
      Object.entries(labels)
        .filter(([label]) => label !== '__name__')
        .sort(),
    );
  const rows = new Map<string, { labels: Series['labels']; values: Map<string, number> }>();
  for (const { refId, series } of results)
    for (const one of series) {
      const row = rows.get(keyOf(one)) ?? { labels: one.labels, values: new Map() };
      row.values.set(`Value #${refId}`, one.points.at(-1)![1]);
      rows.set(keyOf(one), row);
    }
  const cells = [...rows.values()].map(({ labels, values }) =>
    names.map(
      (name): Cell =>
        name.startsWith('Value #')
          ? cellOf(values.get(name), look(organize.renameByName[name]!))
          : { text: labels[name] ?? '' },
    ),
  );
  const columns = names.map((name) => organize.renameByName[name] ?? name);
  return { columns, rows: sortedBy(panel, columns, cells) };
}

function sortedBy(
  panel: JsonObject,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
): (readonly Cell[])[] {
  const [sort] = ((panel.options as JsonObject).sortBy ?? []) as unknown as { displayName: string; desc: boolean }[];
  const at = columns.indexOf(sort?.displayName ?? '');
  if (at < 0) return [...rows];
  const order = (a: Cell, b: Cell): number =>
    a.value !== undefined && b.value !== undefined ? a.value - b.value : a.text.localeCompare(b.text);
  return rows.toSorted((a, b) => order(a[at]!, b[at]!) * (sort!.desc ? -1 : 1));
}
