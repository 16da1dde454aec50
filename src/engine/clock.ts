// The time line of the history: follows the system clock, but never goes back and does not believe a jump at once.
// Pure but for the two clocks that are passed in.

export interface ClockReadings {
  /** System clock, ms since 1970. */
  wallMs: number;
  /** Monotonic clock, ms since some start. */
  monotonicMs: number;
}

export interface Timeline {
  /** Time of the history, ms since 1970; never falls. */
  now(): number;
  /** System clock minus time line, ms. */
  offsetMs(): number;
}

/** Small differences are clock discipline (NTP), not a jump, ms. */
const JUMP_MS = 2_000;
/** A forward jump is believed after the system clock agreed with it this long, ms. */
const CONFIRM_MS = 60_000;
/** A clock before this cannot be right: the program is younger (2026-01-01). */
const EARLIEST_MS = Date.UTC(2026, 0, 1);
/** History further ahead of the system clock than this was written by a wrong clock, ms. */
const MAX_AHEAD_MS = 86_400_000;

/** The latest time of a record to believe, ms since 1970. A clock before EARLIEST_MS cannot judge: everything. */
export const latestBelieved = (wallMs: number): number =>
  wallMs < EARLIEST_MS ? Number.POSITIVE_INFINITY : wallMs + MAX_AHEAD_MS;

/**
 * Starts at the system clock, or at `notBeforeMs` (the newest record) if that is later by at most a day.
 * After a jump back the time line runs on with the monotonic clock until the system clock has caught up.
 */
export function createTimeline(read: () => ClockReadings, notBeforeMs: number): Timeline {
  const first = read();
  const sane = Math.max(first.wallMs, EARLIEST_MS);
  let baseMs = notBeforeMs > sane && notBeforeMs - sane <= MAX_AHEAD_MS ? notBeforeMs : sane;
  let baseMonotonic = first.monotonicMs;
  let aheadSince: number | undefined;
  let last = baseMs;
  const now = (): number => {
    const { wallMs, monotonicMs } = read();
    const expected = baseMs + monotonicMs - baseMonotonic;
    const difference = wallMs - expected;
    if (difference > JUMP_MS) aheadSince ??= monotonicMs;
    else aheadSince = undefined;
    const believed = aheadSince !== undefined && monotonicMs - aheadSince >= CONFIRM_MS;
    if (believed || Math.abs(difference) <= JUMP_MS) {
      baseMs = wallMs;
      baseMonotonic = monotonicMs;
      aheadSince = undefined;
    }
    last = Math.max(last, believed || Math.abs(difference) <= JUMP_MS ? wallMs : expected);
    return last;
  };
  return { now, offsetMs: () => read().wallMs - now() };
}
