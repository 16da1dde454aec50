// What the catalogue knows of a series.

/** Labels that a scrape adds to everything. `cluster` comes with scrape or remote write; the rest from Kubernetes, if it runs there. */
export const SCRAPE_LABELS = [
  'cluster',
  'job',
  'instance',
  'namespace',
  'pod',
  'container',
  'service',
  'endpoint',
] as const;

export interface CatalogueEntry {
  readonly name: string;
  /** A histogram has _bucket, _sum and _count; `info` is a gauge that is always 1. */
  readonly type: 'counter' | 'gauge' | 'histogram' | 'info' | 'recorded';
  /** Its own labels, without those of the scrape. */
  readonly labels: readonly string[];
  /** Base unit: seconds, bytes, ratio, or what is counted. Empty for info. */
  readonly unit: string;
  /** Who exports it, with the version from which on, if it matters. `not exported yet` says that nobody does so far. */
  readonly exporter: string;
}

/** Text of `type name{labels} unit`, one series a line, of one exporter; reads better than objects, and is checked when it is read. */
export function entriesOf(exporter: string, lines: string): CatalogueEntry[] {
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const match = /^\s*(counter|gauge|histogram|info) ([a-zA-Z_:][\w:]*)(?:\{([\w, ]*)\})?(?: (\S.*))?$/.exec(line);
      if (match === null)
        throw new Error(`catalogue, ${exporter}: cannot read "${line.trim()}"; TYPE NAME{LABELS} UNIT`);
      const [, type, name, labels = '', unit = ''] = match;
      return {
        name: name!,
        type: type as CatalogueEntry['type'],
        labels: labels
          .split(',')
          .map((label) => label.trim())
          .filter(Boolean),
        unit,
        exporter,
      };
    });
}
