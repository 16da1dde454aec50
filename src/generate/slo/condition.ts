// The page condition of slo/policy.ts in PromQL, for all SLOs at once. Every number comes from there.
import { MIN_BAD_EVENTS, MIN_COVERAGE, Z_95 } from '../../slo/policy.ts';
import type { Alerting } from '../../spec/alerting.ts';
import { formatDuration } from '../../spec/scalars.ts';
import type { Spec } from '../../spec/spec.ts';
import type { RecordingRule } from '../rule.ts';
import { INFO_LABELS, KEY, TOTALS, UNCOVERED } from './names.ts';
import type { RuleTier } from './tiers.ts';
import { eventsIn, type Window } from './window.ts';

const infoOf = (windows: readonly string[]): string => `slo_info{window=~"${windows.join('|')}"}`;

/**
 * Who the SLOs of a tier are: one series of value 1 for each, or one per team while a team is changed. Anybody can post what real
 * users are said to have felt: that alone wakes nobody.
 */
export function sloInfo(tier: RuleTier, { slos }: Pick<Spec, 'slos'>): string {
  const windows = tier.factors.flatMap((f) => f.windows);
  const others = tier.severity === 'page' ? notOf(rumSlos(slos)) : '';
  return `max by (${INFO_LABELS}) (slo_info{window=~"${windows.join('|')}"${others}})`;
}

/** SLOs of real users, by name. */
export const rumSlos = (slos: Spec['slos']): string[] =>
  slos.filter(({ sli }) => sli.kind === 'rum').map(({ name }) => name);

const notOf = (names: readonly string[]): string => (names.length === 0 ? '' : `, slo!~"${names.join('|')}"`);

/** 1 - objective, by cluster and slo. */
const ALLOWED = `(1 - max by (${KEY}) (slo_objective_ratio))`;

/** theta = k x (1 - objective) by cluster and slo. */
function threshold({ factors }: RuleTier): string {
  if (factors.length === 1) return `${factors[0]!.k} * ${ALLOWED}`;
  const k = factors.map((f) => `${f.k} * max by (${KEY}) (${infoOf(f.windows)})`).join(' or ');
  return `(${k}) * ${ALLOWED}`;
}

/** Time between two events of an SLO, seconds, by cluster and slo. */
const STEP_SECONDS = `max by (${KEY}) (max by (cluster, slo, target) (slo_info) * on (cluster, target) group_left () max by (cluster, target) (probe_interval_seconds))`;

/** How the windows of a tier are judged: from totals in Prometheus, or from the gauges of the exporter. */
export interface Judge {
  /** SLOs for which the condition holds, but for coverage, by cluster and slo. The value has no meaning. */
  condition(tier: RuleTier): string;
  /** SLOs of whose last `windowMs` enough is known to judge them. */
  covered(windowMs: number): string;
}

const fromTotals: Judge = {
  condition(tier) {
    const long: Window = { ms: tier.longMs, standInMs: tier.shortMs };
    const short: Window = { ms: tier.shortMs };
    const theta = threshold(tier);
    return `    (${eventsIn(TOTALS.bad, long)} >= ${MIN_BAD_EVENTS})
    - ${theta} * ${eventsIn(TOTALS.valid, long)}
    > ${Z_95} * sqrt(${theta} * (1 - ${theta}) * ${eventsIn(TOTALS.valid, long)})
  and
    ${eventsIn(TOTALS.bad, short)}
    > ${theta} * ${eventsIn(TOTALS.valid, short)}`;
  },
  covered: (windowMs) =>
    `${eventsIn(TOTALS.known, { ms: windowMs })} * ${STEP_SECONDS} >= ${(MIN_COVERAGE * windowMs) / 1000}`,
};

const gauge = (name: string, windowMs: number): string =>
  `max by (${KEY}) (${name}{window="${formatDuration(windowMs)}"})`;

/** Gauges have no counts: the events of the long window are its known steps, and excluded ones among them count as good. */
const fromGauges: Judge = {
  condition(tier) {
    const { longMs, shortMs } = tier;
    const theta = threshold(tier);
    const valid = `${gauge('slo_coverage_ratio', longMs)} * ${longMs / 1000} / ${STEP_SECONDS}`;
    const bad = `${gauge('slo_burn_rate', longMs)} * ${ALLOWED} * ${valid}`;
    // Half an event below, as the product is not a whole number.
    return `    (${bad} >= ${MIN_BAD_EVENTS - 0.5})
    - ${theta} * ${valid}
    > ${Z_95} * sqrt(${theta} * (1 - ${theta}) * ${valid})
  and
    ${gauge('slo_burn_rate', shortMs)} * ${ALLOWED}
    > ${theta}`;
  },
  covered: (windowMs) => `${gauge('slo_coverage_ratio', windowMs)} >= ${MIN_COVERAGE}`,
};

export const JUDGES: Readonly<Record<Alerting['evaluate'], Judge>> = { prometheus: fromTotals, exporter: fromGauges };

/** SLOs that Prometheus knows and that are not covered. Usually there are none; while the exporter is gone it is all of them. */
export const uncoveredRule = (windowMs: number, evaluate: Alerting['evaluate']): RecordingRule => ({
  record: UNCOVERED,
  expr: `max by (${KEY}) (${TOTALS.known})
unless on (${KEY})
(${JUDGES[evaluate].covered(windowMs)})`,
  labels: { window: formatDuration(windowMs) },
});
