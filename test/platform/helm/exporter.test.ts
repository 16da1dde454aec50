// The chart of the exporter as it is rendered: lint, its own tests, what fits together, and that what was generated is in it unchanged.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Secret } from 'kubernetes-models/v1/Secret';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../../package.json' with { type: 'json' };
import { plimsoll } from '../../cli/push-run.ts';
import { privateFolder } from '../../services/process.ts';
import { toolPath } from '../tools.ts';
import { chartFolder, ciPath, ciValues, lint, only, type Rendered, rendered, template, unittest } from './chart.ts';
import { podSpecOf, restrictedProblems } from './restricted.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;
const CHART = chartFolder('exporter');
const folder = privateFolder('chart-exporter');
afterAll(() => folder.remove());

const MODELS: Readonly<Record<string, new (data: never) => { validate(): void }>> = {
  ConfigMap,
  Job,
  NetworkPolicy,
  PodDisruptionBudget,
  PrometheusRule,
  Secret,
  Service,
  ServiceAccount,
  ServiceMonitor,
  StatefulSet,
};
const validated = (object: Rendered): void => new MODELS[object.kind]!(object as never).validate();
const objectsOf = (file: string): readonly Rendered[] => rendered('exporter', ['--values', ciPath('exporter', file)]);
const everything = objectsOf('everything-values.yaml');
const generated = (path: string) => parse(readFileSync(join(ROOT, path), 'utf8'));

describe.each(ciValues('exporter'))('with ci/%s', (file) => {
  const objects = objectsOf(file);
  it('passes helm lint --strict', () => {
    const { code, out } = lint('exporter', '--kube-version', '1.36.2', '--values', ciPath('exporter', file));
    expect(out).toContain('1 chart(s) linted, 0 chart(s) failed');
    expect(code).toBe(0);
  });
  // Unknown fields these models let through: only a real API server refuses them.
  it('has the fields that each kind must have, of the right types', () => {
    // HTTPRoute has no model here; the API server of test/platform/kubernetes takes it.
    for (const object of objects.filter(({ kind }) => kind !== 'HTTPRoute'))
      expect(() => validated(object), object.metadata.name).not.toThrow();
    const set = only(objects, 'StatefulSet');
    expect(() => validated({ ...set, spec: { ...set.spec, serviceName: 1 } })).toThrow('serviceName');
    expect(() => validated({ ...set, spec: { ...set.spec, selector: undefined } })).toThrow('selector');
  });
  it('has no object twice', () => {
    const names = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(5);
  });
  it('makes pods of the level restricted, with a root that cannot be written', () => {
    const pods = objects.map(podSpecOf).filter((pod) => pod !== undefined);
    expect(pods.length).toBeGreaterThan(0);
    expect(pods.flatMap(restrictedProblems)).toEqual([]);
    for (const { containers, initContainers = [] } of pods)
      for (const { securityContext } of [...containers, ...initContainers])
        expect(securityContext.readOnlyRootFilesystem).toBe(true);
  });
  it('selects its pods by labels that they have', () => {
    const { labels } = only(objects, 'StatefulSet').spec.template.metadata;
    const selectors = [
      ...objects.filter((o) => o.kind === 'Service').map((o) => o.spec.selector),
      only(objects, 'PodDisruptionBudget').spec.selector.matchLabels,
      only(objects, 'StatefulSet').spec.selector.matchLabels,
    ];
    expect(selectors).toHaveLength(4);
    for (const selector of selectors) expect(labels).toMatchObject(selector);
  });
  it('mounts every volume, and has every volume that it mounts', () => {
    for (const object of objects) {
      const pod = podSpecOf(object);
      if (pod === undefined) continue;
      const claims = (object.spec.volumeClaimTemplates ?? []).map((c: Rendered) => c.metadata.name);
      const there = [...(pod.volumes ?? []).map((v: { name: string }) => v.name), ...claims];
      const mounts = [...pod.containers, ...(pod.initContainers ?? [])].flatMap((c) => c.volumeMounts);
      expect(new Set(mounts.map((m) => m.name))).toEqual(new Set(there));
    }
  });
  it('fits into the Secret of a release and into ConfigMaps', () => {
    for (const object of objects.filter((o) => o.kind === 'ConfigMap' || o.kind === 'Secret'))
      expect(JSON.stringify(object).length, object.metadata.name).toBeLessThan(1_048_576);
    expect(releaseBytes(file)).toBeLessThan(1_048_576 * 0.75);
  });
});

/** What helm keeps in a Secret of at most 1 MiB: chart and manifest, packed, as base64. */
function releaseBytes(file: string): number {
  const text = readdirSync(CHART, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\/(ci|tests)$/.test(entry.parentPath))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('base64'));
  const kept = JSON.stringify({ text, manifest: template('exporter', ['--values', ciPath('exporter', file)]).out });
  return (gzipSync(kept).length * 4) / 3;
}

