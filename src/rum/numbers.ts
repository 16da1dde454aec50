// The numbers of the page about real users: percentiles with their bands, counts and errors of the last 24 hours. Pure.
import { VITAL_NAMES, VITALS, type VitalName } from '../spec/vitals.ts';
import { type Percentile, p75 } from './quantile.ts';
import type { SiteSeries } from './site-series.ts';
import type { SiteState } from './site-state.ts';

export type Grade = 'good' | 'needs-improvement' | 'poor';

export interface VitalNumbers {
  /** Observations; fewer than 100 are no verdict. */
  readonly n: number;
  /** In seconds; of the layout shift without unit. */
  readonly p75: Percentile;
  /** Of the 75th percentile; null with fewer than 100 observations. */
  readonly grade: Grade | null;
  /** Shares of the observations, 0 to 1. */
  readonly good: number;
  readonly poor: number;
}

export interface PageNumbers {
  readonly page: string;
  readonly device: string;
  readonly views: number;
  readonly errorViews: number;
  readonly vitals: Readonly<Partial<Record<VitalName, VitalNumbers>>>;
}

export interface SiteNumbers {
  readonly site: string;
  readonly mode: 'lite' | 'consent' | 'full';
  readonly sample: number;
  /** Were there beacons lately? Without any, nothing is known, and nothing is well. */
  readonly present: boolean;
  readonly pages: readonly PageNumbers[];
  /** What the servers said they took, by group of pages and name, in seconds. */
  readonly server: readonly {
    readonly page: string;
    readonly name: string;
    readonly n: number;
    readonly p75: Percentile;
  }[];
  /** Beacons since the start, by result. */
  readonly beacons: Readonly<Record<string, number>>;
}

const ENOUGH = 100;

export function numbersOf(state: SiteState, nowMs: number): SiteNumbers {
  const { series, site } = state;
  const places = new Map<string, { page: string; device: string }>();
  for (const { labels, histogram } of series.observed('rum_views_total'))
    if (total(histogram.recent(nowMs)) > 0)
      places.set(`${labels.page} ${labels.device}`, { page: labels.page!, device: labels.device! });
  return {
    site: site.key,
    mode: site.mode,
    sample: site.sample,
    present: state.isPresent,
    pages: [...places.values()]
      .map((place) => pageNumbers(series, place, nowMs))
      .sort((a, b) => b.views - a.views || a.page.localeCompare(b.page)),
    server: [...series.observed('rum_server_timing_seconds')].flatMap(({ labels, histogram }) => {
      const counts = histogram.recent(nowMs);
      const found = p75(histogram.boundaries, counts);
      return found === undefined ? [] : [{ page: labels.page!, name: labels.name!, n: total(counts), p75: found }];
    }),
    beacons: Object.fromEntries(
      [...series.samples('rum_beacons_total')].map(({ labels, value }) => [
        /result="([^"]*)"/.exec(labels)![1]!,
        value,
      ]),
    ),
  };
}

function pageNumbers(series: SiteSeries, place: { page: string; device: string }, nowMs: number): PageNumbers {
  const sum = (metric: 'rum_views_total' | 'rum_error_views_total') =>
    total(recentOf(series, metric, place, nowMs) ?? []);
  const vitals = VITAL_NAMES.flatMap((vital) => {
    const found = vitalNumbers(series, vital, place, nowMs);
    return found === undefined ? [] : [[vital, found] as const];
  });
  return {
    ...place,
    views: sum('rum_views_total'),
    errorViews: sum('rum_error_views_total'),
    vitals: Object.fromEntries(vitals),
  };
}

function vitalNumbers(
  series: SiteSeries,
  vital: VitalName,
  place: { page: string; device: string },
  nowMs: number,
): VitalNumbers | undefined {
  const { metric, buckets, good, poor } = VITALS[vital];
  const counts = recentOf(series, metric, place, nowMs);
  const found = counts === undefined ? undefined : p75(buckets, counts);
  if (counts === undefined || found === undefined) return undefined;
  const n = total(counts);
  const upTo = (limit: number) => total(counts.slice(0, (buckets as readonly number[]).indexOf(limit) + 1)) / n;
  const grade = upTo(good) >= 0.75 ? 'good' : upTo(poor) >= 0.75 ? 'needs-improvement' : 'poor';
  return { n, p75: found, grade: n < ENOUGH ? null : grade, good: upTo(good), poor: 1 - upTo(poor) };
}

/** Without restored views: they painted at once. */
function recentOf(
  series: SiteSeries,
  metric: Parameters<SiteSeries['observed']>[0],
  { page, device }: { page: string; device: string },
  nowMs: number,
): Float64Array | undefined {
  let sum: Float64Array | undefined;
  for (const { labels, histogram } of series.observed(metric)) {
    if (labels.page !== page || labels.device !== device || labels.navigation === 'restored') continue;
    const counts = histogram.recent(nowMs);
    sum = sum === undefined ? counts : sum.map((n, i) => n + counts[i]!);
  }
  return sum;
}

const total = (counts: Iterable<number>): number => [...counts].reduce((a, b) => a + b, 0);
