// The chart of WordPress as it is rendered: lint, its own tests, what fits together, and the names that alerts and boards ask for.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { CronJob } from 'kubernetes-models/batch/v1/CronJob';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { ZONE } from '../../../alerts/rules/kubernetes.ts';
import { WORDPRESS } from '../../../dashboards/kubernetes-ask.ts';
import { SITE } from '../../../src/generate/catalogue/site.ts';
import { chartFolder, ciPath, ciValues, helm, lint, only, type Rendered, rendered, unittest } from './chart.ts';
import { podSpecOf, restrictedProblems } from './restricted.ts';

type Validator = new (data: never) => { validate(): void };
/** By kind; `HTTPRoute` has no validator here, and is checked by hand in tests/httproute_test.yaml. */
const VALIDATORS: Readonly<Record<string, Validator>> = {
  Deployment,
  HorizontalPodAutoscaler,
  CronJob,
  Job,
  Ingress,
  NetworkPolicy,
  PodDisruptionBudget,
  PodMonitor,
  Service,
  ServiceAccount,
};
const API: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  CronJob: 'batch/v1',
  Job: 'batch/v1',
  Ingress: 'networking.k8s.io/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  PodDisruptionBudget: 'policy/v1',
  PodMonitor: 'monitoring.coreos.com/v1',
  Service: 'v1',
  ServiceAccount: 'v1',
  HTTPRoute: 'gateway.networking.k8s.io/v1',
};
const CHART = chartFolder('wordpress');
const KUBE = ['--kube-version', '1.36.2'];
const objectsOf = (file: string, ...more: readonly string[]): readonly Rendered[] =>
  rendered('wordpress', ['--values', ciPath('wordpress', file), ...more]);
const prod = objectsOf('prod-values.yaml');
const podsOf = (objects: readonly Rendered[]) => objects.map(podSpecOf).filter((pod) => pod !== undefined);
// biome-ignore lint/suspicious/noExplicitAny: containers as they were rendered
type Fields = Record<string, any>;
const labelsOfPods = (objects: readonly Rendered[]): readonly Record<string, string>[] =>
  objects.flatMap(({ kind, spec }) => {
    if (kind === 'CronJob') return [spec.jobTemplate.spec.template.metadata.labels];
    return kind === 'Deployment' || kind === 'Job' ? [spec.template.metadata.labels] : [];
  });
const selects = (selector: object, labels: object): boolean =>
  Object.entries(selector).every(([key, value]) => (labels as Record<string, string>)[key] === value);

describe('examples', () => {
  it('are three', () => expect(ciValues('wordpress')).toHaveLength(3));
});

