// Whom the tests of the SLO rules are about: one SLO for each distinct policy, objective and step of a spec. Pure.
import { type BurnTier, fewestBadToFire, tiersFor } from '../../slo/policy.ts';
import { formatDuration } from '../../spec/scalars.ts';
import { isRunSlo, type Spec } from '../../spec/spec.ts';
import { seriesText } from '../component-tests.ts';
import type { ModelTier } from './tests-model.ts';
import { endOf, phaseAt, scraped, type Timeline, totalsOf } from './tests-timeline.ts';
import { periodOf } from './tiers.ts';

const MINUTE = 60_000;

export type SubjectTier = BurnTier &
  ModelTier & { /** Bad events in a full long window with which it fires. */ readonly fewestBad: number };

export interface Subject {
  readonly slo: string;
  readonly service: string;
  readonly team: string;
  readonly target: string;
  /** The label `window` of slo_info, and its length in ms. */
  readonly window: string;
  readonly periodMs: number;
  readonly objective: number;
  readonly stepMs: number;
  /** Who serves it. */
  readonly instance: string;
  /** Those that can fire, shortest first. */
  readonly tiers: readonly SubjectTier[];
}

export const CLUSTER = 'test';

/** In the order of the spec. SLOs that Prometheus counts itself, and those without a policy, have no tests here. */
export function subjectsOf(spec: Spec): Subject[] {
  const all = spec.slos.filter(isRunSlo).flatMap((slo): Subject[] => {
    const { label, ms } = periodOf(slo);
    const tiers = tiersFor(ms, spec.policies);
    const stepMs = spec.targets.find(({ name }) => name === slo.sli.target)?.interval;
    if (tiers === undefined || stepMs === undefined) return [];
    const { name, service, team, objective } = slo;
    return [
      {
        ...{ slo: name, service, team, target: slo.sli.target, window: label, periodMs: ms, objective, stepMs },
        instance: `${name}:9099`,
        tiers: tiers.flatMap((tier) => subjectTier(tier, objective, stepMs)).sort((a, b) => a.longMs - b.longMs),
      },
    ];
  });
  const keyOf = ({ tiers, objective, stepMs }: Subject) => JSON.stringify([tiers, objective, stepMs]);
  const firsts = [...Map.groupBy(all, keyOf).values()].map((same) => same[0]!);
  // Each with a target of its own, whose runs are its alone.
  return firsts.map((one, i) =>
    firsts.slice(0, i).some(({ target }) => target === one.target) ? { ...one, target: `${one.target}-${i}` } : one,
  );
}

function subjectTier(tier: BurnTier, objective: number, stepMs: number): SubjectTier[] {
  const fewestBad = fewestBadToFire(Math.ceil(tier.longMs / stepMs), tier.k * (1 - objective));
  if (fewestBad === undefined) return [];
  return [{ ...tier, fewestBad, keepFiringMs: Math.min(5 * MINUTE, tier.shortMs) }];
}

/** What its exporter serves, as series of promtool. */
export function seriesOf(
  subject: Subject,
  timeline: Timeline,
  { scrapeMs, location }: { scrapeMs: number; location: string },
): { series: string; values: string }[] {
  const { slo, service, team, target, window, instance } = subject;
  const clock = { scrapeMs, endMs: endOf(timeline) };
  const totals = totalsOf(timeline);
  const of = (name: string, labels: Record<string, string>, value: (atMs: number) => number) => ({
    series: seriesText(name, { cluster: CLUSTER, job: 'plimsoll', instance, ...labels }),
    values: scraped(timeline, clock, value),
  });
  return [
    ...(['good', 'bad', 'unmeasured', 'excluded'] as const).map((result) =>
      of('slo_events_total', { slo, result, location }, (at) => totals(at)[result]),
    ),
    of('slo_objective_ratio', { slo }, () => subject.objective),
    of('slo_budget_remaining_ratio', { slo }, (at) => phaseAt(timeline, at).budgetRatio ?? 0.5),
    of('slo_created_timestamp_seconds', { slo }, () => timeline.createdMs / 1000),
    of('slo_maintenance_active', { slo }, (at) => (phaseAt(timeline, at).result === 'excluded' ? 1 : 0)),
    of('slo_info', { slo, service, team, target, window }, () => 1),
    of('probe_interval_seconds', { target, location }, () => subject.stepMs / 1000),
    of(
      'probe_runs_total',
      { target, kind: 'http', step: 'front', outcome: 'timeout', blame: 'platform', location },
      (at) => totals(at).bad,
    ),
  ];
}

/** "page-fast (1h/5m)" */
export const tierName = ({ tier, longMs, shortMs }: Pick<BurnTier, 'tier' | 'longMs' | 'shortMs'>): string =>
  `${tier} (${formatDuration(longMs)}/${formatDuration(shortMs)})`;
