// The catalogue of series: each once, with a unit and an exporter; what it does not know is found in expressions.
import { describe, expect, it } from 'vitest';
import {
  CATALOGUE,
  checkAgainstCatalogue,
  entryOf,
  labelsKept,
  labelsOfSeries,
} from '../../src/generate/catalogue/catalogue.ts';
import { entriesOf } from '../../src/generate/catalogue/entry.ts';
import { METRICS } from '../../src/spec/names.ts';

describe('the catalogue', () => {
  it('names each series once, with a unit unless it is information, and who exports it', () => {
    expect(CATALOGUE.length).toBeGreaterThan(100);
    expect(new Set(CATALOGUE.map(({ name }) => name)).size).toBe(CATALOGUE.length);
    for (const { name, type, unit, exporter } of CATALOGUE) {
      expect([name, exporter]).not.toContain('');
      if (type !== 'info' && !name.endsWith(':info') && name !== 'ALERTS') expect([name, unit]).not.toContain('');
    }
  });
  it('holds every series of the exporter, with the labels of its list', () => {
    for (const [name, { labels }] of Object.entries(METRICS)) expect(entryOf(name)?.labels).toEqual(labels);
  });
  it.each([
    ['slo_events_total', 'events'],
    ['probe_replica_lag_seconds', 'seconds'],
    ['slo_budget_remaining_ratio', 'ratio'],
    ['slo:bad_events:total', 'events'],
    ['slo:known_steps:total', 'steps'],
    ['redis_memory_used_bytes', 'bytes'],
    ['slo_burn_rate', 'ratio'],
    ['plimsoll_runs_in_flight', 'runs'],
    ['plimsoll_series', 'series'],
  ])('the unit of %s is %s', (name, unit) => {
    expect(entryOf(name)?.unit).toBe(unit);
  });
  it('gives histograms their three series, and the bucket its le', () => {
    expect(labelsOfSeries('probe_step_duration_seconds_bucket')).toContain('le');
    expect(labelsOfSeries('probe_step_duration_seconds_count')).not.toContain('le');
    expect(entryOf('probe_runs_total_bucket')).toBeUndefined();
  });
  it('gives recorded series no labels of a scrape', () => {
    expect(labelsOfSeries('slo:bad_events:total')).toEqual(['cluster', 'slo', 'location']);
  });
  it('says which line it cannot read', () => {
    expect(() => entriesOf('x', 'gauge a\nnumber b')).toThrow('catalogue, x: cannot read "number b"');
  });
});

describe('an expression against the catalogue', () => {
  it.each([
    ['rate(slo_event_total[5m])', ['slo_event_total: no such series in the catalogue']],
    ['slo_events_total{service="shop"} > 0', []],
    ['slo_events_total{team="web"} > 0', ['slo_events_total: there is no label team']],
    [
      'sum by (slo, tier) (slo:bad_events:total)',
      ['sum by (slo, tier) (slo:bad_events:total): there is no label tier'],
    ],
    ['slo:bad_events:total{instance="a"}', ['slo:bad_events:total: there is no label instance']],
    ['slo_burn_rate * on (cluster, slo) group_left (team) slo_info', []],
    ['ALERTS{alertname="x", tier="page-fast"}', []],
  ])('%s: %j', (expr, problems) => {
    expect(checkAgainstCatalogue(expr)).toEqual(problems);
  });
  it('keeps what a template may use', () => {
    expect(labelsKept('max by (cluster, target) (probe_cron_lag_seconds) > 900')).toEqual(['cluster', 'target']);
  });
});
