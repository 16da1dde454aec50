// The curve of a budget over the period that ends at its present value, with gaps, maintenance and what may come. Pure.

import { countsBetween, type PeriodView } from '../engine/period.ts';
import type { SloPlan, Stretch } from '../engine/plan.ts';
import { inMaintenance } from '../engine/view.ts';
import { FINE_MS } from '../slo/grid.ts';
import type { Counts } from '../slo/history.ts';
import type { LedgerEntry } from '../store/ledger.ts';

export interface Point {
  readonly atMs: number;
  /** Budget left, 1 to below 0. */
  readonly left: number;
}

export interface Projection {
  /** The window whose share of bad events is assumed to go on. */
  readonly window: string;
  readonly badShare: number;
  readonly points: readonly Point[];
}

export interface Burndown {
  readonly startMs: number;
  readonly nowMs: number;
  /** Where the drawing ends. */
  readonly endMs: number;
  /** A calendar period has an ideal line from whole to 0; a rolling one has not. */
  readonly isCalendar: boolean;
  /** When the SLO began, if that is within the period. */
  readonly bornMs: number | null;
  readonly points: readonly Point[];
  /** Stretches of which less than half is known. */
  readonly gaps: readonly Stretch[];
  readonly maintenance: readonly Stretch[];
  readonly projections: readonly Projection[];
}

const POINTS = 96;
const AHEAD_POINTS = 12;
const AHEAD_SHARE = 0.2;
const KNOWN_SHARE = 0.5;
/** The windows whose rates the fan is drawn between, where the period has them: an hour and three days. */
const FAN_MS = [3_600_000, 259_200_000];

/**
 * The budget of the period, spent event by event: left(t) = 1 - bad(start, t] / allowed. It begins whole, falls with every bad
 * event of the period, and ends at what is left now, so its last point is the number of the API.
 */
export function burndown(plan: SloPlan, entry: LedgerEntry, nowMs: number, period: PeriodView): Burndown {
  const { startMs, budget } = period;
  const isCalendar = typeof plan.slo.window !== 'number';
  const endMs = isCalendar ? period.endMs : nowMs + AHEAD_SHARE * (nowMs - startMs);
  const bornMs = entry.createdMs > startMs && entry.createdMs <= nowMs ? entry.createdMs : null;
  const firstMs = Math.max(startMs, bornMs ?? startMs);
  const isKnown = budget.remainingRatio !== null && budget.allowed > 0;
  const bad = (atMs: number) => countsBetween(entry.history, plan, startMs, atMs).bad;
  const points = isKnown
    ? momentsOf(entry, firstMs, nowMs).map((atMs) => ({
        atMs,
        left: atMs === nowMs ? budget.remainingRatio! : 1 - bad(atMs) / budget.allowed,
      }))
    : [];
  return {
    startMs,
    nowMs,
    endMs,
    isCalendar,
    bornMs,
    points,
    gaps: gapsOf(plan, entry, firstMs, nowMs),
    maintenance: plan.excluded.filter(({ fromMs, toMs }) => toMs > startMs && fromMs < endMs),
    projections: isKnown ? projectionsOf(plan, entry, nowMs, endMs, period) : [],
  };
}

/** Even steps, and the edges of episodes, so that a fall is as steep as it was. */
function momentsOf(entry: LedgerEntry, fromMs: number, toMs: number): number[] {
  const even = Array.from({ length: POINTS + 1 }, (_, i) => fromMs + ((toMs - fromMs) * i) / POINTS);
  const edges = entry.episodes.flatMap((e) => [e.startMs - entry.history.stepMs, e.lastBadMs]);
  const moments = [...even, ...edges].filter((at) => at >= fromMs && at <= toMs).map(Math.round);
  return [...new Set([...moments, toMs])].sort((a, b) => a - b);
}

/** In even pieces, finer in the last hours: that nothing is known now must be seen. */
function gapsOf(plan: SloPlan, entry: LedgerEntry, fromMs: number, toMs: number): Stretch[] {
  const gaps: { fromMs: number; toMs: number }[] = [];
  const recentMs = Math.max(fromMs, toMs - FINE_MS);
  const shortest = Math.max(2 * entry.history.rowMsFor(toMs - fromMs), 4 * plan.stepMs);
  for (const [from, to] of [...pieces(fromMs, recentMs, shortest), ...pieces(recentMs, toMs, 4 * plan.stepMs)]) {
    const c = countsBetween(entry.history, plan, from, to);
    const known = c.good + c.bad + c.excludedGood + c.excludedBad;
    if (known >= (KNOWN_SHARE * (to - from)) / plan.stepMs) continue;
    const last = gaps.at(-1);
    if (last !== undefined && last.toMs === from) last.toMs = to;
    else gaps.push({ fromMs: from, toMs: to });
  }
  return gaps;
}

/** A stretch in at most 96 pieces that are not shorter than `shortestMs`. */
function pieces(fromMs: number, toMs: number, shortestMs: number): [from: number, to: number][] {
  const n = Math.min(POINTS, Math.floor((toMs - fromMs) / shortestMs));
  const edge = (i: number) => Math.round(fromMs + ((toMs - fromMs) * i) / n);
  return Array.from({ length: n }, (_, i) => [edge(i), edge(i + 1)]);
}

function projectionsOf(
  plan: SloPlan,
  entry: LedgerEntry,
  nowMs: number,
  endMs: number,
  period: PeriodView,
): Projection[] {
  // Nothing that is excluded can spend a budget.
  if (inMaintenance(plan, nowMs)) return [];
  const all = [...plan.windows];
  const chosen = FAN_MS.map((ms, i) => all.find(([, length]) => length === ms) ?? all.at(i === 0 ? 0 : -1));
  return [...new Map(chosen.filter((pair) => pair !== undefined))].flatMap(([window, lengthMs]) => {
    const recent = countsBetween(entry.history, plan, nowMs - lengthMs, nowMs);
    const n = recent.good + recent.bad;
    if (n === 0) return [];
    const badShare = recent.bad / n;
    const points = Array.from({ length: AHEAD_POINTS + 1 }, (_, i) => {
      const atMs = nowMs + ((endMs - nowMs) * i) / AHEAD_POINTS;
      return {
        atMs,
        left: i === 0 ? period.budget.remainingRatio! : leftAt(plan, entry, nowMs, period, atMs, badShare),
      };
    });
    return [{ window, badShare, points }];
  });
}

/**
 * What is left at a time to come if `badShare` of the events from now on is bad. Of a rolling period the oldest events leave at
 * the far edge meanwhile, with what they cost: the same sum as that of the forecast.
 */
function leftAt(
  plan: SloPlan,
  entry: LedgerEntry,
  nowMs: number,
  { budget }: PeriodView,
  atMs: number,
  badShare: number,
): number {
  const future = (atMs - nowMs) / plan.stepMs;
  const { window, objective } = plan.slo;
  if (typeof window !== 'number') return (budget.remainingEvents - future * badShare) / budget.allowed;
  const { good, bad }: Counts = countsBetween(entry.history, plan, Math.min(atMs - window, nowMs), nowMs);
  const unlived = Math.max(0, entry.createdMs - (atMs - window)) / plan.stepMs;
  const allowed = (1 - objective) * (good + bad + future + unlived);
  return (allowed - bad - future * badShare) / allowed;
}
