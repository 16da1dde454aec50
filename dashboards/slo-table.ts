// The table of SLOs, as the overview and the list show it: one row for each, worst first.
import { ruleTiers } from '../src/generate/slo/tiers.ts';
import type { Column, Look } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { burnIn, CHOSEN, coverageIn, OWN_SLOS } from './ask.ts';

const [MINUTE, HOUR] = [60_000, 3_600_000];
/** Orange where the budget would not last the period, red where the strictest page would fire. */
export function burnLook(spec: Spec): Look {
  const pages = ruleTiers(spec).filter(({ severity }) => severity === 'page');
  const lowest = Math.min(...pages.flatMap(({ factors }) => factors.map(({ k }) => k)));
  const red = Number.isFinite(lowest) ? [{ from: lowest, color: 'red' } as const] : [];
  return { unit: 'none', decimals: 1, thresholds: [{ from: 1, color: 'orange' }, ...red] };
}

/** Every column has the labels of slo_info, so that Grafana joins them to one row. */
const withInfo = (expr: string): string => `${CHOSEN}\n* on (cluster, slo) group_left ()\n(${expr})`;

/** Thresholds of burn rates are those of the pages. */
export const sloColumns = (spec: Spec): readonly Column[] => [
  {
    title: 'Budget left',
    expr: withInfo(`min by (cluster, slo) (slo_budget_remaining_ratio{${OWN_SLOS}})`),
    unit: 'percentunit',
    decimals: 1,
    base: 'red',
    thresholds: [
      { from: 0, color: 'orange' },
      { from: 0.25, color: 'green' },
    ],
  },
  { title: 'Burn 1h', expr: withInfo(burnIn(HOUR)), ...burnLook(spec) },
  { title: 'Burn 5m', expr: withInfo(burnIn(5 * MINUTE)), ...burnLook(spec) },
  {
    title: 'Objective',
    expr: withInfo(`max by (cluster, slo) (slo_objective_ratio{${OWN_SLOS}})`),
    unit: 'percentunit',
  },
  {
    title: 'Measured 1h',
    expr: withInfo(coverageIn(HOUR)),
    unit: 'percentunit',
    decimals: 0,
    base: 'red',
    thresholds: [
      { from: 0.5, color: 'orange' },
      { from: 0.9, color: 'green' },
    ],
  },
];
