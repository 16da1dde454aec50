// What people and pipelines see of an SLO: windows, budget, state, blame, forecast. Pure: plan, ledger entry and `now` in.
import { burnRate, coverageRatio, type Forecast, forecastCalendar, forecastRolling, sliRatio } from '../slo/budget.ts';
import { mainCause } from '../slo/episodes.ts';
import { type Counts, ZERO } from '../slo/history.ts';
import { PROBES_TO_JUDGE, pageCondition } from '../slo/policy.ts';
import type { LedgerEntry } from '../store/ledger.ts';
import { countsBetween, isRead, type PeriodView, periodView } from './period.ts';
import type { PromisePlan, SloPlan } from './plan.ts';

export type SloState = 'ok' | 'burning' | 'exhausted' | 'no-data' | 'maintenance';

export interface WindowView {
  readonly window: string;
  readonly good: number;
  readonly bad: number;
  readonly unmeasured: number;
  readonly excluded: number;
  readonly burnRate: number | null;
  readonly coverageRatio: number;
}

/** A target whose last run was bad, and its first bad step. */
export interface Failing {
  readonly target: string;
  readonly step: string;
  readonly outcome: string;
}

/** Why an event could not be told good from bad. */
export interface Blind {
  readonly step: string;
  readonly outcome: string;
  readonly blame: string;
}

export interface SloView {
  readonly name: string;
  readonly service: string;
  readonly team: string;
  readonly target: string;
  readonly objective: number;
  readonly period: string;
  readonly sliRatio: number | null;
  readonly budgetRemainingRatio: number | null;
  readonly budgetRemainingMinutes: number;
  readonly budgetRemainingEvents: number;
  /** The same as if maintenance had not been excluded. */
  readonly budgetWithoutExclusionRatio: number | null;
  readonly excludedRatio: number;
  readonly burn: Readonly<Record<string, number | null>>;
  readonly windows: readonly WindowView[];
  readonly firing: readonly string[];
  readonly state: SloState;
  readonly blame: string | null;
  readonly outcome: string | null;
  readonly step: string | null;
  /** Targets of `dependsOn` that fail now: where to look first. */
  readonly failingDependencies: readonly Failing[];
  readonly lastBadMs: number | null;
  /** What the newest event that could not be told apart ended in, while the state is no-data. */
  readonly blind: Blind | null;
  /** Burn rate of the window that means "now"; null without events. */
  readonly currentBurnRate: number | null;
  readonly measured: number;
  readonly coverageRatio: number;
  readonly createdMs: number;
  readonly exhaustedAtMs: number | null;
  readonly recoversAtMs: number | null;
  readonly wholeAtMs: number | null;
}

export const inMaintenance = (plan: PromisePlan, nowMs: number): boolean =>
  plan.excluded.some((s) => s.fromMs <= nowMs && nowMs < s.toMs);

/** Counts, burn rate and coverage of one window that ends at `nowMs`. */
export function windowView(
  plan: SloPlan,
  entry: LedgerEntry,
  nowMs: number,
  window: string,
  lengthMs: number,
): WindowView {
  const counts = countsBetween(entry.history, plan, nowMs - lengthMs, nowMs);
  return {
    window,
    good: counts.good,
    bad: counts.bad,
    unmeasured: counts.unmeasured,
    excluded: counts.excludedGood + counts.excludedBad,
    burnRate: burnRate(counts, plan.slo.objective),
    coverageRatio: coverageRatio(counts, lengthMs, plan.stepMs),
  };
}

/** Nine digits: 43.2, not 43.200020016666706. For people and JSON; what is compared is not rounded. */
const rounded = <T extends number | null>(value: T): T =>
  value === null ? value : (Number(value.toPrecision(9)) as T);

/** Tiers whose page condition holds now. */
export function firingTiers(plan: SloPlan, entry: LedgerEntry, nowMs: number): string[] {
  const of = (lengthMs: number) => {
    const c = countsBetween(entry.history, plan, nowMs - lengthMs, nowMs);
    return { bad: c.bad, n: c.good + c.bad, coverage: coverageRatio(c, lengthMs, plan.stepMs) };
  };
  return plan.tiers
    .filter((tier) => {
      const short = of(tier.shortMs);
      return pageCondition(of(tier.longMs), short, tier.k * (1 - plan.slo.objective), short.coverage);
    })
    .map((tier) => tier.tier);
}

