// What one SLO needs at run time, derived once from the spec: step, period, windows, tiers, maintenance. Pure.
import { longestPeriodMs, nominalPeriodMs, type Period, periodAt } from '../slo/calendar.ts';
import { type BurnTier, STANDARD_WINDOWS_MS, tiersFor } from '../slo/policy.ts';
import { formatDuration } from '../spec/scalars.ts';
import type { Maintenance, Slo, Spec } from '../spec/spec.ts';

export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
  readonly reason: string;
  readonly by: string;
  /** False: beyond the cap of `exporter.maxExcluded`, so it excludes nothing. */
  readonly applied: boolean;
}

export interface SloPlan {
  readonly slo: Slo;
  readonly stepMs: number;
  /** Longest the period can be, ms. */
  readonly periodMs: number;
  /** "30d", "1h" or "month". */
  readonly periodLabel: string;
  /** Windows that have a burn rate, without the period: label -> ms. */
  readonly windows: ReadonlyMap<string, number>;
  readonly tiers: readonly BurnTier[];
  readonly maintenance: readonly Interval[];
  periodAt(nowMs: number): Period;
}

/** The plan of every SLO. Expects a spec that passed its checks. */
export function plansOf(spec: Spec): SloPlan[] {
  return spec.slos.map((slo) => planOf(slo, spec));
}

function planOf(slo: Slo, spec: Spec): SloPlan {
  const { window } = slo;
  const rolling = typeof window === 'number';
  const periodMs = rolling ? window : longestPeriodMs(window.calendar);
  const nominalMs = rolling ? window : nominalPeriodMs(window.calendar);
  const tiers = tiersFor(nominalMs, spec.policies) ?? [];
  const lengths = new Set(
    [...STANDARD_WINDOWS_MS, ...tiers.flatMap((t) => [t.longMs, t.shortMs])].filter((ms) => ms < nominalMs),
  );
  return {
    slo,
    stepMs: spec.targets.find((t) => t.name === slo.sli.target)?.interval ?? 30_000,
    periodMs,
    periodLabel: rolling ? formatDuration(window) : window.calendar,
    windows: new Map([...lengths].sort((a, b) => a - b).map((ms) => [formatDuration(ms), ms])),
    tiers,
    maintenance: intervalsFor(slo, spec, nominalMs),
    periodAt: (nowMs) =>
      rolling ? { startMs: nowMs - window, endMs: nowMs } : periodAt(nowMs, window.calendar, window.timeZone),
  };
}

const appliesTo = (window: Maintenance, slo: Slo): boolean =>
  (window.services === undefined || window.services.includes(slo.service)) &&
  (window.targets === undefined || window.targets.includes(slo.sli.target));

/** Maintenance of an SLO, oldest first; one that would exclude more than the cap of a period is not applied. */
function intervalsFor(slo: Slo, spec: Spec, periodMs: number): Interval[] {
  const capMs = spec.exporter.maxExcluded * periodMs;
  const intervals: Interval[] = [];
  for (const window of spec.maintenance.filter((m) => appliesTo(m, slo)).sort((a, b) => a.from - b.from)) {
    const fromMs = window.from;
    const toMs = fromMs + window.for;
    const already = intervals
      .filter((i) => i.applied && i.toMs > toMs - periodMs)
      .reduce((sum, i) => sum + i.toMs - i.fromMs, 0);
    intervals.push({ fromMs, toMs, reason: window.reason, by: window.by, applied: already + window.for <= capMs });
  }
  return intervals;
}
