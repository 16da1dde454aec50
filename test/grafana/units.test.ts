// Units follow from the names of series, and what does not fit is refused.
import { describe, expect, it } from 'vitest';
import { KNOWN_UNITS, unitOf } from '../../src/grafana/units.ts';

const runs = 'probe_runs_total{cluster=~"$cluster"}';

describe('the unit of', () => {
  it.each([
    ['seconds', 'max(probe_cron_lag_seconds)', 's'],
    ['a point in time', 'max(probe_last_run_timestamp_seconds) * 1000', 'dateTimeFromNow'],
    ['how long ago', 'time() - max(probe_last_run_timestamp_seconds)', 's'],
    ['seconds of work a second', 'sum(rate(probe_step_duration_seconds_sum[5m]))', 'percentunit'],
    [
      'an average',
      'rate(probe_step_duration_seconds_sum[5m]) / rate(probe_step_duration_seconds_count[5m])',
      undefined,
    ],
    ['a quantile', 'histogram_quantile(0.95, sum by (le) (rate(probe_step_duration_seconds_bucket[5m])))', 's'],
    ['a quantile of milliseconds', 'histogram_quantile(0.9, rate(envoy_cluster_upstream_rq_time_bucket[5m]))', 'ms'],
    ['bytes', 'redis_memory_used_bytes', 'bytes'],
    ['a share of bytes', 'redis_memory_used_bytes / redis_memory_max_bytes', 'percentunit'],
    ['how fast memory grows', 'deriv(redis_memory_used_bytes[1h])', 'Bps'],
    ['events', `increase(${runs}[$__rate_interval])`, 'short'],
    ['events a second', `sum(rate(${runs}[$__rate_interval]))`, 'ops'],
    ['requests a second', 'sum(rate(envoy_http_downstream_rq_xx[5m]))', 'reqps'],
    ['a share of events', `sum(rate(${runs}[5m])) / sum(rate(${runs}[5m]))`, 'percentunit'],
    ['a ratio', 'min(slo_budget_remaining_ratio)', 'percentunit'],
    ['a number of things', 'count(slo_info)', 'short'],
    ['how many there are', 'sum(kube_pod_info)', 'short'],
    ['what is or is not', 'plimsoll_store_up', 'none'],
    ['a comparison that keeps values', 'probe_cron_lag_seconds > 900', 's'],
    ['a comparison that is true or false', 'probe_cron_lag_seconds > bool 900', 'none'],
    ['the first of two', 'max(probe_cron_lag_seconds) or vector(0)', 's'],
    ['a value with information', 'slo_budget_remaining_ratio * on (slo) group_left (service) slo_info', 'percentunit'],
    ['time since birth of process', 'time() - process_start_time_seconds', 's'],
  ])('%s', (_, expr, unit) => {
    if (unit === undefined) expect(() => unitOf(expr)).toThrow(/does not follow/);
    else expect(unitOf(expr)).toBe(unit);
  });
  it('what is given, if it fits', () => {
    expect(unitOf('time() - max(probe_last_run_timestamp_seconds)', 'dtdurations')).toBe('dtdurations');
    expect(unitOf('slo_burn_rate', 'none')).toBe('none');
    expect(unitOf('some_unknown_series', 'bytes')).toBe('bytes');
  });
});

describe('it is refused', () => {
  it.each([
    [
      'bytes for seconds',
      'max(probe_cron_lag_seconds)',
      'bytes',
      /unit "bytes" does not fit, s or dtdurations or clocks would/,
    ],
    ['percent of 100 for a ratio', 'min(slo_budget_remaining_ratio)', 'percent', /does not fit/],
    ['seconds for a point in time', 'max(probe_last_run_timestamp_seconds)', 's', /does not fit/],
    ['a number a second for a number', `increase(${runs}[5m])`, 'reqps', /does not fit/],
    ['a unit that Grafana does not know', 'max(probe_cron_lag_seconds)', 'sec', /Grafana has no unit "sec"/],
    [
      'no unit where none follows',
      'probe_cron_lag_seconds * probe_cron_lag_seconds',
      undefined,
      /so give one: probe_cron/,
    ],
    ['a misspelt series', 'probe_corn_lag_seconds', undefined, /^probe_corn_lag_seconds: no such series/],
  ])('%s', (_, expr, unit, message) => {
    expect(() => unitOf(expr, unit)).toThrow(message);
  });
  it('and Grafana’s list is there', () => {
    expect(KNOWN_UNITS.size).toBeGreaterThan(250);
    expect([...KNOWN_UNITS]).toEqual(expect.arrayContaining(['s', 'bytes', 'reqps', 'percentunit', 'dateTimeFromNow']));
  });
});
