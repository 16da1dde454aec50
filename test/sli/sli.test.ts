import { describe, expect, it } from 'vitest';
import { countRun } from '../../src/sli/list.ts';
import type { MeasuredRun, MeasuredStep } from '../../src/sli/sli.ts';
import { blameOf, type Outcome } from '../../src/spec/outcome.ts';

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
});

describe('SLI hits', () => {
  const of = (s: MeasuredStep) => countRun({ kind: 'hits', target: 'cdn' }, run([s]));
  it('is bad only when a page that works did not come from the cache', () => {
    expect(of(step('hit', 'ok', { cacheStatus: 'hit' })).result).toBe('good');
    expect(of(step('hit', 'ok', { cacheStatus: 'stale' })).result).toBe('good');
    expect(of(step('hit', 'cache_bypassed', { cacheStatus: 'miss' }))).toEqual({
      result: 'bad',
      cause: { step: 'hit', outcome: 'cache_bypassed', blame: 'edge' },
    });
  });
  it('says nothing of the cache when the page failed: an outage of the origin is not the fault of the edge', () => {
    expect(of(step('hit', 'server_error', { cacheStatus: 'miss' }))).toEqual({
      result: 'unmeasured',
      cause: { step: 'hit', outcome: 'server_error', blame: 'target' },
    });
    expect(of(step('hit', 'timeout')).result).toBe('unmeasured');
    expect(of(step('hit', 'cache_status_unknown', { cacheStatus: 'unknown' })).result).toBe('unmeasured');
  });
});
