// What is applied in each environment, by Flux or without it, through a real Kubernetes API: strictly, and a second time without a
// change. No controller runs, so nothing but an apply can change an object.

import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ENVIRONMENTS, type Environment, KUBERNETES } from '../../../infra/kubernetes/environments.ts';
import {
  documentsOf,
  fluxFolders,
  fluxSteps,
  kustomizationFolders,
  kustomized,
  type Step,
} from '../../../infra/kubernetes/steps.ts';
import { apply, changesOf, installKinds, restrictedNamespaces } from './apply.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { moduleVersions } from './crds.ts';

/** Components that no environment has as it is committed, and the Kustomization to which they can be added. */
const CHOICES = {
  'infrastructure/components/exposure-service-lb': 'configs',
  'infrastructure/components/metrics-server': 'controllers',
};

const withChoice = (environment: Environment, [component, kustomization]: readonly [string, string]): readonly Step[] =>
  fluxSteps(environment, { [kustomization]: [relative(`infrastructure/${kustomization}`, component)] });

describe.each(ENVIRONMENTS)('%s', (environment) => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster?.stop());

  it('without Flux: the overlay needs nothing that a new cluster has not', async () => {
    const text = kustomized(join(KUBERNETES, 'overlays', environment));
    expect(documentsOf(text).length).toBeGreaterThan(20);
    expect(await changesOf(cluster, text)).toEqual([]);
  });

  it('with Flux: each step is taken as it is, and changes nothing a second time', async () => {
    const steps = fluxSteps(environment);
    const all = [steps, ...Object.entries(CHOICES).map((choice) => withChoice(environment, choice))].flat();
    await installKinds(
      cluster,
      all.map(({ text }) => text),
    );
    await apply(cluster, restrictedNamespaces(['flux-system']));
    for (const step of steps) await applyTwice(cluster, step);
  });

  it.each(Object.entries(CHOICES))('with Flux, and %s: too', async (...choice) => {
    const usual = new Set(fluxSteps(environment).map(({ text }) => text));
    const changed = withChoice(environment, choice).filter(({ text }) => !usual.has(text));
    expect(changed.map(({ name }) => name)).toEqual([choice[1]]);
    for (const step of changed) await applyTwice(cluster, step);
  });
});

async function applyTwice(cluster: Cluster, { name, text }: Step): Promise<void> {
  const changes = await changesOf(cluster, text).catch((error: Error) => error.message);
  expect(changes, `Kustomization ${name}`).toEqual([]);
}

/** Folders that a kustomization takes in, with itself. */
function reached(folder: string): readonly string[] {
  const file = join(KUBERNETES, folder, 'kustomization.yaml');
  if (!existsSync(file)) return [];
  const { resources = [], components = [] } = parse(readFileSync(file, 'utf8')) as Record<string, string[]>;
  const below = [...resources, ...components].map((to) => relative(KUBERNETES, resolve(KUBERNETES, folder, to)));
  return [folder, ...below.flatMap(reached)];
}

it('leaves no kustomization out', () => {
  const choices = Object.keys(CHOICES);
  const roots = ENVIRONMENTS.flatMap((environment) => [`overlays/${environment}`, ...fluxFolders(environment)]);
  const seen = new Set([...choices, ...roots].flatMap(reached));
  expect(kustomizationFolders().length).toBeGreaterThan(5);
  // What `flux bootstrap` commits is Flux' own.
  const ours = kustomizationFolders().filter((folder) => !folder.endsWith('/flux-system'));
  expect(ours.filter((folder) => !seen.has(folder))).toEqual([]);
});

it('takes the kinds from the versions that are deployed', () => {
  const text = fluxSteps('prod')
    .map((step) => step.text)
    .join('\n---\n');
  const tagOf = (name: string) => {
    const source = documentsOf(text).find((d) => /^kind: (OCI|Git)Repository/m.test(d) && d.includes(`/${name}\n`));
    return parse(source ?? '')?.spec.ref.tag;
  };
  const versions = moduleVersions();
  expect(versions.get('github.com/cert-manager/cert-manager')).toBe(tagOf('cert-manager'));
  expect(versions.get('github.com/envoyproxy/gateway')).toBe(tagOf('envoyproxy/gateway'));
  expect(versions.get('github.com/envoyproxy/gateway')).toBe(tagOf('gateway-helm'));
  expect(versions.get('sigs.k8s.io/gateway-api')).toBe(tagOf('kubernetes-sigs/gateway-api'));
});
