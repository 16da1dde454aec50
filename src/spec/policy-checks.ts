// Can an alert policy do what it says? Windows, shares and names of its tiers. Pure; nothing follows from a null (part.ts).
import type { Path, Problem } from './finding.ts';
import type { Part } from './part.ts';
import { formatDuration } from './scalars.ts';
import type { Spec } from './spec.ts';

export type Policy = Spec['policies'][number];

/** Problems of one policy on its own. */
export function checkPolicy({ window, tiers }: Part<Policy>, path: Path): Problem[] {
  const names = new Set<string>();
  return (tiers ?? []).flatMap((tier, index): Problem[] => {
    if (tier === null) return [];
    const at = [...path, 'tiers', index];
    const problems = [...checkWindows(tier, window, at), ...checkBudget(tier, at)];
    if (tier.tier === null) return problems;
    if (names.has(tier.tier)) problems.push(twice(tier.tier, at));
    names.add(tier.tier);
    return problems;
  });
}

function checkWindows(tier: Part<Policy['tiers'][number]>, periodMs: number | null, at: Path): Problem[] {
  const { long, short } = tier;
  if (long === null) return [];
  const path = [...at, 'long'];
  const problems: Problem[] = [];
  if (short !== null && long <= short)
    problems.push({
      rule: 'tier-windows',
      path,
      message: `the long window (${formatDuration(long)}) is not longer than the short one (${formatDuration(short)})`,
      hint: 'usually the long window is twelve times the short one: 1h and 5m, 6h and 30m',
    });
  if (periodMs !== null && long > periodMs)
    problems.push({
      rule: 'tier-windows',
      path,
      message: `the long window (${formatDuration(long)}) is longer than the period (${formatDuration(periodMs)})`,
      hint: `at most ${formatDuration(periodMs)}, the window of the policy`,
    });
  return problems;
}

function checkBudget({ budget }: Part<Policy['tiers'][number]>, at: Path): Problem[] {
  if (budget === null || budget > 0) return [];
  return [
    {
      rule: 'tier-budget',
      path: [...at, 'budget'],
      message: 'a tier with a budget of 0% fires at any failure, however small its share',
      hint: "the share of the period's budget that is spent when it fires, e.g. 2%",
    },
  ];
}

const twice = (name: string, at: Path): Problem => ({
  rule: 'duplicate-tier',
  path: [...at, 'tier'],
  message: `the name "${name}" is used twice in this policy`,
  hint: 'alerts are told apart by the name of their tier: choose another',
});
