// Base rules of SLOs that Prometheus counts: the same totals as those of the exporter, so that the shared alerts judge both.
import { countStep } from '../../sli/list.ts';
import type { CountedStep } from '../../sli/promql.ts';
import type { Alerting } from '../../spec/alerting.ts';
import { PROMQL_LOCATION } from '../../spec/promql-sli.ts';
import { formatDuration } from '../../spec/scalars.ts';
import { isPromqlSlo, type PromqlSlo, type Spec } from '../../spec/spec.ts';
import type { PackableGroup } from '../pack.ts';
import type { RecordingRule } from '../rule.ts';
import { KEY, TOTALS } from './names.ts';

/** A total that was not recorded for this long begins anew, and its SLO with it. Longer would cost more than it is worth. */
const REMEMBERED = '6h';
/** How far before the beginning of the period its last sample may lie. */
const EDGE = '1h';

/**
 * Four scrapes, so that there are two samples even where one was missed or others are scraped half as often as the exporter; and
 * two steps, so that the last sample before a step is among them.
 */
export const stepOf = ({ interval, scrapeInterval }: Alerting): CountedStep => ({
  intervalMs: interval,
  rangeMs: Math.max(2 * interval, 4 * scrapeInterval),
});

/** A chain per SLO; chains share groups. Empty if the exporter counts all of them. */
export const promqlGroups = ({ slos, alerting }: Spec): PackableGroup[] =>
  slos.filter(isPromqlSlo).map((slo) => ({
    name: `slo-promql ${slo.name}`,
    pool: 'slo-promql',
    chain: true,
    intervalMs: alerting.interval,
    rules: baseRules(slo, stepOf(alerting)),
  }));

/** In this order: later ones use earlier ones. */
function baseRules(slo: PromqlSlo, step: CountedStep): RecordingRule[] {
  const { valid, bad, present, minimum } = countStep(slo.sli, step);
  // The tail of a maintenance is still within the range for a while after it.
  const worked = `max_over_time(slo_maintenance_active{slo="${slo.name}"}[${formatDuration(step.rangeMs)}]) == 1`;
  const counted = (count: string) => `(\n${indented(count)}\n)\nunless on (cluster) ${worked}`;
  const conditions = [
    ...(present === undefined ? [] : [`(\n${indented(present)}\n)`]),
    ...(minimum === undefined ? [] : [`(\n${indented(ofDay(slo))}\n) >= ${minimum}`]),
  ];
  return [
    total(TOTALS.bad, slo, counted(bad)),
    total(TOTALS.valid, slo, counted(valid)),
    total(TOTALS.known, slo, [`(\n${indented(valid)}\n) >= bool 0`, ...conditions].join('\nand on (cluster)\n')),
    created(slo),
    budget(slo, step),
  ];
}

/** Events of the last day, of a younger SLO all. */
function ofDay(slo: PromqlSlo): string {
  const now = own(TOTALS.valid, slo);
  return `sum by (cluster) (
  ${now} - (
    last_over_time(${now}[${EDGE}] offset 1d)
    or
    0 * ${now}
  )
)`;
}

const indented = (text: string): string => text.replace(/^/gm, '  ');

const own = (name: string, { name: slo }: PromqlSlo): string => `${name}{slo="${slo}", location="${PROMQL_LOCATION}"}`;

/**
 * What was recorded last, and the count of this step; 0 for an SLO that the exporter knows and nothing was counted of. They have
 * different labels, so `or` takes all that are there.
 */
const total = (record: string, slo: PromqlSlo, count: string): RecordingRule => ({
  record,
  expr: `sum by (cluster) (
  max by (${KEY}, location) (last_over_time(${own(record, slo)}[${REMEMBERED}]))
  or
${indented(count)}
  or
  0 * slo_info{slo="${slo.name}"}
)`,
  labels: { slo: slo.name, location: PROMQL_LOCATION },
});

const CREATED = 'slo_created_timestamp_seconds';

/** Remembered as long as the totals are: what begins anew is young again. */
const created = (slo: PromqlSlo): RecordingRule => ({
  record: CREATED,
  expr: `max by (cluster) (last_over_time(${CREATED}{slo="${slo.name}"}[${REMEMBERED}]))
or
0 * max by (cluster) (${own(TOTALS.known, slo)}) + time()`,
  labels: { slo: slo.name },
});

/**
 * 1 - bad / (allowed x valid) over the rolling period. Time that was not lived yet counts as if it had the traffic of the time
 * that was: a young SLO has nearly its whole budget, as in the exporter. Nothing without events.
 */
function budget(slo: PromqlSlo, { intervalMs }: CountedStep): RecordingRule {
  const periodMs = slo.window as number;
  const period = periodMs / 1000;
  const born = `max by (cluster) (${CREATED}{slo="${slo.name}"})`;
  const since = (name: string): string => {
    const now = own(name, slo);
    return `sum by (cluster) (
  ${now} - (
    (0 * ${now} and on (cluster) ${born} > time() - ${period})
    or
    last_over_time(${now}[${EDGE}] offset ${formatDuration(periodMs)})
  ) >= 0
)`;
  };
  return {
    record: 'slo_budget_remaining_ratio',
    expr: `1 -
${since(TOTALS.bad)}
/ (
  (1 - ${slo.objective}) * (
${indented(indented(since(TOTALS.valid)))}
    > 0
  ) * ${period} / clamp(time() - ${born}, ${intervalMs / 1000}, ${period})
)`,
    labels: { slo: slo.name },
  };
}
