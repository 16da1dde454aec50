// On-call: who is woken how often, what only makes noise, and what never ends. From the history of alerts.
import { componentAlerts } from '../alerts/generate.ts';
import { ALERT } from '../src/generate/slo/names.ts';
import type { Board, Panel, TextPanel } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { IN_CLUSTER } from './ask.ts';
import { toBoard, toSlo, withRunbook } from './links.ts';
import {
  episodes,
  firing,
  firingFor,
  NIGHT,
  nightEpisodes,
  ONE,
  ofSeverity,
  PEOPLE,
  timeFiring,
} from './on-call-ask.ts';
import { chart, number } from './part-panels.ts';

const DAY = 86_400;
/** More than one a day wears people out; two in each shift of half a day is the most that can be done well. */
const PAGES = { many: 7, most: 14 };
const NIGHT_WORDS = `${NIGHT.from} to ${NIGHT.to} UTC`;
/** Shorter than this, nobody could have done anything. */
const BRIEF_SECONDS = 900;
const TIMES = { 'unit-fits': 'looks times 300 s, or now minus the time that is the value of ALERTS_FOR_STATE: times' };
/** Teams that own SLOs stand in the table with 0 too. */
const TEAMS = `0 * count by (team) (slo_info{${IN_CLUSTER}, team=~"$team"})`;
const all = (expr: string): string => `sum(${expr}) or vector(0)`;
const pages = (expr: string): string => ofSeverity(expr, 'page');
const tickets = (expr: string): string => ofSeverity(expr, 'ticket');

const stats: readonly Panel[] = [
  number({
    title: 'Pages in this time',
    description: `Episodes, not notifications. In a week, from ${PAGES.many} on people wear out, and ${PAGES.most} cannot be done well: take the noisiest of the table first.`,
    queries: [{ expr: all(pages(episodes('alertname'))) }],
    unit: 'short',
    decimals: 0,
    empty: 'none',
    base: 'green',
    thresholds: [
      { from: PAGES.many, color: 'orange' },
      { from: PAGES.most, color: 'red' },
    ],
  }),
  number({
    title: 'Of them at night',
    description: `Began from ${NIGHT_WORDS}; Prometheus knows no other time. Any that could have waited should be a ticket.`,
    queries: [{ expr: all(pages(nightEpisodes('alertname'))) }],
    unit: 'short',
    decimals: 0,
    empty: 'none',
    base: 'green',
    thresholds: [{ from: 1, color: 'orange' }],
  }),
  number({
    title: 'Tickets in this time',
    description: 'Episodes of alerts that can wait for the morning. Many: nobody reads them any more, thin them out.',
    queries: [{ expr: all(tickets(episodes('alertname'))) }],
    unit: 'short',
    decimals: 0,
    empty: 'none',
  }),
  number({
    title: 'Firing now',
    description: 'Pages and tickets. "What does not end" says which, and since when.',
    queries: [{ expr: `count(${firing(ONE)}) or vector(0)` }],
    decimals: 0,
    unit: 'short',
    empty: 'none',
    base: 'green',
    thresholds: [{ from: 1, color: 'orange' }],
    alerts: [ALERT.burn, ALERT.exhausted, ALERT.lost],
  }),
  number({
    title: 'Of them for a day or longer',
    description: 'Mend it, or take the alert away: what always fires hides what begins to.',
    queries: [{ expr: `count(${firingFor(ONE)} >= ${DAY}) or vector(0)` }],
    decimals: 0,
    unit: 'short',
    empty: 'none',
    base: 'green',
    thresholds: [{ from: 1, color: 'orange' }],
  }),
  number({
    title: 'About to fire',
    description: 'True, but not for long enough yet. A look at the board of that part now may save a page.',
    queries: [{ expr: `count(max by (${ONE}) (ALERTS{alertstate="pending", ${PEOPLE}})) or vector(0)` }],
    decimals: 0,
    unit: 'short',
    empty: 'none',
  }),
];

const teams: Panel = {
  kind: 'table',
  title: 'By team',
  description: `Episodes in this time; at night is from ${NIGHT_WORDS}. One team has nearly all: move the cause or the ownership, not the people.`,
  width: 9,
  height: 9,
  labels: { team: 'Team' },
  columns: [
    {
      title: 'Pages',
      expr: `${pages(episodes('team'))} or ${TEAMS}`,
      unit: 'short',
      decimals: 0,
      base: 'green',
      thresholds: [
        { from: PAGES.many, color: 'orange' },
        { from: PAGES.most, color: 'red' },
      ],
    },
    { title: 'At night', expr: `${pages(nightEpisodes('team'))} or ${TEAMS}`, unit: 'short', decimals: 0 },
    { title: 'Tickets', expr: `${tickets(episodes('team'))} or ${TEAMS}`, unit: 'short', decimals: 0 },
    { title: 'Firing now', expr: `count by (team) (${firing(ONE)}) or ${TEAMS}`, unit: 'short', decimals: 0 },
  ],
  sortBy: { column: 'Pages', descending: true },
  empty: 'no alert fired, and no SLO has a team',
};

