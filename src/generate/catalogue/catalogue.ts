// Every series that rules and boards may use. An unknown one is a mistake that no server would report: it just selects nothing.
import { labelReport } from '../../promql/labels.ts';
import { boardEntries } from './boards.ts';
import { type CatalogueEntry, SCRAPE_LABELS } from './entry.ts';
import { OWN } from './own.ts';
import { PLATFORM } from './platform.ts';
import { SITE } from './site.ts';
import { TELEMETRY } from './telemetry.ts';

const NAMED: readonly CatalogueEntry[] = [...OWN, ...SITE, ...PLATFORM, ...TELEMETRY];

export const CATALOGUE: readonly CatalogueEntry[] = [...NAMED, ...boardEntries(new Set(NAMED.map(({ name }) => name)))];

const byName = new Map(CATALOGUE.map((entry) => [entry.name, entry]));

/** The entry of a series; of a histogram also by _bucket, _sum or _count. undefined: not in the catalogue. */
export function entryOf(series: string): CatalogueEntry | undefined {
  const exact = byName.get(series);
  if (exact !== undefined) return exact;
  const base = byName.get(series.replace(/_(bucket|sum|count)$/, ''));
  return base?.type === 'histogram' ? base : undefined;
}

/** Labels a series may have, those of the scrape included; undefined: not in the catalogue. */
export function labelsOfSeries(series: string): readonly string[] | undefined {
  const entry = entryOf(series);
  if (entry === undefined) return undefined;
  if (entry.type === 'recorded') return entry.labels;
  const own = series.endsWith('_bucket') && entry.type === 'histogram' ? [...entry.labels, 'le'] : entry.labels;
  return [...own, ...SCRAPE_LABELS];
}

/** Unknown series, and labels that series or parts of the expression do not have; empty if all is known. */
export const checkAgainstCatalogue = (expr: string): string[] => [...labelReport(expr, labelsOfSeries).problems];

/** Labels that the result of an expression may carry, sorted: what a template may use as $labels. */
export const labelsKept = (expr: string): readonly string[] => labelReport(expr, labelsOfSeries).kept;
