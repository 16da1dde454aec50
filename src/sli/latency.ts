// SLI `latency`: good if the step succeeded within the limit. A failed step is not fast: it is bad, at any speed.
import { judged, notGood, type SliCounter } from './sli.ts';

export const latency: SliCounter<'latency'> = {
  count(sli, run) {
    const step = run.steps.find((s) => s.step === sli.step);
    const failed = notGood([step]);
    if (failed !== undefined || step === undefined) return failed ?? { result: 'unmeasured' };
    const fast = step.durationMs < sli.below;
    if (!fast && run.distorted)
      return { result: 'unmeasured', cause: { step: step.step, outcome: 'prober_overloaded', blame: 'prober' } };
    return judged(step, fast, 'too_slow');
  },
};
