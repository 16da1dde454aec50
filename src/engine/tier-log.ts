// Says in the log when the condition of an alert tier begins or ceases to hold, with what one would ask next.
import type { Engine } from './engine.ts';

interface Log {
  info(facts: object, text: string): void;
  warn(facts: object, text: string): void;
}

/** Logs what changed since the last call; a tier that holds at a start is told then, too. */
export function logTiers(engine: Engine, log: Log): void {
  for (const { slo, tier, fires } of engine.tierChanges()) {
    const { burn, budgetRemainingRatio, step, outcome, blame } = engine.view(slo) ?? {};
    if (!fires) log.info({ slo, tier, burn, budgetRemainingRatio }, 'the condition of an alert tier holds no longer');
    else
      log.warn({ slo, tier, burn, budgetRemainingRatio, step, outcome, blame }, 'the condition of an alert tier holds');
  }
}
