// The alert of a tier: the page condition for all SLOs at once, and that it freezes while nothing is measured.

import { formatDuration } from '../../spec/scalars.ts';
import type { Spec } from '../../spec/spec.ts';
import type { AlertingRule } from '../rule.ts';
import { burnAnnotations } from './annotations.ts';
import { JUDGES, sloInfo } from './condition.ts';
import { ALERT, INFO_LABELS, KEY, UNCOVERED } from './names.ts';
import { periodsOf, type RuleTier } from './tiers.ts';

/** Fires this much longer: a burn that comes and goes is one alert. Not longer than the short window, which ends it anyway. */
const keepFiring = (tier: RuleTier): number => Math.min(300_000, tier.shortMs);

/** Alerts of a tier that fire already. */
const firing = ({ tier, longMs, shortMs }: RuleTier): string =>
  `max by (${INFO_LABELS}) (ALERTS{alertname="${ALERT.burn}", tier="${tier}", long="${formatDuration(longMs)}", short="${formatDuration(shortMs)}", alertstate="firing"})`;

export function burnAlert(tier: RuleTier, spec: Spec): AlertingRule {
  const uncovered = `${UNCOVERED}{window="${formatDuration(tier.shortMs)}"}`;
  return {
    alert: ALERT.burn,
    // What fires already goes on while too little is known. An SLO that was taken away has no totals, and so is not uncovered.
    expr: `${sloInfo(tier, spec)}
* on (${KEY}) group_left ()
(
${JUDGES[spec.alerting.evaluate].condition(tier)}
  unless on (${KEY})
    ${uncovered}
)
or
(
  ${firing(tier)}
  and on (${KEY}) ${uncovered}
)`,
    forMs: 0,
    keepFiringForMs: keepFiring(tier),
    labels: {
      severity: tier.severity,
      tier: tier.tier,
      long: formatDuration(tier.longMs),
      short: formatDuration(tier.shortMs),
    },
    annotations: burnAnnotations(tier, periodsOf(spec), spec.alerting),
  };
}