const alertLinks = (spec: Spec) => {
  const { runbooks } = spec.alerting;
  return {
    ...(runbooks !== undefined && { alertname: [{ title: 'Runbook', url: `${runbooks}/\${__value.raw}.md` }] }),
    slo: [toSlo('${__value.raw}')],
  };
};
const ALERT_LABELS = { alertname: 'Alert', slo: 'SLO', target: 'Target', severity: 'Severity', team: 'Team' };
const BY = Object.keys(ALERT_LABELS).join(', ');

const noise = (spec: Spec): Panel => ({
  kind: 'table',
  title: 'Alerts, the most frequent first',
  description:
    'Noise is many episodes, each short (orange: below 15 minutes nobody could have helped). Make it wait longer, raise its limit, or mend the cause. Two that follow within 5 minutes are one; lengths are whole looks of 5 minutes.',
  width: 15,
  height: 9,
  labels: ALERT_LABELS,
  labelLinks: alertLinks(spec),
  columns: [
    {
      title: 'Episodes',
      expr: episodes(BY),
      unit: 'short',
      decimals: 0,
      thresholds: [{ from: PAGES.many, color: 'orange' }],
    },
    {
      title: 'Each for',
      expr: `${timeFiring(BY)} / ${episodes(BY)}`,
      unit: 'dtdurations',
      base: 'orange',
      thresholds: [{ from: BRIEF_SECONDS, color: 'text' }],
    },
  ],
  sortBy: { column: 'Episodes', descending: true },
  waive: TIMES,
  empty: 'no alert began in this time; the last 5 min are not counted yet',
});

const endless = (spec: Spec): Panel => ({
  kind: 'table',
  title: 'What does not end',
  description:
    'Fires now, the longest first, since it became true. A day or more: its owner mends it this week, or the alert goes. A restart of what evaluates the rules may begin the count anew.',
  width: 12,
  height: 8,
  labels: ALERT_LABELS,
  labelLinks: alertLinks(spec),
  columns: [
    {
      title: 'Since it is true',
      expr: firingFor(BY),
      unit: 'dtdurations',
      thresholds: [{ from: DAY, color: 'orange' }],
    },
  ],
  sortBy: { column: 'Since it is true', descending: true },
  waive: TIMES,
  empty: 'no alert fires',
});

const history: readonly Panel[] = [
  chart({
    title: 'Pages a week',
    description:
      'Of each team, over the seven days before each point. Does it get better? The lines are one a day, and two a shift.',
    queries: [{ expr: `${pages(episodes('team', '7d'))} or ${TEAMS}`, legend: '{{team}}' }],
    unit: 'short',
    decimals: 0,
    min: 0,
    thresholds: [
      { from: PAGES.many, color: 'orange' },
      { from: PAGES.most, color: 'red' },
    ],
    empty: 'no alert fired, and no SLO has a team',
  }),
  {
    kind: 'state-timeline',
    title: 'Pages',
    description:
      'When which SLO or part paged. Lanes that turn together have one cause: fix that, and let it explain the others.',
    width: 12,
    height: 8,
    queries: [
      { expr: pages(firing('alertname, slo, target, team')), legend: '{{alertname}} {{slo}} {{target}} ({{team}})' },
    ],
    mappings: [{ value: 1, text: 'fires', color: 'red' }],
    empty: 'nobody was paged in this time',
  },
  chart({
    title: 'Firing by team',
    description: 'Pages and tickets at each time: who has had a bad week, and whether it is over.',
    queries: [{ expr: `count by (team, severity) (${firing(ONE)})`, legend: '{{team}} {{severity}}' }],
    stack: true,
    decimals: 0,
    empty: 'no alert fired in this time',
  }),
];

const CANNOT = `**Prometheus knows** when an alert was true and when it fired. **It does not know** who was told, who answered and when, what was silenced, or what another alert explained: notifications and silences are Alertmanager's (row "Notifications", and the board of the telemetry stack), acknowledgements are in PagerDuty or its like.

- History goes back as far as Prometheus keeps samples. While it was down, nothing fired for it.
- An episode shorter than one evaluation is not seen; two within 5 minutes are one.
- Both of a pair of Prometheus write the same history; it is counted once.`;

