// Manifests through server-side apply with strict validation. Anything that the API says, warnings too, is an error here.
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { documentsOf } from '../../../infra/kubernetes/steps.ts';
import type { Cluster } from './cluster.ts';
import { customResources } from './crds.ts';

export interface Applied {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly resourceVersion: string;
    readonly generation?: number;
  };
}

/** The objects as the API keeps them; throws an Error with what it says. */
export async function apply(cluster: Cluster, text: string, namespace?: string): Promise<readonly Applied[]> {
  const place = namespace === undefined ? [] : [`--namespace=${namespace}`];
  const args = ['apply', '--server-side', '--validate=strict', ...place, '-f', '-', '-o', 'json'];
  const { code, out, err } = await cluster.kubectl(args, text);
  if (code !== 0 || err !== '') throw new Error(err || `kubectl apply ended with ${code}`);
  const answer = JSON.parse(out) as Applied & { readonly items?: readonly Applied[] };
  return answer.kind === 'List' ? (answer.items ?? []) : [answer];
}

/** What another apply of the same text changes, by object: nothing, if manifests say what the API keeps. Throws as `apply`. */
export async function changesOf(cluster: Cluster, text: string, namespace?: string): Promise<readonly string[]> {
  const before = await apply(cluster, text, namespace);
  const after = await apply(cluster, text, namespace);
  return before.flatMap((object, index) => {
    const [old, now] = [stateOf(object), stateOf(after[index]!)];
    return old === now ? [] : [`${object.kind} ${object.metadata.name}: ${difference(old, now)}`];
  });
}

/** The surroundings of the first letter that differs. */
function difference(old: string, now: string): string {
  const place = [...old].findIndex((letter, index) => letter !== now[index]);
  const [from, to] = [Math.max(0, place - 40), Math.max(0, place) + 40];
  return `…${old.slice(from, to)}… became …${now.slice(from, to)}…`;
}

/**
 * An object without its status: the definitions of Flux have defaults there, which are written with the first change. A kind that counts
 * its generations needs no version: what is written without a new generation is the status.
 */
function stateOf(object: Applied): string {
  const { resourceVersion, ...metadata } = object.metadata;
  const version = metadata.generation === undefined ? resourceVersion : undefined;
  return JSON.stringify({ ...object, status: undefined, metadata, version });
}

/** Applies the definitions of the kinds that are in these texts, and waits until the API serves them. */
export async function installKinds(cluster: Cluster, texts: readonly string[]): Promise<readonly string[]> {
  const wanted = new Set(texts.flatMap(documentsOf).map(kindOf));
  const used = customResources().filter(({ group, kind }) => wanted.has(`${kind} ${group}`));
  const applied = await apply(cluster, used.map(({ text }) => text).join('\n---\n'));
  await established(cluster);
  return applied.map(({ metadata }) => metadata.name);
}

async function established(cluster: Cluster): Promise<void> {
  const wait = ['wait', 'crd', '--all', '--for=condition=Established', '--timeout=30s'];
  for (let left = 100; ; left--) {
    const { code, err } = await cluster.kubectl(wait);
    if (code === 0) return;
    // kubectl does not wait for a definition that has no conditions at all yet.
    if (left === 0 || !err.includes('.status.conditions accessor error')) throw new Error(err);
    await sleep(100);
  }
}

const kindOf = (document: string): string => {
  const [, group = ''] = /^apiVersion: (?:([^\s/]+)\/)?/m.exec(document) ?? [];
  return `${/^kind: (\w+)/m.exec(document)?.[1]} ${group}`;
};

/** Namespaces of the level `restricted`, as infra/kubernetes has them for what serves and measures the site. */
export const restrictedNamespaces = (names: readonly string[]): string =>
  names
    .map((name) => {
      const modes = ['enforce', 'warn', 'audit'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted']);
      const metadata = { name, labels: Object.fromEntries(modes) };
      return stringify({ apiVersion: 'v1', kind: 'Namespace', metadata });
    })
    .join('---\n');
