// A chart of helm/ through the real helm and helm-unittest. Never talks to a cluster, and leaves the folder of the chart as it was.
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { privateFolder } from '../../services/process.ts';
import { toolPath } from '../tools.ts';

const CHARTS = new URL('../../../helm/', import.meta.url).pathname;

/** A Kubernetes object as it was rendered. */
export interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: each kind has fields of its own, and the test says which
  readonly [field: string]: any;
}

export interface Answer {
  readonly code: number | null;
  /** What a person sees, stdout and then stderr. */
  readonly out: string;
}

/** The folder of a chart by its name. */
export const chartFolder = (name: string): string => join(CHARTS, name);

/** The values files that a chart brings as examples, by name, in the order of the alphabet. */
export const ciValues = (name: string): readonly string[] =>
  readdirSync(join(chartFolder(name), 'ci'))
    .filter((file) => file.endsWith('-values.yaml'))
    .sort();

/** Path of one of the values files in ci/. */
export const ciPath = (name: string, file: string): string => join(chartFolder(name), 'ci', file);

/** Runs helm; `input` is what it reads with `--values -`. */
export function helm(args: readonly string[], input = ''): Answer {
  const { status, stdout, stderr, error } = spawnSync(toolPath('helm'), args, {
    encoding: 'utf8',
    input,
    maxBuffer: 100_000_000,
  });
  return { code: status, out: error?.message ?? stdout + stderr };
}

export const lint = (name: string, ...args: readonly string[]): Answer =>
  helm(['lint', '--strict', chartFolder(name), ...args]);

/** `helm template` with these arguments. `input` as for helm. */
export const template = (name: string, args: readonly string[], input = ''): Answer =>
  helm(['template', name, chartFolder(name), '--namespace', 'test', '--kube-version', '1.36.2', ...args], input);

/** The objects of a chart with these arguments; throws an Error with what helm says if it renders none. */
export function rendered(name: string, args: readonly string[], input = ''): readonly Rendered[] {
  const { code, out } = template(name, args, input);
  if (code !== 0) throw new Error(out);
  const documents = parseAllDocuments(out, { uniqueKeys: true });
  const wrong = documents.flatMap((document) => document.errors);
  if (wrong.length > 0) throw new Error(wrong.map((error) => error.message).join('\n'));
  const objects = documents.map((document) => document.toJS() as Rendered | null).filter((object) => object !== null);
  if (objects.length === 0) throw new Error(`${name} renders nothing`);
  return objects;
}

/** What helm says when it refuses these values (YAML); throws an Error if it takes them. */
export function refusal(name: string, args: readonly string[], values: string): string {
  const { code, out } = template(name, [...args, '--values', '-'], values);
  if (code === 0) throw new Error(`helm takes these values:\n${values}`);
  return out;
}

/** The one object of a kind, by its name if several are there; throws an Error with what there is. */
export function only(objects: readonly Rendered[], kind: string, name?: string): Rendered {
  const found = objects.filter((o) => o.kind === kind && (name === undefined || o.metadata.name === name));
  if (found.length === 1) return found[0]!;
  throw new Error(
    `${found.length} of ${kind} ${name ?? ''}; there are ${objects.map((o) => `${o.kind} ${o.metadata.name}`).join(', ')}`,
  );
}

/** The chart's own tests (tests/*_test.yaml) by helm-unittest, on a copy: it leaves a folder for snapshots behind. */
export function unittest(folder: string): Answer {
  const copy = privateFolder('unittest');
  try {
    cpSync(folder, join(copy.path, 'chart'), { recursive: true });
    const args = ['--color=false', '--strict', join(copy.path, 'chart')];
    const { status, stdout, stderr, error } = spawnSync(toolPath('helm-unittest'), args, {
      encoding: 'utf8',
      maxBuffer: 100_000_000,
    });
    return { code: status, out: error?.message ?? stdout + stderr };
  } finally {
    copy.remove();
  }
}
