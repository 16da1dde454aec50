// From runs to events, ticks and views: the one place where a probe result becomes part of an SLO.

import type { OwnMetrics } from '../metrics/own.ts';
import { type Family, labelText, type Sample, SeriesTable } from '../metrics/series.ts';
import type { Run } from '../probe/runner.ts';
import type { MissedReason } from '../probe/scheduler.ts';
import { countRun } from '../sli/list.ts';
import type { SliEvent } from '../sli/sli.ts';
import type { Counts } from '../slo/history.ts';
import { METRICS, type MetricName, RESULTS } from '../spec/names.ts';
import type { Spec } from '../spec/spec.ts';
import type { Target } from '../spec/target.ts';
import type { Ledger, LedgerEntry } from '../store/ledger.ts';
import { plansOf, type SloPlan } from './plan.ts';
import { inMaintenance, periodView, type SloView, sloView, windowView } from './view.ts';

const MIN_TICK_MS = 1_000;
const MAX_TICK_MS = 30_000;

export interface EnginePorts {
  readonly ledger: Ledger;
  readonly own: OwnMetrics;
  /** Time line of the history, ms since 1970. */
  now(): number;
}

export class Engine {
  readonly series: SeriesTable;
  readonly #ports: EnginePorts;
  #spec: Spec;
  #plans: readonly SloPlan[] = [];
  #byTarget = new Map<string, SloPlan[]>();

  constructor(spec: Spec, ports: EnginePorts) {
    this.#ports = ports;
    this.#spec = spec;
    this.series = new SeriesTable(spec.exporter.seriesPerTarget, (target) =>
      ports.own.inc('plimsoll_series_dropped_total', { target }),
    );
    this.load(spec);
  }

  get spec(): Spec {
    return this.#spec;
  }

