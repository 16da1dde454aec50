// SLI `hits`: the share of probed cacheable pages that came from the cache. A page that failed says nothing about the cache.
import { GOOD, type SliCounter } from './sli.ts';

export const hits: SliCounter<'hits'> = {
  count(_sli, run) {
    const step = run.steps.find((s) => s.step === 'hit');
    // The step is good only with a page from the cache.
    if (step?.outcome === 'ok') return GOOD;
    const cause = step && { step: step.step, outcome: step.outcome, blame: step.blame };
    return { result: step?.outcome === 'cache_bypassed' ? 'bad' : 'unmeasured', ...(cause && { cause }) };
  },
};
