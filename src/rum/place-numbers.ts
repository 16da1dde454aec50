// Views and vitals of one place, a group of pages or several, on one device or all. Counts as the rules of the SLOs do. Pure.
import type { VitalNumbers } from '../spec/real-users.ts';
import { RUM_MINIMUM } from '../spec/rum-sli.ts';
import { RESTORED_COUNTS, VITALS, type VitalName } from '../spec/vitals.ts';
import { p75 } from './quantile.ts';
import type { SiteSeries } from './site-series.ts';

/** Where views were; what is left out may be anything. */
export interface Place {
  readonly pages?: readonly string[] | undefined;
  readonly device?: string | undefined;
}

/** Does a view of this navigation count for what is judged? As in the rules of the SLOs. */
export const isCounted = (of: VitalName | 'errors', navigation: string | undefined): boolean =>
  navigation !== 'restored' || RESTORED_COUNTS.has(of);

/** Page views, and those with an error. */
export function viewNumbers(series: SiteSeries, place: Place, nowMs: number): { views: number; errorViews: number } {
  const sum = (metric: 'rum_views_total' | 'rum_error_views_total') =>
    total(recentOf(series, metric, 'errors', place, nowMs)?.counts ?? []);
  return { views: sum('rum_views_total'), errorViews: sum('rum_error_views_total') };
}

/** undefined without observations. */
export function vitalNumbers(
  series: SiteSeries,
  vital: VitalName,
  place: Place,
  nowMs: number,
): VitalNumbers | undefined {
  const { metric, buckets, good, poor } = VITALS[vital];
  const recent = recentOf(series, metric, vital, place, nowMs);
  const found = recent === undefined ? undefined : p75(buckets, recent.counts, recent.worst);
  if (recent === undefined || found === undefined) return undefined;
  const { counts } = recent;
  const n = total(counts);
  const upTo = (limit: number) => total(counts.slice(0, (buckets as readonly number[]).indexOf(limit) + 1));
  const [within, notPoor] = [upTo(good), upTo(poor)];
  const grade = within >= 0.75 * n ? 'good' : notPoor >= 0.75 * n ? 'needs-improvement' : 'poor';
  return {
    n,
    p75: found,
    grade: n < RUM_MINIMUM ? null : grade,
    good: within / n,
    needsImprovement: (notPoor - within) / n,
    poor: (n - notPoor) / n,
  };
}

/** Counts by bucket of the last 24 hours, and the largest value in them. */
function recentOf(
  series: SiteSeries,
  metric: Parameters<SiteSeries['observed']>[0],
  of: VitalName | 'errors',
  { pages, device }: Place,
  nowMs: number,
): { readonly counts: Float64Array; readonly worst: number } | undefined {
  let sum: Float64Array | undefined;
  let worst = Number.NEGATIVE_INFINITY;
  for (const { labels, histogram } of series.observed(metric)) {
    if (pages !== undefined && !pages.includes(labels.page!)) continue;
    if ((device !== undefined && labels.device !== device) || !isCounted(of, labels.navigation)) continue;
    const counts = histogram.recent(nowMs);
    worst = Math.max(worst, histogram.worst(nowMs));
    sum = sum === undefined ? counts : sum.map((n, i) => n + counts[i]!);
  }
  return sum && { counts: sum, worst };
}

export const total = (counts: Iterable<number>): number => [...counts].reduce((a, b) => a + b, 0);
