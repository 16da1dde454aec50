// What reaches a cluster, as text: each Flux Kustomization of an environment as kustomize-controller builds it, and the overlays for
// clusters without Flux. Never parses and prints a manifest again, which would mend it.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { type Environment, KUBERNETES } from './environments.ts';
import { NO_INPUTS, SECRETS } from './secret-list.ts';
import { manifestOf } from './secrets.ts';
import { substitute } from './substitute.ts';

const REPOSITORY = join(KUBERNETES, '../..');

/** What is applied in one go. */
export interface Step {
  readonly name: string;
  /** Manifests with `---` between them. */
  readonly text: string;
}

interface Kustomization {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly path: string;
    readonly dependsOn?: readonly { readonly name: string }[];
    readonly components?: readonly string[];
    readonly decryption?: object;
    readonly postBuild?: {
      readonly substitute?: Readonly<Record<string, string>>;
      readonly substituteFrom?: readonly { readonly kind: string; readonly name: string }[];
    };
  };
}

/** The manifests of a text, each as it stands there. */
export const documentsOf = (text: string): readonly string[] =>
  text.split(/^---.*\n/m).filter((document) => /^\s*[^#\s]/m.test(document));

/** `kubectl kustomize`, with components on top of the folder's own. Throws an Error with what it says. */
export function kustomized(folder: string, components: readonly string[] = []): string {
  if (components.length === 0) return kustomize(folder);
  // kustomize-controller writes them into the folder's own file: they come after what is there, and this is a layer above it.
  const layer = mkdtempSync(join(tmpdir(), 'plimsoll-kustomize-'));
  const path = (to: string) => relative(layer, to);
  try {
    const file = { resources: [path(folder)], components: components.map((name) => path(resolve(folder, name))) };
    writeFileSync(join(layer, 'kustomization.yaml'), JSON.stringify(file));
    return kustomize(layer);
  } finally {
    rmSync(layer, { recursive: true });
  }
}

function kustomize(folder: string): string {
  const { status, stdout, stderr, error } = spawnSync('kubectl', ['kustomize', folder], {
    encoding: 'utf8',
    maxBuffer: 100_000_000,
  });
  if (status !== 0) throw new Error(`kubectl kustomize ${folder}: ${error?.message ?? stderr}`);
  if (documentsOf(stdout).length === 0) throw new Error(`kubectl kustomize ${folder} brings nothing`);
  return stdout;
}

/**
 * What Flux applies in an environment: its own objects first, then each Kustomization after those that it depends on.
 * `components` are taken in place of those that a Kustomization names, by its name. Throws an Error that says what is missing.
 */
export function fluxSteps(
  environment: Environment,
  components: Readonly<Record<string, readonly string[]>> = {},
): readonly Step[] {
  const own = clusterText(environment);
  const objects = parseAllDocuments(own).map((document) => document.toJS());
  const waiting = objects.filter((object) => object?.kind === 'Kustomization') as Kustomization[];
  if (waiting.length === 0) throw new Error(`clusters/${environment} has no Kustomization`);
  const steps: Step[] = [{ name: 'clusters', text: own }];
  while (waiting.length > 0) {
    const done = (name: string) => steps.some((step) => step.name === name);
    const next = waiting.findIndex(({ spec }) => (spec.dependsOn ?? []).every(({ name }) => done(name)));
    if (next === -1)
      throw new Error(`clusters/${environment}: ${waiting.map((k) => k.metadata.name).join(', ')} wait for each other`);
    const [kustomization] = waiting.splice(next, 1) as [Kustomization];
    const { name } = kustomization.metadata;
    steps.push({ name, text: built(kustomization, components[name] ?? kustomization.spec.components ?? [], objects) });
  }
  return steps;
}

/** The folders that Flux builds in an environment, components too, relative to infra/kubernetes. */
export function fluxFolders(environment: Environment): readonly string[] {
  const objects = parseAllDocuments(clusterText(environment)).map((document) => document.toJS());
  const kustomizations = objects.filter((object) => object?.kind === 'Kustomization') as Kustomization[];
  return kustomizations.flatMap(({ spec }) =>
    ['.', ...(spec.components ?? [])].map((to) => relative(KUBERNETES, resolve(REPOSITORY, spec.path, to))),
  );
}

/** All manifests of clusters/ENVIRONMENT: a folder without kustomization.yaml is taken whole. */
function clusterText(environment: Environment): string {
  const folder = join(KUBERNETES, 'clusters', environment);
  if (existsSync(join(folder, 'kustomization.yaml'))) return kustomized(folder);
  const files = readdirSync(folder, { encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'));
  return files
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n---\n');
}

// biome-ignore lint/suspicious/noExplicitAny: objects of any kind
function built({ metadata, spec }: Kustomization, components: readonly string[], objects: readonly any[]): string {
  const folder = join(REPOSITORY, spec.path);
  if (spec.decryption !== undefined) return decryptedSecrets();
  if (!existsSync(folder)) throw new Error(`Kustomization ${metadata.name}: there is no folder ${spec.path}`);
  const text = kustomized(folder, components);
  if (spec.postBuild === undefined) return text;
  const values = { ...spec.postBuild.substitute };
  for (const { kind, name } of spec.postBuild.substituteFrom ?? []) {
    const source = objects.find((object) => object?.kind === kind && object.metadata.name === name);
    if (source === undefined) throw new Error(`Kustomization ${metadata.name}: there is no ${kind} ${name}`);
    Object.assign(values, source.data);
  }
  return substituted(text, values);
}

/** Secrets are their owner's and not in this repository: those that secrets.ts would write, with values that say nothing. */
const decryptedSecrets = (): string => SECRETS.map((spec) => stringify(manifestOf(spec, NO_INPUTS))).join('---\n');

/** Each manifest by itself, as some ask to be left alone: https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution */
export function substituted(text: string, values: Readonly<Record<string, string>>): string {
  const KEY = 'kustomize.toolkit.fluxcd.io/substitute';
  const isLeftAlone = (document: string): boolean => {
    if (!document.includes(KEY)) return false;
    const { annotations, labels } = parse(document).metadata;
    return annotations?.[KEY] === 'disabled' || labels?.[KEY] === 'disabled';
  };
  return documentsOf(text)
    .map((document) => (isLeftAlone(document) ? document : substitute(document, values)))
    .join('---\n');
}

/** Folders below infra/kubernetes with a kustomization.yaml, relative to it. */
export const kustomizationFolders = (): readonly string[] =>
  readdirSync(KUBERNETES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('kustomization.yaml'))
    .map((file) => dirname(file))
    .sort();
