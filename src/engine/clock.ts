// The time line of the history: follows the system clock, but never goes back and does not believe a jump at once.
// Pure but for the two clocks that are passed in.

export interface ClockReadings {
  /** System clock, ms since 1970. */
  wallMs: number;
  /** Monotonic clock, ms since some start. */
  monotonicMs: number;
}

export interface Timeline {
  /** Time of the history, whole ms since 1970; never falls. */
  now(): number;
  /** System clock minus time line, ms. */
  offsetMs(): number;
  /** Can the system clock be right? Until it can for the first time nothing is known of when things happen. */
  readonly isSet: boolean;
}

/** Small differences are clock discipline (NTP), not a jump, ms. */
const JUMP_MS = 2_000;
/** A forward jump is believed after the system clock agreed with it this long, ms. */
const CONFIRM_MS = 60_000;
/** A clock before this cannot be right: the program is younger (2026-01-01). */
const EARLIEST_MS = Date.UTC(2026, 0, 1);
/** A clock of 2060 or later is as wrong: nobody runs this program then. */
const LATEST_MS = Date.UTC(2060, 0, 1);
const isSane = (wallMs: number): boolean => wallMs >= EARLIEST_MS && wallMs < LATEST_MS;
/** History further ahead of the system clock than this was written by a wrong clock, ms. */
const MAX_AHEAD_MS = 86_400_000;

/** The latest time of a record to believe, ms since 1970. A clock that is not set cannot judge: everything. */
export const latestBelieved = (wallMs: number): number =>
  isSane(wallMs) ? wallMs + MAX_AHEAD_MS : Number.POSITIVE_INFINITY;

/**
 * Starts at the system clock, or at `notBeforeMs` (the newest record) if that is later by at most a day.
 * After a jump back the time line runs on with the monotonic clock until the system clock has caught up.
 */
export function createTimeline(read: () => ClockReadings, notBeforeMs: number): Timeline {
  const first = read();
  let isSet = isSane(first.wallMs);
  const startAt = (wallMs: number) =>
    notBeforeMs > wallMs && notBeforeMs - wallMs <= MAX_AHEAD_MS ? notBeforeMs : wallMs;
  let baseMs = startAt(isSet ? first.wallMs : EARLIEST_MS);
  let baseMonotonic = first.monotonicMs;
  let aheadSince: number | undefined;
  let last = baseMs;
  const now = (): number => {
    const { wallMs, monotonicMs } = read();
    if (!isSet && isSane(wallMs)) {
      // Nothing was written yet, so there is nothing to protect.
      isSet = true;
      baseMs = startAt(wallMs);
      baseMonotonic = monotonicMs;
    }
    const expected = baseMs + monotonicMs - baseMonotonic;
    const difference = wallMs - expected;
    if (difference > JUMP_MS && isSane(wallMs)) aheadSince ??= monotonicMs;
    else aheadSince = undefined;
    const believed = aheadSince !== undefined && monotonicMs - aheadSince >= CONFIRM_MS;
    if (believed || Math.abs(difference) <= JUMP_MS) {
      baseMs = wallMs;
      baseMonotonic = monotonicMs;
      aheadSince = undefined;
    }
    // A monotonic clock has fractions, and columns of the store take none.
    last = Math.max(last, Math.floor(believed || Math.abs(difference) <= JUMP_MS ? wallMs : expected));
    return last;
  };
  return {
    now,
    offsetMs: () => read().wallMs - now(),
    get isSet() {
      now();
      return isSet;
    },
  };
}
