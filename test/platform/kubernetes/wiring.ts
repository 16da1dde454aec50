// References across the whole platform: which Secrets are asked for, which images are pulled. Pure but for running helm on our own charts.

import { parse, parseAllDocuments } from 'yaml';
import { chartOf, isOurRelease } from '../../../infra/kubernetes/render.ts';
import { NO_INPUTS, SECRETS } from '../../../infra/kubernetes/secret-list.ts';
import type { Manifest, Placed } from './gitops.ts';

/** All objects, with those that our charts make in the place of their releases. */
export const withCharts = (all: readonly Placed[]): readonly Placed[] =>
  all.flatMap((one) => {
    if (!isOurRelease(one.object)) return [one];
    return parseAllDocuments(chartOf(one.object)).map((document) => ({ step: one.step, object: document.toJS() }));
  });

/** A key of a Secret, or all of it. */
export interface Asked {
  readonly by: string;
  readonly secret: string;
  readonly key?: string;
}

const text = (value: unknown): string[] => (typeof value === 'string' && value !== '' ? [value] : []);

/** Secrets that an object asks for, wherever it says so: fields of the API, and the values of charts. */
export function askedBy({ object }: Placed): readonly Asked[] {
  const { kind, metadata } = object;
  const by = `${kind} ${metadata.namespace}/${metadata.name}`;
  const found: Asked[] = [];
  const ask = (name: string, key?: string) =>
    found.push({ by, secret: `${metadata.namespace}/${name}`, ...(key !== undefined && { key }) });
  const walk = (value: Manifest, field = ''): void => {
    if (Array.isArray(value)) {
      for (const item of value) {
        if (field === 'imagePullSecrets' && typeof item === 'string') ask(item);
        else walk(item, field);
      }
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    if (/^(secretKeyRef|tokenSecret)$/.test(field) && value.optional !== true)
      for (const name of text(value.name)) ask(name, value.key);
    if (/^(secretRef|imagePullSecrets)$/.test(field)) for (const name of text(value.name)) ask(name);
    // Of a webhook of cert-manager: a name, in its own namespace.
    if (typeof value.secretRef === 'string')
      found.push({ by, secret: `cert-manager/${value.secretRef}`, key: value.authTokenSecretKey });
    if (value.kind === 'Secret' && value.targetPath !== undefined) ask(value.name, value.valuesKey);
    for (const name of [
      ...text(value.secretName),
      ...text(value.existingSecret),
      ...(field === 'secretMounts' ? text(value.secret) : []),
    ])
      if (kind !== 'Certificate' && value.optional !== true) ask(name);
    for (const [name, inner] of Object.entries(value)) walk(inner, name);
  };
  walk(object.spec ?? {});
  return found;
}

/** Secrets that are made in the cluster: by cert-manager, by our charts, by Flux' bootstrap. */
const madeBy = (all: readonly Placed[]): ReadonlySet<string> =>
  new Set([
    'flux-system/sops-age',
    ...all.flatMap(({ step, object: { kind, metadata, spec } }) => {
      if (step === 'secrets') return [];
      if (kind === 'Certificate') return [`${metadata.namespace}/${spec.secretName}`];
      return kind === 'Secret' ? [`${metadata.namespace}/${metadata.name}`] : [];
    }),
  ]);

/** Keys of the Secrets that secrets.ts writes, by NAMESPACE/NAME. */
export const KEYS_OF: ReadonlyMap<string, readonly string[]> = new Map(
  SECRETS.map(({ namespace, name, values }) => [`${namespace}/${name}`, Object.keys(values(NO_INPUTS))]),
);

/** What is asked for and nobody makes. */
export function missingSecrets(all: readonly Placed[]): readonly string[] {
  const made = madeBy(all);
  return all.flatMap(askedBy).flatMap(({ by, secret, key }) => {
    if (made.has(secret)) return [];
    const keys = KEYS_OF.get(secret);
    if (keys === undefined) return [`${by} asks for the Secret ${secret}, which nobody makes`];
    return key === undefined || keys.includes(key)
      ? []
      : [`${by} asks for the key ${key} of ${secret}, which has ${keys.join(', ')}`];
  });
}

/** What is made and nobody asks for. */
export function unusedSecrets(all: readonly Placed[]): readonly string[] {
  const asked = new Set(all.flatMap(askedBy).map(({ secret }) => secret));
  return [...KEYS_OF.keys()].filter((secret) => !asked.has(secret));
}

/** Images by what runs them; `tag` and `digest` as far as they are there. Those in the charts of others are theirs. */
export function imagesOf(all: readonly Placed[]): ReadonlyMap<string, string> {
  const images = new Map<string, string>();
  const walk = (value: Manifest, by: string): void => {
    if (typeof value !== 'object' || value === null) return;
    if (typeof value.image === 'string') images.set(value.image, by);
    if (typeof value.repository === 'string' && value.repository !== '')
      images.set(`${value.repository}:${value.tag ?? ''}`, by);
    for (const inner of Object.values(value)) walk(inner, by);
  };
  for (const { object } of all)
    if (object.kind !== 'ConfigMap')
      walk(object.spec ?? {}, `${object.kind} ${object.metadata.namespace}/${object.metadata.name}`);
  return images;
}

/** Files that Alertmanager's configuration reads, below the folder where its Secret is. */
export const receiverFiles = (config: string): readonly string[] => {
  const files: string[] = [];
  const walk = (value: Manifest): void => {
    if (typeof value === 'string' && value.startsWith('/etc/alertmanager/secrets/')) files.push(value);
    else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) walk(inner);
  };
  walk(parse(config));
  return files;
};

/** Releases whose own monitor is on while a PodMonitor of ours asks the same pods: each series would be there twice. */
export function scrapedTwice(all: readonly Placed[]): readonly string[] {
  const ours = new Set(
    all
      .filter(({ object }) => object.kind === 'PodMonitor' && object.metadata.namespace === 'monitoring')
      .flatMap(({ object }): string[] => object.spec.namespaceSelector?.matchNames ?? []),
  );
  const isOn = (value: Manifest, field = ''): boolean =>
    typeof value === 'object' &&
    value !== null &&
    ((/^(service|pod)_?monitor$/i.test(field) && value.enabled === true) ||
      Object.entries(value).some(([name, inner]) => isOn(inner, name)));
  return all
    .filter(
      ({ object }) =>
        object.kind === 'HelmRelease' && ours.has(object.metadata.namespace) && isOn(object.spec.values ?? {}),
    )
    .map(({ object }) => `${object.metadata.namespace}/${object.metadata.name} is scraped by its chart and by us`);
}
