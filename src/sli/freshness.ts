// SLI `freshness`: an age (replica, cron, cache) below a limit, or the time left on a certificate above one.
// A value that could not be read is unmeasured, never fresh. What failed for another reason than age is bad at any age; only a
// certificate's date counts even when its verification failed.
import type { Outcome } from '../spec/outcome.ts';
import { judged, type MeasuredRun, type MeasuredStep, notGood, type SliCounter } from './sli.ts';

type FactName = keyof MeasuredStep['facts'];
const FACTS = {
  replica: 'replicaLagSeconds',
  cron: 'cronLagSeconds',
  certificate: 'certNotAfterSeconds',
  cache: 'cacheAgeSeconds',
} as const satisfies Record<string, FactName>;
const STEPS = {
  replica: ['replica'],
  cron: ['cron'],
  certificate: ['expiry', 'handshake', 'front', 'hit', 'get'],
  cache: ['hit', 'age'],
} as const;
/** Outcomes that leave it to the limit of the SLO how old is too old; a page that no cache kept is fresh from the origin. */
const OF_AGE: Readonly<Record<Exclude<keyof typeof FACTS, 'certificate'>, ReadonlySet<Outcome>>> = {
  replica: new Set(['replica_lag', 'version_skew']),
  cron: new Set(['cron_stuck']),
  cache: new Set(['stale_too_old', 'cache_bypassed']),
};

const stepWith = (run: MeasuredRun, fact: FactName): MeasuredStep | undefined =>
  run.steps.find((s) => s.facts[fact] !== undefined);

export const freshness: SliCounter<'freshness'> = {
  count(sli, run) {
    const fact = FACTS[sli.of];
    const step = stepWith(run, fact);
    const names: readonly string[] = STEPS[sli.of];
    if (step === undefined) return notGood(run.steps.filter((s) => names.includes(s.step))) ?? { result: 'unmeasured' };
    const failed = sli.of === 'certificate' || OF_AGE[sli.of].has(step.outcome) ? undefined : notGood([step]);
    if (failed?.result === 'bad') return failed;
    const value = Number(step.facts[fact]);
    const ageMs = (sli.of === 'certificate' ? value - run.atMs / 1000 : value) * 1000;
    const fresh = (sli.below === undefined || ageMs < sli.below) && (sli.above === undefined || ageMs > sli.above);
    const word = ageMs <= 0 ? 'tls_expired' : 'tls_expires_soon';
    return judged(step, fresh, sli.of === 'certificate' ? word : 'stale');
  },
};