  /** ms between two commits: the shortest step, 1 to 30 s. */
  get tickMs(): number {
    return Math.max(MIN_TICK_MS, Math.min(MAX_TICK_MS, ...this.#plans.map((plan) => plan.stepMs)));
  }

  /** Takes over a spec; history of SLOs that stay is kept, series of targets that went are dropped. */
  load(spec: Spec): void {
    this.#spec = spec;
    this.#plans = plansOf(spec);
    this.#byTarget = Map.groupBy(this.#plans, (plan) => plan.slo.sli.target);
    const slos = this.#plans.map(({ slo, stepMs, periodMs }) => ({ name: slo.name, stepMs, periodMs }));
    const damaged = this.#ports.ledger.setSlos(slos, this.#ports.now());
    if (damaged > 0) this.#ports.own.inc('plimsoll_store_damaged_records_total', {}, damaged);
    const names = new Set(spec.targets.map((t) => t.name));
    this.series.keepTargets(names);
    this.#ports.own.keepTargets(names);
  }

  /** Counts a finished run for every SLO on its target, and its series. */
  onRun(run: Run): void {
    for (const plan of this.#byTarget.get(run.target.name) ?? []) this.#count(plan, countRun(plan.slo.sli, run));
    this.#observe(run);
  }

  /** A slot without a run is an unmeasured event. */
  onMissed(target: Target, reason: MissedReason): void {
    this.#ports.own.inc('plimsoll_missed_runs_total', { target: target.name, reason });
    for (const plan of this.#byTarget.get(target.name) ?? []) this.#count(plan, { result: 'unmeasured' });
  }

  #count(plan: SloPlan, event: SliEvent): void {
    const now = this.#ports.now();
    const excluded = event.result !== 'unmeasured' && inMaintenance(plan, now);
    const field: keyof Counts = excluded ? (event.result === 'good' ? 'excludedGood' : 'excludedBad') : event.result;
    this.#ports.ledger.add(
      plan.slo.name,
      { [field]: 1 },
      now,
      event.result === 'bad' && !excluded ? event.cause : undefined,
    );
  }

  #observe(run: Run): void {
    const location = this.#spec.exporter.location;
    const target = run.target.name;
    const exemplar = { traceId: run.traceId, atSeconds: Math.round(run.atMs) / 1000 };
    const { series } = this;
    for (const step of run.steps) {
      const { outcome, blame } = step;
      series.inc('probe_runs_total', { target, kind: run.target.kind, step: step.step, outcome, blame, location });
      series.observe(
        'probe_step_duration_seconds',
        { target, step: step.step, location },
        step.durationMs / 1000,
        exemplar,
      );
      for (const [phase, ms] of Object.entries(step.phases))
        series.observe('probe_phase_duration_seconds', { target, phase, location }, ms / 1000, exemplar);
      if (step.step === 'hit' && step.facts.cacheStatus !== undefined)
        series.inc('probe_cache_status_total', { target, status: step.facts.cacheStatus, location });
    }
    series.set('probe_last_run_timestamp_seconds', { target, location }, run.atMs / 1000);
    for (const [metric, fact] of FACT_GAUGES) {
      const value = run.steps.map((s) => s.facts[fact]).findLast((v) => v !== undefined);
      if (value === undefined) series.unset(metric, { target, location });
      else series.set(metric, { target, location }, value);
    }
  }

  /** Closes the running tick; returns the store's error if it was not acknowledged. */
  tick(): Error | undefined {
    const tickMs = this.tickMs;
    return this.#ports.ledger.tick(Math.floor(this.#ports.now() / tickMs) * tickMs);
  }

  /** Views of all SLOs. */
  views(): SloView[] {
    return this.#plans.flatMap((plan) => this.view(plan.slo.name) ?? []);
  }

  view(name: string): SloView | undefined {
    const plan = this.plan(name);
    const entry = this.entry(name);
    return plan === undefined || entry === undefined ? undefined : sloView(plan, entry, this.evaluatedAt());
  }

  plan(name: string): SloPlan | undefined {
    return this.#plans.find((p) => p.slo.name === name);
  }

  entry(name: string): LedgerEntry | undefined {
    return this.#ports.ledger.entry(name);
  }

  /** Windows end at the newest tick while ticks go on, else at the clock. */
  evaluatedAt(): number {
    const now = this.#ports.now();
    const last = this.#ports.ledger.lastTickMs;
    return now - last <= 2 * this.tickMs && last > 0 ? last : now;
  }

  /** The slo_* families, computed while they are written. */
  *families(): Generator<Family> {
    for (const [name, values] of Object.entries(SLO_SERIES) as [MetricName, SloSeries][]) {
      if (!this.#spec.exporter.windowGauges && METRICS[name].labels.some((l) => l === 'window') && name !== 'slo_info')
        continue;
      yield { name, type: METRICS[name].type, help: METRICS[name].help, samples: this.#samples(values) };
    }
  }

  *#samples(values: SloSeries): Generator<Sample> {
    const now = this.evaluatedAt();
    for (const plan of this.#plans) {
      const entry = this.entry(plan.slo.name);
      if (entry === undefined) continue;
      for (const [labels, value] of values(plan, entry, now, this.#spec)) yield { suffix: '', labels, value };
    }
  }
}

const FACT_GAUGES = [
  ['probe_cert_not_after_timestamp_seconds', 'certNotAfterSeconds'],
  ['probe_replica_lag_seconds', 'replicaLagSeconds'],
  ['probe_cron_lag_seconds', 'cronLagSeconds'],
  ['probe_cache_age_seconds', 'cacheAgeSeconds'],
] as const;

type SloSeries = (
  plan: SloPlan,
  entry: LedgerEntry,
  nowMs: number,
  spec: Spec,
) => Iterable<[labels: string, value: number]>;

function* perWindow(
  plan: SloPlan,
  entry: LedgerEntry,
  nowMs: number,
  value: (w: ReturnType<typeof windowView>) => number,
): Generator<[string, number]> {
  const lengths: [string, number][] = [...plan.windows, [plan.periodLabel, nowMs - plan.periodAt(nowMs).startMs]];
  for (const [window, ms] of lengths)
    yield [
      labelText('slo_burn_rate', { slo: plan.slo.name, window }),
      value(windowView(plan, entry, nowMs, window, ms)),
    ];
}

const SLO_SERIES: Readonly<Partial<Record<MetricName, SloSeries>>> = {
  *slo_events_total(plan, entry, _now, spec) {
    const { acknowledged: a } = entry;
    const values = { good: a.good, bad: a.bad, unmeasured: a.unmeasured, excluded: a.excludedGood + a.excludedBad };
    for (const result of RESULTS)
      yield [
        labelText('slo_events_total', { slo: plan.slo.name, result, location: spec.exporter.location }),
        values[result],
      ];
  },
  *slo_objective_ratio({ slo }) {
    yield [labelText('slo_objective_ratio', { slo: slo.name }), slo.objective];
  },
  *slo_budget_remaining_ratio(plan, entry, now) {
    yield [
      labelText('slo_budget_remaining_ratio', { slo: plan.slo.name }),
      periodView(plan, entry, now).budget.remainingRatio ?? Number.NaN,
    ];
  },
  *slo_created_timestamp_seconds({ slo }, entry) {
    yield [labelText('slo_created_timestamp_seconds', { slo: slo.name }), entry.createdMs / 1000];
  },
  *slo_maintenance_active(plan, _entry, now) {
    yield [labelText('slo_maintenance_active', { slo: plan.slo.name }), inMaintenance(plan, now) ? 1 : 0];
  },
  *slo_info({ slo, periodLabel }) {
    yield [
      labelText('slo_info', {
        slo: slo.name,
        service: slo.service,
        team: slo.team,
        target: slo.sli.target,
        window: periodLabel,
      }),
      1,
    ];
  },
  slo_burn_rate: (plan, entry, now) => perWindow(plan, entry, now, (w) => w.burnRate ?? Number.NaN),
  slo_coverage_ratio: (plan, entry, now) => perWindow(plan, entry, now, (w) => w.coverageRatio),
};