function stateOf(
  plan: SloPlan,
  entry: LedgerEntry,
  current: Counts,
  remaining: number | null,
  nowMs: number,
): SloState {
  if (remaining !== null && remaining <= 0) return 'exhausted';
  if (inMaintenance(plan, nowMs)) return 'maintenance';
  // Not one known event in the last four: what was good before says nothing of now.
  const latest = countsBetween(entry.history, plan, nowMs - PROBES_TO_JUDGE * plan.stepMs, nowMs);
  const burn = burnRate(current, plan.slo.objective);
  if (burn === null || latest.good + latest.bad === 0 || !isRead(entry)) return 'no-data';
  return burn > 1 ? 'burning' : 'ok';
}

function forecast(plan: SloPlan, entry: LedgerEntry, nowMs: number, period: PeriodView, current: Counts): Forecast {
  const { objective, window } = plan.slo;
  // Nothing that is excluded can exhaust a budget.
  const going = inMaintenance(plan, nowMs) ? ZERO : current;
  if (typeof window !== 'number')
    return forecastCalendar({
      nowMs,
      endMs: period.endMs,
      budget: period.budget,
      recent: going,
      stepMs: plan.stepMs,
    });
  const unlivedAt = (atMs: number) => Math.max(0, entry.createdMs - (atMs - window)) / plan.stepMs;
  return forecastRolling({
    nowMs,
    periodMs: window,
    stepMs: plan.stepMs,
    rowMs: entry.history.rowMsFor(window),
    objective,
    countsSince: (fromMs) => countsBetween(entry.history, plan, fromMs, nowMs),
    unlivedAt,
    recent: going,
  });
}

/** Everything about one SLO at `nowMs`. */
export function sloView(
  plan: SloPlan,
  entry: LedgerEntry,
  nowMs: number,
  failingDependencies: readonly Failing[] = [],
  lastBlind?: Blind,
): SloView {
  const { slo } = plan;
  const period = periodView(plan, entry, nowMs);
  const windows = [...plan.windows].map(([label, ms]) => windowView(plan, entry, nowMs, label, ms));
  const periodMs = nowMs - period.startMs;
  windows.push(windowView(plan, entry, nowMs, plan.periodLabel, periodMs));
  const current = countsBetween(entry.history, plan, nowMs - plan.currentMs, nowMs);
  const state = stateOf(plan, entry, current, period.budget.remainingRatio, nowMs);
  const newest = entry.episodes.at(-1);
  const cause = newest === undefined ? undefined : mainCause(newest);
  const { counts } = period;
  const excluded = counts.excludedGood + counts.excludedBad;
  return {
    name: slo.name,
    service: slo.service,
    team: slo.team,
    target: slo.sli.target,
    objective: slo.objective,
    period: plan.periodLabel,
    sliRatio: rounded(sliRatio(counts)),
    budgetRemainingRatio: rounded(period.budget.remainingRatio),
    budgetRemainingMinutes: rounded(period.budget.remainingMinutes),
    budgetRemainingEvents: rounded(period.budget.remainingEvents),
    budgetWithoutExclusionRatio: rounded(period.withoutExclusion.remainingRatio),
    excludedRatio: (excluded * plan.stepMs) / Math.max(plan.stepMs, periodMs),
    burn: Object.fromEntries(windows.map((w) => [w.window, rounded(w.burnRate)])),
    windows: windows.map((w) => ({ ...w, burnRate: rounded(w.burnRate), coverageRatio: rounded(w.coverageRatio) })),
    firing: firingTiers(plan, entry, nowMs),
    state,
    blame: cause?.blame ?? null,
    outcome: cause?.outcome ?? null,
    step: cause?.step ?? null,
    failingDependencies,
    lastBadMs: newest?.lastBadMs ?? null,
    blind: state === 'no-data' ? (lastBlind ?? null) : null,
    currentBurnRate: rounded(burnRate(current, slo.objective)),
    measured: counts.good + counts.bad,
    coverageRatio: windows.at(-1)!.coverageRatio,
    createdMs: entry.createdMs,
    ...forecast(plan, entry, nowMs, period, current),
  };
}
