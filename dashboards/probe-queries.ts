// What the boards of probed parts ask. Windows and shares are those of the alerts.
import { componentAlerts } from '../alerts/generate.ts';
import { DEFAULT_WINDOW_MS } from '../alerts/rules/outcome-alert.ts';
import type { Link, Variable } from '../src/grafana/board.ts';
import type { Outcome } from '../src/spec/outcome.ts';
import { formatDuration } from '../src/spec/scalars.ts';
import type { Spec } from '../src/spec/spec.ts';
import type { TargetKind } from '../src/spec/target.ts';
import { failedShare, IN_CLUSTER } from './ask.ts';
import { toTraces } from './links.ts';

/** What is probed, and the numbers of its alerts. */
export interface Probed {
  readonly kind: TargetKind;
  /** In a sentence: "MariaDB". */
  readonly what: string;
  /** The share from which on its alerts fire, and the window that they look at, ms. */
  readonly share?: number;
  readonly windowMs?: number;
  /** Probed so rarely that the interval of a chart may hold no run: such a window in ms is looked at in any case. */
  readonly rareMs?: number;
}

/** Of the targets that the board shows. */
export const CHOSEN_TARGETS = ', target=~"$target"';
const RATE = '[$__rate_interval]';

/** Of alerts that name a target, those of the chosen ones; the others all. */
export const OF_TARGETS = ', target=~"$target|"';

const withSlo = (more = ''): string => `group by (target) (slo_info{${IN_CLUSTER}${more}})`;
/** Filters the panels of probes: the targets of the chosen services, and those that are in no SLO and so of no service. */
export const targetVariable = (...kinds: readonly TargetKind[]): Variable => ({
  name: 'target',
  label: 'Target',
  query: `group by (target) (probe_runs_total{${IN_CLUSTER}, kind=~"${kinds.join('|')}"}) unless on (target) (${withSlo()} unless on (target) ${withSlo(', service=~"$service"')})`,
  resultLabel: 'target',
});

/** The same question about a window of its own. */
export const within = (expr: string, ms: number): string => expr.replaceAll(RATE, `[${formatDuration(ms)}]`);

/** The greater one of two results with the same labels; either may be missing. */
const greater = (a: string, b: string, by: string): string =>
  `max by (${by}) (label_replace(${a}, "from", "a", "target", ".*") or label_replace(${b}, "from", "b", "target", ".*"))`;

/** Share of failed runs over the interval of a chart; where it holds no run, over the window of the alerts. */
export const shareNow = ({ kind, windowMs = DEFAULT_WINDOW_MS }: Probed, by: string): string => {
  const share = failedShare(kind, by, CHOSEN_TARGETS);
  return `(${share} or ${within(share, windowMs)})`;
};

/** The same over time. With rare runs the line would jump between the two windows: then the worse of both. */
export function shareOverTime(probed: Probed, by: string): string {
  const share = failedShare(probed.kind, by, CHOSEN_TARGETS);
  return probed.rareMs === undefined ? shareNow(probed, by) : greater(share, within(share, probed.rareMs), by);
}

const runsOf = (kind: TargetKind, more = ''): string =>
  `probe_runs_total{${IN_CLUSTER}, kind="${kind}"${CHOSEN_TARGETS}${more}}`;
const FAILED = ', outcome!~"ok|skipped"';
/** 1 for each target of the kind, to be joined with series that do not say the kind. */
const targetsOf = (kind: TargetKind): string => `group by (cluster, target) (increase(${runsOf(kind)}${RATE}))`;

/** Share of the runs of a target that ended so, in its worst step. */
export const outcomeShare = (kind: TargetKind, outcome: Outcome, windowMs: number): string => {
  const runs = (more: string): string =>
    `sum by (cluster, target, step) (increase(${runsOf(kind, more)}[${formatDuration(windowMs)}]))`;
  const all = runs(', outcome!="skipped"');
  return `(${runs(`, outcome="${outcome}"`)} or 0 * ${all}) / (${all} > 0)`;
};

/** Failed runs in the interval of a chart, by labels that are joined to `what`; "nothing failed" at 0, and not nothing, if none did. */
export const failures = (kind: TargetKind, by: readonly string[], separator: string): string => {
  const failed = `increase(${runsOf(kind, FAILED)}${RATE})`;
  const names = by.map((label) => `"${label}"`).join(', ');
  return `label_join(sum by (${by.join(', ')}) (${failed}) > 0, "what", "${separator}", ${names}) or label_replace(0 * sum(increase(${runsOf(kind)}${RATE})) unless sum(${failed}) > 0, "what", "nothing failed", "", "")`;
};

/** The time that so many of 100 runs are faster than, by step or phase; nothing, and not NaN, where there was no run. */
export const durations = (kind: TargetKind, quantile: number, by: 'step' | 'phase' = 'step'): string =>
  `histogram_quantile(${quantile}, sum by (${by}, le) (rate(probe_${by}_duration_seconds_bucket{${IN_CLUSTER}${CHOSEN_TARGETS}}${RATE}) * on (cluster, target) group_left () ${targetsOf(kind)})) >= 0`;

/** The same of one step, whose name only one kind of target has. */
export const stepDuration = (step: string, quantile: number): string =>
  `histogram_quantile(${quantile}, sum by (le) (rate(probe_step_duration_seconds_bucket{${IN_CLUSTER}${CHOSEN_TARGETS}, step="${step}"}${RATE}))) >= 0`;

/** Time since the last run of each target; by step too, because a table joins its columns by all labels. */
export const sinceLastRun = (kind: TargetKind, window: string): string =>
  `(time() - max by (cluster, target) (probe_last_run_timestamp_seconds{${IN_CLUSTER}${CHOSEN_TARGETS}})) * on (cluster, target) group_right () group by (cluster, target, step) (increase(${runsOf(kind, ', outcome!="skipped"')}[${window}]))`;

/** Why a panel asks about another window than that of a chart. */
export const ALERT_WINDOW = {
  'target-rate-interval-rule': 'the window of the alerts, so that the number here and that in the alert are the same',
} as const;

/** Names of alerts of a family that the spec has not switched off. */
export function alertsOf(spec: Spec, family: string, ...names: readonly string[]): string[] {
  const all = componentAlerts(spec).find(({ name }) => name === family)?.alerts ?? [];
  return all.map(({ alert }) => alert).filter((alert) => names.includes(alert));
}

/** The smallest limit for replicas among the targets of a kind, in seconds; undefined: none is probed. */
export function strictestLag({ targets }: Spec, kind: 'mariadb' | 'redis'): number | undefined {
  const limits = targets.flatMap((one) => (one.kind === kind ? [one.maxLag / 1000] : []));
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/** Traces of runs in which something failed: the kind is in the span of the run, the error in that of a step. */
export const failedTraces = ({ kind }: Probed): Link =>
  toTraces(`{ span.plimsoll.kind = "${kind}" } && { status = error }`, 'Traces of failed checks');

/** How far the slowest replica of each target of a kind is behind. */
export const replicaLag = (kind: 'mariadb' | 'redis'): string =>
  `probe_replica_lag_seconds{${IN_CLUSTER}${CHOSEN_TARGETS}} * on (cluster, target) group_left () ${targetsOf(kind)}`;

/** What an empty panel says. */
export const notProbed = (kind: TargetKind): string => `no target of kind ${kind} is probed for the chosen services`;
