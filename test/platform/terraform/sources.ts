// What the modules say in their text: variables with their checks, and which tests expect a check to fail.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TERRAFORM } from './workspace.ts';

/** Folders below infra/terraform with a root or a module. */
export const MODULES = below('modules');
export const ENVIRONMENTS = below('environments');

function below(folder: string): string[] {
  return readdirSync(join(TERRAFORM, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${folder}/${name}`)
    .sort();
}

const textsIn = (folder: string, ending: string): string[] =>
  existsSync(join(TERRAFORM, folder))
    ? readdirSync(join(TERRAFORM, folder))
        .filter((name) => name.endsWith(ending))
        .map((name) => readFileSync(join(TERRAFORM, folder, name), 'utf8'))
    : [];

export interface VariableText {
  readonly name: string;
  readonly text: string;
}

/** The blocks of a kind at the left edge: variable, output, check; of a resource the name is type.name. */
export const blocks = (folder: string, kind: string): VariableText[] =>
  textsIn(folder, '.tf').flatMap((text) =>
    [...text.matchAll(new RegExp(`^${kind} "([^"]+)"(?: "([^"]+)")? \\{\\n(.*?)^\\}`, 'gms'))].map(
      ([, type, name, body]) => ({ name: name === undefined ? type! : `${type}.${name}`, text: body! }),
    ),
  );

/** Addresses that a run of the tests expects to fail, for example var.name and ionoscloud_k8s_cluster.this. */
export const expectedFailures = (folder: string): Set<string> =>
  new Set(
    textsIn(`${folder}/tests`, '.tftest.hcl').flatMap((text) =>
      [...text.matchAll(/expect_failures\s*=\s*\[([^\]]*)\]/g)].flatMap(([, list]) =>
        list!.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim().replace(/\[.*$/, '')])),
      ),
    ),
  );

export const assertions = (folder: string): number =>
  textsIn(`${folder}/tests`, '.tftest.hcl').reduce((sum, text) => sum + text.split(/^\s*assert \{/m).length - 1, 0);
