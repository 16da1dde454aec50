// An alert on a part of the platform, as data: what it says, when, and how it is proven. Pure.
import type { Alerting } from '../spec/alerting.ts';
import type { ComponentAlertName } from '../spec/component-alert-names.ts';
import type { AlertingRule } from './rule.ts';
import { boardLink, runbook } from './slo/links.ts';

/** Label names and values. */
export type Labels = Readonly<Record<string, string>>;

export interface AlertTest {
  /** A sentence a reader can disagree with. */
  readonly name: string;
  /** Series and values as promtool writes them (`0+1x30`), one value a minute, from minute 0. */
  readonly series: readonly { readonly series: string; readonly values: string }[];
  /** ms after minute 0; whole minutes. */
  readonly atMs: number;
  /** Labels of the alerts that fire then, without alertname and what the rule itself adds; empty: none fires. */
  readonly fires: readonly Labels[];
}

export interface ComponentAlert {
  /** Also the name of the runbook. */
  readonly alert: ComponentAlertName;
  readonly expr: string;
  /** ms; the condition must hold this long. 0: fires at once. */
  readonly forMs: number;
  /** ms; fires this much longer than the condition holds. */
  readonly keepFiringForMs?: number;
  /** These explain a page; pages are for burn, lost data and the dead-man's switch. */
  readonly severity: 'page' | 'ticket';
  /** The team that acts: becomes the label `team`, which routes it. */
  readonly owner: string;
  /** One line; a template of Prometheus. */
  readonly summary: string;
  /** What it means and what to look at; a template of Prometheus. */
  readonly description: string;
  /** What must be installed for it to say anything; without it, the exporter alone is enough. */
  readonly needs?: string;
  readonly tests: readonly AlertTest[];
}

/** Alerts of one family: a rule group and a label `component`. */
export interface AlertFamily {
  /** Lower-case letters and dashes. */
  readonly name: string;
  readonly alerts: readonly ComponentAlert[];
}

/** What the rule adds to the labels of its expression. */
export const ruleLabels = (family: string, { severity, owner }: ComponentAlert): Labels => ({
  severity,
  team: owner,
  component: family,
});

/** The rule of an alert, with links to its runbook and to the board of its family. */
export function componentRule(
  family: string,
  alert: ComponentAlert,
  alerting: Pick<Alerting, 'runbooks' | 'dashboards'>,
): AlertingRule {
  return {
    alert: alert.alert,
    expr: alert.expr,
    forMs: alert.forMs,
    ...(alert.keepFiringForMs !== undefined && { keepFiringForMs: alert.keepFiringForMs }),
    labels: ruleLabels(family, alert),
    annotations: {
      summary: alert.summary,
      description: alert.description,
      runbook_url: runbook(alert.alert, alerting),
      ...boardLink(`plimsoll-${family}`, alerting),
    },
  };
}
