// The series of one site, with a hard cap: what is beyond is counted as dropped and nothing else happens.
import { type Family, labelText, type Sample, startOf } from '../metrics/series.ts';
import { type LabelsOf, METRICS, type MetricName } from '../spec/names.ts';
import type { Site } from '../spec/site.ts';
import { DEVICES, OTHER_PAGES, SERVER_TIMING_BUCKETS, VITAL_NAMES, VITALS } from '../spec/vitals.ts';
import { Histogram } from './histogram.ts';

export type RumMetric = Extract<MetricName, `rum_${string}`>;
type Labels<M extends RumMetric> = Readonly<Record<LabelsOf<M>, string>>;

const BUCKETS: Partial<Record<RumMetric, readonly number[]>> = {
  ...Object.fromEntries(VITAL_NAMES.map((vital) => [VITALS[vital].metric, VITALS[vital].buckets])),
  rum_server_timing_seconds: SERVER_TIMING_BUCKETS,
  // Views are counted by the hour too, for people.
  rum_views_total: [],
  rum_error_views_total: [],
};

/** One histogram with its labels, for who computes with it. */
export interface Observed {
  readonly metric: RumMetric;
  readonly labels: Readonly<Record<string, string>>;
  readonly histogram: Histogram;
}

/** One counter or gauge with its labels. */
export interface Valued {
  readonly labels: Readonly<Record<string, string>>;
  value: number;
}

export class SiteSeries {
  readonly #observed = new Map<RumMetric, Map<string, Observed>>();
  readonly #values = new Map<RumMetric, Map<string, Valued>>();
  #lines = 0;
  #dropped = 0;
  #most: number;
  readonly site: string;

  constructor(site: Site) {
    this.site = site.key;
    this.#most = site.maxSeries;
    this.load(site);
  }

  /** Lines of exposition. */
  get size(): number {
    return this.#lines;
  }
  get dropped(): number {
    return this.#dropped;
  }

  /** Series of ordinary views are there at 0 from the start: a counter that begins at 1 has an increase that nobody sees. */
  load(site: Site): void {
    this.#most = site.maxSeries;
    for (const page of [...site.pages.map(({ name }) => name), OTHER_PAGES])
      for (const device of DEVICES) {
        const labels = { site: site.key, page, device, navigation: 'navigate' };
        for (const metric of ['rum_views_total', 'rum_error_views_total'] as const) this.#histogram(metric, labels);
        for (const vital of VITAL_NAMES) this.#histogram(VITALS[vital].metric, labels);
      }
  }

  observe<M extends RumMetric>(metric: M, labels: Labels<M>, value: number, nowMs: number, traceId?: string): void {
    this.#histogram(metric, labels)?.observe(value, nowMs, traceId);
  }

  inc<M extends RumMetric>(metric: M, labels: Labels<M>, by = 1): void {
    this.set(metric, labels, (this.value(metric, labels) ?? 0) + by);
  }

  value<M extends RumMetric>(metric: M, labels: Labels<M>): number | undefined {
    return this.#values.get(metric)?.get(labelText(metric, labels))?.value;
  }

  set<M extends RumMetric>(metric: M, labels: Labels<M>, value: number): void {
    const family = this.#values.getOrInsertComputed(metric, () => new Map<string, Valued>());
    const key = labelText(metric, labels);
    const known = family.get(key);
    if (known !== undefined) known.value = value;
    else if (this.#makesRoom(1)) family.set(key, { labels, value });
  }

  /** Counters and gauges without hours. */
  values(metric: RumMetric): Iterable<Valued> {
    return this.#values.get(metric)?.values() ?? [];
  }

  /** Histograms, and counters of views, with their hours. */
  observed(metric: RumMetric): Iterable<Observed> {
    return this.#observed.get(metric)?.values() ?? [];
  }

  *samples(metric: RumMetric): Generator<Sample> {
    for (const [labels, { value }] of this.#values.get(metric) ?? []) yield { start: startOf(metric, labels), value };
    for (const [labels, { histogram }] of this.#observed.get(metric) ?? [])
      yield* METRICS[metric].type === 'histogram'
        ? bucketSamples(metric, labels, histogram)
        : [{ start: startOf(metric, labels), value: histogram.count }];
  }

  #histogram<M extends RumMetric>(metric: M, labels: Labels<M>): Histogram | undefined {
    const family = this.#observed.getOrInsertComputed(metric, () => new Map<string, Observed>());
    const key = labelText(metric, labels);
    const known = family.get(key);
    if (known !== undefined) return known.histogram;
    const histogram = new Histogram(BUCKETS[metric] ?? []);
    if (!this.#makesRoom(METRICS[metric].type === 'histogram' ? histogram.lines : 1)) return undefined;
    family.set(key, { metric, labels, histogram });
    return histogram;
  }

  #makesRoom(lines: number): boolean {
    if (this.#lines + lines > this.#most) {
      this.#dropped += 1;
      return false;
    }
    this.#lines += lines;
    return true;
  }
}

function* bucketSamples(
  metric: string,
  labels: string,
  { boundaries, counts, exemplars, sum, count }: Histogram,
): Generator<Sample> {
  let below = 0;
  for (const [i, n] of counts.entries()) {
    below += n;
    const start = startOf(`${metric}_bucket`, `${labels},le="${boundaries[i] ?? '+Inf'}"`);
    yield { start, value: below, exemplar: exemplars[i] };
  }
  yield { start: startOf(`${metric}_sum`, labels), value: sum };
  yield { start: startOf(`${metric}_count`, labels), value: count };
}

const RUM_METRICS = Object.keys(METRICS).filter((name): name is RumMetric => name.startsWith('rum_'));

/** The families of several sites. */
export function* rumFamilies(sites: Iterable<SiteSeries>): Generator<Family> {
  const all = [...sites];
  if (all.length === 0) return;
  for (const name of RUM_METRICS) {
    const { type, help } = METRICS[name];
    yield { name, type, help, samples: all.flatMap((series) => [...series.samples(name)]) };
  }
}
