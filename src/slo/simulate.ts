// When alerts fire: steps through events with sliding windows, for an outage that is thought up and for counts that were recorded.
// The condition is that of policy.ts, never a copy. Pure; times are counted from where the steps begin.
import { coverageRatio } from './budget.ts';
import { ZERO } from './history.ts';
import { type BurnTier, MIN_COVERAGE, pageCondition } from './policy.ts';

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

/** An outage in events: the share `badRatio` of them is bad, one event per step. */
export interface Outage {
  readonly stepMs: number;
  /** 0 to 1. */
  readonly badRatio: number;
  readonly outageMs: number;
}

/**
 * Bad ones among the first `events` of an outage, spread evenly: event i is bad when floor(i x ratio) > floor((i - 1) x ratio).
 * What is a whole number but for rounding (0.29 x 100) is taken as one.
 */
export const badAmong = (events: number, badRatio: number): number => Math.floor(events * badRatio + 1e-9);

/** Totals of an outage of `events` events after good ones only, which go on after it. Step 0 ends where the outage begins. */
export function outageTotals(events: number, badRatio: number): StepTotals {
  const all = (step: number) => step;
  return { bad: (step) => badAmong(Math.min(Math.max(step, 0), events), badRatio), valid: all, known: all };
}

/** The spans of a tier during an outage and until it is over, in steps. */
export function outageSpans(tier: BurnTier, objective: number, { stepMs, badRatio, outageMs }: Outage): Span[] {
  const events = Math.floor(outageMs / stepMs);
  const totals = outageTotals(events, badRatio);
  const toStep = events + Math.ceil(tier.shortMs / stepMs) + 1;
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
  const spans = outageSpans(input.tier, input.objective, input);
  const last = spans.at(-1);
  if (last === undefined) return { firesAtMs: undefined, resetsAtMs: undefined };
  // A tier that comes and goes with a small share of bad events may be off when the outage ends.
  const end = Math.floor(input.outageMs / input.stepMs);
  return { firesAtMs: spans[0]!.from * input.stepMs, resetsAtMs: Math.max(last.to, end) * input.stepMs };
}
