// Writes secrets/ENVIRONMENT, encrypted by sops for the key in .sops.yaml. What is secret goes from Terraform through a pipe into sops and is
// never on the disk: (cd infra/terraform/environments/dev && terraform output -json platform_secrets) | node infra/kubernetes/secrets.ts dev ANSWERS
// ANSWERS is a YAML file outside of the repository with what only people know; `secrets.ts dev` without it prints an empty one.

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parse, stringify } from 'yaml';
import { ENVIRONMENTS, type Environment, valuesOf } from './environments.ts';
import { ASKED, type Inputs, SECRETS, type SecretSpec } from './secret-list.ts';

const HERE = import.meta.dirname;
const CONFIG = join(HERE, '.sops.yaml');

/** The empty file of answers, with what each of them is. */
export const answersToFill = (): string =>
  Object.entries(ASKED)
    .map(([name, what]) => `# ${what}\n${name}: ""\n`)
    .join('');

/** Inputs from what was given; everything that is missing is collected in `missing`, so that all of it can be said at once. */
function inputsFrom(
  environment: Environment,
  outputs: Readonly<Record<string, unknown>>,
  answers: Readonly<Record<string, unknown>>,
  missing: Set<string>,
): Inputs {
  const found = (value: unknown, what: string): string => {
    if (typeof value === 'string' && value !== '') return value;
    missing.add(what);
    return '';
  };
  return {
    terraform: (...path) =>
      found(
        path.reduce<unknown>((at, key) => (at as Record<string, unknown> | null | undefined)?.[key], outputs),
        `platform_secrets.${path.join('.')} of Terraform${path[0] === 'object_storage_keys' ? ` (a user "${path[1]}" in object_storage_users)` : ''}`,
      ),
    environment: (name) => found(process.env[name], `the variable ${name}`),
    ask: (name) => found(answers[name], `${name} in the file of answers: ${ASKED[name]}`),
    random: () => randomBytes(36).toString('base64url'),
    setting: (name) => found(valuesOf(environment)[name], `${name} in clusters/${environment}`),
  };
}

/** Secrets as manifests; throws an Error that lists everything that is missing. */
export function manifestsOf(
  environment: Environment,
  outputs: Readonly<Record<string, unknown>>,
  answers: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, string> {
  const missing = new Set<string>();
  const inputs = inputsFrom(environment, outputs, answers, missing);
  const files = SECRETS.map((spec) => [fileOf(spec), stringify(manifestOf(spec, inputs))] as const);
  if (missing.size > 0) throw new Error(`these are missing:\n${[...missing].map((what) => `  - ${what}`).join('\n')}`);
  return new Map(files);
}

export const fileOf = ({ namespace, name }: SecretSpec): string => `${namespace}-${name}.yaml`;

/** A Secret as a manifest, in plain text. */
export const manifestOf = ({ namespace, name, type, values }: SecretSpec, inputs: Inputs): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace },
  type: type ?? 'Opaque',
  stringData: values(inputs),
});

function sops(args: readonly string[], input: string): string {
  const { status, stdout, stderr, error } = spawnSync(process.env.SOPS ?? 'sops', args, { encoding: 'utf8', input });
  if (error !== undefined)
    throw new Error(`sops cannot be run (${error.message}): https://getsops.io, or name it in SOPS`);
  if (status !== 0) throw new Error(`sops failed: ${stderr.trim()}`);
  return stdout;
}

async function main([environment, answersFile]: readonly string[]): Promise<void> {
  if (!ENVIRONMENTS.includes(environment as Environment))
    throw new Error('usage: secrets.ts dev|prod [ANSWERS] < platform_secrets.json');
  if (answersFile === undefined) {
    process.stdout.write(answersToFill());
    return;
  }
  if (readFileSync(CONFIG, 'utf8').includes('age1REPLACE'))
    throw new Error(
      `put your public key into ${CONFIG}: age-keygen -o age.agekey prints it; the private key goes to bootstrap-flux`,
    );
  const outputs = JSON.parse((await text(process.stdin)) || '{}');
  const answers = parse(readFileSync(answersFile, 'utf8')) ?? {};
  const files = manifestsOf(environment as Environment, outputs, answers);
  const folder = join(HERE, 'secrets', environment!);
  mkdirSync(folder, { recursive: true });
  // All are encrypted before one is written.
  const encrypted = [...files].map(
    ([name, plain]) => [join(folder, name), encrypt(join(folder, name), plain)] as const,
  );
  for (const [path, cipher] of encrypted) writeFileSync(path, cipher);
  console.log(`wrote ${encrypted.length} Secrets, encrypted, into ${folder}: commit them`);
}

/** Encrypts; a value that was made up the last time stays as it was, or everybody would be logged out by a new salt. */
function encrypt(path: string, plain: string): string {
  const old = existsSync(path) ? parse(sops(['decrypt', path], '')) : undefined;
  const manifest = parse(plain) as { stringData: Record<string, string> };
  const spec = SECRETS.find((one) => path.endsWith(`/${fileOf(one)}`))!;
  for (const key of madeUp(spec)) manifest.stringData[key] = old?.stringData?.[key] ?? manifest.stringData[key]!;
  return sops(
    ['--config', CONFIG, 'encrypt', '--filename-override', path, '--input-type', 'yaml', '--output-type', 'yaml'],
    stringify(manifest),
  );
}

/** Keys whose values are random. */
const madeUp = (spec: SecretSpec): readonly string[] => {
  const same: Inputs = {
    terraform: () => '-',
    environment: () => '-',
    ask: () => '-',
    setting: () => '-',
    random: () => 'random',
  };
  return Object.entries(spec.values(same)).flatMap(([key, value]) => (value === 'random' ? [key] : []));
};

if (import.meta.main) {
  main(process.argv.slice(2)).catch((error: Error) => {
    console.error(`secrets: ${error.message}`);
    process.exitCode = 2;
  });
}
