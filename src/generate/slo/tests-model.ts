// When alerts must fire, tick after tick of the evaluation, from the page condition and what the exporter served. Never reads a rule.
import { type BurnTier, MIN_COVERAGE, pageCondition } from '../../slo/policy.ts';
import { isServed, phaseAt, type Timeline, totalsOf } from './tests-timeline.ts';

export interface Clock {
  readonly evaluationMs: number;
  readonly scrapeMs: number;
}
export interface ModelTier extends Pick<BurnTier, 'longMs' | 'shortMs' | 'k'> {
  readonly keepFiringMs: number;
}

const MINUTE = 60_000;

/** What was recorded at ticks, and what a window saw. */
export function recorded(timeline: Timeline, { evaluationMs, scrapeMs }: Clock) {
  const totals = totalsOf(timeline);
  const at = (tick: number) => {
    let scrape = Math.floor((tick * evaluationMs) / scrapeMs);
    // What was seen last goes on.
    while (scrape > 0 && !isServed(timeline, scrape * scrapeMs)) scrape--;
    const { good, bad, excluded } = totals(scrape * scrapeMs);
    return { bad, n: good + bad, known: good + bad + excluded };
  };
  /** Undefined where nothing was recorded within a quarter of an hour (or the window, if shorter) before the far edge. */
  const edge = (tick: number, windowMs: number) => {
    const farMs = tick * evaluationMs - windowMs;
    if (timeline.createdMs > farMs) return { bad: 0, n: 0, known: 0 };
    const far = Math.floor(farMs / evaluationMs);
    return far < 0 || farMs - far * evaluationMs >= Math.min(windowMs, 15 * MINUTE) ? undefined : at(far);
  };
  const within = (tick: number, windowMs: number, standInMs = windowMs) => {
    const from = edge(tick, windowMs) ?? edge(tick, standInMs);
    const to = at(tick);
    return from && { bad: to.bad - from.bad, n: to.n - from.n, known: to.known - from.known };
  };
  return { at, within };
}

/** The tick from which the SLO is known to be removed; Infinity if it is not. */
function removedFrom(timeline: Timeline, { evaluationMs }: Clock, ticks: number): number {
  for (let tick = 0; tick <= ticks; tick++)
    if (phaseAt(timeline, tick * evaluationMs).result === 'removed') return tick;
  return Number.POSITIVE_INFINITY;
}

/** For ticks 0 to `ticks`: does the alert of a tier fire? */
export function burnFires(
  tier: ModelTier,
  objective: number,
  timeline: Timeline,
  clock: Clock,
  ticks: number,
): boolean[] {
  const { within } = recorded(timeline, clock);
  const theta = tier.k * (1 - objective);
  const removed = removedFrom(timeline, clock, ticks);
  const fires: boolean[] = [];
  let lastTrue = Number.NEGATIVE_INFINITY;
  for (let tick = 0; tick <= ticks; tick++) {
    const [long, short] = [within(tick, tier.longMs, tier.shortMs), within(tick, tier.shortMs)];
    const served = isServed(timeline, tick * clock.evaluationMs);
    const coverage = served && short ? (short.known * timeline.stepMs) / tier.shortMs : 0;
    const holds = served && long && short ? pageCondition(long, short, theta, coverage) : false;
    const frozen = fires[tick - 1] === true && coverage < MIN_COVERAGE && tick < removed;
    if (holds || frozen) lastTrue = tick;
    // keep_firing_for is counted from the first evaluation that is false.
    fires.push(tick === lastTrue || (tick - lastTrue - 1) * clock.evaluationMs < tier.keepFiringMs);
  }
  return fires;
}

/** For ticks 0 to `ticks`: has nothing been known for three steps and a scrape? */
export function lostFires(timeline: Timeline, clock: Clock, ticks: number): boolean[] {
  const { evaluationMs, scrapeMs } = clock;
  const { at } = recorded(timeline, clock);
  const silentMs = 3 * timeline.stepMs + scrapeMs;
  const removed = removedFrom(timeline, clock, ticks);
  let served = Number.NEGATIVE_INFINITY;
  const fires: boolean[] = [];
  for (let tick = 0; tick <= ticks; tick++) {
    if (isServed(timeline, tick * evaluationMs)) served = tick;
    const far = Math.floor((tick * evaluationMs - silentMs) / evaluationMs);
    const named = (tick - served) * evaluationMs <= 10 * MINUTE || fires[tick - 1] === true;
    fires.push(far >= 0 && named && tick < removed && at(tick).known === at(far).known);
  }
  return fires;
}

/** The budget is used up, or was within the 15 minutes before. */
export function exhaustedFires(timeline: Timeline, { evaluationMs }: Clock, ticks: number): boolean[] {
  let lastTrue = Number.NEGATIVE_INFINITY;
  return Array.from({ length: ticks + 1 }, (_, tick) => {
    const { budgetRatio = 0.5 } = phaseAt(timeline, tick * evaluationMs);
    if (isServed(timeline, tick * evaluationMs) && budgetRatio <= 0) lastTrue = tick;
    return tick === lastTrue || (tick - lastTrue - 1) * evaluationMs < 15 * MINUTE;
  });
}
