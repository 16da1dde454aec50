// What one SLO needs at run time, derived once from the spec: step, period, windows, tiers, maintenance. Pure.
import { longestPeriodMs, nominalPeriodMs, type Period, periodAt } from '../slo/calendar.ts';
import { type BurnTier, PROBES_TO_JUDGE, STANDARD_WINDOWS_MS, tiersFor } from '../slo/policy.ts';
import { formatDuration } from '../spec/scalars.ts';
import { covers, isPromqlSlo, isRunSlo, type RunSlo, type Slo, type Spec } from '../spec/spec.ts';

export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Interval extends Stretch {
  readonly reason: string;
  readonly by: string;
  /** False: beyond the cap of `exporter.maxExcluded`, so it excludes nothing. */
  readonly applied: boolean;
}

/** What is served of every SLO, also of those that Prometheus counts. */
export interface PromisePlan {
  readonly slo: Slo;
  /** "30d", "1h" or "month". */
  readonly periodLabel: string;
  /** Maintenance as declared, oldest first. */
  readonly maintenance: readonly Interval[];
  /** Time that is excluded: the applied maintenance as disjoint stretches, oldest first. */
  readonly excluded: readonly Stretch[];
}

/** An SLO that counts runs of a target. */
export interface SloPlan extends PromisePlan {
  readonly slo: RunSlo;
  readonly stepMs: number;
  /** Longest the period can be, ms. */
  readonly periodMs: number;
  /** Windows that have a burn rate, without the period: label -> ms. */
  readonly windows: ReadonlyMap<string, number>;
  /** The shortest window that holds four probes, ms: what "now" means for state and forecast. */
  readonly currentMs: number;
  readonly tiers: readonly BurnTier[];
  periodAt(nowMs: number): Period;
}

/** The plan of every SLO that counts runs. Expects a spec that passed its checks. */
export function plansOf(spec: Spec): SloPlan[] {
  return spec.slos.filter(isRunSlo).map((slo) => planOf(slo, spec));
}

/** What there is to know here of SLOs that Prometheus counts. */
export function promqlPlansOf(spec: Spec): PromisePlan[] {
  return spec.slos.filter(isPromqlSlo).map((slo) => {
    // Their periods are rolling: a check says so.
    const periodMs = slo.window as number;
    return { slo, periodLabel: formatDuration(periodMs), ...maintenanceOf(slo, spec, periodMs) };
  });
}

function planOf(slo: RunSlo, spec: Spec): SloPlan {
  const { window } = slo;
  const rolling = typeof window === 'number';
  const periodMs = rolling ? window : longestPeriodMs(window.calendar);
  const nominalMs = rolling ? window : nominalPeriodMs(window.calendar);
  const tiers = tiersFor(nominalMs, spec.policies) ?? [];
  const lengths = new Set(
    [...STANDARD_WINDOWS_MS, ...tiers.flatMap((t) => [t.longMs, t.shortMs])].filter((ms) => ms < nominalMs),
  );
  const stepMs = spec.targets.find((t) => t.name === slo.sli.target)?.interval ?? 30_000;
  const sorted = [...lengths].sort((a, b) => a - b);
  return {
    slo,
    stepMs,
    periodMs,
    periodLabel: rolling ? formatDuration(window) : window.calendar,
    windows: new Map(sorted.map((ms) => [formatDuration(ms), ms])),
    currentMs: sorted.find((ms) => ms >= PROBES_TO_JUDGE * stepMs) ?? nominalMs,
    tiers,
    ...maintenanceOf(slo, spec, nominalMs),
    periodAt: (nowMs) =>
      rolling ? { startMs: nowMs - window, endMs: nowMs } : periodAt(nowMs, window.calendar, window.timeZone),
  };
}

/** Maintenance of an SLO; a window that would bring the excluded time of a period above the cap is not applied. */
function maintenanceOf(slo: Slo, spec: Spec, periodMs: number): Pick<SloPlan, 'maintenance' | 'excluded'> {
  const capMs = spec.exporter.maxExcluded * periodMs;
  const maintenance: Interval[] = [];
  let excluded: readonly Stretch[] = [];
  for (const window of spec.maintenance.filter((m) => covers(m, slo)).sort((a, b) => a.from - b.from)) {
    const stretch = { fromMs: window.from, toMs: window.from + window.for };
    const together = joined(excluded, stretch);
    const applied = lengthSince(together, stretch.toMs - periodMs) <= capMs;
    if (applied) excluded = together;
    maintenance.push({ ...stretch, reason: window.reason, by: window.by, applied });
  }
  return { maintenance, excluded };
}

/** Disjoint stretches with one more that begins no earlier than the last: windows that overlap count once. */
function joined(stretches: readonly Stretch[], next: Stretch): readonly Stretch[] {
  const last = stretches.at(-1);
  if (last === undefined || last.toMs < next.fromMs) return [...stretches, next];
  return [...stretches.slice(0, -1), { fromMs: last.fromMs, toMs: Math.max(last.toMs, next.toMs) }];
}

const lengthSince = (stretches: readonly Stretch[], sinceMs: number): number =>
  stretches.reduce((sum, s) => sum + Math.max(0, s.toMs - Math.max(s.fromMs, sinceMs)), 0);
