// SLI `freshness`: an age (replica, cron, cache) below a limit, or the time left on a certificate above one.
// A value that could not be read is unmeasured, never fresh; a certificate's date counts even when its verification failed.
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

const stepWith = (run: MeasuredRun, fact: FactName): MeasuredStep | undefined =>
  run.steps.find((s) => s.facts[fact] !== undefined);

export const freshness: SliCounter<'freshness'> = {
  count(sli, run) {
    const fact = FACTS[sli.of];
    const step = stepWith(run, fact);
    const names: readonly string[] = STEPS[sli.of];
    if (step === undefined) return notGood(run.steps.filter((s) => names.includes(s.step))) ?? { result: 'unmeasured' };
    const value = Number(step.facts[fact]);
    const ageMs = (sli.of === 'certificate' ? value - run.atMs / 1000 : value) * 1000;
    const fresh = (sli.below === undefined || ageMs < sli.below) && (sli.above === undefined || ageMs > sli.above);
    return judged(step, fresh, sli.of === 'certificate' ? 'tls_expires_soon' : 'stale');
  },
};
