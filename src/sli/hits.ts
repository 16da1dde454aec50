// SLI `hits`: the share of probed cacheable pages that came from the cache. A page that failed says nothing about the cache.
import { GOOD, type SliCounter } from './sli.ts';

const SERVED_FROM_CACHE: ReadonlySet<string> = new Set(['hit', 'stale', 'updating', 'revalidated']);

export const hits: SliCounter<'hits'> = {
  count(_sli, run) {
    const step = run.steps.find((s) => s.step === 'hit');
    const status = step?.facts.cacheStatus;
    const failed = step !== undefined && step.outcome !== 'ok' && step.outcome !== 'cache_bypassed';
    if (step === undefined || failed || status === undefined || status === 'unknown') {
      return {
        result: 'unmeasured',
        ...(step && { cause: { step: 'hit', outcome: step.outcome, blame: step.blame } }),
      };
    }
    return SERVED_FROM_CACHE.has(status)
      ? GOOD
      : { result: 'bad', cause: { step: 'hit', outcome: 'cache_bypassed', blame: 'edge' } };
  },
};
