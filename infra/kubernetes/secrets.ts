// Writes secrets/ENVIRONMENT, encrypted by sops for the environment's key in .sops.yaml. What is secret goes from Terraform through a pipe into sops
// and is never on the disk: (cd infra/terraform/environments/dev && terraform output -json platform_secrets) | node infra/kubernetes/secrets.ts dev ANSWERS
// ANSWERS is a YAML file outside of the repository with what only people know; `secrets.ts dev` without it prints an empty one.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parse, stringify } from 'yaml';
import { ENVIRONMENTS, type Environment, KUBERNETES, valuesOf } from './environments.ts';
import { ASKED, type Inputs, NO_INPUTS, SECRETS, type SecretSpec, SHAPES } from './secret-list.ts';

const CONFIG = join(KUBERNETES, '.sops.yaml');
type Values = Readonly<Record<string, unknown>>;

/** The empty file of answers, with what each of them is. */
export const answersToFill = (): string =>
  Object.entries(ASKED)
    .map(([name, what]) => `# ${what}\n${name}: ""\n`)
    .join('');

/** Inputs from what was given; everything that is missing is collected in `missing`, so that all of it can be said at once. */
function inputsFrom(
  environment: Environment,
  outputs: Values,
  answers: Values,
  kept: ReadonlyMap<string, string>,
  missing: Set<string>,
): Inputs {
  const found = (value: unknown, what: string): string => {
    if (typeof value === 'string' && value !== '') return value;
    missing.add(what);
    return '';
  };
  const madeUp = new Map(kept);
  return {
    terraform: (...path) =>
      found(
        path.reduce<unknown>((at, key) => (at as Values | null | undefined)?.[key], outputs),
        `platform_secrets.${path.join('.')} of Terraform${path[0] === 'object_storage_keys' ? ` (a user "${path[1]}" in object_storage_users)` : ''}`,
      ),
    environment: (name) => found(process.env[name], `the variable ${name}`),
    ask(name) {
      const answer = found(answers[name], `${name} in the file of answers: ${ASKED[name]}`);
      if (answer !== '' && SHAPES[name]?.test(answer) === false)
        missing.add(`${name} in the file of answers is none: ${ASKED[name]}`);
      return answer;
    },
    random(name) {
      if (!madeUp.has(name)) madeUp.set(name, randomBytes(36).toString('base64url'));
      return madeUp.get(name)!;
    },
    setting: (name) => found(valuesOf(environment)[name], `${name} in clusters/${environment}`),
  };
}

/** Secrets as manifests by the name of their file; throws an Error that lists everything that is missing. `kept`: what was made up before. */
export function manifestsOf(
  environment: Environment,
  outputs: Values,
  answers: Values,
  kept: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, string> {
  const missing = new Set<string>();
  const inputs = inputsFrom(environment, outputs, answers, kept, missing);
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
  const { status, stdout, stderr, error } = spawnSync(process.env.SOPS || 'sops', args, { encoding: 'utf8', input });
  if (error !== undefined)
    throw new Error(`sops cannot be run (${error.message}): https://getsops.io, or name it in SOPS`);
  if (status !== 0) throw new Error(`sops failed: ${stderr.trim()}`);
  return stdout;
}

/** What was made up the last time, by name: with new salts everybody would be logged out. Only files that hold such values are decrypted. */
function keptIn(folder: string): ReadonlyMap<string, string> {
  const kept = new Map<string, string>();
  for (const spec of SECRETS) {
    const path = join(folder, fileOf(spec));
    const keys = Object.entries(spec.values(NO_INPUTS)).filter(([, value]) => value.startsWith('random:'));
    if (keys.length === 0 || !existsSync(path)) continue;
    const { stringData } = parse(decrypted(path)) as { stringData: Record<string, string> };
    for (const [key, value] of keys)
      if (stringData[key] !== undefined) kept.set(value.slice('random:'.length), stringData[key]);
  }
  return kept;
}

function decrypted(path: string): string {
  try {
    return sops(['decrypt', path], '');
  } catch (error) {
    throw new Error(
      `${path} cannot be read, and what was made up in it is to stay: set SOPS_AGE_KEY_FILE to the private key\n${(error as Error).message}`,
    );
  }
}

/** Throws an Error if the outputs are of another environment, or are none. */
function outputsOf(environment: Environment, input: string): Values {
  let outputs: Values;
  try {
    outputs = JSON.parse(input);
  } catch {
    throw new Error('no JSON on standard input: terraform output -json platform_secrets');
  }
  if (typeof outputs.environment === 'string' && !outputs.environment.endsWith(`-${environment}`))
    throw new Error(`these are the secrets of ${outputs.environment}, not of ${environment}`);
  return outputs;
}

async function main([environment, answersFile]: readonly string[]): Promise<void> {
  if (!ENVIRONMENTS.includes(environment as Environment))
    throw new Error('usage: secrets.ts dev|prod [ANSWERS] < platform_secrets.json');
  const of = environment as Environment;
  if (answersFile === undefined) {
    process.stdout.write(answersToFill());
    return;
  }
  if (readFileSync(CONFIG, 'utf8').includes(`age1REPLACE-${of}`))
    throw new Error(
      `put the public key of ${of} into ${CONFIG}: age-keygen -o ${of}.agekey prints it; the private key goes to bootstrap-flux`,
    );
  const outputs = outputsOf(of, await text(process.stdin));
  const folder = join(KUBERNETES, 'secrets', of);
  const files = manifestsOf(of, outputs, parse(readFileSync(answersFile, 'utf8')) ?? {}, keptIn(folder));
  mkdirSync(folder, { recursive: true });
  // All are encrypted before one is written.
  const encrypted = [...files].map(
    ([name, plain]) => [join(folder, name), encrypt(join(folder, name), plain)] as const,
  );
  for (const [path, cipher] of encrypted) writeFileSync(path, cipher);
  console.log(`wrote ${encrypted.length} Secrets, encrypted, into ${folder}: commit them`);
}

const encrypt = (path: string, plain: string): string =>
  sops(
    ['--config', CONFIG, 'encrypt', '--filename-override', path, '--input-type', 'yaml', '--output-type', 'yaml'],
    plain,
  );

if (import.meta.main) {
  main(process.argv.slice(2)).catch((error: Error) => {
    console.error(`secrets: ${error.message}`);
    process.exitCode = 2;
  });
}
