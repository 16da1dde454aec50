// What the boards of all parts have in common: their alerts, their logs, and panels of usual size.
import { componentAlerts } from '../alerts/generate.ts';
import type { Panel, StatPanel, TablePanel, TimelinePanel, TimeseriesPanel } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { IN_CLUSTER } from './ask.ts';

/** Alerts of a family (the label component) that fire, and all of its runbooks; `more`: matchers, for example of targets. */
export function alertPanels(spec: Spec, family: string, more = ''): [StatPanel, TablePanel, TimelinePanel] {
  const of = `alertstate="firing", component="${family}", ${IN_CLUSTER}${more}`;
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
