// What a real Kubernetes API refuses, and why: fields, types and rules of every kind, and pods that are not `restricted`.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apply, installKinds, restrictedNamespaces } from './apply.ts';
import { type Cluster, startCluster } from './cluster.ts';

const FOLDER = join(import.meta.dirname, 'fixtures');
const fixture = (name: string) => readFileSync(join(FOLDER, `${name}.yaml`), 'utf8');
const ALL = readdirSync(FOLDER).map((file) => file.replace('.yaml', ''));

/** What the API says of each. */
const MANIFESTS: Readonly<Record<string, string>> = {
  'unknown-field': '.spec.replica: field not declared in schema',
  'wrong-type': '.spec.replicas: expected numeric (int or float), got string',
  'unknown-field-of-flux': '.spec.chart.spec.versoin: field not declared in schema',
  'wrong-type-of-flux': 'spec.interval: Invalid value: "hourly"',
  'missing-field-of-prometheus': 'spec.groups[0].rules[0].expr: Required value',
  'rule-of-gateway': 'RequestRedirect filter must not be used together with backendRefs',
  'unknown-kind': 'no matches for kind "Unheard" in version "example.org/v1"',
};
const PODS: Readonly<Record<string, string>> = {
  'pod-root': 'runAsUser=0 (pod must not set runAsUser=0)',
  'pod-privileged': 'privileged (container "main" must not set securityContext.privileged=true)',
  'pod-host-path': 'restricted volume types (volume "host" uses restricted volume type "hostPath")',
};

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
  await installKinds(cluster, ALL.map(fixture));
  await apply(cluster, restrictedNamespaces(['test']));
});
afterAll(() => cluster?.stop());

const refusal = (name: string): Promise<string> =>
  apply(cluster, fixture(name), 'test').then(
    () => `${name} was taken`,
    (error: Error) => error.message,
  );

it('has a reason for each fixture', () => {
  expect([...Object.keys(MANIFESTS), ...Object.keys(PODS), 'pod-good', 'deployment-privileged'].sort()).toEqual(
    [...ALL].sort(),
  );
});

describe('a manifest is refused', () => {
  it.each(Object.entries(MANIFESTS))('%s', async (name, reason) => {
    expect(await refusal(name)).toContain(reason);
  });
});

describe('a pod is refused where pods must be restricted', () => {
  beforeAll(() => cluster.startControllers());
  it('and a good one is not', async () => {
    // The controllers make the namespace's service account, without which no pod is taken.
    await expect.poll(() => refusal('pod-good'), { timeout: 10_000 }).toBe('pod-good was taken');
  });
  it.each(Object.entries(PODS))('%s', async (name, reason) => {
    const said = await refusal(name);
    expect(said).toContain('violates PodSecurity "restricted:latest"');
    expect(said).toContain(reason);
  });
  it('and so is that of a Deployment, which is taken with a warning and makes none', async () => {
    expect(await refusal('deployment-privileged')).toContain('would violate PodSecurity "restricted:latest"');
    const failed = async () => {
      const { out } = await cluster.kubectl([
        '-n',
        'test',
        'get',
        'events',
        '--field-selector=reason=FailedCreate',
        '-o',
        'json',
      ]);
      return JSON.parse(out).items.map(({ message }: { message: string }) => message);
    };
    const reason = expect.stringContaining('violates PodSecurity "restricted:latest": privileged');
    await expect.poll(failed, { timeout: 10_000 }).toContainEqual(reason);
  });
});
