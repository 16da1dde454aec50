// Probe series with bounded labels: counters, gauges and histograms with exemplars, limited per target.
// Values live here; text is made in exposition.ts.
import { DURATION_BUCKETS_SECONDS, type LabelsOf, METRICS, type MetricName } from '../spec/names.ts';

export interface Exemplar {
  readonly traceId: string;
  readonly value: number;
  readonly atSeconds: number;
}
interface Series {
  readonly labels: string;
  readonly target: string;
  value: number;
  sum: number;
  readonly buckets: Float64Array | undefined;
  readonly exemplars: (Exemplar | undefined)[] | undefined;
}
export interface Sample {
  readonly suffix: string;
  readonly labels: string;
  readonly value: number;
  readonly exemplar?: Exemplar;
}
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: Iterable<Sample>;
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

  inc<M extends MetricName>(metric: M, labels: Readonly<Record<LabelsOf<M>, string>>): void {
    const series = this.#series(metric, labels);
    if (series !== undefined) series.value += 1;
  }

  set<M extends MetricName>(metric: M, labels: Readonly<Record<LabelsOf<M>, string>>, value: number): void {
    const series = this.#series(metric, labels);
    if (series !== undefined) series.value = value;
  }

  /** Forgets one series, for a value that is not known any more. */
  unset<M extends MetricName>(metric: M, labels: Readonly<Record<LabelsOf<M>, string>>): void {
    const series = this.#families.get(metric)?.get(labelText(metric, labels));
    if (series === undefined) return;
    this.#families.get(metric)?.delete(series.labels);
    this.#count(series.target, -linesOf(series));
  }

  observe<M extends MetricName>(
    metric: M,
    labels: Readonly<Record<LabelsOf<M>, string>>,
    value: number,
    exemplar: Omit<Exemplar, 'value'>,
  ): void {
    const series = this.#series(metric, labels);
    if (series?.buckets === undefined || series.exemplars === undefined) return;
    const found = DURATION_BUCKETS_SECONDS.findIndex((le) => value <= le);
    const index = found < 0 ? DURATION_BUCKETS_SECONDS.length : found;
    series.buckets[index]! += 1;
    series.exemplars[index] = { ...exemplar, value };
    series.value += 1;
    series.sum += value;
  }

  /** Drops all series of targets that are not in `names`. */
  keepTargets(names: ReadonlySet<string>): void {
    for (const family of this.#families.values())
      for (const [key, series] of family) if (!names.has(series.target)) family.delete(key);
    for (const target of this.#perTarget.keys()) if (!names.has(target)) this.#perTarget.delete(target);
  }

  *families(): Generator<Family> {
    for (const [name, series] of this.#families)
      yield { name, type: METRICS[name].type, help: METRICS[name].help, samples: samplesOf(series.values()) };
  }

  #count(target: string, lines: number): void {
    this.#perTarget.set(target, (this.#perTarget.get(target) ?? 0) + lines);
  }

  #series<M extends MetricName>(metric: M, labels: Readonly<Record<LabelsOf<M>, string>>): Series | undefined {
    let family = this.#families.get(metric);
    if (family === undefined) {
      family = new Map();
      this.#families.set(metric, family);
    }
    const key = labelText(metric, labels);
    const known = family.get(key);
    if (known !== undefined) return known;
    const target = (labels as Record<string, string>).target ?? '';
    const slots = DURATION_BUCKETS_SECONDS.length + 1;
    const histogram = METRICS[metric].type === 'histogram';
    const series: Series = {
      labels: key,
      target,
      value: 0,
      sum: 0,
      buckets: histogram ? new Float64Array(slots) : undefined,
      exemplars: histogram ? new Array<Exemplar | undefined>(slots).fill(undefined) : undefined,
    };
    if ((this.#perTarget.get(target) ?? 0) + linesOf(series) > this.limit) {
      this.#onDrop(target);
      return undefined;
    }
    this.#count(target, linesOf(series));
    family.set(key, series);
    return series;
  }
}

const linesOf = (series: Series): number => (series.buckets === undefined ? 1 : series.buckets.length + 2);

function* samplesOf(all: Iterable<Series>): Generator<Sample> {
  for (const series of all) {
    const { labels, buckets, exemplars } = series;
    if (buckets === undefined || exemplars === undefined) {
      yield { suffix: '', labels, value: series.value };
      continue;
    }
    let cumulative = 0;
    for (let i = 0; i < buckets.length; i++) {
      cumulative += buckets[i]!;
      const exemplar = exemplars[i];
      yield {
        suffix: '_bucket',
        labels: `${labels},le="${DURATION_BUCKETS_SECONDS[i] ?? '+Inf'}"`,
        value: cumulative,
        ...(exemplar && { exemplar }),
      };
    }
    yield { suffix: '_sum', labels, value: series.sum };
    yield { suffix: '_count', labels, value: series.value };
  }
}
