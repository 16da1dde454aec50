// The table of SLOs, as the overview and the list show it: one row for each, worst first.
import { ruleTiers } from '../src/generate/slo/tiers.ts';
import type { Column, Look, TablePanel } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { burnIn, CHOSEN, COVERAGE, coverageIn, OWN_SLOS } from './ask.ts';
import { toSlo } from './links.ts';

const [MINUTE, HOUR] = [60_000, 3_600_000];
/** The burn rate from which on the first of the pages may fire; undefined: nothing pages. */
export function pagesFrom(spec: Spec): number | undefined {
  const pages = ruleTiers(spec).filter(({ severity }) => severity === 'page');
  const lowest = Math.min(...pages.flatMap(({ factors }) => factors.map(({ k }) => k)));
  return Number.isFinite(lowest) ? lowest : undefined;
}

/** Orange where the budget would not last the period, red where the first page would fire. */
export function burnLook(spec: Spec): Look {
  const lowest = pagesFrom(spec);
  const red = lowest === undefined ? [] : [{ from: lowest, color: 'red' } as const];
  return { unit: 'none', decimals: 1, thresholds: [{ from: 1, color: 'orange' }, ...red] };
}

/** Orange where nothing is left, red below; for a gauge of the budget. */
export const BUDGET_LOOK = {
  unit: 'percentunit',
  decimals: 1,
  base: 'red',
  thresholds: [
    { from: 0, color: 'orange' },
    { from: 0.25, color: 'green' },
  ],
} as const satisfies Look;

/** Share of the steps that are known. */
export const COVERAGE_LOOK = {
  unit: 'percentunit',
  decimals: 0,
  base: 'red',
  thresholds: [
    { from: 0.5, color: 'orange' },
    { from: 0.9, color: 'green' },
  ],
} as const satisfies Look;

/** Every column has the labels of slo_info, so that Grafana joins them to one row. */
const withInfo = (expr: string): string => `${CHOSEN}\n* on (cluster, slo) group_left ()\n(${expr})`;

/** The worst SLO first; `more` says how high it is, and what the board asks of its reader. */
export const sloTable = (spec: Spec, more: { readonly description: string; readonly height: number }): TablePanel => ({
  kind: 'table',
  title: 'SLOs, worst first',
  width: 24,
  labels: { slo: 'SLO', service: 'Service', team: 'Team' },
  labelLinks: { slo: [toSlo('${__data.fields.SLO}')] },
  columns: sloColumns(spec),
  waive: COVERAGE,
  sortBy: { column: 'Budget left', descending: false },
  empty: 'no SLO is known: is the exporter scraped?',
  ...more,
});

/** Thresholds of burn rates are those of the pages. */
const sloColumns = (spec: Spec): readonly Column[] => [
  {
    title: 'Budget left',
    expr: withInfo(`min by (cluster, slo) (slo_budget_remaining_ratio{${OWN_SLOS}})`),
    ...BUDGET_LOOK,
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
    ...COVERAGE_LOOK,
  },
];
