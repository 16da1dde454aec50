// All SLO rules of a spec, as groups: their number depends on policies and steps, never on the number of SLOs.
import { createHash } from 'node:crypto';
import type { Spec } from '../../spec/spec.ts';
import type { PackableGroup } from '../pack.ts';
import type { Rule } from '../rule.ts';
import { burnAlert } from './burn.ts';
import { RULES_INFO } from './names.ts';
import { recordingRules } from './record.ts';
import { type RuleTier, ruleTiers } from './tiers.ts';
import {
  exhaustedAlert,
  lostAlert,
  maintenanceAlert,
  removedRule,
  ruleAlerts,
  stepsOf,
  watchdogAlert,
} from './upkeep.ts';

const HOUR = 3_600_000;

/** Tickets can wait: where their short windows are an hour or longer, they are evaluated every fourth time. */
export function evaluationMs({ alerting }: Spec, tier: Pick<RuleTier, 'severity' | 'shortMs'>): number {
  return tier.severity === 'ticket' && tier.shortMs >= HOUR ? 4 * alerting.interval : alerting.interval;
}

/** The rules, and the version that says which they are. Empty without SLOs. */
export function sloRules(spec: Spec): { groups: PackableGroup[]; version: string } {
  const groups = spec.slos.length === 0 ? [] : groupsOf(spec);
  const version = createHash('sha256').update(JSON.stringify(groups)).digest('hex').slice(0, 12);
  const [first, ...rest] = groups;
  if (first === undefined) return { groups, version };
  const info: Rule = { record: RULES_INFO, expr: 'vector(1)', labels: { version } };
  return { groups: [{ ...first, rules: [...first.rules, info] }, ...rest], version };
}

function groupsOf(spec: Spec): PackableGroup[] {
  const { interval } = spec.alerting;
  const tiers = ruleTiers(spec);
  const longestMs = Math.max(HOUR, ...tiers.map((t) => t.longMs));
  const slow = tiers.filter((tier) => evaluationMs(spec, tier) > interval);
  const burn = (of: readonly RuleTier[]) => of.map((tier) => burnAlert(tier, spec));
  return [
    {
      name: 'slo-burn',
      chain: true,
      intervalMs: interval,
      rules: [
        ...recordingRules(longestMs),
        ...burn(tiers.filter((tier) => !slow.includes(tier))),
        ...stepsOf(spec).map((stepMs) => lostAlert(stepMs, spec)),
        maintenanceAlert,
        watchdogAlert(spec),
      ],
    },
    {
      name: 'slo-slow',
      chain: true,
      intervalMs: 4 * interval,
      rules: [removedRule, ...burn(slow), exhaustedAlert(spec), ...ruleAlerts(spec, 4 * interval)],
    },
  ];
}
