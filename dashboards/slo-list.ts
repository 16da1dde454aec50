// All SLOs at a glance, worst first: which one, how bad, and who looks at it.

import { ALERT } from '../src/generate/slo/names.ts';
import type { Board } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { burnIn, NO_EVENTS, OWN_SLOS, ofChosen } from './ask.ts';
import { toLogs } from './links.ts';
import { pagesFrom, sloTable } from './slo-table.ts';

const HOUR = 3_600_000;

export const sloList = (spec: Spec): Board => ({
  uid: 'plimsoll-slos',
  title: 'SLOs',
  description: 'Every SLO with its budget and burn, worst first. Click an SLO for what ate its budget.',
  uses: ['cluster', 'service', 'slo'],
  first: [
    {
      kind: 'stat',
      title: 'SLOs that burn',
      description: 'SLOs of which a burn alert fires. Open the worst one in the table below.',
      width: 6,
      height: 4,
      queries: [
        {
          expr: `count(count by (cluster, slo) (ALERTS{alertname="${ALERT.burn}", alertstate="firing", ${OWN_SLOS}})) or vector(0)`,
        },
      ],
      empty: 'none',
      thresholds: [{ from: 1, color: 'red' }],
      alerts: [ALERT.burn],
    },
    {
      kind: 'stat',
      title: 'Budgets used up',
      description: 'SLOs without error budget in their period: risky changes wait.',
      width: 6,
      height: 4,
      queries: [{ expr: `count((min by (cluster, slo) (slo_budget_remaining_ratio{${OWN_SLOS}})) <= 0) or vector(0)` }],
      empty: 'none',
      thresholds: [{ from: 1, color: 'orange' }],
      alerts: [ALERT.exhausted],
    },
    {
      kind: 'stat',
      title: 'Not measured',
      description: 'SLOs of which nothing was known for three steps: an outage would not be seen.',
      width: 6,
      height: 4,
      queries: [
        {
          expr: `count(count by (cluster, slo) (ALERTS{alertname="${ALERT.lost}", alertstate="firing", ${OWN_SLOS}})) or vector(0)`,
        },
      ],
      empty: 'none',
      thresholds: [{ from: 1, color: 'red' }],
      alerts: [ALERT.lost],
    },
    {
      kind: 'stat',
      title: 'In maintenance',
      description: 'SLOs whose events are excluded now, because somebody said so in the spec.',
      width: 6,
      height: 4,
      queries: [{ expr: `count((max by (cluster, slo) (slo_maintenance_active{${OWN_SLOS}})) == 1) or vector(0)` }],
      empty: 'none',
      thresholds: [{ from: 1, color: 'blue' }],
      alerts: [ALERT.maintenance],
    },
    sloTable(spec, {
      description:
        'Budget left in the period, burn rate of the last hour (1 spends the budget exactly over the period) and of 5 minutes: burning now, or over?',
      height: 12,
    }),
    {
      kind: 'timeseries',
      title: 'Burn rate over 1 h',
      description: `The worst ten. 1 spends the budget exactly over the period.${pageAt(spec)}`,
      width: 12,
      height: 8,
      queries: [{ expr: `topk(10, ${ofChosen(burnIn(HOUR))})`, legend: '{{slo}}' }],
      unit: 'none',
      decimals: 1,
      empty: NO_EVENTS,
    },
    {
      kind: 'timeseries',
      title: 'Budget left',
      description: 'Of the period of each SLO, by the exporter; the worst ten.',
      width: 12,
      height: 8,
      queries: [
        {
          expr: `bottomk(10, ${ofChosen(`min by (cluster, slo) (slo_budget_remaining_ratio{${OWN_SLOS}})`)})`,
          legend: '{{slo}}',
        },
      ],
      empty: 'no SLO is known: is the exporter scraped?',
    },
  ],
  rows: [],
  links: [toLogs('{service_name=~"${service:regex}"}')],
});

function pageAt(spec: Spec): string {
  const k = pagesFrom(spec);
  return k === undefined ? '' : ` A page comes from ${k} on, if it lasts.`;
}
