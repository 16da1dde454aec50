// When alerts fire: steps through events with sliding windows, for an outage that is thought up and for counts that were recorded.
// The condition is that of policy.ts, never a copy. Pure; times are counted from where the steps begin.
import { budget, coverageRatio } from './budget.ts';
import { ZERO } from './history.ts';
import { type BurnTier, fewestBadToFire, MIN_BAD_EVENTS, MIN_COVERAGE, pageCondition } from './policy.ts';

/** Running totals at the end of each step; steps before the first one that is known have its totals. */
export interface StepTotals {
  bad(step: number): number;
  /** good + bad */
  valid(step: number): number;
  /** good + bad + excluded */
  known(step: number): number;
}

/** Steps at which a tier fires: from the first to the one before `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * The stretches of [fromStep, toStep] in which a tier fires, judged at the end of each step: its condition holds, or it fired
 * before and too little of its short window is known. One that goes on at the end has `to` = toStep + 1.
 * A window that is no multiple of the step holds one event more, as a difference of counters does.
 */
export function firingSpans(input: {
  tier: Pick<BurnTier, 'longMs' | 'shortMs' | 'k'>;
  objective: number;
  stepMs: number;
  totals: StepTotals;
  fromStep: number;
  toStep: number;
}): Span[] {
  const { tier, objective, stepMs, totals, fromStep, toStep } = input;
  const theta = tier.k * (1 - objective);
  const [long, short] = [Math.ceil(tier.longMs / stepMs), Math.ceil(tier.shortMs / stepMs)];
  const within = (steps: number, at: number) => ({
    bad: totals.bad(at) - totals.bad(at - steps),
    n: totals.valid(at) - totals.valid(at - steps),
  });
  const spans: Span[] = [];
  let from: number | undefined;
  for (let at = fromStep; at <= toStep; at++) {
    const known = totals.known(at) - totals.known(at - short);
    const coverage = coverageRatio({ ...ZERO, good: known }, tier.shortMs, stepMs);
    const fires =
      pageCondition(within(long, at), within(short, at), theta, coverage) ||
      (from !== undefined && coverage < MIN_COVERAGE);
    if (fires) from ??= at;
    else if (from !== undefined) {
      spans.push({ from, to: at });
      from = undefined;
    }
  }
  return from === undefined ? spans : [...spans, { from, to: toStep + 1 }];
}

/** Spans of several tiers as the alerts that people get: those that overlap, or follow within `gapSteps`, are one. */
export function joinedSpans(spans: readonly Span[], gapSteps: number): Span[] {
  const joined: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last === undefined || span.from > last.to + gapSteps) joined.push(span);
    else joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
  }
  return joined;
}

/**
 * Running totals of one counter from its values at the end of each step, NaN where there is none. It stands still while nothing
 * is measured; its first value is the base line; a fall is a lost store and counts for nothing.
 */
export function totalsOf(values: Float64Array): Float64Array {
  const totals = new Float64Array(values.length);
  let [sum, last] = [0, Number.NaN];
  values.forEach((value, i) => {
    if (value > last) sum += value - last;
    if (!Number.isNaN(value)) last = value;
    totals[i] = sum;
  });
  return totals;
}

/** An outage: the share `badRatio` of the events is bad, as long as it lasts. */
export interface Outage {
  readonly stepMs: number;
  /** Events of a step; 1 for probes, any positive number for requests. */
  readonly perStep?: number;
  /** Above 0, up to 1. */
  readonly badRatio: number;
  readonly outageMs: number;
}

/** Rounding must not take one off 0.29 x 100. */
const whole = (n: number): number => Math.floor(n + 1e-9);

/** Bad ones among the first `events` of an outage, spread evenly: event i is bad when floor(i x ratio) > floor((i - 1) x ratio). */
export const badAmong = (events: number, badRatio: number): number => whole(events * badRatio);

/** Totals of an outage of `steps` steps after good events only, which go on after it. Step 0 ends where the outage begins. */
export function outageTotals(steps: number, badRatio: number, perStep = 1): StepTotals {
  const valid = (step: number) => whole(step * perStep);
  const bad = (step: number) => badAmong(valid(Math.min(Math.max(step, 0), steps)), badRatio);
  return { bad, valid, known: (step) => step };
}

/** The spans in which a tier fires in an outage of `steps` steps and until it is over. */
function outageSpans(tier: BurnTier, objective: number, outage: Omit<Outage, 'outageMs'>, steps: number): Span[] {
  const { stepMs, badRatio, perStep } = outage;
  const totals = outageTotals(steps, badRatio, perStep);
  const toStep = steps + Math.ceil(tier.shortMs / stepMs) + 1;
  return firingSpans({ tier, objective, stepMs, totals, fromStep: 1, toStep });
}

export interface Detection {
  /** From the beginning of the outage to the event with which the tier fires, ms; undefined: never. */
  readonly firesAtMs: number | undefined;
  /** From the BEGINNING of the outage to the first event after it with which the tier fires no more, ms. */
  readonly resetsAtMs: number | undefined;
}

/**
 * When a tier fires and stops in an outage that begins right after an event, so that the first bad event can be one step later:
 * the worst case of the probe's phase. Without delays of scraping and evaluation. Before and after it all events are good.
 */
