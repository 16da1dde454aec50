// The manifests that Flux follows, as a whole: what is named is there, in an order that works, pinned, and nothing secret can be read.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ENVIRONMENTS, KUBERNETES, valuesOf } from '../../../infra/kubernetes/environments.ts';
import { rendered } from '../../../infra/kubernetes/render.ts';
import { fluxSteps } from '../../../infra/kubernetes/steps.ts';
import { toolPath } from '../tools.ts';
import {
  careless,
  dangling,
  homeless,
  type Manifest,
  type Placed,
  placed,
  readable,
  tooEarly,
  unpinned,
  unwatched,
} from './gitops.ts';

process.env.HELM = toolPath('helm');

const flux = (kind: string, name: string, spec: object, apiVersion = 'helm.toolkit.fluxcd.io/v2'): Placed => ({
  step: 'apps',
  object: { apiVersion, kind, metadata: { name, namespace: 'wordpress' }, spec },
});
const source = (spec: object): Placed => flux('OCIRepository', 'broken', spec, 'source.toolkit.fluxcd.io/v1');

/** What is looked for, and what must be found when it is there. */
const CHECKS: readonly [
  name: string,
  check: (all: readonly Placed[]) => readonly string[],
  broken: Placed,
  found: RegExp,
][] = [
  [
    'every source and chart is one release',
    unpinned,
    source({ ref: { semver: '>=1.0.0' } }),
    /broken: ref\.tag must be one release/,
  ],
  [
    'a chart of a repository has a version',
    unpinned,
    flux('HelmRelease', 'broken', {
      chart: { spec: { chart: 'x', version: '1.x', sourceRef: { kind: 'HelmRepository', name: 'x' } } },
    }),
    /must be one release, and is 1\.x/,
  ],
  [
    'every source is there',
    dangling,
    flux('HelmRelease', 'broken', { chartRef: { kind: 'OCIRepository', name: 'gone' } }),
    /there is no OCIRepository wordpress\/gone/,
  ],
  [
    'every release that is waited for is there',
    dangling,
    flux('HelmRelease', 'broken', { dependsOn: [{ name: 'gone' }] }),
    /there is no HelmRelease wordpress\/gone/,
  ],
  [
    'every namespace is made',
    homeless,
    {
      step: 'apps',
      object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'broken', namespace: 'nowhere' } },
    },
    /nowhere\/broken: nobody makes this namespace/,
  ],
  [
    'kinds are there before their objects',
    tooEarly,
    { step: 'crds', object: { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', metadata: { name: 'broken' } } },
    /crds does not wait for cert-manager/,
  ],
  [
    'all kinds are brought by somebody',
    tooEarly,
    { step: 'apps', object: { apiVersion: 'example.org/v1', kind: 'Thing', metadata: { name: 'broken' } } },
    /nobody brings the kinds of example\.org/,
  ],
  [
    'Kustomizations wait, prune and try again',
    careless,
    flux('Kustomization', 'broken', { path: './x' }, 'kustomize.toolkit.fluxcd.io/v1'),
    /broken: without wait/,
  ],
  ['releases are mended and tried again', unwatched, flux('HelmRelease', 'broken', {}), /driftDetection/],
  [
    'no Secret can be read',
    readable,
    {
      step: 'apps',
      object: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'broken' }, stringData: { a: 'b' } },
    },
    /can be read by anybody/,
  ],
];

describe.each(ENVIRONMENTS)('what Flux applies in %s', (environment) => {
  const all = placed(fluxSteps(environment));

  it('is a whole platform', () => {
    expect(all.length).toBeGreaterThan(80);
    expect(all.filter(({ object }) => object.kind === 'HelmRelease').length).toBeGreaterThan(12);
  });

  it.each(CHECKS)('%s', (_, check, broken, found) => {
    expect(check(all)).toEqual([]);
    expect(check([...all, broken]).join('\n')).toMatch(found);
  });

  it('is exposed as Terraform has built it', () => {
    const configs: Manifest = all.find(
      ({ object }) => object.kind === 'Kustomization' && object.metadata.name === 'configs',
    )!.object;
    const { exposure, gateway_listener, trusted_hops } = valuesOf(environment);
    expect(configs.spec.components).toEqual([`../components/exposure-${exposure}`]);
    expect([gateway_listener, trusted_hops]).toEqual(exposure === 'alb-nlb' ? ['http', '2'] : ['https', '1']);
  });

  it('decrypts what is in secrets/, and only there', () => {
    const decrypting = all.filter(({ object }) => object.spec?.decryption !== undefined);
    expect(decrypting.map(({ object }) => object.spec.path)).toEqual([`./infra/kubernetes/secrets/${environment}`]);
  });

  it('what is written by npm run manifests is what it would write', () => {
    for (const [path, text] of rendered(environment))
      expect(readFileSync(join(KUBERNETES, path), 'utf8'), path).toBe(text);
  });
});

it('dev and prod differ in their settings, and in nothing else that Flux begins with', () => {
  const files = (environment: string) =>
    readdirSync(join(KUBERNETES, 'clusters', environment)).filter((file) => file.endsWith('.yaml'));
  expect(files('dev')).toEqual(files('prod'));
  const text = (environment: string, file: string) =>
    readFileSync(join(KUBERNETES, 'clusters', environment, file), 'utf8');
  for (const file of files('dev').filter((name) => !name.startsWith('platform-')))
    expect(text('dev', file).replaceAll('/dev', '/prod'), file).toBe(text('prod', file));
  for (const file of ['platform-settings.yaml', 'platform-values.yaml'])
    expect(Object.keys(parse(text('dev', file)).data), file).toEqual(Object.keys(parse(text('prod', file)).data));
});
