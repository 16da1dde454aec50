// From runs to events, ticks and views: the one place where a probe result becomes part of an SLO.

import type { OwnMetrics } from '../metrics/own.ts';
import { type Family, SeriesTable } from '../metrics/series.ts';
import type { Run } from '../probe/runner.ts';
import type { MissedReason } from '../probe/scheduler.ts';
import { countRun } from '../sli/list.ts';
import type { SliEvent } from '../sli/sli.ts';
import type { Counts } from '../slo/history.ts';
import { verdictOf } from '../spec/outcome.ts';
import { PROMQL_TARGET } from '../spec/promql-sli.ts';
import type { Spec } from '../spec/spec.ts';
import type { Target } from '../spec/target.ts';
import type { Ledger, LedgerEntry } from '../store/ledger.ts';
import type { Store } from '../store/store.ts';
import { type PromisePlan, plansOf, promqlPlansOf, type SloPlan } from './plan.ts';
import { RunSeries } from './run-series.ts';
import { sloFamilies } from './slo-series.ts';
import { type Blind, type Failing, firingTiers, inMaintenance, type SloView, sloView } from './view.ts';

const MIN_TICK_MS = 1_000;
const MAX_TICK_MS = 30_000;
const SHORTEST_COMMON_TICK_MS = 5_000;

export interface EnginePorts {
  /** Where counts begin; useStore() may move them. */
  readonly ledger: Ledger;
  readonly own: OwnMetrics;
  /** Time line of the history, ms since 1970. */
  now(): number;
}

export class Engine {
  readonly series: SeriesTable;
  readonly #runSeries: RunSeries;
  readonly #ports: EnginePorts;
  #ledger: Ledger;
  #spec: Spec;
  #plans = new Map<string, SloPlan>();
  #byTarget = new Map<string, SloPlan[]>();
  /** SLOs that Prometheus counts. */
  #promises: readonly PromisePlan[] = [];
  #tickMs = MAX_TICK_MS;
  #marks: readonly number[] = [];
  /** The last bad step of targets whose last run was bad. */
  readonly #failing = new Map<string, Failing>();
  readonly #firing = new Map<string, readonly string[]>();
  /** Why the newest event of an SLO that could not be told good from bad could not, in this process. */
  readonly #blind = new Map<string, Blind>();

  constructor(spec: Spec, ports: EnginePorts) {
    this.#ports = ports;
    this.#ledger = ports.ledger;
    this.#spec = spec;
    this.series = new SeriesTable(spec.exporter.seriesPerTarget, (target) =>
      ports.own.inc('plimsoll_series_dropped_total', { target }),
    );
    this.#runSeries = new RunSeries(this.series);
    this.load(spec);
  }

  get spec(): Spec {
    return this.#spec;
  }

  /** Times whose totals the store must keep, however old they get. */
  get marks(): readonly number[] {
    return this.#marks;
  }

  /** ms between two commits. */
  get tickMs(): number {
    return this.#tickMs;
  }

