// The runbook of the burn alert names windows and rates as the policies have them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tiersFor } from '../../src/slo/policy.ts';
import { formatDuration } from '../../src/spec/scalars.ts';

const DAY = 86_400_000;
const RUNBOOK = readFileSync(join(import.meta.dirname, '../../alerts/runbooks/SLOErrorBudgetBurn.md'), 'utf8');

it('has a row for each tier, with the rates of a month and of a week', () => {
  const [month, week] = [tiersFor(30 * DAY)!, tiersFor(7 * DAY)!];
  const k = (rate: number) => String(Number(rate.toPrecision(6)));
  const rows = month.map((tier, i) => {
    const other = week[i]!;
    expect([other.tier, other.longMs, other.shortMs]).toEqual([tier.tier, tier.longMs, tier.shortMs]);
    const windows = `${formatDuration(tier.longMs)} / ${formatDuration(tier.shortMs)}`;
    return `| \`${tier.tier}\` | ${windows} | ${k(tier.k)} | ${k(other.k)} |`;
  });
  expect(RUNBOOK.split('\n').filter((line) => line.startsWith('| `'))).toEqual(rows);
  const share = (days: number) => `${100 * tiersFor(days * DAY)![0]!.share} %`;
  expect(RUNBOOK).toContain(
    `a \`page-fast\` stands for ${share(30)} of a budget of 30 days, and for ${share(7)} of one of 7 days`,
  );
});

it('says which periods these are, and that others have tiers of their own', () => {
  expect([27, 28, 31, 32].map((days) => tiersFor(days * DAY) !== undefined)).toEqual([false, true, true, false]);
  expect([6, 7, 8].map((days) => tiersFor(days * DAY) !== undefined)).toEqual([false, true, false]);
  const { tier, longMs, k } = tiersFor(2 * DAY, [
    { window: 2 * DAY, tiers: [{ tier: 'own', severity: 'page', long: 1_200_000, short: 240_000, budget: 0.5 }] },
  ])![0]!;
  expect([tier, longMs, k]).toEqual(['own', 1_200_000, 72]);
  expect(RUNBOOK).toMatch(/28 to 31 days or a month \| 7 days or a week/);
  expect(RUNBOOK).toContain('any other period have tiers from `policies` in the spec');
});
