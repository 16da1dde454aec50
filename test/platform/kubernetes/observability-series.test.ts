// Each series of the catalogue has a scrape that brings it: what rules and boards ask for is really there, as far as manifests can say.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ENVIRONMENTS, KUBERNETES } from '../../../infra/kubernetes/environments.ts';
import { type Entry, SCRAPES, type Scrape, scrapesOf } from '../../../infra/kubernetes/observability/scrapes.ts';
import { CATALOGUE } from '../../../src/generate/catalogue/catalogue.ts';
import { type Anything, at, stack, valuesOf } from './observability.ts';

/** Values of a chart of ours as its release sets them, on top of its defaults. */
function ownValue(chart: 'exporter' | 'wordpress', path: string): unknown {
  const release = chart === 'exporter' ? 'plimsoll' : 'wordpress';
  const set = parse(readFileSync(join(KUBERNETES, `apps/base/${release}.yaml`), 'utf8')).spec.values;
  const defaults = parse(readFileSync(join(KUBERNETES, `../../helm/${chart}/values.yaml`), 'utf8'));
  return at(set, path) ?? at(defaults, path);
}

/** Why a scrape does not happen; nothing if it does. */
function missing(scrape: Scrape, objects: readonly Anything[]): readonly string[] {
  if ('by' in scrape) return [];
  if ('monitor' in scrape) {
    const [kind, name] = scrape.monitor.split(' ');
    return objects.some((object) => object.kind === kind && object.metadata.name === name)
      ? []
      : [`there is no ${scrape.monitor}`];
  }
  if ('chart' in scrape)
    return ownValue(scrape.chart, scrape.value) === true ? [] : [`${scrape.chart}: ${scrape.value} is not on`];
  const values = valuesOf(objects, scrape.release);
  return Object.entries(scrape.values).flatMap(([path, wanted]) => {
    const found = at(values, path);
    // Left out is the chart's default, which is on for these.
    const isThere = wanted === undefined ? found === undefined || found === true : same(found, wanted);
    return isThere ? [] : [`${scrape.release}: ${path} is ${JSON.stringify(found)}`];
  });
}
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const problems = (entries: readonly Entry[], objects: readonly Anything[]): readonly string[] =>
  entries.flatMap(({ exporter, scrapes }) =>
    scrapes.flatMap((scrape) => missing(scrape, objects)).map((why) => `${exporter}: ${why}`),
  );

describe.each(ENVIRONMENTS)('in %s', (environment) => {
  const objects = stack(environment);
  it('every series of the catalogue has a scrape', () => {
    const lost = CATALOGUE.filter(({ exporter }) => scrapesOf(exporter) === undefined);
    expect(lost.map(({ name, exporter }) => `${name} of ${exporter}`)).toEqual([]);
    expect(CATALOGUE.length).toBeGreaterThan(150);
  });
  it('every scrape that is named is switched on', () => expect(problems(SCRAPES, objects)).toEqual([]));
  it('selects monitors and rules without labels, also those of our charts', () => {
    const spec = valuesOf(objects, 'kube-prometheus-stack').prometheus.prometheusSpec;
    for (const kind of ['serviceMonitor', 'podMonitor', 'rule', 'scrapeConfig', 'probe'])
      expect(spec[`${kind}SelectorNilUsesHelmValues`], kind).toBe(false);
  });
  it('notices a switch that is off, a monitor that is gone and a label that is not let through', () => {
    const broken = structuredClone(objects.filter(({ metadata }) => metadata.name !== 'bastion'));
    valuesOf(broken, 'loki').monitoring.serviceMonitor.enabled = false;
    valuesOf(broken, 'kube-prometheus-stack')['kube-state-metrics'].metricLabelsAllowlist = [];
    valuesOf(broken, 'kube-prometheus-stack').kubelet = { enabled: false };
    expect(problems(SCRAPES, broken)).toEqual([
      'kube-state-metrics: kube-prometheus-stack: kube-state-metrics.metricLabelsAllowlist is []',
      'kubelet: kube-prometheus-stack: kubelet.enabled is false',
      'node_exporter on the bastion: there is no ScrapeConfig bastion',
      'loki: loki: monitoring.serviceMonitor.enabled is false',
    ]);
  });
});

it('has no entry that nothing in the catalogue needs', () => {
  const used = new Set(CATALOGUE.map(({ exporter }) => scrapesOf(exporter)));
  expect(SCRAPES.filter((entry) => !used.has(entry)).map(({ exporter }) => exporter)).toEqual([]);
});

it('keeps the retention of Prometheus above the longest window and its look-back', () => {
  const days = Number.parseInt(
    valuesOf(stack('prod'), 'kube-prometheus-stack').prometheus.prometheusSpec.retention,
    10,
  );
  const spec = parse(readFileSync(join(KUBERNETES, '../../plimsoll.yaml'), 'utf8'));
  const windows = spec.slos.map(({ window }: Anything) =>
    typeof window === 'string' ? Number.parseInt(window, 10) : 31,
  );
  // A week to look back: how long a removed SLO is remembered.
  expect(days).toBeGreaterThanOrEqual(Math.max(...windows) + 7);
});

it('gives the autoscaler of WordPress the metric that it asks for', () => {
  const template = readFileSync(
    join(KUBERNETES, '../../helm/wordpress/templates/horizontalpodautoscaler.yaml'),
    'utf8',
  );
  const asked = /metric: \{ name: (\w+) \}/.exec(template)?.[1];
  const [rule, ...more] = valuesOf(stack('prod'), 'prometheus-adapter').rules.custom;
  expect(more).toEqual([]);
  expect(rule.name.as).toBe(asked);
  expect(rule.resources.overrides).toEqual({ namespace: { resource: 'namespace' }, pod: { resource: 'pod' } });
  expect(rule.seriesQuery).toContain(`${asked}{`);
  expect(CATALOGUE.some(({ name }) => name === asked)).toBe(true);
});
