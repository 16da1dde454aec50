// Groups of rules within Mimir's limits. Never takes apart what must be evaluated in order. Pure.
import { formatDuration } from '../spec/scalars.ts';
import type { Rule, RuleGroup } from './rule.ts';
import { MIMIR_LIMITS, type RulerLimits } from './rule-limits.ts';

export interface PackableGroup extends RuleGroup {
  /** Later rules use what earlier ones recorded: they stay in one group, in this order. Others may be spread over several. */
  readonly chain?: boolean;
  /** Groups with the same pool and interval share groups of that name. Default: a pool of its own, with its own name. */
  readonly pool?: string;
}

/**
 * The groups to load. A pool fills NAME, then NAME-2, NAME-3: the first keeps its name when the pool grows, because an alert
 * in a renamed group starts its `for` anew. Throws an Error with the numbers if a chain or all groups together are too many.
 */
export function packGroups(groups: readonly PackableGroup[], limits: RulerLimits = MIMIR_LIMITS): RuleGroup[] {
  const pools = new Map<string, { intervalMs: number; filled: Rule[][] }>();
  for (const group of groups) {
    const name = group.pool ?? group.name;
    const pool = pools.get(name) ?? { intervalMs: group.intervalMs, filled: [] };
    if (pool.intervalMs !== group.intervalMs)
      throw new Error(
        `group ${group.name}: is evaluated every ${formatDuration(group.intervalMs)}, others in ${name} every ${formatDuration(pool.intervalMs)}; give it another pool`,
      );
    for (const rules of unitsOf(group, limits.rulesPerGroup)) fill(pool.filled, rules, limits.rulesPerGroup);
    pools.set(name, pool);
  }
  const packed = [...pools].flatMap(([name, { intervalMs, filled }]) =>
    filled.map((rules, i) => ({ name: i === 0 ? name : `${name}-${i + 1}`, intervalMs, rules })),
  );
  return within(packed, limits.groupsPerTenant);
}

/** What must stay together. */
function unitsOf({ name, chain = false, rules }: PackableGroup, most: number): (readonly Rule[])[] {
  if (!chain) return rules.map((rule) => [rule]);
  if (rules.length > most)
    throw new Error(
      `group ${name}: ${rules.length} rules that must be evaluated in order, Mimir takes ${most} a group (ruler_max_rules_per_rule_group)`,
    );
  return rules.length === 0 ? [] : [rules];
}

/** Into the last group if it has room, else into a new one: order is kept. */
function fill(filled: Rule[][], rules: readonly Rule[], most: number): void {
  const last = filled.at(-1);
  if (last !== undefined && last.length + rules.length <= most) last.push(...rules);
  else filled.push([...rules]);
}

function within(packed: RuleGroup[], most: number): RuleGroup[] {
  const twice = packed.find(({ name }, i) => packed.findIndex((other) => other.name === name) !== i);
  if (twice !== undefined) throw new Error(`group ${twice.name}: two pools come to this name; rename one`);
  if (packed.length > most) {
    const rules = packed.reduce((sum, group) => sum + group.rules.length, 0);
    const beyond = packed[most]!.name;
    throw new Error(
      `${packed.length} groups with ${rules} rules, Mimir takes ${most} groups a tenant (ruler_max_rule_groups_per_tenant); ${beyond} is the first too many`,
    );
  }
  return packed;
}
