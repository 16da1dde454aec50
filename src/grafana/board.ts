// What a board is, in the words of its author: questions, queries, and what to do about the answer. Knows nothing of Grafana's JSON.

export interface Query {
  readonly expr: string;
  /** Name of the series, with {{label}}; of a column in a table. */
  readonly legend?: string;
  /** Of the series with this legend, where a colour means something. */
  readonly color?: Color;
  /** Points at traces where the series has exemplars. */
  readonly exemplars?: boolean;
}

/** Ascending; a value from `from` on has the colour. */
export interface Threshold {
  readonly from: number;
  readonly color: Color;
}
export type Color = 'green' | 'yellow' | 'orange' | 'red' | 'blue' | 'purple' | 'gray' | 'text';

/** Text in place of a value, or of a range of values. */
export interface Mapping {
  readonly value: number | readonly [from: number | null, to: number | null] | 'null' | 'nan';
  readonly text: string;
  readonly color?: Color;
}

export interface Link {
  readonly title: string;
  /** May hold variables of Grafana. */
  readonly url: string;
}

/** How numbers look, and which of them are bad. */
export interface Look {
  /** A unit of Grafana; without, it follows from the series (units.ts). */
  readonly unit?: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  /** The base colour, for values below all thresholds. */
  readonly base?: Color;
  readonly thresholds?: readonly Threshold[];
  readonly mappings?: readonly Mapping[];
}

interface Common {
  /** Unique in its board: the id of the panel follows from it, and links stay when panels are moved. */
  readonly title: string;
  /** What it answers, and what to do next. */
  readonly description: string;
  /** Of 24 columns. */
  readonly width: number;
  /** Rows of 30 pixels or so. */
  readonly height: number;
  readonly links?: readonly Link[];
  /** Alerts that this panel explains. */
  readonly alerts?: readonly string[];
  /** Rules of lint.ts that do not hold here, with the reason. */
  readonly waive?: Readonly<Record<string, string>>;
}
interface Asking extends Common {
  readonly queries: readonly Query[];
  /** What no data means, in place of "No data". */
  readonly empty: string;
}

export interface StatPanel extends Asking, Look {
  readonly kind: 'stat';
  /** A line behind the number. */
  readonly sparkline?: boolean;
  /** Shows the names of series; for several values in one panel. */
  readonly names?: boolean;
}
export interface TimeseriesPanel extends Asking, Look {
  readonly kind: 'timeseries';
  readonly stack?: boolean;
  /** Logarithmic: for what differs by powers of ten. */
  readonly log?: boolean;
  /** Points are joined over gaps up to this length, ms. */
  readonly joinMs?: number;
  /** Bars rather than lines: for counts per interval. */
  readonly bars?: boolean;
}
export interface TimelinePanel extends Asking {
  readonly kind: 'state-timeline';
  readonly mappings: readonly Mapping[];
}
export interface Column extends Look {
  readonly title: string;
  readonly expr: string;
  readonly width?: number;
  readonly links?: readonly Link[];
}
/** One row per set of labels; each column is a query, joined by the labels. */
export interface TablePanel extends Common {
  readonly kind: 'table';
  /** Labels that are columns, with their titles, in this order; others are hidden. */
  readonly labels: Readonly<Record<string, string>>;
  readonly labelLinks?: Readonly<Record<string, readonly Link[]>>;
  readonly columns: readonly Column[];
  readonly sortBy: { readonly column: string; readonly descending: boolean };
  readonly empty: string;
}
export interface TextPanel extends Common {
  readonly kind: 'text';
  readonly markdown: string;
}
export interface LogsPanel extends Common {
  readonly kind: 'logs';
  /** LogQL. */
  readonly expr: string;
  readonly empty: string;
}
/** Traces as a table. */
export interface TracesPanel extends Common {
  readonly kind: 'traces';
  /** TraceQL. */
  readonly expr: string;
  readonly empty: string;
}
/** What a panel may be; the interfaces say what each needs. */
export const PANEL_KINDS: readonly Panel['kind'][] = [
  'stat',
  'timeseries',
  'state-timeline',
  'table',
  'text',
  'logs',
  'traces',
];
export type Panel = StatPanel | TimeseriesPanel | TimelinePanel | TablePanel | TextPanel | LogsPanel | TracesPanel;

/** A heading with panels. Collapsed ones ask nothing until they are opened. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Variable {
  readonly name: string;
  readonly label: string;
  /** label_values(series, label); with `resultLabel`, PromQL. */
  readonly query: string;
  /** The values are those of this label in the results of `query`, and "All" means these and nothing else. */
  readonly resultLabel?: string;
  /** One value at a time. */
  readonly single?: boolean;
}

export interface Board {
  /** plimsoll-…, at most 40 characters: links go by it, so it never changes. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Beside those that every board has. */
  readonly variables?: readonly Variable[];
  /** Those of `cluster`, `service` and `slo` that its queries use; the others are hidden, and go along in links. */
  readonly uses: readonly ('cluster' | 'service' | 'slo')[];
  /** One SLO at a time. */
  readonly oneSlo?: boolean;
  /** The first screen: at most 12 panels and 20 queries. */
  readonly first: readonly Panel[];
  /** Details, collapsed. */
  readonly rows: readonly Row[];
  readonly links?: readonly Link[];
  /** Shown when the board is opened; default 6 h. */
  readonly from?: string;
  /** Rules of lint.ts that do not hold for the board, with the reason. */
  readonly waive?: Readonly<Record<string, string>>;
}

/** All panels of a board, in their order. */
export const panelsOf = (board: Board): readonly Panel[] => [
  ...board.first,
  ...board.rows.flatMap((row) => row.panels),
];

/** The queries of a panel to Prometheus. */
export function queriesOf(panel: Panel): readonly Query[] {
  switch (panel.kind) {
    case 'stat':
    case 'timeseries':
    case 'state-timeline':
      return panel.queries;
    case 'table':
      return panel.columns.map(({ title, expr }) => ({ expr, legend: title }));
    case 'text':
    case 'logs':
    case 'traces':
      return [];
  }
}
