// SLI `latency`: good if the step succeeded within the limit. A failed step is not fast: it is bad, at any speed.
import { judged, notGood, type SliCounter } from './sli.ts';

export const latency: SliCounter<'latency'> = {
  count(sli, run) {
    const step = run.steps.find((s) => s.step === sli.step);
    return notGood([step]) ?? judged(step!, step!.durationMs < sli.below, 'too_slow');
  },
};
