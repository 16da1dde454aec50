// Writes what the environments need of our own charts and spec: `npm run manifests`; with --check compares and changes nothing.
// overlays/ENVIRONMENT is for `kubectl apply -k` on a cluster without Flux, apps/ENVIRONMENT/spec.yaml is the exporter's spec with Flux.
// HELM names another helm than the one in PATH.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { environmentSpec } from './environment-spec.ts';
import { ENVIRONMENTS, type Environment, KUBERNETES, valuesOf } from './environments.ts';
import { fluxSteps } from './steps.ts';
import { substitute } from './substitute.ts';

const REPOSITORY = join(KUBERNETES, '../..');
const KUBE_VERSION = '1.36.2';
const HEAD = '# Written by `npm run manifests`; not to be changed by hand.\n';
const read = (path: string): string => readFileSync(join(KUBERNETES, path), 'utf8');

/** An object as far as it is looked into here. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: { readonly values?: object; readonly chart: { readonly spec: { readonly chart: string } } };
}

/** All files by their path below infra/kubernetes; throws an Error with what kubectl or helm says. */
export function rendered(environment: Environment): ReadonlyMap<string, string> {
  const values = valuesOf(environment);
  const spec = specMap(environment);
  const [apps, overlay] = [`apps/${environment}`, `overlays/${environment}`];
  const releases = releasesOf(environment, spec).map(
    (release) => parse(substitute(stringify(release), values)) as Manifest,
  );
  return new Map([
    [`${apps}/spec.yaml`, spec],
    [`${overlay}/spec.yaml`, spec],
    [`${overlay}/namespaces.yaml`, namespacesOf(releases)],
    [`${overlay}/direct.yaml`, HEAD + substitute(read('overlays/direct.yaml'), values)],
    ...releases.map((release) => [`${overlay}/${release.metadata.name}.yaml`, bareChartOf(release)] as const),
  ]);
}

/** The exporter's spec. Flux must not touch it: its own ${file:…} looks like a value of Flux. */
function specMap(environment: Environment): string {
  const text = environmentSpec(readFileSync(join(REPOSITORY, 'plimsoll.yaml'), 'utf8'), valuesOf(environment));
  const annotations = { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' };
  const metadata = { name: 'slo-platform', namespace: 'monitoring', annotations };
  return (
    HEAD +
    stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'plimsoll.yaml': text } }, { lineWidth: 0 })
  );
}

/** The applications through kustomize, in a copy: the spec that they name may be another one here, or not be there yet. */
function releasesOf(environment: Environment, spec: string): Manifest[] {
  const room = mkdtempSync(join(tmpdir(), 'plimsoll-apps-'));
  try {
    cpSync(join(KUBERNETES, 'apps'), room, { recursive: true });
    writeFileSync(join(room, environment, 'spec.yaml'), spec);
    return documents(run('kubectl', ['kustomize', join(room, environment)])).filter(
      ({ kind }) => kind === 'HelmRelease',
    );
  } finally {
    rmSync(room, { recursive: true });
  }
}

const documents = (text: string): Manifest[] =>
  parseAllDocuments(text).flatMap((document) => (document.contents === null ? [] : [document.toJS() as Manifest]));

/** Only the namespaces of the releases: the others belong to parts that come with Flux. */
function namespacesOf(releases: readonly Manifest[]): string {
  const names = new Set(releases.map(({ metadata }) => metadata.namespace));
  const wanted = documents(read('infrastructure/namespaces/namespaces.yaml')).filter(({ metadata }) =>
    names.has(metadata.name),
  );
  if (wanted.length !== names.size)
    throw new Error(`infrastructure/namespaces has not all of ${[...names].join(', ')}`);
  return HEAD + wanted.map((namespace) => stringify(namespace)).join('---\n');
}

/** Whether an object is a release of a chart of this repository. */
export const isOurRelease = ({ kind, spec }: Partial<Manifest>): boolean =>
  kind === 'HelmRelease' && spec?.chart?.spec.chart.startsWith('./') === true;

/** What a chart of ours makes of a release; throws an Error with what helm says. */
export function chartOf({ metadata, spec }: Manifest): string {
  const { name, namespace = 'default' } = metadata;
  const chart = join(REPOSITORY, spec.chart.spec.chart);
  const args = ['template', name, chart, '--namespace', namespace, '--kube-version', KUBE_VERSION, '--values', '-'];
  const objects = documents(run(process.env.HELM || 'helm', args, stringify(spec.values ?? {})));
  return objects
    .map((object) => stringify({ ...object, metadata: { ...object.metadata, namespace } }, { lineWidth: 0 }))
    .join('---\n');
}

/** The same without what a bare cluster has not. */
const bareChartOf = (release: Manifest): string => {
  const { [release.metadata.name]: bare = {} } = parse(read('overlays/values.yaml'));
  return HEAD + chartOf({ ...release, spec: { ...release.spec, values: merged(release.spec.values ?? {}, bare) } });
};

/** As helm merges values: maps by key, everything else is replaced. */
function merged(base: object, over: object): object {
  const isMap = (value: unknown): value is object =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over))
    result[key] = isMap(value) && isMap(result[key]) ? merged(result[key], value) : value;
  return result;
}

function run(program: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    input,
    maxBuffer: 100_000_000,
  });
  if (error !== undefined)
    throw new Error(`${program} cannot be run (${error.message}): it must be installed, and in PATH`);
  if (status !== 0) throw new Error(`${program} ${args.slice(0, 3).join(' ')} failed:\n${stderr.trim()}`);
  return stdout;
}

/** Says what is made up; throws an Error if a manifest asks for a value that is not there, which Flux would take for an empty text. */
function complain(environment: Environment): void {
  fluxSteps(environment);
  const madeUp = Object.entries(valuesOf(environment)).filter(([, value]) =>
    /\bexample\.(internal|com|org)\b/.test(value),
  );
  if (madeUp.length > 0) console.error(`${environment}: still made up: ${madeUp.map(([name]) => name).join(', ')}`);
}

function main(isCheck: boolean): number {
  const files = new Map(ENVIRONMENTS.flatMap((environment) => [...rendered(environment)]));
  const differ = [...files].filter(([path, text]) => !existsSync(join(KUBERNETES, path)) || read(path) !== text);
  if (!isCheck) for (const [path, text] of differ) writeFileSync(join(KUBERNETES, path), text);
  for (const [path] of differ) console.log(`${isCheck ? 'differs' : 'wrote'}  infra/kubernetes/${path}`);
  console.log(`${files.size} manifests, ${differ.length} ${isCheck ? 'differ' : 'written'}`);
  if (isCheck && differ.length > 0) {
    console.error('npm run manifests writes them');
    return 1;
  }
  for (const environment of ENVIRONMENTS) complain(environment);
  return 0;
}

if (import.meta.main) {
  try {
    process.exitCode = main(process.argv.includes('--check'));
  } catch (error) {
    console.error(`manifests: ${(error as Error).message}`);
    process.exitCode = 4;
  }
}
