// What would make an outage heard of that is not: a shorter interval, a higher objective, or both. Tries them with the
// page condition itself, never with rules of thumb. Pure.
import { type BurnTier, pageCondition } from '../slo/policy.ts';
import { type Delays, type Outage, outageTotals, tierOutcome } from '../slo/simulate.ts';

export interface Remedy {
  /** Longest time between two events with which it is heard of for certain, at the same objective; ms. */
  readonly everyMs?: number;
  /** Lowest objective with which it is heard of for certain, with the same events. */
  readonly objective?: number;
  /** Where neither is enough alone. */
  readonly both?: { readonly everyMs: number; readonly objective: number };
  /** Such an outage must last longer than this at the same objective, however many events there are; ms. */
  readonly floorMs?: number;
}

/** A tier, and what lies between its events and its alert. */
export interface Judged {
  readonly tier: BurnTier;
  readonly delays: Delays;
}

const SECOND = 1_000;
/** Intervals that people write, ms, longest first; a target's shortest is a second. */
const INTERVALS = [600, 300, 120, 60, 30, 20, 15, 10, 5, 2, 1].map((seconds) => seconds * SECOND);
/** Objectives that people promise, lowest first. */
export const OBJECTIVES = [0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99995, 0.99999] as const;

/**
 * What helps. `judgedEvery`: the tiers, with the delays that an interval (ms) brings. `isFixed`: the number of events is
 * not ours to change, as they are requests.
 */
export function whatHelps(
  outage: Outage,
  objective: number,
  judgedEvery: (stepMs: number) => readonly Judged[],
  isFixed: boolean,
): Remedy {
  const intervals = isFixed ? [] : INTERVALS.filter((ms) => ms < outage.stepMs);
  const objectives = OBJECTIVES.filter((other) => other > objective + 1e-9);
  const hears = (stepMs: number, other: number) =>
    judgedEvery(stepMs).some((judged) => isCertain(judged, other, { ...outage, stepMs }));
  const everyMs = intervals.find((ms) => hears(ms, objective));
  const higher = objectives.find((other) => hears(outage.stepMs, other));
  const pairs = intervals.flatMap((ms) => objectives.map((other) => ({ everyMs: ms, objective: other })));
  const both =
    everyMs === undefined && higher === undefined ? pairs.find((p) => hears(p.everyMs, p.objective)) : undefined;
  const floorMs = floorOf(judgedEvery(outage.stepMs), objective, outage.badRatio);
  return {
    ...(everyMs !== undefined && { everyMs }),
    ...(higher !== undefined && { objective: higher }),
    ...(both !== undefined && { both }),
    ...(floorMs !== undefined && { floorMs }),
  };
}

/** Does the tier fire at the end of the outage, when its windows hold most of it, and is that seen with bad luck too? */
function isCertain({ tier, delays }: Judged, objective: number, outage: Outage): boolean {
  const { stepMs, badRatio, perStep, outageMs } = outage;
  const steps = Math.floor(outageMs / stepMs);
  const totals = outageTotals(steps, badRatio, perStep);
  const within = (windowMs: number) => {
    const from = steps - Math.ceil(windowMs / stepMs);
    return { bad: totals.bad(steps) - totals.bad(from), n: totals.valid(steps) - totals.valid(from) };
  };
  const theta = tier.k * (1 - objective);
  if (theta >= 1 || !pageCondition(within(tier.longMs), within(tier.shortMs), theta, 1)) return false;
  return tierOutcome({ tier, objective, delays, ...outage }).fires?.worstMs !== undefined;
}

/**
 * bad > theta x n in the long window: with the share r of bad events that takes theta x window / r, however many events
 * there are. At 95 % and 14.4x a full outage takes 0.72 x 1 h = 43 min 12 s.
 */
function floorOf(judged: readonly Judged[], objective: number, badRatio: number): number | undefined {
  const floors = judged.flatMap(({ tier }) => {
    const theta = tier.k * (1 - objective);
    return theta < badRatio ? [(theta * tier.longMs) / badRatio] : [];
  });
  return floors.length === 0 ? undefined : Math.min(...floors);
}
