// All SLO rules of a spec, as groups: their number depends on policies and steps, never on the number of SLOs, but for those
// that Prometheus counts.
import { createHash } from 'node:crypto';
import type { Spec } from '../../spec/spec.ts';
import type { PackableGroup } from '../pack.ts';
import type { Rule } from '../rule.ts';
import { burnAlert } from './burn.ts';
import { uncoveredRule } from './condition.ts';
import { RULES_INFO } from './names.ts';
import { promqlGroups } from './promql-sli.ts';
import { recordingRules } from './record.ts';
import { type RuleTier, ruleTiers } from './tiers.ts';
import {
  exhaustedAlert,
  forgottenRule,
  lostAlert,
  maintenanceAlert,
  removedRule,
  ruleAlerts,
  rumLostAlerts,
  stepsOf,
  watchdogAlert,
} from './upkeep.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** At most 4 min, as Prometheus takes a sample that is older than 5 min for gone. */
const slowMs = ({ alerting }: Pick<Spec, 'alerting'>): number => Math.min(8 * alerting.interval, 4 * MINUTE);

/** A group is late after five of the slowest group's intervals. */
export const lateAfterSeconds = (spec: Pick<Spec, 'alerting'>): number => (5 * slowMs(spec)) / 1000;

/** Tickets can wait: where their short windows are an hour or longer, they are evaluated every eighth time. */
export function evaluationMs(spec: Pick<Spec, 'alerting'>, tier: Pick<RuleTier, 'severity' | 'shortMs'>): number {
  return tier.severity === 'ticket' && tier.shortMs >= HOUR ? slowMs(spec) : spec.alerting.interval;
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
  const quick = tiers.filter((tier) => !slow.includes(tier));
  const shortOf = (of: readonly RuleTier[]) => new Set(of.map((tier) => tier.shortMs));
  // What both groups need is recorded in the first.
  const slowOnly = shortOf(slow).difference(shortOf(quick));
  const uncovered = (windows: Iterable<number>) =>
    [...windows].map((windowMs) => uncoveredRule(windowMs, spec.alerting.evaluate));
  const burn = (of: readonly RuleTier[]) => of.map((tier) => burnAlert(tier, spec));
  return [
    {
      name: 'slo-burn',
      chain: true,
      intervalMs: interval,
      rules: [
        removedRule('30m'),
        ...recordingRules(longestMs),
        ...uncovered(shortOf(quick)),
        ...burn(quick),
        ...stepsOf(spec).map((stepMs) => lostAlert(stepMs, spec)),
        ...rumLostAlerts(spec),
        maintenanceAlert,
        watchdogAlert(spec),
      ],
    },
    {
      name: 'slo-slow',
      chain: true,
      intervalMs: slowMs(spec),
      // An SLO that was removed while its exporter was gone is seen with this memory.
      rules: [removedRule('1d'), forgottenRule, ...uncovered(slowOnly), ...burn(slow), exhaustedAlert(spec)],
    },
    // Apart from the groups that they are about.
    { name: 'slo-rules', intervalMs: interval, rules: ruleAlerts(spec, lateAfterSeconds(spec)) },
    ...promqlGroups(spec),
  ];
}
