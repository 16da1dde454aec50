// All that the page of one SLO says, as data: the view of the API and what follows from its counts. Pure; its JSON twin is this.

import { periodView } from '../engine/period.ts';
import type { SloPlan } from '../engine/plan.ts';
import type { SloView } from '../engine/view.ts';
import { type Episode, mainCause } from '../slo/episodes.ts';
import { fewestBadToFire } from '../slo/policy.ts';
import { hintOf, OUTCOMES, type Outcome } from '../spec/outcome.ts';
import { formatDuration } from '../spec/scalars.ts';
import type { Change } from '../store/change-tables.ts';
import type { LedgerEntry } from '../store/ledger.ts';
import { type Burndown, burndown } from './burndown.ts';
import { type Note, notesOf } from './trust.ts';

export interface TierRow {
  readonly tier: string;
  readonly severity: string;
  readonly long: string;
  readonly short: string;
  /** Burn rate from which it may fire. */
  readonly k: number;
  readonly longBurn: number | null;
  readonly shortBurn: number | null;
  readonly longBad: number;
  /** Bad events of the long window that it takes; null: so few events cannot make it fire. */
  readonly longBadNeeded: number | null;
  readonly holds: boolean;
}

/** An episode as an entry of the ledger of the budget. */
export interface LedgerRow extends Episode {
  readonly step: string;
  readonly outcome: string;
  readonly blame: string;
  /** Share of the period's budget, 1 all of it; null without a budget. */
  readonly costRatio: number | null;
  readonly costMinutes: number;
  /** The newest change of the service in the hour before. */
  readonly change: Change | null;
}

export interface OutcomeRow {
  readonly step: string;
  readonly outcome: string;
  readonly blame: string;
  readonly bad: number;
  readonly lookAt: string;
}

export interface Computed {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly good: number;
  readonly bad: number;
  readonly unmeasured: number;
  readonly excludedGood: number;
  readonly excludedBad: number;
  /** Steps of the period before the SLO began, or to come. */
  readonly unlivedEvents: number;
  readonly allowedEvents: number;
  readonly remainingEvents: number;
}

export interface SloData {
  readonly view: SloView;
  readonly plan: SloPlan;
  readonly evaluatedAtMs: number;
  readonly notes: readonly Note[];
  readonly tiers: readonly TierRow[];
  /** Newest first. */
  readonly ledger: readonly LedgerRow[];
  readonly outcomes: readonly OutcomeRow[];
  readonly chart: Burndown;
  readonly computed: Computed;
  /** Of the service in the period, newest first. */
  readonly changes: readonly Change[];
}

const SUSPECT_MS = 3_600_000;

/** `changes`: those of the SLO's service in its period, newest first. */
export function sloData(
  view: SloView,
  plan: SloPlan,
  entry: LedgerEntry,
  nowMs: number,
  changes: readonly Change[],
): SloData {
  const period = periodView(plan, entry, nowMs);
  const { counts, startMs, endMs, unlivedEvents, budget } = period;
  const countedFrom = entry.history.edgeAt(startMs);
  const episodes = entry.episodes.filter(({ lastBadMs }) => lastBadMs > countedFrom).toReversed();
  const ledger = episodes.map(
    (episode): LedgerRow => ({
      ...episode,
      ...mainCause(episode),
      costRatio: budget.allowed > 0 ? episode.bad / budget.allowed : null,
      costMinutes: (episode.bad * plan.stepMs) / 60_000,
      change:
        changes.find(({ atMs }) => atMs <= episode.startMs + plan.stepMs && atMs >= episode.startMs - SUSPECT_MS) ??
        null,
    }),
  );
  return {
    view,
    plan,
    evaluatedAtMs: nowMs,
    notes: notesOf(view, plan, nowMs),
    tiers: tiersOf(view, plan),
    ledger,
    outcomes: outcomesOf(episodes),
    chart: burndown(plan, entry, nowMs, period),
    computed: {
      startMs,
      endMs,
      stepMs: plan.stepMs,
      ...counts,
      unlivedEvents,
      allowedEvents: budget.allowed,
      remainingEvents: budget.remainingEvents,
    },
    changes,
  };
}

function tiersOf(view: SloView, plan: SloPlan): TierRow[] {
  return plan.tiers.flatMap((tier) => {
    const [long, short] = [tier.longMs, tier.shortMs].map((ms) =>
      view.windows.find(({ window }) => window === formatDuration(ms)),
    );
    if (long === undefined || short === undefined) return [];
    const n = long.good + long.bad;
    return {
      tier: tier.tier,
      severity: tier.severity,
      long: long.window,
      short: short.window,
      k: tier.k,
      longBurn: long.burnRate,
      shortBurn: short.burnRate,
      longBad: long.bad,
      longBadNeeded: fewestBadToFire(n, tier.k * (1 - view.objective)) ?? null,
      holds: view.firing.includes(tier.tier),
    };
  });
}

function outcomesOf(episodes: readonly Episode[]): OutcomeRow[] {
  const found = new Map<string, number>();
  for (const { causes } of episodes)
    for (const [key, bad] of Object.entries(causes)) found.set(key, (found.get(key) ?? 0) + bad);
  return [...found]
    .sort(([, a], [, b]) => b - a)
    .map(([key, bad]) => {
      const [step = '', outcome = '', blame = ''] = key.split(' ');
      return { step, outcome, blame, bad, lookAt: lookAt(outcome) };
    });
}

/** What to look at first; nothing for an outcome that an older version wrote. */
export const lookAt = (outcome: string): string => (Object.hasOwn(OUTCOMES, outcome) ? hintOf(outcome as Outcome) : '');
