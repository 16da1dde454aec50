// SLI `rum`: page views of real users against a threshold that is a boundary of their histogram. Nothing is known while no beacons come.
import type { Sli } from '../spec/spec.ts';
import { RESTORED_COUNTS, VITALS } from '../spec/vitals.ts';
import { badFrom, increaseOf, type PromqlCounter } from './promql.ts';

export const rum: PromqlCounter<'rum'> = {
  count(sli, step) {
    const known = { present: presence(sli), minimum: sli.minimum };
    if (sli.of === 'errors') {
      const valid = increaseOf(`rum_views_total${matchers(sli)}`, step);
      const bad = increaseOf(`rum_error_views_total${matchers(sli)}`, step);
      return { valid, bad: `(\n${bad}\nor\n0 * ${valid}\n)\n< ${valid}\nor\n${valid}`, ...known };
    }
    const { metric, good, poor } = VITALS[sli.of];
    const limit = sli.grade === 'good' ? good : poor;
    const valid = increaseOf(`${metric}_count${matchers(sli)}`, step);
    // Both ways that versions of Prometheus write a whole number.
    const within = Number.isInteger(limit) ? `le=~"${limit}(\\\\.0)?"` : `le="${limit}"`;
    return { valid, bad: badFrom(valid, increaseOf(`${metric}_bucket${matchers(sli, within)}`, step)), ...known };
  },
};

function matchers({ site, of, pages, device }: Sli<'rum'>, ...more: readonly string[]): string {
  const all = [
    `site="${site}"`,
    ...(pages === undefined ? [] : [`page=~"${pages.join('|')}"`]),
    ...(device === undefined ? [] : [`device="${device}"`]),
    ...(RESTORED_COUNTS.has(of) ? [] : ['navigation!="restored"']),
    ...more,
  ];
  return `{${all.join(', ')}}`;
}

/** The exporter serves for each site how long it may be quiet, and whether it was longer. */
const presence = ({ site }: Sli<'rum'>): string => `max by (cluster) (rum_site_present{site="${site}"}) == 1`;
