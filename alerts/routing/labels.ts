// What routing knows of alerts: names and labels that the rules put on them. Holds no rule.
import { ALERT } from '../../src/generate/slo/names.ts';

/** The alert of every tier of every SLO. These are the labels that routing needs of it. */
export const BURN = ALERT.burn;
export const BURN_LABELS = ['alertname', 'cluster', 'service', 'severity', 'slo', 'team', 'tier'] as const;

/**
 * The heartbeat of the alerting path. `heartbeat` tells it from a Watchdog of someone else (kube-prometheus-stack has one),
 * which would go on beating when our rules have stopped.
 */
export const WATCHDOG = { alertname: ALERT.watchdog, heartbeat: 'plimsoll' } as const;

/** Fires as long as maintenance goes on, with `cluster` and with `service`, `target` or both. Nobody is told of it. */
export const MAINTENANCE = ALERT.maintenance;

/** Alerts that exist for other alerts; InfoInhibitor and a Watchdog of their own come from kube-prometheus-stack. */
export const SILENT = [MAINTENANCE, 'InfoInhibitor', WATCHDOG.alertname] as const;

/** Labels of an alert as Alertmanager has them; one that is not there is the empty text. */
export type Labels = Readonly<Record<string, string>>;
