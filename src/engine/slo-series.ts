// The slo_* families of /metrics, computed while they are written: one SLO at a time, so that a caller can pause between.
// Lines are made once per plan, because escaping labels costs more than the numbers.
import { type Family, Line, labelText, type Sample, startOf } from '../metrics/series.ts';
import { burnRate, coverageRatio } from '../slo/budget.ts';
import { METRICS, type MetricName, RESULTS } from '../spec/names.ts';
import { PROMQL_TARGET } from '../spec/promql-sli.ts';
import { type Spec, targetOf } from '../spec/spec.ts';
import type { LedgerEntry } from '../store/ledger.ts';
import { countsBetween, periodView } from './period.ts';
import type { PromisePlan, SloPlan } from './plan.ts';
import { inMaintenance } from './view.ts';

const NAMES = [
  'slo_events_total',
  'slo_objective_ratio',
  'slo_budget_remaining_ratio',
  'slo_created_timestamp_seconds',
  'slo_maintenance_active',
  'slo_info',
  'slo_burn_rate',
  'slo_coverage_ratio',
] as const satisfies readonly MetricName[];
type SloMetric = (typeof NAMES)[number];
/** Those whose only label is the SLO. */
type Bare = Exclude<SloMetric, 'slo_events_total' | 'slo_info' | 'slo_burn_rate' | 'slo_coverage_ratio'>;
const WINDOW_GAUGES: ReadonlySet<MetricName> = new Set(['slo_burn_rate', 'slo_coverage_ratio']);

/** Yields every slo_* family; SLOs that `entryOf` does not know are left out. Of those in `promises` no history is served. */
export function* sloFamilies(
  plans: Iterable<SloPlan>,
  entryOf: (name: string) => LedgerEntry | undefined,
  nowMs: number,
  settings: Pick<Spec['exporter'], 'location' | 'windowGauges'>,
  promises: readonly PromisePlan[] = [],
): Generator<Family> {
  const all = [...plans];
  const scrape = { nowMs, windowGauges: settings.windowGauges };
  for (const name of NAMES) {
    if (!settings.windowGauges && WINDOW_GAUGES.has(name)) continue;
    const { type, help } = METRICS[name];
    yield { name, type, help, samples: samples(name) };
  }
  function* samples(name: SloMetric): Generator<Sample> {
    for (const plan of all) {
      const entry = entryOf(plan.slo.name);
      if (entry !== undefined) yield* linesOf(plan, settings.location).of(name, entry, scrape);
    }
    const promised = PROMISED[name];
    if (promised === undefined) return;
    for (const plan of promises) yield promised(plan, nowMs);
  }
}

const PROMISED: Partial<Record<SloMetric, (plan: PromisePlan, nowMs: number) => Sample>> = {
  slo_objective_ratio: ({ slo }) => ({ start: startFor('slo_objective_ratio', slo.name), value: slo.objective }),
  slo_maintenance_active: (plan, now) => ({
    start: startFor('slo_maintenance_active', plan.slo.name),
    value: inMaintenance(plan, now) ? 1 : 0,
  }),
  slo_info: (plan) => ({ start: startOf('slo_info', infoText(plan)), value: 1 }),
};

const startFor = (metric: Bare, slo: string): string => startOf(metric, labelText(metric, { slo }));

const infoText = ({ slo, periodLabel: window }: PromisePlan): string => {
  const { name, service, team, sli } = slo;
  return labelText('slo_info', { slo: name, service, team, target: targetOf(sli) ?? PROMQL_TARGET, window });
};

/** One scrape: the moment that it shows. */
interface Scrape {
  readonly nowMs: number;
  readonly windowGauges: boolean;
}

/** The lines of one SLO. The first family of a scrape that asks for them has all values computed. */
class SloLines {
  readonly #plan: SloPlan;
  readonly #lines: Readonly<Record<SloMetric, readonly Line[]>>;
  /** Window of each line of the two window gauges, ms; undefined is the period. */
  readonly #windows: readonly (number | undefined)[];
  #scrape: Scrape | undefined;

  constructor(plan: SloPlan, location: string) {
    this.#plan = plan;
    const { name: slo } = plan.slo;
    const ofSlo = (metric: Bare) => [new Line(metric, labelText(metric, { slo }))];
    const windows = (metric: 'slo_burn_rate' | 'slo_coverage_ratio') =>
      [...plan.windows.keys(), plan.periodLabel].map((window) => new Line(metric, labelText(metric, { slo, window })));
    this.#windows = [...plan.windows.values(), undefined];
    this.#lines = {
      slo_events_total: RESULTS.map(
        (result) => new Line('slo_events_total', labelText('slo_events_total', { slo, result, location })),
      ),
      slo_objective_ratio: ofSlo('slo_objective_ratio'),
      slo_budget_remaining_ratio: ofSlo('slo_budget_remaining_ratio'),
      slo_created_timestamp_seconds: ofSlo('slo_created_timestamp_seconds'),
      slo_maintenance_active: ofSlo('slo_maintenance_active'),
      slo_info: [new Line('slo_info', infoText(plan))],
      slo_burn_rate: windows('slo_burn_rate'),
      slo_coverage_ratio: windows('slo_coverage_ratio'),
    };
  }

  of(name: SloMetric, entry: LedgerEntry, scrape: Scrape): readonly Line[] {
    if (this.#scrape !== scrape) {
      this.#scrape = scrape;
      this.#refresh(entry, scrape);
    }
    // What is not on disk yet is no counter's value.
    return name === 'slo_events_total' && entry.acknowledged === undefined ? [] : this.#lines[name];
  }

  #refresh(entry: LedgerEntry, { nowMs, windowGauges }: Scrape): void {
    const plan = this.#plan;
    const set = (name: SloMetric, value: number, at = 0) => {
      this.#lines[name][at]!.value = value;
    };
    if (entry.acknowledged !== undefined) {
      const { good, bad, unmeasured, excludedGood, excludedBad } = entry.acknowledged;
      const values = { good, bad, unmeasured, excluded: excludedGood + excludedBad };
      for (const [i, result] of RESULTS.entries()) set('slo_events_total', values[result], i);
    }
    set('slo_objective_ratio', plan.slo.objective);
    set('slo_budget_remaining_ratio', periodView(plan, entry, nowMs).budget.remainingRatio ?? Number.NaN);
    set('slo_created_timestamp_seconds', entry.createdMs / 1000);
    set('slo_maintenance_active', inMaintenance(plan, nowMs) ? 1 : 0);
    set('slo_info', 1);
    if (!windowGauges) return;
    for (const [i, window] of this.#windows.entries()) {
      const lengthMs = window ?? nowMs - plan.periodAt(nowMs).startMs;
      const counts = countsBetween(entry.history, plan, nowMs - lengthMs, nowMs);
      set('slo_burn_rate', burnRate(counts, plan.slo.objective) ?? Number.NaN, i);
      set('slo_coverage_ratio', coverageRatio(counts, lengthMs, plan.stepMs), i);
    }
  }
}

/** Each load of a spec makes new plans, so that a changed location has lines of its own. */
const made = new WeakMap<SloPlan, SloLines>();
const linesOf = (plan: SloPlan, location: string): SloLines =>
  made.getOrInsertComputed(plan, () => new SloLines(plan, location));
