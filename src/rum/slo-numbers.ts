// What an SLO of real users would count in the last 24 hours. Its state and its budget are Prometheus's: nothing here judges.
import type { RumSloNumbers } from '../spec/real-users.ts';
import type { Slo } from '../spec/spec.ts';
import { viewNumbers, vitalNumbers } from './place-numbers.ts';
import type { SiteSeries } from './site-series.ts';

export const rumSloNumbers = (series: SiteSeries, slos: readonly Slo[], nowMs: number): RumSloNumbers[] =>
  slos.flatMap(({ name, objective, sli }) => {
    if (sli.kind !== 'rum' || sli.site !== series.site) return [];
    const { of, grade, minimum } = sli;
    const [n, good] = countsOf(series, sli, nowMs);
    return [{ slo: name, objective, of, grade, n, minimum, sliRatio: n < minimum ? null : good / n }];
  });

function countsOf(
  series: SiteSeries,
  { of, grade, pages, device }: Extract<Slo['sli'], { kind: 'rum' }>,
  nowMs: number,
): readonly [n: number, good: number] {
  const place = { pages, device };
  if (of === 'errors') {
    const { views, errorViews } = viewNumbers(series, place, nowMs);
    return [views, Math.max(0, views - errorViews)];
  }
  const found = vitalNumbers(series, of, place, nowMs);
  if (found === undefined) return [0, 0];
  return [found.n, Math.round((grade === 'good' ? found.good : 1 - found.poor) * found.n)];
}
