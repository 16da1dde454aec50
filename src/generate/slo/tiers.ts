// Which tiers the SLOs of a spec have, joined over all policies: one alert per tier and pair of windows. Pure.
import { nominalPeriodMs } from '../../slo/calendar.ts';
import { type BurnTier, tiersFor } from '../../slo/policy.ts';
import { formatDuration } from '../../spec/scalars.ts';
import type { Slo, Spec } from '../../spec/spec.ts';

/** A tier with its windows; its factor depends on the period of the SLO. */
export interface RuleTier {
  readonly tier: string;
  readonly severity: 'page' | 'ticket';
  readonly longMs: number;
  readonly shortMs: number;
  /** Factor, and the values of the label `window` of slo_info that have it. */
  readonly factors: readonly { readonly k: number; readonly windows: readonly string[] }[];
}

/** The label `window` of slo_info, and the length in ms that the policy and the factor go by. */
export function periodOf({ window }: Pick<Slo, 'window'>): { label: string; ms: number } {
  return typeof window === 'number'
    ? { label: formatDuration(window), ms: window }
    : { label: window.calendar, ms: nominalPeriodMs(window.calendar) };
}

/** The periods of all SLOs that have a policy, sorted: label -> ms. */
export function periodsOf(spec: Spec): ReadonlyMap<string, number> {
  const periods = new Map(spec.slos.map((slo) => [periodOf(slo).label, periodOf(slo).ms]));
  return new Map(
    [...periods].filter(([, ms]) => tiersFor(ms, spec.policies) !== undefined).sort(([, a], [, b]) => a - b),
  );
}

/** Tiers in the order of their long windows, pages first. A tier that can never fire is there too: `check` warns of it. */
export function ruleTiers(spec: Spec): RuleTier[] {
  const found = [...periodsOf(spec)].flatMap(([label, ms]) =>
    tiersFor(ms, spec.policies)!.map((tier) => ({ ...tier, label })),
  );
  const keyOf = (t: BurnTier) => `${t.severity} ${t.tier} ${t.longMs} ${t.shortMs}`;
  return [...Map.groupBy(found, keyOf).values()]
    .map((same) => ({
      tier: same[0]!.tier,
      severity: same[0]!.severity,
      longMs: same[0]!.longMs,
      shortMs: same[0]!.shortMs,
      factors: [...Map.groupBy(same, (t) => t.k)].map(([k, of]) => ({ k, windows: of.map((t) => t.label) })),
    }))
    .sort((a, b) => a.severity.localeCompare(b.severity) || a.longMs - b.longMs || a.tier.localeCompare(b.tier));
}
