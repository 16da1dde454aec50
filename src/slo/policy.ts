// The alert policy: which windows, which factors, and the one page condition that rules, API and tests share.
// Pure; a number stands here once.

/** A tier of an alert policy. Times in ms; `share` is the part of the period's budget spent when it fires; `k` the burn rate. */
export interface BurnTier {
  readonly tier: string;
  readonly severity: 'page' | 'ticket';
  readonly longMs: number;
  readonly shortMs: number;
  readonly share: number;
  readonly k: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// SRE workbook, "Alerting on SLOs", table 5-8 with the ticket tier 1d/2h of its code; shares for 7 days as in sloth's catalogue.
const WINDOWS = [
  { tier: 'page-fast', severity: 'page', longMs: HOUR, shortMs: 5 * MINUTE, share30d: 0.02, share7d: 0.08 },
  { tier: 'page-slow', severity: 'page', longMs: 6 * HOUR, shortMs: 30 * MINUTE, share30d: 0.05, share7d: 0.125 },
  { tier: 'ticket-fast', severity: 'ticket', longMs: DAY, shortMs: 2 * HOUR, share30d: 0.1, share7d: 0.2 },
  { tier: 'ticket-slow', severity: 'ticket', longMs: 3 * DAY, shortMs: 6 * HOUR, share30d: 0.1, share7d: 0.42 },
] as const;

/** Windows every SLO reports burn rates for, ms: the workbook's pairs. Windows longer than the period are left out. */
export const STANDARD_WINDOWS_MS: readonly number[] = [5 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, DAY, 3 * DAY];

/** Fewer bad events than this in the long window never fire: one lost packet is not an incident. */
export const MIN_BAD_EVENTS = 3;
/** Two-sided 95 % of the normal distribution: the score test that the true ratio is above θ (Wilson 1927). */
export const Z_95 = 1.96;
/** Fewer probes than this in a window say too little of it: of a short window, and of what goes on now. */
export const PROBES_TO_JUDGE = 4;
/** Share of the short window that must be known. */
export const MIN_COVERAGE = 0.5;

/** A policy of the spec for a period of its own, times in ms. */
export interface CustomPolicy {
  readonly window: number;
  readonly tiers: readonly { tier: string; severity: 'page' | 'ticket'; long: number; short: number; budget: number }[];
}

/**
 * The tiers for a period of `periodMs`, k = share x period / long window (14.4, 6, 3, 1 at 30 days).
 * A policy of the spec for exactly this period wins; 7 days and 28 to 31 days are built in; else undefined.
 */
export function tiersFor(periodMs: number, policies: readonly CustomPolicy[] = []): readonly BurnTier[] | undefined {
  const custom = policies.find((policy) => policy.window === periodMs);
  if (custom !== undefined) {
    return custom.tiers.map((t) => ({
      tier: t.tier,
      severity: t.severity,
      longMs: t.long,
      shortMs: t.short,
      share: t.budget,
      k: (t.budget * periodMs) / t.long,
    }));
  }
  const days = periodMs / DAY;
  const key = days === 7 ? 'share7d' : days >= 28 && days <= 31 ? 'share30d' : undefined;
  if (key === undefined) return undefined;
  return WINDOWS.map(({ tier, severity, longMs, shortMs, [key]: share }) => ({
    tier,
    severity,
    longMs,
    shortMs,
    share,
    k: (share * periodMs) / longMs,
  }));
}

/** Bad events and events that count (good + bad) of one window. */
export interface BadOf {
  readonly bad: number;
  readonly n: number;
}

/**
 * Does a tier fire? `theta` = k x (1 - objective), `coverage` of the short window 0..1.
 * bad(long) >= 3, the lower 95 % bound of the long ratio above theta, the short ratio above theta, half of the short window known.
 * At 99.9 % and 30 s steps 5 bad of 120 page and 4 don't.
 */
export function pageCondition(long: BadOf, short: BadOf, theta: number, coverage: number): boolean {
  return (
    long.bad >= MIN_BAD_EVENTS &&
    long.bad - theta * long.n > Z_95 * Math.sqrt(theta * (1 - theta) * long.n) &&
    short.bad > theta * short.n &&
    coverage >= MIN_COVERAGE
  );
}

/** The fewest bad events among `n` that satisfy the long window's part of the condition; undefined if none does. */
export function fewestBadToFire(n: number, theta: number): number | undefined {
  if (theta >= 1) return undefined;
  const bad = Math.max(MIN_BAD_EVENTS, Math.floor(theta * n + Z_95 * Math.sqrt(theta * (1 - theta) * n)) + 1);
  return bad <= n ? bad : undefined;
}