/** Every alert, with its runbook and its board: the way from a name in a mail to what explains it. */
function index(spec: Spec): TextPanel {
  const name = (alert: string): string => withRunbook(spec, alert);
  const board = (title: string, uid: string): string => `[${title}](${toBoard(title, uid).url})`;
  const slo = [ALERT.burn, ALERT.exhausted, ALERT.lost, ALERT.maintenance];
  const rules = [ALERT.watchdog, ALERT.failing, ALERT.late, ALERT.outdated];
  const rows = [
    `| ${board('SLOs', 'plimsoll-slos')} | ${slo.map(name).join(', ')} |`,
    `| ${board('rules', 'plimsoll-telemetry')} | ${rules.map(name).join(', ')} |`,
    ...componentAlerts(spec).map(
      ({ name: family, alerts }) =>
        `| ${board(family, `plimsoll-${family}`)} | ${alerts.map(({ alert }) => name(alert)).join(', ')} |`,
    ),
  ];
  return {
    kind: 'text',
    title: 'All alerts',
    description: 'By board. A name leads to its runbook.',
    width: 12,
    height: 12,
    markdown: ['| Board | Alerts |', '|---|---|', ...rows].join('\n'),
  };
}

const LANES: readonly Panel[] = [
  {
    kind: 'state-timeline',
    title: 'SLO alerts',
    description: 'One lane per alert and SLO, pages and tickets. Click through to the SLO for what ate its budget.',
    width: 24,
    height: 8,
    queries: [
      {
        expr: `max by (alertname, slo) (ALERTS{alertstate="firing", slo!="", ${PEOPLE}})`,
        legend: '{{slo}}: {{alertname}}',
      },
    ],
    mappings: [{ value: 1, text: 'fires', color: 'red' }],
    empty: 'no alert of an SLO fired in this time',
    alerts: [ALERT.burn, ALERT.exhausted, ALERT.lost],
    links: [toBoard('All SLOs', 'plimsoll-slos')],
  },
  {
    kind: 'state-timeline',
    title: 'Alerts of parts',
    description: 'One lane per alert, by the board that explains it. What began before a page is a likely cause.',
    width: 24,
    height: 8,
    queries: [
      {
        expr: `max by (component, alertname) (ALERTS{alertstate="firing", component!="", ${PEOPLE}})`,
        legend: '{{component}}: {{alertname}}',
      },
    ],
    mappings: [{ value: 1, text: 'fires', color: 'orange' }],
    empty: 'no alert of a part fired in this time',
  },
  {
    kind: 'state-timeline',
    title: 'Watchdog and maintenance',
    description:
      'Watchdog must always be there: a gap means that nothing could have fired. During maintenance an SLO does not page.',
    width: 24,
    height: 5,
    queries: [
      {
        expr: `max by (alertname, slo) (ALERTS{alertstate="firing", severity="none", ${IN_CLUSTER}})`,
        legend: '{{alertname}} {{slo}}',
      },
    ],
    mappings: [{ value: 1, text: 'is on', color: 'blue' }],
    empty: 'not even the watchdog: no rules are evaluated',
    alerts: [ALERT.watchdog, ALERT.maintenance],
    links: [toBoard('Telemetry stack', 'plimsoll-telemetry')],
  },
];

export const onCall = (spec: Spec): Board => ({
  uid: 'plimsoll-on-call',
  title: 'On-call',
  description:
    'Pages and tickets by team, what came often, what never ended. Prometheus knows when alerts fired, not who answered: acknowledgements are in PagerDuty.',
  uses: ['cluster'],
  variables: [{ name: 'team', label: 'Team', query: `label_values(slo_info{${IN_CLUSTER}}, team)` }],
  from: 'now-7d',
  first: [...stats, teams, noise(spec), endless(spec), ...history],
  rows: [
    { title: 'Every alert over time', panels: LANES },
    {
      title: 'Changes and notifications',
      panels: [
        chart({
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
        }),
        chart({
          title: 'Notifications by receiver',
          description:
            'What Alertmanager sent, repeats included. Many for few episodes: repeat less often or group more.',
          queries: [
            {
              expr: `sum by (integration) (increase(alertmanager_notifications_total{${IN_CLUSTER}}[$__rate_interval]))`,
              legend: '{{integration}}',
            },
          ],
          stack: true,
          bars: true,
          decimals: 0,
          empty: 'Alertmanager is not scraped',
        }),
      ],
    },
    {
      title: 'What this board can know, and all alerts',
      panels: [
        {
          kind: 'text',
          title: 'What this board can know',
          description: 'Limits of the history of alerts.',
          width: 12,
          height: 12,
          markdown: CANNOT,
        },
        index(spec),
      ],
    },
  ],
  links: [toBoard('All SLOs', 'plimsoll-slos'), toBoard('Telemetry stack', 'plimsoll-telemetry')],
});
