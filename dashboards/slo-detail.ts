// One SLO: what is promised, what is left, what burns since when, and what ate the budget.
import { exhaustedIn } from '../src/generate/slo/annotations.ts';
import { ALERT } from '../src/generate/slo/names.ts';
import { periodsOf, type RuleTier, ruleTiers } from '../src/generate/slo/tiers.ts';
import type { Board, Color, Link, Mapping, Panel, TimeseriesPanel } from '../src/grafana/board.ts';
import { formatDuration } from '../src/spec/scalars.ts';
import type { Spec } from '../src/spec/spec.ts';
import { burnIn, COVERAGE, coverageIn, factorOf, IN_CLUSTER, NO_EVENTS, OWN_SLOS } from './ask.ts';
import { toBoard, toLogs, toTraces } from './links.ts';
import { BUDGET_LOOK, burnLook, COVERAGE_LOOK } from './slo-table.ts';

const [MINUTE, HOUR] = [60_000, 3_600_000];

/** What a probe run of the SLO's target ended in, without what says nothing of the target. */
const BAD_RUNS = `probe_runs_total{${IN_CLUSTER}, target=~"$target", outcome!~"ok|skipped", blame!~"prober|config"}`;

const events = (result: string, color: Color) => ({
  legend: result,
  color,
  expr: `sum(increase(slo_events_total{${OWN_SLOS}, result="${result}"}[$__rate_interval]))`,
});

const EPISODE: readonly Mapping[] = [{ value: 1, text: 'fires', color: 'red' }];

/** Long and short window of a tier, and the line above which it fires. */
const burnPanel = (tier: RuleTier): TimeseriesPanel => {
  const [long, short] = [formatDuration(tier.longMs), formatDuration(tier.shortMs)];
  return {
    kind: 'timeseries',
    title: `Burn rate, ${tier.tier} (${long} and ${short})`,
    description: `The alert fires when both windows are above the line, with enough events. Above in ${long} and below in ${short}: it is over. Compare with what ate the budget below.`,
    width: 12,
    height: 8,
    queries: [
      { expr: burnIn(tier.longMs, OWN_SLOS, tier.shortMs), legend: long },
      { expr: burnIn(tier.shortMs), legend: short },
      { expr: factorOf(tier), legend: `${tier.severity}s above` },
    ],
    unit: 'none',
    decimals: 1,
    min: 0,
    empty: NO_EVENTS,
    alerts: [ALERT.burn],
  };
};

/** The API of the exporter says more: episodes, steps, how it is computed. */
const toApi = ({ alerting: { exporter } }: Spec): Link[] =>
  exporter === undefined ? [] : [{ title: 'All numbers of this SLO', url: `${exporter}/api/v1/slos/\${slo}` }];

/** Not without a period that has a policy. */
function runsOut(spec: Spec): Panel[] {
  const periods = periodsOf(spec);
  if (periods.size === 0) return [];
  return [
    {
      kind: 'stat',
      title: 'Runs out in',
      description: 'If it burns on as in the last hour.',
      width: 4,
      height: 4,
      queries: [{ expr: `min(${exhaustedIn({ ms: HOUR }, periods, OWN_SLOS)})` }],
      unit: 'dtdurations',
      empty: 'not at this rate, or used up',
      waive: { 'unit-fits': 'the length of the period, a number in the query, is seconds' },
    },
  ];
}

const headline = (spec: Spec): Panel[] => [
  {
    kind: 'stat',
    title: 'Objective',
    description: 'What is promised, of all events in the period.',
    width: 4,
    height: 4,
    queries: [{ expr: `max(slo_objective_ratio{${OWN_SLOS}})` }],
    decimals: 3,
    empty: 'no such SLO',
    links: toApi(spec),
  },
  {
    kind: 'stat',
    title: 'Budget left',
    description: 'Of the period, by the exporter. Below 0 the objective of this period is missed: risky changes wait.',
    width: 4,
    height: 4,
    queries: [{ expr: `min(slo_budget_remaining_ratio{${OWN_SLOS}})` }],
    ...BUDGET_LOOK,
    mappings: [{ value: 'nan', text: 'no events yet' }],
    empty: 'no such SLO',
    alerts: [ALERT.exhausted],
  },
  ...runsOut(spec),
  {
    kind: 'stat',
    title: 'Burn rate now',
    description:
      'Of the last 5 minutes: 1 spends the budget exactly over the period. Red from where a page comes, if it lasts.',
    width: 4,
    height: 4,
    queries: [{ expr: `max(${burnIn(5 * MINUTE)})` }],
    ...burnLook(spec),
    empty: NO_EVENTS,
  },
  {
    kind: 'stat',
    title: 'Measured in the last hour',
    description:
      'Share of the steps of which the result is known; of an SLO that is younger than an hour, of its life. Below half of the short window, alerts freeze.',
    width: 4,
    height: 4,
    queries: [{ expr: `min(${coverageIn(HOUR)})` }],
    waive: COVERAGE,
    ...COVERAGE_LOOK,
    max: 1,
    empty: 'nothing is known',
    alerts: [ALERT.lost],
  },
  {
    kind: 'stat',
    title: 'Maintenance',
    description: 'While it goes on, events are excluded and no SLO alert begins.',
    width: 4,
    height: 4,
    queries: [{ expr: `max(slo_maintenance_active{${OWN_SLOS}})` }],
    unit: 'none',
    mappings: [
      { value: 0, text: 'no' },
      { value: 1, text: 'goes on', color: 'blue' },
    ],
    empty: 'no such SLO',
    alerts: [ALERT.maintenance],
  },
];

