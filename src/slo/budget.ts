// Burn rates, coverage and error budgets from counts. Pure: counts and `now` in, numbers out; null means "no data".
import type { Counts } from './history.ts';

/** bad / (good + bad) / (1 - objective): 1 spends the budget exactly over the period. null without events. */
export function burnRate(counts: Counts, objective: number): number | null {
  const n = counts.good + counts.bad;
  return n === 0 ? null : counts.bad / n / (1 - objective);
}

/** good / (good + bad), 0..1; null without events. */
export function sliRatio(counts: Counts): number | null {
  const n = counts.good + counts.bad;
  return n === 0 ? null : counts.good / n;
}

/** Share of the window's steps that we know about (good, bad or excluded), 0..1. Time that was not measured lowers it. */
export function coverageRatio(counts: Counts, windowMs: number, stepMs: number): number {
  const known = counts.good + counts.bad + counts.excludedGood + counts.excludedBad;
  return Math.min(1, known / Math.max(1, windowMs / stepMs));
}

export interface Budget {
  /** Bad events that the objective allows in the whole period. */
  readonly allowed: number;
  readonly spent: number;
  /** 1 untouched, 0 used up, negative overspent; null before the first event. */
  readonly remainingRatio: number | null;
  readonly remainingEvents: number;
  /** `remainingEvents` steps, in minutes. */
  readonly remainingMinutes: number;
}

/**
 * The budget of a period. `unlivedEvents` are steps of the period that lie before the SLO existed or in the future:
 * a young SLO has its whole budget (slo.md T12). Time that was lived but not measured earns no budget.
 */
export function budget(counts: Counts, objective: number, unlivedEvents: number, stepMs: number): Budget {
  const n = counts.good + counts.bad;
  const allowed = (1 - objective) * (n + unlivedEvents);
  const remainingEvents = allowed - counts.bad;
  return {
    allowed,
    spent: counts.bad,
    remainingRatio: allowed > 0 && n > 0 ? remainingEvents / allowed : null,
    remainingEvents,
    remainingMinutes: (remainingEvents * stepMs) / 60_000,
  };
}

/** The same counts as if maintenance had not been excluded. */
export const withoutExclusion = (counts: Counts): Counts => ({
  good: counts.good + counts.excludedGood,
  bad: counts.bad + counts.excludedBad,
  unmeasured: counts.unmeasured,
  excludedGood: 0,
  excludedBad: 0,
});

export interface Forecast {
  /** When the budget reaches 0 if the share of bad events of now goes on, ms since 1970; null if it does not within one period. */
  readonly exhaustedAtMs: number | null;
  /** When an overspent budget is back above 0 if all is well from now on; null if it is not overspent. */
  readonly recoversAtMs: number | null;
  /** When the budget is whole again if all is well from now on; null if nothing is spent. */
  readonly wholeAtMs: number | null;
}

/**
 * Looks one rolling period ahead, row by row, letting old events leave the window at its far edge; the row in which
 * something happens is then searched for the moment. Cost: one look-up per step, at most about 750.
 */
export function forecastRolling(input: {
  nowMs: number;
  periodMs: number;
  stepMs: number;
  /** Length of the rows that old events are kept in, ms. */
  rowMs: number;
  objective: number;
  /** Events that count in (fromMs, nowMs]; none from nowMs on. */
  countsSince: (fromMs: number) => Counts;
  unlivedAt: (atMs: number) => number;
  /** Events of the window that means "now"; its share of bad ones is assumed to go on for the exhaustion forecast. */
  recent: Counts;
}): Forecast {
  const { nowMs, periodMs, stepMs, rowMs, objective, countsSince, unlivedAt, recent } = input;
  const recentN = recent.good + recent.bad;
  const badShare = recentN === 0 ? 0 : recent.bad / recentN;
  const step = Math.max(rowMs, Math.ceil(periodMs / 800 / stepMs) * stepMs);
  const left = (atMs: number, futureBadShare: number): number => {
    const { good, bad } = countsSince(Math.min(atMs - periodMs, nowMs));
    const future = (atMs - nowMs) / stepMs;
    return (1 - objective) * (good + bad + future + unlivedAt(atMs)) - bad - future * futureBadShare;
  };
  const firstAt = (happens: (atMs: number) => boolean): number | null => {
    for (let at = nowMs + step; at <= nowMs + periodMs + step; at += step)
      if (happens(at)) return earliest(at - step, at, happens);
    return null;
  };
  const overspent = left(nowMs, 0) < 0;
  const spent = countsSince(nowMs - periodMs).bad > 0;
  const burning = badShare > 1 - objective;
  return {
    exhaustedAtMs: burning && !overspent ? firstAt((at) => left(at, badShare) < 0) : null,
    recoversAtMs: overspent ? firstAt((at) => left(at, 0) >= 0) : null,
    wholeAtMs: spent ? firstAt((at) => countsSince(Math.min(at - periodMs, nowMs)).bad === 0) : null,
  };
}

/** The moment in (fromMs, toMs] from which on something holds that holds at `toMs`, to about a second. */
function earliest(fromMs: number, toMs: number, holds: (atMs: number) => boolean): number {
  let [before, after] = [fromMs, toMs];
  while (after - before > 1_000) {
    const middle = Math.round((before + after) / 2);
    if (holds(middle)) after = middle;
    else before = middle;
  }
  return after;
}

/** The same for a calendar period, which ends at `endMs`: budgets start anew there. */
export function forecastCalendar(input: {
  nowMs: number;
  endMs: number;
  budget: Budget;
  recent: Counts;
  stepMs: number;
}): Forecast {
  const { nowMs, endMs, recent, stepMs } = input;
  const recentN = recent.good + recent.bad;
  const badPerMs = recentN === 0 ? 0 : recent.bad / recentN / stepMs;
  const exhausted =
    badPerMs > 0 && input.budget.remainingEvents > 0 ? nowMs + input.budget.remainingEvents / badPerMs : null;
  return {
    exhaustedAtMs: exhausted !== null && exhausted < endMs ? exhausted : null,
    recoversAtMs: input.budget.remainingEvents < 0 ? endMs : null,
    wholeAtMs: input.budget.spent > 0 ? endMs : null,
  };
}
