// What can be wrong with the way Flux is told what to do, found in the manifests alone. Pure: takes the steps of an environment, gives faults in words.
import { parseAllDocuments } from 'yaml';
import type { Step } from '../../../infra/kubernetes/steps.ts';

// biome-ignore lint/suspicious/noExplicitAny: objects of any kind
export type Manifest = any;

/** An object, and the Kustomization that brings it. */
export interface Placed {
  readonly step: string;
  readonly object: Manifest;
}

/** All objects of the steps; `clusters` is what Flux begins with. */
export const placed = (steps: readonly Step[]): readonly Placed[] =>
  steps.flatMap(({ name, text }) =>
    parseAllDocuments(text).flatMap((document) =>
      document.contents === null ? [] : [{ step: name, object: document.toJS() }],
    ),
  );

const nameOf = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
const ofKind = (all: readonly Placed[], kind: string): readonly Placed[] =>
  all.filter(({ object }) => object.kind === kind);
const FLUX = /\.toolkit\.fluxcd\.io\//;
const kustomizations = (all: readonly Placed[]): readonly Manifest[] =>
  ofKind(all, 'Kustomization')
    .map(({ object }) => object)
    .filter(({ apiVersion }) => FLUX.test(apiVersion));

/** A release, or a tag of one: no range, no branch. */
const EXACT = /^v?\d+\.\d+\.\d+(-[\w.]+)?$/;

/** Versions that would be others tomorrow. */
export const unpinned = (all: readonly Placed[]): readonly string[] => [
  ...ofKind(all, 'OCIRepository')
    .filter(({ object: { spec } }) => !EXACT.test(spec.ref?.tag ?? '') && spec.ref?.digest === undefined)
    .map(({ object }) => `${nameOf(object)}: ref.tag must be one release, and is ${JSON.stringify(object.spec.ref)}`),
  ...ofKind(all, 'GitRepository')
    .filter(({ object: { spec } }) => !EXACT.test(spec.ref?.tag ?? ''))
    .map(({ object }) => `${nameOf(object)}: ref.tag must be one release, and is ${JSON.stringify(object.spec.ref)}`),
  ...ofKind(all, 'HelmRelease')
    .filter(
      ({ object: { spec } }) =>
        spec.chart?.spec.sourceRef.kind === 'HelmRepository' && !EXACT.test(spec.chart.spec.version ?? ''),
    )
    .map(
      ({ object }) =>
        `${nameOf(object)}: the chart's version must be one release, and is ${object.spec.chart.spec.version}`,
    ),
];

/** Sources and releases that are named and are not there. */
export function dangling(all: readonly Placed[]): readonly string[] {
  const has = (kind: string, name: string, namespace: string): boolean =>
    // Made by `flux bootstrap`.
    (kind === 'GitRepository' && name === 'flux-system' && namespace === 'flux-system') ||
    all.some(
      ({ object }) => object.kind === kind && object.metadata.name === name && object.metadata.namespace === namespace,
    );
  return all.flatMap(({ object }) => {
    const { kind, metadata, spec } = object;
    if (!FLUX.test(object.apiVersion)) return [];
    const references = [
      spec.chartRef,
      spec.chart?.spec?.sourceRef,
      spec.sourceRef,
      ...(spec.dependsOn ?? []).map((on: Manifest) => ({ kind, ...on })),
      ...(spec.providerRef ? [{ kind: 'Provider', ...spec.providerRef }] : []),
      ...(spec.eventSources ?? []).filter(({ name }: Manifest) => name !== '*'),
    ].filter((reference) => reference !== undefined);
    return references
      .filter((reference) => !has(reference.kind, reference.name, reference.namespace ?? metadata.namespace))
      .map(
        (reference) =>
          `${nameOf(object)}: there is no ${reference.kind} ${reference.namespace ?? metadata.namespace}/${reference.name}`,
      );
  });
}

/** Namespaces that nobody makes; Flux and Kubernetes bring two themselves. */
export function homeless(all: readonly Placed[]): readonly string[] {
  const made = new Set([
    'flux-system',
    'kube-system',
    ...ofKind(all, 'Namespace').map(({ object }) => object.metadata.name),
  ]);
  return all
    .filter(({ object: { metadata } }) => metadata.namespace !== undefined && !made.has(metadata.namespace))
    .map(({ object }) => `${nameOf(object)}: nobody makes this namespace`);
}

/** Which release or Kustomization brings the kinds of a group. Those of Flux are there from the start. */
const BROUGHT_BY: Readonly<Record<string, string>> = {
  'monitoring.coreos.com': 'prometheus-operator-crds',
  'gateway.networking.k8s.io': 'gateway-api-crds',
  'gateway.envoyproxy.io': 'envoy-gateway-crds',
  'cert-manager.io': 'cert-manager',
  'velero.io': 'velero',
};

const isBuiltIn = (group: string): boolean =>
  !group.includes('.') || (group.endsWith('.k8s.io') && group !== 'gateway.networking.k8s.io');

/** Objects whose kind may not be there when they are applied. */
export function tooEarly(all: readonly Placed[]): readonly string[] {
  const before = new Map(
    kustomizations(all).map(({ metadata, spec }) => [
      metadata.name,
      (spec.dependsOn ?? []).map(({ name }: Manifest) => name),
    ]),
  );
  const isAfter = (step: string, other: string): boolean =>
    (before.get(step) ?? []).some((name: string) => name === other || isAfter(name, other));
  return all.flatMap(({ step, object }) => {
    const group = String(object.apiVersion).split('/')[0]!;
    if (isBuiltIn(group) || FLUX.test(object.apiVersion)) return [];
    const release = BROUGHT_BY[group];
    if (release === undefined) return [`${nameOf(object)}: nobody brings the kinds of ${group}`];
    const at = all.find(
      ({ object: { kind, metadata } }) => /^(HelmRelease|Kustomization)$/.test(kind) && metadata.name === release,
    )?.step;
    return at !== undefined && isAfter(step, at) ? [] : [`${nameOf(object)}: ${step} does not wait for ${release}`];
  });
}

/** Kustomizations that would not say when something is wrong, or leave things behind. */
export const careless = (all: readonly Placed[]): readonly string[] =>
  kustomizations(all).flatMap(({ metadata, spec }) => [
    ...(spec.wait === true || spec.healthChecks?.length > 0
      ? []
      : [`${metadata.name}: without wait it is ready before its objects are`]),
    ...(spec.prune === true || /^namespaces$|-crds$/.test(metadata.name)
      ? []
      : [`${metadata.name}: without prune what was removed stays`]),
    ...(spec.retryInterval === undefined || spec.timeout === undefined
      ? [`${metadata.name}: say timeout and retryInterval`]
      : []),
  ]);

/** Releases that are not mended when somebody changes their objects, or that give up after one failure. */
export const unwatched = (all: readonly Placed[]): readonly string[] =>
  ofKind(all, 'HelmRelease')
    .filter(
      ({ object: { spec } }) =>
        spec.driftDetection?.mode !== 'enabled' ||
        [spec.install, spec.upgrade].some((one) => one?.strategy?.name !== 'RetryOnFailure'),
    )
    .map(({ object }) => `${nameOf(object)}: driftDetection and the strategy RetryOnFailure are needed`);

/** Secrets in plain text. Those of the step `secrets` come decrypted here; that they are encrypted in Git is another test's. */
export const readable = (all: readonly Placed[]): readonly string[] =>
  ofKind(all, 'Secret')
    .filter(({ step, object }) => step !== 'secrets' && object.sops === undefined)
    .map(({ step, object }) => `${nameOf(object)} in ${step} can be read by anybody`);
