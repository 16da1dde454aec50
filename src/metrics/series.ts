// Probe series with bounded labels: counters, gauges and histograms with exemplars, limited per target.
// Values live here; text is made in exposition.ts.
import { DURATION_BUCKETS_SECONDS, type LabelsOf, METRICS, type MetricName } from '../spec/names.ts';

export interface Exemplar {
  readonly traceId: string;
  readonly value: number;
  readonly atSeconds: number;
}
/** One line of exposition. */
export interface Sample {
  /** All of the line before the value: name, labels and a blank. Made once: escaping costs more than the numbers. */
  readonly start: string;
  readonly value: number;
  readonly exemplar?: Exemplar | undefined;
}
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: Iterable<Sample>;
}

/** A value as both text formats want it. */
export const valueText = (value: number): string =>
  value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value);

/** A line whose value changes. */
export class Line implements Sample {
  readonly start: string;
  value = 0;
  exemplar: Exemplar | undefined = undefined;
  #text = '0';
  #textOf = 0;

  constructor(name: string, labels: string) {
    this.start = startOf(name, labels);
  }

  /** The value as text; made anew only if it changed since it was last asked for, as digits are half of the cost of a line. */
  get text(): string {
    const { value } = this;
    if (value !== this.#textOf) {
      this.#text = valueText(value);
      this.#textOf = value;
    }
    return this.#text;
  }
}

/** The text before a value: `name{labels} `. */
export const startOf = (name: string, labels: string): string => (labels === '' ? `${name} ` : `${name}{${labels}} `);

/** A series of a target: one line, or the buckets, sum and count of a histogram. */
interface Series {
  readonly labels: string;
  readonly target: string;
  readonly lines: readonly Line[];
}

/** A label value as both text formats want it. */
export const escapeLabel = (value: string): string =>
  value.toWellFormed().replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

/** `a="1",b="2"` in the order of the metric's label names. */
export function labelText<M extends MetricName>(metric: M, labels: Readonly<Record<LabelsOf<M>, string>>): string {
  return METRICS[metric].labels
    .map((name) => `${name}="${escapeLabel((labels as Record<string, string>)[name]!)}"`)
    .join(',');
}

const SLOTS = DURATION_BUCKETS_SECONDS.length + 1;
const LE = [...DURATION_BUCKETS_SECONDS.map(String), '+Inf'];

export class SeriesTable {
  readonly #families = new Map<MetricName, Map<string, Series>>();
  readonly #perTarget = new Map<string, number>();
  readonly #onDrop: (target: string) => void;
  /** Series per target; a histogram counts with all of its lines. A lower limit refuses new series and keeps old ones. */
  limit: number;

  constructor(limit: number, onDrop: (target: string) => void) {
    this.limit = limit;
    this.#onDrop = onDrop;
  }

  /** Series held, as lines of exposition. */
  get size(): number {
    return [...this.#perTarget.values()].reduce((a, b) => a + b, 0);
  }

  /** `labels` as labelText() makes them, and the target that they belong to. */
  inc(metric: MetricName, labels: string, target: string): void {
    const line = this.#series(metric, labels, target)?.lines[0];
    if (line !== undefined) line.value += 1;
  }

  set(metric: MetricName, labels: string, target: string, value: number): void {
    const line = this.#series(metric, labels, target)?.lines[0];
    if (line !== undefined) line.value = value;
  }

  /** Forgets one series, for a value that is not known any more. */
  unset(metric: MetricName, labels: string): void {
    const series = this.#families.get(metric)?.get(labels);
    if (series === undefined) return;
    this.#families.get(metric)?.delete(labels);
    this.#count(series.target, -series.lines.length);
  }

  observe(metric: MetricName, labels: string, target: string, value: number, exemplar: Omit<Exemplar, 'value'>): void {
    const lines = this.#series(metric, labels, target)?.lines;
    if (lines === undefined || lines.length === 1) return;
    let slot = 0;
    while (slot < SLOTS - 1 && value > DURATION_BUCKETS_SECONDS[slot]!) slot += 1;
    lines[slot]!.exemplar = { ...exemplar, value };
    for (; slot < SLOTS; slot++) lines[slot]!.value += 1;
    lines[SLOTS]!.value += value;
    lines[SLOTS + 1]!.value += 1;
  }

  /** Drops all series of targets that are not in `names`. */
  keepTargets(names: ReadonlySet<string>): void {
    for (const family of this.#families.values())
      for (const [key, series] of family) if (!names.has(series.target)) family.delete(key);
    for (const target of this.#perTarget.keys()) if (!names.has(target)) this.#perTarget.delete(target);
  }

  *families(): Generator<Family> {
    for (const [name, series] of this.#families)
      yield { name, type: METRICS[name].type, help: METRICS[name].help, samples: linesOf(series.values()) };
  }

  #count(target: string, lines: number): void {
    this.#perTarget.set(target, (this.#perTarget.get(target) ?? 0) + lines);
  }

  #series(metric: MetricName, labels: string, target: string): Series | undefined {
    const family = this.#families.getOrInsertComputed(metric, () => new Map<string, Series>());
    const known = family.get(labels);
    if (known !== undefined) return known;
    const count = METRICS[metric].type === 'histogram' ? SLOTS + 2 : 1;
    if ((this.#perTarget.get(target) ?? 0) + count > this.limit) {
      this.#onDrop(target);
      return undefined;
    }
    this.#count(target, count);
    const series = { labels, target, lines: count === 1 ? [new Line(metric, labels)] : histogramLines(metric, labels) };
    family.set(labels, series);
    return series;
  }
}

/** Cumulative buckets, sum and count. */
const histogramLines = (metric: string, labels: string): Line[] => [
  ...LE.map((le) => new Line(`${metric}_bucket`, `${labels},le="${le}"`)),
  new Line(`${metric}_sum`, labels),
  new Line(`${metric}_count`, labels),
];

function* linesOf(all: Iterable<Series>): Generator<Line> {
  for (const { lines } of all) yield* lines;
}