describe.each(ciValues('wordpress'))('with ci/%s', (file) => {
  const objects = objectsOf(file);
  it('passes helm lint --strict', () => {
    const { code, out } = lint('wordpress', ...KUBE, '--values', ciPath('wordpress', file));
    expect(out).toContain('1 chart(s) linted, 0 chart(s) failed');
    expect(code).toBe(0);
  });
  it('has no object twice', () => {
    const names = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(4);
  });
  it('has the recommended labels on every object, one name, and on pods only labels that stay', () => {
    const lasting = { 'app.kubernetes.io/name': 'wordpress', 'app.kubernetes.io/instance': 'wordpress' };
    const common = {
      ...lasting,
      'app.kubernetes.io/version': '7.0',
      'app.kubernetes.io/managed-by': 'Helm',
      'helm.sh/chart': 'wordpress-0.1.0',
    };
    for (const { kind, metadata } of objects) {
      expect(metadata.labels, kind).toMatchObject(common);
      expect(metadata.name).toMatch(/^wordpress(-cron|-schema-[0-9a-f]{10}|-deny|-ingress|-egress)?$/);
    }
    // With the version of the chart in them every release would replace all pods.
    for (const labels of labelsOfPods(objects))
      expect(labels).toEqual({ ...lasting, 'app.kubernetes.io/component': expect.any(String) });
    const parts = ['Deployment', 'Service', 'CronJob', 'Job'].flatMap((kind) => objects.filter((o) => o.kind === kind));
    for (const { kind, metadata } of parts)
      expect(metadata.labels?.['app.kubernetes.io/component'], kind).toBeDefined();
  });
  it('has objects that the API of Kubernetes knows', () => {
    const unchecked = objects.filter(({ kind }) => VALIDATORS[kind] === undefined).map(({ kind }) => kind);
    expect(unchecked).toEqual(file === 'ingress-values.yaml' ? [] : ['HTTPRoute']);
    // The validators would fill these in.
    for (const { kind, apiVersion } of objects) expect(apiVersion, kind).toBe(API[kind]);
    for (const object of objects) {
      const Kind = VALIDATORS[object.kind];
      if (Kind !== undefined) expect(() => new Kind(object as never).validate(), object.kind).not.toThrow();
    }
  });
  it('makes pods of the level restricted, with a root that cannot be written and no token', () => {
    const pods = podsOf(objects);
    expect(pods).toHaveLength(file === 'ingress-values.yaml' ? 2 : 3);
    expect(pods.flatMap(restrictedProblems)).toEqual([]);
    for (const pod of pods) {
      expect(pod.automountServiceAccountToken).toBe(false);
      expect(pod.serviceAccountName).toBe(only(objects, 'ServiceAccount').metadata.name);
      for (const container of pod.containers) expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
    }
  });
  it('mounts every volume, and has every volume that it mounts', () => {
    for (const { containers, volumes } of podsOf(objects)) {
      const mounts = containers.flatMap((c: Fields) => c.volumeMounts ?? []).map((m: Fields) => m.name);
      expect(new Set(mounts)).toEqual(new Set(volumes.map((v: Fields) => v.name)));
    }
  });
  it('serves and guards the pods of pages only', () => {
    const selectors = [
      only(objects, 'Service').spec.selector,
      only(objects, 'PodDisruptionBudget').spec.selector.matchLabels,
      only(objects, 'Deployment').spec.selector.matchLabels,
    ];
    const makers = objects.filter((object) => podSpecOf(object) !== undefined).map(({ kind }) => kind);
    for (const selector of selectors)
      expect(labelsOfPods(objects).map((labels) => selects(selector, labels))).toEqual(
        makers.map((kind) => kind === 'Deployment'),
      );
  });
  it('has no key without a value, as a text with a comma makes that is not quoted', () => {
    const text = JSON.stringify(objects);
    expect(text).toContain('"value":"https://');
    expect(text.match(/"[^"]+":null/g)).toBeNull();
  });
  it('has no moving image, and no secret by value', () => {
    for (const { containers } of podsOf(objects))
      for (const { image, env = [] } of containers) {
        expect(image).toMatch(/:(?!latest\b)[\w.-]+$|@sha256:[0-9a-f]{64}$/);
        const named = env.filter(({ name }: Fields) => /PASSWORD|_KEY$|_SALT$|TOKEN/.test(name));
        for (const { name, value } of named) expect(value, name).toBeUndefined();
      }
  });
});

describe('the validators', () => {
  it('refuse what the API would refuse', () => {
    const wrong = structuredClone(only(prod, 'HorizontalPodAutoscaler')) as Fields;
    wrong.spec.maxReplicas = 'many';
    expect(() => new HorizontalPodAutoscaler(wrong as never).validate()).toThrow('maxReplicas');
    const monitor = structuredClone(only(prod, 'PodMonitor')) as Fields;
    monitor.spec.podMetricsEndpoints[0].interval = 'often';
    expect(() => new PodMonitor(monitor as never).validate()).toThrow('interval');
  });
});

describe('its own tests', () => {
  it('pass', () => {
    const { code, out } = unittest(CHART);
    expect(out).toMatch(/Tests: {7}\d\d+ passed, \d+ total/);
    expect(code).toBe(0);
  });
  it('are there for every template', () => {
    const templates = readdirSync(join(CHART, 'templates')).filter((name) => !name.startsWith('_'));
    expect(templates.length).toBeGreaterThan(10);
    const suites = readdirSync(join(CHART, 'tests'));
    expect(suites.sort()).toEqual(templates.map((name) => `${name.split('.')[0]!.toLowerCase()}_test.yaml`).sort());
  });
});

describe('names', () => {
  it('are those by which alerts and boards find pods and zones', () => {
    const [, pattern = ''] = /^pod=~"(.+)"$/.exec(WORDPRESS) ?? [];
    for (const release of ['wordpress', 'shop', 'wordpress-shop', 'wordpressed', 'a'.repeat(53)]) {
      const { code, out } = helm([
        'template',
        release,
        CHART,
        ...KUBE,
        '--values',
        ciPath('wordpress', 'prod-values.yaml'),
      ]);
      expect(code, out).toBe(0);
      const objects = parseAllDocuments(out).map((document) => document.toJS() as Rendered);
      const { name } = only(objects, 'Deployment').metadata;
      expect(`${name}-5d4f8c7b9-x2x7k`).toMatch(new RegExp(`^(?:${pattern})$`));
      // The longest that Kubernetes takes for a CronJob, which adds eleven characters.
      expect(only(objects, 'CronJob').metadata.name.length).toBeLessThanOrEqual(52);
      expect(only(objects, 'Job').metadata.name.length).toBeLessThanOrEqual(63);
    }
    const [zones] = only(prod, 'Deployment').spec.template.spec.topologySpreadConstraints;
    // kube-state-metrics' name for the label of a node.
    expect(`label_${zones.topologyKey.replaceAll(/[^a-zA-Z0-9]/g, '_')}`).toBe(ZONE);
  });
  it('of the metric that the autoscaler asks for are in the catalogue, and scraped', () => {
    const { metrics } = only(prod, 'HorizontalPodAutoscaler').spec;
    const custom = metrics.filter((m: Fields) => m.type === 'Pods').map((m: Fields) => m.pods.metric.name);
    expect(custom).toHaveLength(1);
    expect(SITE.map(({ name }) => name)).toContain(custom[0]);
  });
});

describe('what belongs together', () => {
  const { containers } = only(prod, 'Deployment').spec.template.spec as Fields;
  const ports: Readonly<Record<string, number>> = Object.fromEntries(
    containers.flatMap((c: Fields) => c.ports ?? []).map((p: Fields) => [p.name, p.containerPort]),
  );
  it('has ports that are there', () => {
    const scraped = only(prod, 'PodMonitor').spec.podMetricsEndpoints.map((e: Fields) => ports[e.port]);
    expect(scraped).toEqual([9253, 8081]);
    expect(ports[only(prod, 'Service').spec.ports[0].targetPort]).toBe(8080);
    const [web, metrics] = only(prod, 'NetworkPolicy', 'wordpress-ingress').spec.ingress;
    expect(web.ports.map((p: Fields) => p.port)).toEqual([ports.http]);
    expect(metrics.ports.map((p: Fields) => p.port).sort()).toEqual(scraped.sort());
    const [php] = containers;
    for (const probe of [php.startupProbe, php.livenessProbe]) expect(probe.httpGet.port).toBe(ports.http);
  });
  it('has a service behind the route, and behind the ingress', () => {
    const [backend] = only(prod, 'HTTPRoute').spec.rules[0].backendRefs;
    const service = only(prod, 'Service');
    expect([backend.name, backend.port]).toEqual([service.metadata.name, service.spec.ports[0].port]);
    const small = objectsOf('ingress-values.yaml');
    const behind = only(small, 'Ingress').spec.rules[0].http.paths[0].backend.service;
    expect(behind).toEqual({ name: only(small, 'Service').metadata.name, port: { name: 'http' } });
  });
  it('scales the deployment by a container that is there', () => {
    const { scaleTargetRef, metrics } = only(prod, 'HorizontalPodAutoscaler').spec;
    expect(scaleTargetRef.name).toBe(only(prod, 'Deployment').metadata.name);
    expect(containers.map((c: Fields) => c.name)).toContain(metrics[0].containerResource.container);
  });
  it('shuts what is open for all pods, also of jobs', () => {
    for (const name of ['wordpress-deny', 'wordpress-egress']) {
      const { matchLabels } = only(prod, 'NetworkPolicy', name).spec.podSelector;
      expect(labelsOfPods(prod).map((labels) => selects(matchLabels, labels))).toEqual([true, true, true]);
    }
  });
  it('lets requests end before a pod is killed', () => {
    const { terminationGracePeriodSeconds } = only(prod, 'Deployment').spec.template.spec;
    const sleeps = containers.map((c: Fields) => c.lifecycle?.preStop.sleep.seconds ?? 0);
    expect(sleeps).toEqual([20, 15, 0]);
    expect(terminationGracePeriodSeconds).toBeGreaterThan(Math.max(...sleeps) + 30);
  });
  it('gives the Job another name when its pod is another one, and only then', () => {
    const jobOf = (...set: string[]) => only(objectsOf('prod-values.yaml', ...set), 'Job').metadata.name;
    const before = only(prod, 'Job').metadata.name;
    expect(jobOf('--set', 'image.tag=7.0.2-1')).not.toBe(before);
    expect(jobOf('--set', 'database.name=other')).not.toBe(before);
    expect(jobOf('--set', 'autoscaling.maxReplicas=9')).toBe(before);
  });
});

describe('the README', () => {
  const readme = readFileSync(join(CHART, 'README.md'), 'utf8');
  it('names every variable that the image gets, and every key of the Secret', () => {
    const env: Fields[] = podsOf(prod).flatMap(({ containers }) => containers.flatMap((c: Fields) => c.env ?? []));
    const names = new Set(env.map(({ name }) => name as string));
    expect(names.size).toBeGreaterThan(30);
    const known = (name: string) => new RegExp(`\`[^\`]*\\b${name}\\b[^\`]*\``).test(readme);
    expect([...names].filter((name) => !name.startsWith('OTEL_') && !known(name))).toEqual([]);
  });
  it('names every port and path that the image must answer', () => {
    for (const word of ['8080', '8081', '127.0.0.1:9000', '127.0.0.1:9001', '/healthz', '/readyz', '/metrics'])
      expect(readme).toContain(`\`${word}\``);
  });
});
