// The slo_* families of /metrics, computed while they are written: one SLO at a time, so that a caller can pause between.
// Never keeps a value; label texts are made once per plan, because escaping them costs more than the numbers.
import { type Family, labelText, type Sample } from '../metrics/series.ts';
import { METRICS, type MetricName, RESULTS } from '../spec/names.ts';
import { PROMQL_TARGET } from '../spec/promql-sli.ts';
import { type Spec, targetOf } from '../spec/spec.ts';
import type { LedgerEntry } from '../store/ledger.ts';
import type { PromisePlan, SloPlan } from './plan.ts';
import { inMaintenance, periodView, windowView } from './view.ts';

interface Labels {
  readonly slo: string;
  readonly info: string;
  readonly events: readonly string[];
  /** One per window that has a burn rate; the period is the last. */
  readonly windows: readonly (readonly [labels: string, lengthMs: number | undefined])[];
}
type Values = (plan: SloPlan, entry: LedgerEntry, nowMs: number, labels: Labels) => Iterable<readonly [string, number]>;

/** Yields every slo_* family; SLOs that `entryOf` does not know are left out. Of those in `promises` no history is served. */
export function* sloFamilies(
  plans: Iterable<SloPlan>,
  entryOf: (name: string) => LedgerEntry | undefined,
  nowMs: number,
  settings: Pick<Spec['exporter'], 'location' | 'windowGauges'>,
  promises: readonly PromisePlan[] = [],
): Generator<Family> {
  const all = [...plans];
  for (const [name, values] of Object.entries(VALUES) as [keyof typeof VALUES, Values][]) {
    if (!settings.windowGauges && WINDOW_GAUGES.has(name)) continue;
    const { type, help } = METRICS[name];
    yield { name, type, help, samples: samples(all, values, PROMISED[name]) };
  }
  function* samples(of: readonly SloPlan[], values: Values, promised?: PromiseValue): Generator<Sample> {
    for (const plan of of) {
      const entry = entryOf(plan.slo.name);
      if (entry === undefined) continue;
      for (const [labels, value] of values(plan, entry, nowMs, labelsOf(plan, settings.location)))
        yield { suffix: '', labels, value };
    }
    if (promised === undefined) return;
    for (const plan of promises) {
      const [labels, value] = promised(plan, nowMs);
      yield { suffix: '', labels, value };
    }
  }
}

const WINDOW_GAUGES: ReadonlySet<MetricName> = new Set(['slo_burn_rate', 'slo_coverage_ratio']);

type PromiseValue = (plan: PromisePlan, nowMs: number) => readonly [labels: string, value: number];
const PROMISED: Partial<Record<MetricName, PromiseValue>> = {
  slo_objective_ratio: ({ slo }) => [labelText('slo_objective_ratio', { slo: slo.name }), slo.objective],
  slo_maintenance_active: (plan, now) => [
    labelText('slo_maintenance_active', { slo: plan.slo.name }),
    inMaintenance(plan, now) ? 1 : 0,
  ],
  slo_info: (plan) => [infoText(plan), 1],
};

const infoText = ({ slo, periodLabel: window }: PromisePlan): string => {
  const { name, service, team, sli } = slo;
  return labelText('slo_info', { slo: name, service, team, target: targetOf(sli) ?? PROMQL_TARGET, window });
};

const VALUES = {
  *slo_events_total(_plan, { acknowledged }, _now, labels) {
    if (acknowledged === undefined) return;
    const { good, bad, unmeasured, excludedGood, excludedBad } = acknowledged;
    const values = { good, bad, unmeasured, excluded: excludedGood + excludedBad };
    for (const [i, result] of RESULTS.entries()) yield [labels.events[i]!, values[result]];
  },
  *slo_objective_ratio({ slo }, _entry, _now, labels) {
    yield [labels.slo, slo.objective];
  },
  *slo_budget_remaining_ratio(plan, entry, now, labels) {
    yield [labels.slo, periodView(plan, entry, now).budget.remainingRatio ?? Number.NaN];
  },
  *slo_created_timestamp_seconds(_plan, { createdMs }, _now, labels) {
    yield [labels.slo, createdMs / 1000];
  },
  *slo_maintenance_active(plan, _entry, now, labels) {
    yield [labels.slo, inMaintenance(plan, now) ? 1 : 0];
  },
  *slo_info(_plan, _entry, _now, labels) {
    yield [labels.info, 1];
  },
  *slo_burn_rate(plan, entry, now, labels) {
    for (const [text, lengthMs] of labels.windows)
      yield [
        text,
        windowView(plan, entry, now, '', lengthMs ?? now - plan.periodAt(now).startMs).burnRate ?? Number.NaN,
      ];
  },
  *slo_coverage_ratio(plan, entry, now, labels) {
    for (const [text, lengthMs] of labels.windows)
      yield [text, windowView(plan, entry, now, '', lengthMs ?? now - plan.periodAt(now).startMs).coverageRatio];
  },
} satisfies Partial<Record<MetricName, Values>>;

const made = new WeakMap<SloPlan, Labels>();

function labelsOf(plan: SloPlan, location: string): Labels {
  let labels = made.get(plan);
  if (labels === undefined) {
    const { name: slo } = plan.slo;
    const window = (label: string) => labelText('slo_burn_rate', { slo, window: label });
    labels = {
      slo: labelText('slo_objective_ratio', { slo }),
      info: infoText(plan),
      events: RESULTS.map((result) => labelText('slo_events_total', { slo, result, location })),
      windows: [
        ...[...plan.windows].map(([label, ms]) => [window(label), ms] as const),
        [window(plan.periodLabel), undefined],
      ],
    };
    made.set(plan, labels);
  }
  return labels;
}