  /** Takes over a spec; history of SLOs that stay is kept, series of targets that went are dropped. */
  load(spec: Spec): void {
    this.#spec = spec;
    const plans = plansOf(spec);
    this.#plans = new Map(plans.map((plan) => [plan.slo.name, plan]));
    this.#byTarget = Map.groupBy(plans, (plan) => plan.slo.sli.target);
    this.#promises = promqlPlansOf(spec);
    this.#tickMs = tickFor(plans.map((plan) => Math.min(plan.stepMs, MAX_TICK_MS)));
    const slos = plans.map((plan) => ({
      name: plan.slo.name,
      stepMs: plan.stepMs,
      periodMs: plan.periodMs,
      marks: plan.excluded.flatMap((stretch) => [stretch.fromMs, stretch.toMs]),
    }));
    this.#marks = [...new Set(slos.flatMap((slo) => slo.marks))];
    const damaged = this.#ledger.setSlos(slos, this.#ports.now());
    if (damaged > 0) this.#ports.own.inc('plimsoll_store_damaged_records_total', {}, damaged);
    const names = new Set(spec.targets.map((t) => t.name));
    const intervals = new Map(spec.targets.map(({ name, interval }) => [name, interval / 1000]));
    // Where the rules count, they are the step.
    if (this.#promises.length > 0) intervals.set(PROMQL_TARGET, spec.alerting.interval / 1000);
    this.#runSeries.load(spec, intervals);
    this.#ports.own.keepTargets(names);
    for (const target of this.#failing.keys()) if (!names.has(target)) this.#failing.delete(target);
    for (const ofSlo of [this.#blind, this.#firing])
      for (const slo of ofSlo.keys()) if (!this.#plans.has(slo)) ofSlo.delete(slo);
  }

  /** Counts a finished run for every SLO on its target, and its series. */
  onRun(run: Run): void {
    for (const plan of this.#byTarget.get(run.target.name) ?? []) this.#count(plan, countRun(plan.slo.sli, run));
    const step = run.steps.find((s) => verdictOf(s.outcome) === 'bad');
    if (step === undefined) this.#failing.delete(run.target.name);
    else this.#failing.set(run.target.name, { target: run.target.name, step: step.step, outcome: step.outcome });
    this.#runSeries.onRun(run);
  }

  /** A slot without a run is an unmeasured event. */
  onMissed(target: Target, reason: MissedReason): void {
    this.#ports.own.inc('plimsoll_missed_runs_total', { target: target.name, reason });
    for (const plan of this.#byTarget.get(target.name) ?? []) this.#count(plan, { result: 'unmeasured' });
  }

  #count(plan: SloPlan, event: SliEvent): void {
    const now = this.#ports.now();
    const excluded = event.result !== 'unmeasured' && inMaintenance(plan, now);
    if (event.result === 'unmeasured' && event.cause !== undefined) this.#blind.set(plan.slo.name, event.cause);
    const field: keyof Counts = excluded ? (event.result === 'good' ? 'excludedGood' : 'excludedBad') : event.result;
    this.#ledger.add(plan.slo.name, { [field]: 1 }, now, event.result === 'bad' && !excluded ? event.cause : undefined);
  }

  /** Closes the running tick; returns the store's error if it was not acknowledged. */
  tick(): Error | undefined {
    const tickMs = this.tickMs;
    return this.#ledger.tick(Math.floor(this.#ports.now() / tickMs) * tickMs);
  }

  /** Goes on with a store that was opened late or again; nothing that was counted is lost. */
  useStore(store: Store): void {
    this.#ledger = this.#ledger.movedTo(store);
  }

  /** The time is known from now on: SLOs that are new begin here. */
  bornAt(atMs: number): void {
    this.#ledger.bornAt(atMs);
  }

  /** The store broke: history goes on in memory until useStore(). */
  loseStore(): void {
    this.#ledger.detach();
  }

  get historyIsRead(): boolean {
    return this.#ledger.isRead;
  }

  get pendingTicks(): number {
    return this.#ledger.pendingTicks;
  }

  get lastTickMs(): number {
    return this.#ledger.lastTickMs;
  }

  /** Alert tiers that began or ceased to fire since the last call: what a log tells who has no rule engine. */
  *tierChanges(): Generator<{ slo: string; tier: string; fires: boolean }> {
    const now = this.evaluatedAt();
    for (const plan of this.#plans.values()) {
      const { name } = plan.slo;
      const entry = this.entry(name);
      const before = this.#firing.get(name) ?? [];
      const lastBadMs = entry?.episodes.at(-1)?.lastBadMs ?? Number.NEGATIVE_INFINITY;
      const longestMs = Math.max(0, ...plan.tiers.map((tier) => tier.longMs));
      // Without a bad event in the longest window nothing can fire: the usual case costs nothing.
      const firing = entry === undefined || now - lastBadMs > longestMs ? [] : firingTiers(plan, entry, now);
      for (const tier of firing) if (!before.includes(tier)) yield { slo: name, tier, fires: true };
      for (const tier of before) if (!firing.includes(tier)) yield { slo: name, tier, fires: false };
      if (firing.length > 0 || before.length > 0) this.#firing.set(name, firing);
    }
  }

  /** Views of all SLOs, one at a time, so that a caller with thousands can pause between them. */
  *views(): Generator<SloView> {
    for (const name of this.#plans.keys()) {
      const view = this.view(name);
      if (view !== undefined) yield view;
    }
  }

  view(name: string): SloView | undefined {
    const plan = this.plan(name);
    const entry = this.entry(name);
    if (plan === undefined || entry === undefined) return undefined;
    const failing = plan.slo.dependsOn.flatMap((target) => this.#failing.get(target) ?? []);
    return sloView(plan, entry, this.evaluatedAt(), failing, this.#blind.get(name));
  }

  plan(name: string): SloPlan | undefined {
    return this.#plans.get(name);
  }

  entry(name: string): LedgerEntry | undefined {
    return this.#ledger.entry(name);
  }

  /** Windows end at the newest tick while ticks go on, else at the clock. */
  evaluatedAt(): number {
    const now = this.#ports.now();
    const last = this.#ledger.lastTickMs;
    return now - last <= 2 * this.tickMs && last > 0 ? last : now;
  }

  /** The slo_* families, computed while they are written. */
  families(): Generator<Family> {
    const { exporter } = this.#spec;
    return sloFamilies(this.#plans.values(), (name) => this.entry(name), this.evaluatedAt(), exporter, this.#promises);
  }
}

/**
 * A tick that all rows are whole numbers of, so that windows of every SLO begin at a tick: 10 s for 20 s and 30 s.
 * Not below 5 s (or the shortest row, at least 1 s): 7 s and 30 s get 5 s, and their windows may be off by a step.
 */
function tickFor(rows: readonly number[]): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  const shortest = Math.min(MAX_TICK_MS, ...rows);
  return Math.max(rows.reduce(divisor, MAX_TICK_MS), Math.min(shortest, SHORTEST_COMMON_TICK_MS), MIN_TICK_MS);
}