export function detection(input: { tier: BurnTier; objective: number } & Outage): Detection {
  const steps = Math.floor(input.outageMs / input.stepMs);
  const spans = outageSpans(input.tier, input.objective, input, steps);
  const last = spans.at(-1);
  if (last === undefined) return { firesAtMs: undefined, resetsAtMs: undefined };
  // A tier that comes and goes with a small share of bad events may be off when the outage ends.
  return { firesAtMs: spans[0]!.from * input.stepMs, resetsAtMs: Math.max(last.to, steps) * input.stepMs };
}

/** What passes between an event and its alert, each at most, ms. */
export interface Delays {
  /** Until a run has ended, and until its event shows in the counter. */
  readonly countedMs: number;
  readonly scrapeMs: number;
  readonly evaluationMs: number;
  /** For so long the alert goes on when its condition no longer holds. */
  readonly keepFiringMs: number;
}

/**
 * Why a tier does not fire: it never can at this objective; this share of bad events never fires it; fewer than three events are
 * bad; or it would take a longer outage.
 */
export type Unnoticed = 'unreachable' | 'below-threshold' | 'too-few' | 'too-short';

export interface Between {
  readonly bestMs: number;
  /** undefined: with bad luck never. */
  readonly worstMs: number | undefined;
}

export interface TierOutcome {
  /** From the beginning of the outage to the alert; undefined if it never comes. */
  readonly fires: Between | undefined;
  /** From the end of the outage to the end of the alert. */
  readonly clears: Between | undefined;
  readonly unnoticed: Unnoticed | undefined;
  /** Shortest outage with this share of bad events that fires for certain, ms; undefined if none does. */
  readonly neededMs: number | undefined;
}

/** A tier in an outage with everything that lies between, for the best and the worst moment that it can begin. */
export function tierOutcome(input: { tier: BurnTier; objective: number; delays: Delays } & Outage): TierOutcome {
  const { tier, objective, delays, stepMs, badRatio, perStep = 1, outageMs } = input;
  const behindMs = delays.countedMs + delays.scrapeMs + delays.evaluationMs;
  const spansOf = (steps: number) => outageSpans(tier, objective, input, steps);
  // It begins right before a probe, or right after one.
  const [most, least] = [Math.ceil(outageMs / stepMs), Math.floor(outageMs / stepMs)];
  const lucky = spansOf(most);
  // By then even a share that is only now and then above the threshold has been, as its events are spread evenly.
  const longest = 5 * Math.ceil(tier.longMs / stepMs);
  const first = lucky[0] ?? spansOf(longest)[0];
  const neededMs = first === undefined ? undefined : first.from * stepMs;
  const last = lucky.at(-1);
  if (last === undefined) {
    const inLong = whole((tier.longMs / stepMs) * perStep);
    const can = fewestBadToFire(inLong, tier.k * (1 - objective)) !== undefined;
    const few = badAmong(whole(most * perStep), badRatio) < MIN_BAD_EVENTS;
    const unnoticed = !can ? 'unreachable' : neededMs === undefined ? 'below-threshold' : few ? 'too-few' : 'too-short';
    return { fires: undefined, clears: undefined, unnoticed, neededMs };
  }
  // A condition that holds for a shorter time may come and go between two looks. A window shorter than the step is empty soon.
  const seenMs = ({ from, to }: Span) => (stepMs > tier.shortMs ? tier.shortMs : (to - from) * stepMs);
  const certain = spansOf(least).find((span) => seenMs(span) >= delays.scrapeMs + delays.evaluationMs);
  const afterEndMs = Math.max(0, last.to - most) * stepMs + delays.keepFiringMs;
  return {
    fires: {
      bestMs: (lucky[0]!.from - 1) * stepMs,
      worstMs: certain === undefined ? undefined : certain.from * stepMs + behindMs,
    },
    clears: { bestMs: Math.max(0, afterEndMs - stepMs), worstMs: afterEndMs + behindMs },
    unnoticed: undefined,
    neededMs,
  };
}

export interface Spending {
  /** Bad events that the objective allows in a period. */
  readonly allowed: number;
  /** Share of the budget of the period that the outage spends at most; above 1 it is overspent. */
  readonly spentRatio: number;
  /** From the beginning to the budget's end if the outage lasted so long, ms; undefined: it would outlast the period. */
  readonly exhaustedAtMs: number | undefined;
}

/** What an outage costs of a budget that was whole. */
export function spending(input: { objective: number; periodMs: number } & Outage): Spending {
  const { objective, periodMs, stepMs, perStep = 1, badRatio, outageMs } = input;
  const events = (periodMs / stepMs) * perStep;
  const { allowed } = budget(ZERO, objective, events, stepMs);
  const bad = badAmong(whole(Math.ceil(outageMs / stepMs) * perStep), badRatio);
  // The budget is used up by the first bad event with which nothing is left; 864.0000000000008 events are 864.
  const atEvent = Math.ceil(Math.ceil(allowed - 1e-6) / badRatio - 1e-9);
  const exhaustedAtMs = Math.ceil(atEvent / perStep) * stepMs;
  return {
    allowed,
    spentRatio: bad / allowed,
    exhaustedAtMs: exhaustedAtMs > periodMs ? undefined : exhaustedAtMs,
  };
}
