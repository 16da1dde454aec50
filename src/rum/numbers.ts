// The numbers of the page about real users: percentiles with their bands, counts and errors of the last 24 hours. Pure.
import type { GroupNumbers, PageNumbers, ServerNumbers, SiteNumbers, ViewNumbers } from '../spec/real-users.ts';
import { RUM_MINIMUM } from '../spec/rum-sli.ts';
import type { Slo } from '../spec/spec.ts';
import { VITAL_NAMES, type VitalName } from '../spec/vitals.ts';
import { type Place, total, viewNumbers, vitalNumbers } from './place-numbers.ts';
import { p75 } from './quantile.ts';
import type { SiteSeries } from './site-series.ts';
import type { SiteState } from './site-state.ts';
import { rumSloNumbers } from './slo-numbers.ts';

/** `slos`: those that are judged by this site, among others. */
export function numbersOf(state: SiteState, slos: readonly Slo[], nowMs: number): SiteNumbers {
  const { series, site } = state;
  const places = new Map<string, { page: string; device: string }>();
  for (const { labels, histogram } of series.observed('rum_views_total'))
    if (total(histogram.recent(nowMs)) > 0)
      places.set(`${labels.page} ${labels.device}`, { page: labels.page!, device: labels.device! });
  const groups = new Set([...places.values()].map(({ page }) => page));
  return {
    site: site.key,
    mode: site.mode,
    sample: site.sample,
    present: state.isPresent,
    quietMs: site.quiet,
    lastBeaconMs: state.lastBeaconMs,
    pending: state.pending,
    settleMs: site.settle,
    enough: RUM_MINIMUM,
    all: placeNumbers(series, {}, nowMs),
    pages: [...places.values()]
      .map(
        ({ page, device }): PageNumbers => ({
          page,
          device,
          ...placeNumbers(series, { pages: [page], device }, nowMs),
        }),
      )
      .sort(mostViews),
    groups: [...groups].map((page) => ({ page, ...placeNumbers(series, { pages: [page] }, nowMs) })).sort(mostViews),
    server: serverNumbers(series, nowMs),
    slos: rumSloNumbers(series, slos, nowMs),
    worst: state.worst.list(nowMs),
    engines: enginesOf(series),
    beacons: Object.fromEntries(
      [...series.values('rum_beacons_total')].map(({ labels, value }) => [labels.result!, value]),
    ),
  };
}

const mostViews = (a: GroupNumbers, b: GroupNumbers): number => b.views - a.views || a.page.localeCompare(b.page);

function placeNumbers(series: SiteSeries, place: Place, nowMs: number): ViewNumbers {
  const vitals = VITAL_NAMES.flatMap((vital) => {
    const found = vitalNumbers(series, vital, place, nowMs);
    return found === undefined ? [] : [[vital, found] as const];
  });
  return { ...viewNumbers(series, place, nowMs), vitals: Object.fromEntries(vitals) };
}

const serverNumbers = (series: SiteSeries, nowMs: number): ServerNumbers[] =>
  [...series.observed('rum_server_timing_seconds')].flatMap(({ labels, histogram }) => {
    const counts = histogram.recent(nowMs);
    const found = p75(histogram.boundaries, counts, histogram.worst(nowMs));
    return found === undefined ? [] : [{ page: labels.page!, name: labels.name!, n: total(counts), p75: found }];
  });

function enginesOf(series: SiteSeries): SiteNumbers['engines'] {
  const engines: Record<string, Partial<Record<VitalName, number>>> = {};
  for (const { labels, value } of series.values('rum_engine_values_total')) {
    engines[labels.engine!] ??= {};
    engines[labels.engine!]![labels.vital as VitalName] = value;
  }
  return engines;
}
