import { describe, expect, it } from 'vitest';
import { countRun } from '../../src/sli/list.ts';
import type { MeasuredRun, MeasuredStep } from '../../src/sli/sli.ts';
import { blameOf, hintOf, type Outcome } from '../../src/spec/outcome.ts';

const AT = Date.UTC(2026, 5, 1);
const DAY = 86_400;

function step(name: string, outcome: Outcome, facts: MeasuredStep['facts'] = {}, durationMs = 100): MeasuredStep {
  return { step: name, outcome, blame: blameOf(outcome), durationMs, facts };
}
const run = (steps: readonly MeasuredStep[], distorted = false): MeasuredRun => ({ atMs: AT, distorted, steps });

describe('SLI probe', () => {
  const of = (steps: MeasuredStep[], names?: string[]) =>
    countRun({ kind: 'probe', target: 'shop', ...(names && { steps: names }) }, run(steps));
  it('is bad if any named step is bad, whatever the others are', () => {
    const steps = [step('front', 'ok'), step('rest', 'rest_disabled'), step('login', 'no_resolver')];
    expect(of(steps)).toEqual({
      result: 'bad',
      cause: { step: 'rest', outcome: 'rest_disabled', blame: 'target' },
    });
    expect(of(steps, ['front']).result).toBe('good');
    expect(of(steps, ['front', 'login']).result).toBe('unmeasured');
  });
  it('is unmeasured when a named step did not run', () => {
    expect(of([step('front', 'ok')], ['front', 'rest']).result).toBe('unmeasured');
  });
});

describe('SLI latency', () => {
  const of = (s: MeasuredStep, distorted = false) =>
    countRun({ kind: 'latency', target: 'shop', step: 'front', below: 400 }, run([s], distorted)).result;
  it('says why it is bad in the words of the list of outcomes', () => {
    const sli = { kind: 'latency', target: 'shop', step: 'front', below: 400 } as const;
    const { cause } = countRun(sli, run([step('front', 'ok', {}, 400)]));
    expect(cause).toEqual({ step: 'front', outcome: 'too_slow', blame: 'target' });
    expect(hintOf(cause!.outcome)).toContain('waterfall');
  });
  it('is good below the limit and not at it', () => {
    expect(of(step('front', 'ok', {}, 399.9))).toBe('good');
    expect(of(step('front', 'ok', {}, 400))).toBe('bad');
  });
  it('is bad for a page that failed fast, and unmeasured for a slow one of a blocked prober', () => {
    expect(of(step('front', 'db_error', {}, 5))).toBe('bad');
    expect(of(step('front', 'ok', {}, 900), true)).toBe('unmeasured');
    expect(of(step('front', 'ok', {}, 300), true)).toBe('good');
  });
});

describe('SLI freshness', () => {
  it('of a replica is good below the limit, and unmeasured, not fresh, when the lag is not known (T5)', () => {
    const of = (s: MeasuredStep) =>
      countRun({ kind: 'freshness', target: 'db', of: 'replica', below: 30_000 }, run([s])).result;
    expect(of(step('replica', 'ok', { replicaLagSeconds: 29.9 }))).toBe('good');
    expect(of(step('replica', 'replica_lag', { replicaLagSeconds: 30 }))).toBe('bad');
    expect(of(step('replica', 'lag_unknown'))).toBe('unmeasured');
    expect(of(step('replica', 'replica_stopped'))).toBe('bad');
  });
  it.each([
    ['replica', 'refused', 'replica', { replicaLagSeconds: 0.2 }],
    ['replica', 'replica_stopped', 'replica', { replicaLagSeconds: 0.2 }],
    ['cron', 'server_error', 'cron', { cronLagSeconds: 1 }],
    ['cache', 'server_error', 'hit', { cacheAgeSeconds: 1 }],
  ] as const)(
    'of %s is bad when the step is bad for another reason than age (%s), however fresh',
    (of, outcome, name, facts) => {
      expect(
        countRun({ kind: 'freshness', target: 'x', of, below: 30_000 }, run([step(name, outcome, facts)])),
      ).toEqual({
        result: 'bad',
        cause: { step: name, outcome, blame: 'target' },
      });
    },
  );
  it.each([
    ['replica', 'replica_lag', 'replica', 'replicaLagSeconds'],
    ['replica', 'version_skew', 'replica', 'replicaLagSeconds'],
    ['cron', 'cron_stuck', 'cron', 'cronLagSeconds'],
    ['cache', 'stale_too_old', 'age', 'cacheAgeSeconds'],
    ['cache', 'cache_bypassed', 'hit', 'cacheAgeSeconds'],
  ] as const)('of %s leaves it to the limit of the SLO what is too old, also after %s', (of, outcome, name, fact) => {
    const at = (age: number) =>
      countRun({ kind: 'freshness', target: 'x', of, below: 30_000 }, run([step(name, outcome, { [fact]: age })]));
    expect(at(29.9).result).toBe('good');
    expect(at(30)).toMatchObject({ result: 'bad', cause: { step: name, outcome: 'stale' } });
  });
  it('of a certificate says whether it has expired or will soon', () => {
    const outcome = (days: number) =>
      countRun(
        { kind: 'freshness', target: 'cert', of: 'certificate', above: 14 * DAY * 1000 },
        run([step('handshake', 'ok', { certNotAfterSeconds: AT / 1000 + days * DAY })]),
      ).cause?.outcome;
    expect([outcome(-0.1), outcome(0.1)]).toEqual(['tls_expired', 'tls_expires_soon']);
  });
  it('of a certificate counts the days left, also when its verification failed', () => {
    const of = (days: number, outcome: Outcome = 'ok') =>
      countRun(
        { kind: 'freshness', target: 'cert', of: 'certificate', above: 14 * DAY * 1000 },
        run([step('handshake', outcome, { certNotAfterSeconds: AT / 1000 + days * DAY })]),
      ).result;
    expect(of(14.01)).toBe('good');
    expect(of(14)).toBe('bad');
    expect(of(30, 'tls_untrusted')).toBe('good');
    expect(of(-1, 'tls_expired')).toBe('bad');
  });
  it('of a certificate that ends too soon blames TLS', () => {
    const sli = { kind: 'freshness', target: 'cert', of: 'certificate', above: 14 * DAY * 1000 } as const;
    const soon = step('handshake', 'ok', { certNotAfterSeconds: AT / 1000 + 14 * DAY });
    expect(countRun(sli, run([soon])).cause).toEqual({ step: 'handshake', outcome: 'tls_expires_soon', blame: 'tls' });
  });
});

describe('SLI hits', () => {
  const of = (s: MeasuredStep) => countRun({ kind: 'hits', target: 'cdn' }, run([s]));
  it('is bad only when a page that works did not come from the cache', () => {
    expect(of(step('hit', 'ok')).result).toBe('good');
    expect(of(step('hit', 'cache_bypassed'))).toEqual({
      result: 'bad',
      cause: { step: 'hit', outcome: 'cache_bypassed', blame: 'edge' },
    });
  });
  it('says nothing of the cache when the page failed: an outage of the origin is not the fault of the edge', () => {
    expect(of(step('hit', 'server_error'))).toEqual({
      result: 'unmeasured',
      cause: { step: 'hit', outcome: 'server_error', blame: 'target' },
    });
    expect(of(step('hit', 'timeout')).result).toBe('unmeasured');
    expect(of(step('hit', 'cache_status_unknown')).result).toBe('unmeasured');
  });
});