describe('its own tests', () => {
  it('pass', () => {
    const { code, out } = unittest(CHART);
    expect(out).toMatch(/Tests: {7}\d\d+ passed, \d+ total/);
    expect(code).toBe(0);
  });
  it('are there for every template', () => {
    const templates = readdirSync(join(CHART, 'templates')).filter((name) => !name.startsWith('_'));
    expect(templates.length).toBeGreaterThan(8);
    const suites = readdirSync(join(CHART, 'tests'));
    expect(suites.sort()).toEqual(templates.map((name) => `${name.split('.')[0]!.toLowerCase()}_test.yaml`).sort());
  });
  it('fail for a chart that is broken', () => {
    const copy = join(folder.path, 'broken');
    cpSync(CHART, copy, { recursive: true });
    const file = join(copy, 'templates/poddisruptionbudget.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('maxUnavailable: 1', 'minAvailable: 1'));
    const { code, out } = unittest(copy);
    expect(code).toBe(1);
    expect(out).toContain('lets the one pod be evicted');
  });
});

describe('what was generated', () => {
  it('is what the spec says, and a change of it is found', async () => {
    const spec = join(ROOT, 'plimsoll.yaml');
    const check = (out: string) =>
      plimsoll(folder.path, 'generate', 'chart', '--check', '--config', spec, '--out', out);
    const { code, out } = await check(join(CHART, 'generated'));
    expect(out).toContain('23 files, as the spec says');
    expect(code).toBe(0);
    const copy = join(folder.path, 'drift');
    cpSync(join(CHART, 'generated'), copy, { recursive: true });
    writeFileSync(join(copy, 'rules.kubernetes.yaml'), 'changed by hand\n');
    expect(await check(copy)).toMatchObject({
      code: 1,
      out: expect.stringContaining('rules.kubernetes.yaml: differs'),
    });
  });
  it('is in the PrometheusRule unchanged', () => {
    const rule = only(everything, 'PrometheusRule');
    expect(rule.spec).toEqual(generated('alerts/generated/rules.kubernetes.yaml').spec);
    expect(() => new PrometheusRule(rule as never).validate()).not.toThrow();
    const file = join(folder.path, 'rules.yaml');
    writeFileSync(file, JSON.stringify(rule.spec));
    const { status, stdout } = spawnSync(toolPath('promtool'), ['check', 'rules', file], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, expect.stringMatching(/SUCCESS: \d+ rules found/)]);
  });
  it('is in the boards unchanged', () => {
    const boards = readdirSync(join(ROOT, 'dashboards/generated/kubernetes'));
    expect(boards.length).toBeGreaterThan(10);
    for (const board of boards) {
      const want = generated(`dashboards/generated/kubernetes/${board}`);
      const found = only(everything, 'ConfigMap', want.metadata.name);
      // As a word: a difference is too long to be read.
      expect(isDeepStrictEqual(found.data, want.data), `${board}: npm run charts`).toBe(true);
      expect(found.metadata.labels).toMatchObject(want.metadata.labels);
      expect(found.metadata.annotations).toEqual(want.metadata.annotations);
    }
  });
  it('is in the routing unchanged but for the folder of the templates, and amtool takes it', () => {
    const { stringData } = only(everything, 'Secret');
    const { templates, ...config } = parse(stringData['alertmanager.yaml']);
    const { templates: _, ...want } = generated('alerts/generated/alertmanager/alertmanager.yaml');
    expect(config).toEqual(want);
    expect(templates).toEqual(['/etc/alertmanager/config/*.tmpl']);
    const at = join(folder.path, 'routing');
    mkdirSync(at);
    for (const [name, text] of Object.entries<string>(stringData))
      writeFileSync(join(at, name), text.replaceAll('/etc/alertmanager/config', at));
    const args = ['check-config', join(at, 'alertmanager.yaml')];
    const { status, stdout } = spawnSync(toolPath('amtool'), args, { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, expect.stringContaining(' 1 templates\n  SUCCESS')]);
  });
  it('is what the Job for Mimir pushes', () => {
    const { data } = only(everything, 'ConfigMap', 'exporter-plimsoll-push');
    const text = (path: string) => readFileSync(join(ROOT, 'alerts/generated', path), 'utf8');
    expect(data['rules.mimir.yaml']).toBe(text('rules.mimir.yaml'));
    expect(data['mimir.yaml']).toBe(text('alertmanager/mimir.yaml'));
    expect(data['words.tmpl']).toBe(text('alertmanager/templates/words.tmpl'));
  });
});

describe('the scrape', () => {
  const monitor = only(everything, 'ServiceMonitor');
  it('has the form that the operator takes', () => {
    expect(() => new ServiceMonitor(monitor as never).validate()).not.toThrow();
    expect(() => new ServiceMonitor({ ...monitor, spec: { endpoints: [{ port: 1 }] } } as never).validate()).toThrow();
  });
  it('is of one Service, else every series would come twice', () => {
    const selected = everything.filter(
      ({ kind, metadata }) =>
        kind === 'Service' &&
        Object.entries(monitor.spec.selector.matchLabels).every(([key, value]) => metadata.labels?.[key] === value),
    );
    expect(selected.map((o) => o.metadata.name)).toEqual(['exporter-plimsoll']);
    expect(selected[0]!.spec.ports[0].name).toBe(monitor.spec.endpoints[0].port);
  });
});

it('is the version of the exporter', () => {
  expect(generated('helm/exporter/Chart.yaml')).toMatchObject({ appVersion: manifest.version, apiVersion: 'v2' });
});

it('gives the exporter what the Dockerfile gives it', () => {
  const [, cmd = '[]'] = /^CMD (.*)$/m.exec(readFileSync(join(ROOT, 'Dockerfile'), 'utf8')) ?? [];
  const { args } = only(objectsOf('minimal-values.yaml'), 'StatefulSet').spec.template.spec.containers[0];
  expect(args.slice(0, -2)).toEqual(JSON.parse(cmd));
});

it('changes the name of the Job with what it pushes', () => {
  const job = (...args: string[]) =>
    only(rendered('exporter', ['--values', ciPath('exporter', 'everything-values.yaml'), ...args]), 'Job').metadata
      .name;
  expect(job()).toBe(job('--set', 'replicas=0'));
  expect(job()).not.toBe(job('--set', 'mimir.tenant=other'));
  expect(job()).not.toBe(job('--set', 'image.tag=9.9.9'));
});
