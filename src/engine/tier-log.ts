// Says in the log when the condition of an alert tier begins or ceases to hold, with what one would ask next.
import { mainCause } from '../slo/episodes.ts';
import { formatDuration } from '../spec/scalars.ts';
import type { Engine } from './engine.ts';
import { periodView } from './period.ts';
import { windowView } from './view.ts';

interface Log {
  info(facts: object, text: string): void;
  warn(facts: object, text: string): void;
}

/** Logs what changed since the last call; a tier that holds at a start is told then, too. */
export function logTiers(engine: Engine, log: Log): void {
  for (const { slo, tier, fires } of engine.tierChanges()) {
    const facts = { slo, tier, ...numbersOf(engine, slo, tier) };
    if (fires) log.warn(facts, 'the condition of an alert tier holds');
    else log.info(facts, 'the condition of an alert tier holds no longer');
  }
}

/** Few numbers, as an outage moves the tiers of many SLOs in one tick. */
function numbersOf(engine: Engine, slo: string, name: string): object {
  const [plan, entry, nowMs] = [engine.plan(slo), engine.entry(slo), engine.evaluatedAt()];
  const tier = plan?.tiers.find((each) => each.tier === name);
  if (plan === undefined || entry === undefined || tier === undefined) return {};
  const burn = [tier.shortMs, tier.longMs]
    .map((ms) => windowView(plan, entry, nowMs, formatDuration(ms), ms))
    .map(({ window, burnRate }) => [window, burnRate]);
  const newest = entry.episodes.at(-1);
  return {
    burn: Object.fromEntries(burn),
    budgetRemainingRatio: periodView(plan, entry, nowMs).budget.remainingRatio,
    ...(newest !== undefined && mainCause(newest)),
  };
}
