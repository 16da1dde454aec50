// What the boards of all parts have in common: their alerts, and the probes of one kind of target.
import { componentAlerts } from '../alerts/generate.ts';
import type { Panel, StatPanel, TablePanel, TimelinePanel, TimeseriesPanel } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { failedShare, IN_CLUSTER } from './ask.ts';
import { STATES } from './states.ts';

/** Alerts of a family (the label component) that fire, and all of its runbooks. */
export function alertPanels(spec: Spec, family: string): [StatPanel, TablePanel, TimelinePanel] {
  const of = `alertstate="firing", component="${family}", ${IN_CLUSTER}`;
  const alerts = componentAlerts(spec).find(({ name }) => name === family)?.alerts ?? [];
  return [
    {
      kind: 'stat',
      title: 'Alerts that fire',
      description: 'Alerts of this part. They explain a page; the table beside says which, and what to do.',
      width: 4,
      height: 5,
      queries: [{ expr: `count(ALERTS{${of}}) or vector(0)` }],
      empty: 'none',
      thresholds: [{ from: 1, color: 'orange' }],
    },
    {
      kind: 'table',
      title: 'Which alerts',
      description: 'Each has a runbook: the links of this panel lead to all runbooks of this part.',
      width: 12,
      height: 5,
      labels: { alertname: 'Alert', target: 'Target', instance: 'Instance', severity: 'Severity', team: 'Team' },
      columns: [
        {
          title: 'Firing',
          expr: `count by (alertname, target, instance, severity, team) (ALERTS{${of}})`,
          unit: 'short',
        },
      ],
      sortBy: { column: 'Alert', descending: false },
      empty: 'no alert of this part fires',
      alerts: alerts.map(({ alert }) => alert),
    },
    {
      kind: 'state-timeline',
      title: 'When alerts fired',
      description: 'One lane per alert of this part: since when, and what came first.',
      width: 24,
      height: 5,
      queries: [{ expr: `max by (alertname) (ALERTS{${of}})`, legend: '{{alertname}}' }],
      mappings: [{ value: 1, text: 'fires', color: 'orange' }],
      empty: 'no alert of this part fired in this time',
    },
  ];
}

const RUNS = (kind: string): string => `probe_runs_total{${IN_CLUSTER}, kind="${kind}", outcome!~"ok|skipped"}`;
/** 1 for each target of a kind. */
const TARGETS = (kind: string): string =>
  `group by (cluster, target) (rate(probe_runs_total{${IN_CLUSTER}, kind="${kind}"}[$__rate_interval]))`;

/** How the probes of a kind of target fare: share that fails, lanes by step, what they end in, how long they take. */
export function probePanels(kind: string, what: string): [StatPanel, TimelinePanel, TimeseriesPanel, TimeseriesPanel] {
  const empty = `no target of kind ${kind} is probed`;
  const share = failedShare(kind, 'cluster, step');
  return [
    {
      kind: 'stat',
      title: 'Failing checks',
      description: `Share of the checks of ${what} that fail now. From half on, visitors feel it.`,
      width: 8,
      height: 5,
      queries: [{ expr: `max(${failedShare(kind)})` }],
      decimals: 0,
      empty,
      thresholds: [
        { from: 0.01, color: 'orange' },
        { from: 0.5, color: 'red' },
      ],
    },
    {
      kind: 'state-timeline',
      title: 'Checks, step by step',
      description:
        'Red where half or more of a step fails, orange where some do. The first red step is the one to look at.',
      width: 24,
      height: 6,
      queries: [
        { expr: `max by (step) (${share} > bool 0) + max by (step) (${share} >= bool 0.5)`, legend: '{{step}}' },
      ],
      mappings: STATES,
      empty,
    },
    {
      kind: 'timeseries',
      title: 'What failed checks ended in',
      description: 'By step, outcome and who is to blame; README.md says what each outcome means and what to look at.',
      width: 12,
      height: 8,
      queries: [
        {
          expr: `sum by (step, outcome, blame) (increase(${RUNS(kind)}[$__rate_interval])) > 0`,
          legend: '{{step}}: {{outcome}} ({{blame}})',
        },
      ],
      stack: true,
      bars: true,
      decimals: 0,
      empty: 'no check failed in this time',
    },
    {
      kind: 'timeseries',
      title: 'How long checks take',
      description:
        '95 of 100 are faster. A step that grows before it fails is short of something: connections, workers, disk.',
      width: 12,
      height: 8,
      queries: [
        {
          expr: `histogram_quantile(0.95, sum by (step, le) (rate(probe_step_duration_seconds_bucket{${IN_CLUSTER}}[$__rate_interval]) * on (cluster, target) group_left () ${TARGETS(kind)}))`,
          legend: '{{step}}',
          exemplars: true,
        },
      ],
      empty,
    },
  ];
}

/** Lines of a part that speak of errors. */
export const errorLogs = (service: string, what: string): Panel => ({
  kind: 'logs',
  title: `Errors of ${what}`,
  description: 'Lines that speak of errors, newest first. Widen the time if the cause lies before.',
  width: 24,
  height: 10,
  expr: `{service_name=~"${service}"} |~ "(?i)(error|fatal|panic|warn)"`,
  empty: 'no such line',
});

type Chart = Omit<TimeseriesPanel, 'kind' | 'width' | 'height'>;
/** A chart of usual size. */
export const chart = (of: Chart, width = 12): TimeseriesPanel => ({ kind: 'timeseries', width, height: 8, ...of });
type Stat = Omit<StatPanel, 'kind' | 'width' | 'height'>;
/** A number of usual size. */
export const number = (of: Stat, width = 4): StatPanel => ({ kind: 'stat', width, height: 5, ...of });
