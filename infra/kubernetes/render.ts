// Writes what the environments need of our own charts and spec: `npm run manifests`; with --check compares and changes nothing.
// overlays/ENVIRONMENT is for `kubectl apply -k` on a cluster without Flux, apps/ENVIRONMENT/spec.yaml is the exporter's spec with Flux.
// HELM names another helm than the one in PATH.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { environmentSpec } from './environment-spec.ts';
import { substitute } from './substitute.ts';

const HERE = import.meta.dirname;
const REPOSITORY = join(HERE, '../..');
const KUBE_VERSION = '1.36.2';
export const ENVIRONMENTS = ['dev', 'prod'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

const HEAD = '# Written by `npm run manifests`; not to be changed by hand.\n';
const read = (path: string): string => readFileSync(join(HERE, path), 'utf8');

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: { readonly values?: object; readonly chart: { readonly spec: { readonly chart: string } } };
}

/** What Terraform and we say of an environment, by name. */
export const valuesOf = (environment: Environment): Readonly<Record<string, string>> =>
  Object.assign(
    {},
    ...['platform-values', 'platform-settings'].map((name) => parse(read(`clusters/${environment}/${name}.yaml`)).data),
  );

/** All files by their path below infra/kubernetes; throws an Error with what kubectl or helm says. */
export function rendered(environment: Environment): ReadonlyMap<string, string> {
  const values = valuesOf(environment);
  const spec = specMap(environment);
  const [apps, overlay] = [`apps/${environment}`, `overlays/${environment}`];
  const releases = kustomized(apps, new Map([['spec.yaml', spec]]))
    .filter(({ kind }) => kind === 'HelmRelease')
    .map((release) => parse(substitute(stringify(release), values)) as Manifest);
  return new Map([
    [`${apps}/spec.yaml`, spec],
    [`${overlay}/spec.yaml`, spec],
    [`${overlay}/namespaces.yaml`, namespacesOf(releases)],
    [`${overlay}/direct.yaml`, HEAD + substitute(read('overlays/direct.yaml'), values)],
    ...releases.map((release) => [`${overlay}/${release.metadata.name}.yaml`, templated(release)] as const),
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

/** The folder through kustomize; files that are not written yet are written first, as kustomize reads the disk. */
function kustomized(folder: string, files: ReadonlyMap<string, string>): Manifest[] {
  for (const [name, text] of files)
    if (!existsSync(join(HERE, folder, name))) writeFileSync(join(HERE, folder, name), text);
  return documents(run('kubectl', ['kustomize', join(HERE, folder)]));
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

function templated({ metadata, spec }: Manifest): string {
  const { name, namespace = 'default' } = metadata;
  const bare = parse(read('overlays/values.yaml'))[name] ?? {};
  const values = stringify(merged(spec.values ?? {}, bare));
  const chart = join(REPOSITORY, spec.chart.spec.chart);
  const args = ['template', name, chart, '--namespace', namespace, '--kube-version', KUBE_VERSION, '--values', '-'];
  const objects = documents(run(process.env.HELM ?? 'helm', args, values)).map((object) => ({
    ...object,
    metadata: { ...object.metadata, namespace },
  }));
  return HEAD + objects.map((object) => stringify(object, { lineWidth: 0 })).join('---\n');
}

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

function main(isCheck: boolean): number {
  const files = new Map(ENVIRONMENTS.flatMap((environment) => [...rendered(environment)]));
  const differ = [...files].filter(([path, text]) => !existsSync(join(HERE, path)) || read(path) !== text);
  if (!isCheck) for (const [path, text] of differ) writeFileSync(join(HERE, path), text);
  for (const [path] of differ) console.log(`${isCheck ? 'differs' : 'wrote'}  infra/kubernetes/${path}`);
  console.log(`${files.size} manifests, ${differ.length} ${isCheck ? 'differ' : 'written'}`);
  if (isCheck && differ.length > 0) console.error('npm run manifests writes them');
  return isCheck && differ.length > 0 ? 1 : 0;
}

if (import.meta.main) {
  try {
    process.exitCode = main(process.argv.includes('--check'));
  } catch (error) {
    console.error(`manifests: ${(error as Error).message}`);
    process.exitCode = 4;
  }
}
