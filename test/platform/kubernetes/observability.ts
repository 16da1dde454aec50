// The telemetry stack of an environment as objects, with the platform's values in their places, and the faults that can be found in them.
// Pure but for reading the repository; never asks a cluster.

import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { type Environment, KUBERNETES, valuesOf as platformValues } from '../../../infra/kubernetes/environments.ts';
import { kustomized, substituted } from '../../../infra/kubernetes/steps.ts';
import { KEYS_OF } from './wiring.ts';

// biome-ignore lint/suspicious/noExplicitAny: objects of any kind, which the tests look into
export type Anything = any;

/** All objects of observability/ENVIRONMENT. Throws an Error that names a value that is missing. */
export const stack = (environment: Environment): readonly Anything[] =>
  parseAllDocuments(
    substituted(kustomized(join(KUBERNETES, 'observability', environment)), platformValues(environment)),
  ).map((document) => document.toJS());

/** The values of a release; throws an Error if there is no such one. */
export function valuesOf(objects: readonly Anything[], release: string): Anything {
  const found = objects.find(({ kind, metadata }) => kind === 'HelmRelease' && metadata.name === release);
  if (found === undefined) throw new Error(`there is no HelmRelease ${release}`);
  return found.spec.values;
}

/** What stands at a path with dots; undefined if nothing does. Names that have dots themselves are not looked for. */
export const at = (value: Anything, path: string): unknown =>
  path.split('.').reduce((inner, key) => inner?.[key], value);

/**
 * Services of the platform and their ports, NAME.NAMESPACE; a test compares the pods' ports with them elsewhere. As the charts of the pinned
 * versions make them with these values: they were rendered by hand, which needs the charts and so is no test.
 */
export const SERVICES: Readonly<Record<string, readonly number[]>> = {
  'kube-prometheus-stack-prometheus.monitoring': [9090],
  'kube-prometheus-stack-alertmanager.monitoring': [9093],
  'alertmanager-operated.monitoring': [9093],
  'prometheus-operated.monitoring': [9090],
  'mimir-gateway.observability': [80],
  'loki-gateway.observability': [80],
  'loki.observability': [3100],
  'tempo.observability': [3200, 4317, 4318],
  'otel-collector.observability': [4317, 4318, 8888],
  'alloy.observability': [12345],
  'grafana.observability': [80],
};
/** Ports by name, for addresses that are asked of DNS: _NAME._tcp.SERVICE. Its name is `portName` of the operator's Alertmanager. */
const NAMED: Readonly<Record<string, readonly string[]>> = { 'alertmanager-operated.monitoring': ['http-web'] };

/** The remote writes of Prometheus, to Mimir and to IONOS, as the operator spells them in its configuration: for Prometheus itself. */
export function remoteWrites(objects: readonly Anything[]): readonly Anything[] {
  const own = valuesOf(objects, 'kube-prometheus-stack').prometheus.prometheusSpec.remoteWrite;
  const { data } = objects.find(({ metadata }) => metadata.name === 'ionos-remote-write');
  return snake([...own, ...parse(data['values.yaml']).prometheus.prometheusSpec.additionalRemoteWrite]);
}

/** Names of fields as Prometheus writes them; those of the operator are in camel case. Values and headers stay. */
function snake(value: Anything): Anything {
  if (Array.isArray(value)) return value.map(snake);
  if (typeof value !== 'object' || value === null) return value;
  const name = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const entries = Object.entries(value).map(([key, inner]) =>
    key === 'headers' ? [key, inner] : [name(key), snake(inner)],
  );
  const { action, ...rest } = Object.fromEntries(entries);
  return action === undefined ? rest : { ...rest, action: String(action) };
}

/** Each text in a value, with the path to it. */
export function textsIn(value: unknown, path: readonly string[] = []): (readonly [readonly string[], string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, [...path, key]));
}

const nameOf = ({ kind, metadata }: Anything): string => `${kind} ${metadata.name}`;

/** Addresses within the cluster that no Service has. */
export function lostAddresses(objects: readonly Anything[]): readonly string[] {
  return objects.flatMap((object) =>
    textsIn(object).flatMap(([, text]) =>
      [...text.matchAll(/https?:\/\/([\w.-]+\.svc)(?::(\d+))?/g)].flatMap(([url, host, port]) => {
        const [, named, name] = /^(?:_([\w-]+)\._tcp\.)?(.+)\.svc$/.exec(host!)!;
        if (named !== undefined)
          return NAMED[name!]?.includes(named) ? [] : [`${nameOf(object)}: ${url} is no named port`];
        // The address of Prometheus is two values of the adapter.
        const isSplit = object.metadata.name === 'prometheus-adapter';
        const asked = isSplit ? object.spec.values.prometheus.port : Number(port ?? 80);
        return SERVICES[name!]?.includes(asked) ? [] : [`${nameOf(object)}: nobody listens at ${url}, port ${asked}`];
      }),
    ),
  );
}

/** References to Secrets, or keys of them, that secret-list.ts does not make. */
export function lostSecrets(objects: readonly Anything[]): readonly string[] {
  return objects.flatMap((object) =>
    referencesIn(object).flatMap(({ name, key }) => {
      const there = KEYS_OF.get(`${object.metadata.namespace}/${name}`);
      if (there === undefined) return [`${nameOf(object)}: there is no Secret ${object.metadata.namespace}/${name}`];
      return key === undefined || there.includes(key) ? [] : [`${nameOf(object)}: ${name} has no key ${key}`];
    }),
  );
}

/** By the names that the values of these charts have for it. The Secret of the routing is made by our own chart. */
function referencesIn(object: Anything): { readonly name: string; readonly key?: string }[] {
  const found: { name: string; key?: string }[] = [];
  const look = (value: Anything): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const key of ['secretKeyRef', 'existingPasswordSecret', 'secret'])
      if (typeof value[key]?.name === 'string') found.push({ name: value[key].name, key: value[key].key });
    if (value.kind === 'Secret' && value.valuesKey !== undefined)
      found.push({ name: value.name, key: value.valuesKey });
    if (typeof value.existingSecret === 'string')
      found.push(
        { name: value.existingSecret, key: value.userKey },
        { name: value.existingSecret, key: value.passwordKey },
      );
    if (typeof value.secretName === 'string') found.push({ name: value.secretName });
    for (const name of Array.isArray(value.secrets) ? value.secrets : []) found.push({ name });
    for (const inner of Object.values(value)) look(inner);
  };
  look(object.spec);
  return found;
}
