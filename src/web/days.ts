// Counts per stretch of days, from the rows of the store, further back than the period of an SLO. Reads the store; never writes.

import { countsBetween } from '../engine/period.ts';
import type { SloPlan } from '../engine/plan.ts';
import { HOUR_MS } from '../slo/grid.ts';
import { type Counts, History, ZERO } from '../slo/history.ts';
import type { LedgerEntry } from '../store/ledger.ts';
import type { Totals } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import { Turns } from './turns.ts';

export const DAY_MS = 86_400_000;
/** A copy of the history is made for so many SLOs at once: 90 days at 30 s are 2,310 rows each, 18 kB, or 46 kB with maintenance. */
export const MOST_SLOS = 500;

export interface DaySubject {
  readonly plan: SloPlan;
  readonly entry: LedgerEntry;
}

/** Counts of each SLO in the stretches between neighbouring edges. */
export type DayCounts = ReadonlyMap<string, readonly Counts[]>;

/** The edges of the UTC days that end with today's at `nowMs`. */
export function dayEdges(nowMs: number, days: number): number[] {
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  return [...Array.from({ length: days }, (_, i) => today - (days - 1 - i) * DAY_MS), nowMs];
}

/**
 * `edges` oldest first, the last at most now. Maintenance is excluded as everywhere. Without a store only what is in memory is known.
 * In turns: each row of the store holds all SLOs, and there may be thousands of both.
 */
export async function dayCounts(
  subjects: readonly DaySubject[],
  store: () => Store | undefined,
  edges: readonly number[],
  turns = new Turns(),
): Promise<DayCounts> {
  const first = edges[0] ?? 0;
  const copies = subjects.slice(0, MOST_SLOS).map(({ plan, entry }) => {
    const lengthMs = Math.max(plan.periodMs, entry.history.lastMs - first + HOUR_MS, HOUR_MS);
    const history = new History(plan.stepMs, lengthMs);
    history.setMarks([...edges, ...plan.excluded.flatMap(({ fromMs, toMs }) => [fromMs, toMs])]);
    return { plan, entry, history };
  });
  const visit = (atMs: number, totals: Totals): void => {
    for (const { entry, history } of copies) {
      const counts = totals.get(entry.id);
      if (counts !== undefined) history.restore(atMs, counts, entry.createdMs, entry.history.lastMs);
    }
  };
  await eachRow(store, turns, visit, copies.length);
  return new Map(
    copies.map(({ plan, entry, history }) => {
      if (history.lastMs === 0) history.record(entry.createdMs, ZERO);
      history.record(Math.max(history.lastMs, entry.history.lastMs), entry.total);
      const between = edges.slice(1).map((to, i) => countsBetween(history, plan, edges[i]!, to));
      return [plan.slo.name, between] as const;
    }),
  );
}

/** All rows, oldest first. What is written meanwhile is read too; what is thinned out meanwhile is not. */
async function eachRow(
  store: () => Store | undefined,
  turns: Turns,
  visit: (atMs: number, totals: Totals) => void,
  extra: number,
): Promise<void> {
  for (let [readMs, isMore] = [-1, true]; isMore; ) {
    isMore = false;
    store()?.replay((atMs, totals) => {
      visit(atMs, totals);
      readMs = atMs;
      isMore = turns.isOverAfter(totals.size + extra);
      return !isMore;
    }, readMs);
    if (isMore) await turns.next();
  }
}
