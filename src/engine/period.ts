// What was counted in a period, and the budget that it leaves. Pure.
import { type Budget, budget, withoutExclusion } from '../slo/budget.ts';
import type { Period } from '../slo/calendar.ts';
import { add, type Counts, type History } from '../slo/history.ts';
import type { LedgerEntry } from '../store/ledger.ts';
import type { SloPlan } from './plan.ts';

/** Events in (fromMs, toMs], with those of maintenance declared afterwards moved to excluded. */
export function countsBetween(history: History, plan: SloPlan, fromMs: number, toMs: number): Counts {
  let counts = history.between(fromMs, toMs);
  for (const stretch of plan.excluded) {
    const from = Math.max(stretch.fromMs, fromMs);
    const to = Math.min(stretch.toMs, toMs);
    if (to <= from) continue;
    const inside = history.between(from, to);
    counts = add(counts, {
      good: -inside.good,
      bad: -inside.bad,
      unmeasured: 0,
      excludedGood: inside.good,
      excludedBad: inside.bad,
    });
  }
  return counts;
}

export interface PeriodView {
  readonly counts: Counts;
  readonly startMs: number;
  readonly endMs: number;
  /** Steps before the SLO existed, or to come. */
  readonly unlivedEvents: number;
  readonly budget: Budget;
  readonly withoutExclusion: Budget;
}

/** The budget of the running period. */
export function periodView(plan: SloPlan, entry: LedgerEntry, nowMs: number): PeriodView {
  const period = plan.periodAt(nowMs);
  return budgetView(plan, entry, countsBetween(entry.history, plan, period.startMs, nowMs), period, nowMs);
}

/** The budget of any period, of which `counts` are those up to `nowMs`. */
export function budgetView(
  plan: SloPlan,
  entry: LedgerEntry,
  counts: Counts,
  { startMs, endMs }: Period,
  nowMs: number,
): PeriodView {
  const unlivedEvents = (Math.max(0, Math.min(entry.createdMs, nowMs) - startMs) + (endMs - nowMs)) / plan.stepMs;
  const of = (some: Counts): Budget => {
    const whole = budget(some, plan.slo.objective, unlivedEvents, plan.stepMs);
    return isRead(entry) ? whole : { ...whole, remainingRatio: null };
  };
  return { counts, startMs, endMs, unlivedEvents, budget: of(counts), withoutExclusion: of(withoutExclusion(counts)) };
}

/** Until the store could be opened once, what was spent before the start is not known: a budget would look whole. */
export const isRead = (entry: LedgerEntry): boolean => entry.acknowledged !== undefined;
