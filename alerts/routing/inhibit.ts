// Inhibition: which alert makes which other one superfluous. Pure. A rule for each thing that something depends on,
// none for each SLO: their number does not grow with the SLOs.
import { nominalPeriodMs } from '../../src/slo/calendar.ts';
import { tiersFor } from '../../src/slo/policy.ts';
import type { Slo, Spec } from '../../src/spec/spec.ts';
import type { AmRoute, InhibitRule } from './config.ts';
import { dependencyPairs } from './dependencies.ts';
import { BURN, MAINTENANCE } from './labels.ts';
import { has, is, isNot, isOneOf } from './matcher.ts';

/** All rules for a spec whose alerts go along `root`. Both sides of a rule have every label of `equal`, and no alert is on both. */
export const inhibitRules = (spec: Spec, root: AmRoute): InhibitRule[] => [
  pageOverTicket,
  ...fasterOverSlower(spec),
  ...dependencyOverDependants(spec.slos, root),
  ...maintenanceOverComponents,
];

const burn = (...more: readonly string[]) => [is('alertname', BURN), ...more, has('cluster')];

const pageOverTicket: InhibitRule = {
  name: 'page-over-ticket',
  source_matchers: burn(is('severity', 'page'), has('slo')),
  target_matchers: burn(is('severity', 'ticket'), has('slo')),
  equal: ['cluster', 'slo'],
};

/** A page of a faster tier says all that one of a slower tier of the same SLO would. Never in a circle: both would be silent. */
function fasterOverSlower({ slos, policies }: Spec): InhibitRule[] {
  const slower = new Map<string, Set<string>>();
  const reaches = (from: string, to: string): boolean =>
    from === to || [...(slower.get(from) ?? [])].some((next) => reaches(next, to));
  for (const periodMs of new Set(slos.map(periodOf))) {
    const pages = (tiersFor(periodMs, policies) ?? []).filter((tier) => tier.severity === 'page');
    pages.sort((a, b) => a.longMs - b.longMs);
    for (const [i, { tier }] of pages.entries())
      for (const { tier: later } of pages.slice(i + 1)) {
        // Policies of different periods can name their tiers in opposite order.
        if (reaches(later, tier)) continue;
        slower.set(tier, (slower.get(tier) ?? new Set()).add(later));
      }
  }
  return [...slower].map(([tier, tiers]) => ({
    name: `${tier}-over-slower`,
    source_matchers: burn(is('severity', 'page'), is('tier', tier), has('slo')),
    target_matchers: burn(is('severity', 'page'), isOneOf('tier', [...tiers]), has('slo')),
    equal: ['cluster', 'slo'],
  }));
}

const periodOf = ({ window }: Slo): number => (typeof window === 'number' ? window : nominalPeriodMs(window.calendar));

/** A page of the database makes those of the services that need it superfluous, where the same people get both. */
function dependencyOverDependants(slos: readonly Slo[], root: AmRoute): InhibitRule[] {
  return dependencyPairs(slos, root).map(({ name, dependencies, dependants }) => ({
    name,
    source_matchers: burn(is('severity', 'page'), isOneOf('slo', dependencies)),
    target_matchers: burn(is('severity', 'page'), isOneOf('slo', dependants)),
    equal: ['cluster'],
  }));
}

/** Alerts of SLOs are left alone: they count no events of a maintenance, and what they show is not explained by it. */
const maintenanceOverComponents: readonly InhibitRule[] = ['service', 'target'].map((label) => ({
  name: `maintenance-over-${label}`,
  source_matchers: [is('alertname', MAINTENANCE), has('cluster'), has(label)],
  target_matchers: [isNot('alertname', MAINTENANCE), is('slo', ''), has('cluster'), has(label)],
  equal: ['cluster', label],
}));