export const sloDetail = (spec: Spec): Board => {
  const tiers = ruleTiers(spec);
  const pages = tiers.filter(({ severity }) => severity === 'page');
  return {
    uid: 'plimsoll-slo',
    title: 'SLO',
    description: 'One SLO: what is left, since when it burns, and what ate the budget.',
    uses: ['cluster', 'service', 'slo'],
    oneSlo: true,
    variables: [
      { name: 'target', label: 'Target', query: `label_values(slo_info{${OWN_SLOS}}, target)`, single: true },
    ],
    first: [
      ...headline(spec),
      ...pages.slice(0, 2).map((tier) => burnPanel(tier)),
      {
        kind: 'timeseries',
        title: 'What ate the budget',
        description:
          'Failed steps of the SLO’s target by what they ended in and who is to blame. Nothing here while it burns: the SLI is about time (too slow, too old), see the events.',
        width: 12,
        height: 8,
        queries: [
          {
            expr: `sum by (step, outcome, blame) (increase(${BAD_RUNS}[$__rate_interval])) > 0`,
            legend: '{{step}}: {{outcome}} ({{blame}})',
          },
        ],
        stack: true,
        bars: true,
        decimals: 0,
        empty: 'no step failed',
      },
      {
        kind: 'timeseries',
        title: 'Events',
        description: 'Good, bad, not known, and excluded by maintenance: how much traffic a burn rate speaks of.',
        // Beside the other half, or alone on its line.
        width: pages.length === 1 ? 24 : 12,
        height: 8,
        queries: [
          events('good', 'green'),
          events('bad', 'red'),
          events('unmeasured', 'gray'),
          events('excluded', 'blue'),
        ],
        stack: true,
        bars: true,
        decimals: 0,
        empty: NO_EVENTS,
      },
      {
        kind: 'state-timeline',
        title: 'When its alerts fired',
        description: 'The history of the alert itself, one lane per tier.',
        width: 24,
        height: 5,
        queries: [
          {
            expr: `max by (alertname, tier) (ALERTS{alertstate="firing", ${OWN_SLOS}})`,
            legend: '{{alertname}} {{tier}}',
          },
        ],
        mappings: EPISODE,
        empty: 'no alert of it fired in this time',
        alerts: [ALERT.burn, ALERT.lost, ALERT.exhausted],
      },
    ],
    rows: [
      {
        title: 'Tickets and budget',
        panels: [
          ...tiers.filter((tier) => !pages.slice(0, 2).includes(tier)).map((tier) => burnPanel(tier)),
          {
            kind: 'timeseries',
            title: 'Budget over time',
            description: 'Steps down are incidents; it comes back as they leave the period.',
            width: 12,
            height: 8,
            queries: [{ expr: `min by (slo) (slo_budget_remaining_ratio{${OWN_SLOS}})`, legend: '{{slo}}' }],
            empty: 'no such SLO',
          },
          {
            kind: 'timeseries',
            title: 'Duration of its steps',
            description: '95 of 100 steps are faster. For SLOs on latency this is the number to compare with `below`.',
            width: 12,
            height: 8,
            queries: [
              {
                expr: `histogram_quantile(0.95, sum by (step, le) (rate(probe_step_duration_seconds_bucket{${IN_CLUSTER}, target=~"$target"}[$__rate_interval])))`,
                legend: '{{step}}',
                exemplars: true,
              },
            ],
            empty: 'the target is not probed',
          },
        ],
      },
      {
        title: 'Logs',
        panels: [
          {
            kind: 'logs',
            title: 'Logs of the service',
            description: 'Lines that speak of errors at this time.',
            width: 24,
            height: 10,
            expr: '{service_name=~"${service:regex}"} |~ "(?i)(error|fatal|panic)"',
            empty: 'no such line',
          },
        ],
      },
    ],
    links: [
      ...toApi(spec),
      toBoard('All SLOs', 'plimsoll-slos'),
      toLogs('{service_name=~"${service:regex}"}'),
      toTraces('{ resource.service.name = "plimsoll" && status = error }'),
    ],
  };
};
