// On-call: who is woken how often, what only makes noise, and what never ends. From the history of ALERTS.
import type { Board } from '../src/grafana/board.ts';
import { IN_CLUSTER } from './ask.ts';
import { toBoard } from './links.ts';
import { chart, number } from './part-panels.ts';

/** Watchdog and maintenance have the severity none. */
const PEOPLE = `alertstate="firing", severity=~"page|ticket", ${IN_CLUSTER}`;
/** Episodes of each alert in the time of the board: seen now, and not a step before. A step of 5 min keeps the query small. */
const episodes = (more: string, by: string): string =>
  `sum by (${by}) (count_over_time((max by (cluster, alertname, slo, target, team, tier) (ALERTS{${PEOPLE}${more}}) unless max by (cluster, alertname, slo, target, team, tier) (ALERTS{${PEOPLE}${more}} offset 5m))[$__range:5m]))`;
/** Seconds that an alert fired, at one look each 5 min. */
const timeFiring = `300 * sum by (alertname, team) (count_over_time((max by (cluster, alertname, slo, target, team) (ALERTS{${PEOPLE}}))[$__range:5m]))`;

export const onCall = (): Board => ({
  uid: 'plimsoll-on-call',
  title: 'On-call',
  description:
    'Pages and tickets by team, what came often, what never ended. Prometheus knows when alerts fired, not who answered: acknowledgements are in PagerDuty.',
  uses: ['cluster'],
  from: 'now-7d',
  first: [
    number(
      {
        title: 'Pages in this time',
        description: 'Episodes, not notifications. More than two a shift is too many to do well.',
        queries: [{ expr: `sum(${episodes(', severity="page"', 'alertname')}) or vector(0)` }],
        unit: 'short',
        decimals: 0,
        empty: 'none',
        thresholds: [{ from: 14, color: 'orange' }],
      },
      6,
    ),
    number(
      {
        title: 'Tickets in this time',
        description: 'Episodes of alerts that can wait for the morning.',
        queries: [{ expr: `sum(${episodes(', severity="ticket"', 'alertname')}) or vector(0)` }],
        unit: 'short',
        decimals: 0,
        empty: 'none',
      },
      6,
    ),
    number(
      {
        title: 'Firing now',
        description: 'Pages and tickets. What fires all the time is not read any more.',
        queries: [{ expr: `count(ALERTS{${PEOPLE}}) or vector(0)` }],
        decimals: 0,
        empty: 'none',
        thresholds: [{ from: 1, color: 'orange' }],
      },
      6,
    ),
    number(
      {
        title: 'Of them for a day or longer',
        description: 'Mend it, or take the alert away.',
        queries: [
          {
            expr: `count(min_over_time((count by (cluster, alertname, slo, target) (ALERTS{${PEOPLE}}))[1d:5m]) and count_over_time((count by (cluster, alertname, slo, target) (ALERTS{${PEOPLE}}))[1d:5m]) >= 287) or vector(0)`,
          },
        ],
        unit: 'short',
        decimals: 0,
        empty: 'none',
        thresholds: [{ from: 1, color: 'orange' }],
      },
      6,
    ),
    {
      kind: 'table',
      title: 'Alerts, the most frequent first',
      description: 'Many short episodes are noise: raise the limit, make it wait longer, or mend the cause.',
      width: 12,
      height: 10,
      labels: { alertname: 'Alert', team: 'Team' },
      columns: [
        {
          title: 'Episodes',
          expr: episodes('', 'alertname, team'),
          unit: 'short',
          decimals: 0,
          thresholds: [{ from: 10, color: 'orange' }],
        },
        { title: 'Fired for', expr: timeFiring, unit: 'dtdurations' },
      ],
      sortBy: { column: 'Episodes', descending: true },
      waive: { 'unit-fits': 'looks times 300 s: a time' },
      empty: 'no alert fired in this time',
    },
    chart({
      title: 'Firing by team',
      description: 'Pages and tickets at each time: who has had a bad week.',
      queries: [{ expr: `count by (team, severity) (ALERTS{${PEOPLE}})`, legend: '{{team}} {{severity}}' }],
      stack: true,
      decimals: 0,
      empty: 'no alert fired in this time',
    }),
    {
      kind: 'state-timeline',
      title: 'Pages',
      description: 'When which SLO or part paged.',
      width: 24,
      height: 7,
      queries: [
        {
          expr: `max by (alertname, slo, team) (ALERTS{${PEOPLE}, severity="page"})`,
          legend: '{{alertname}} {{slo}} ({{team}})',
        },
      ],
      mappings: [{ value: 1, text: 'fires', color: 'red' }],
      empty: 'nobody was paged in this time',
    },
  ],
  rows: [
    {
      title: 'Changes',
      panels: [
        chart(
          {
            title: 'Changes by kind',
            description: 'How much was changed. Compare with the pages: which kind of change wakes people?',
            queries: [
              {
                expr: `sum by (kind) (increase(change_events_total{${IN_CLUSTER}}[$__rate_interval])) > 0`,
                legend: '{{kind}}',
              },
            ],
            stack: true,
            bars: true,
            decimals: 0,
            empty: 'nothing was changed in this time',
          },
          24,
        ),
      ],
    },
  ],
  links: [toBoard('All SLOs', 'plimsoll-slos')],
});
