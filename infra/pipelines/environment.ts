// An environment of infra/terraform, and Terraform in it. Used by the programs beside; never prints a value of a secret.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Tests set another folder: a copy. */
const FOLDER = process.env.PLIMSOLL_ENVIRONMENTS ?? new URL('../terraform/environments', import.meta.url).pathname;

export interface Environment {
  readonly name: string;
  readonly path: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Initialised, with the side of the failover that is active now. Throws an Error that says what to do. */
export function environment(name: string): Environment {
  const path = join(FOLDER, name);
  const names = readdirSync(FOLDER).sort();
  if (!names.includes(name)) throw new Error(`there is no environment "${name}"; there are ${names.join(', ')}`);
  const bucket = process.env.TF_STATE_BUCKET;
  // A runner forgets a local state, and the next run would build a second platform.
  if (process.env.GITHUB_ACTIONS === 'true' && !bucket)
    throw new Error('TF_STATE_BUCKET is not set: without the state, everything would be made anew (infra/README.md)');
  if (bucket && !existsSync(join(path, 'backend.tf')))
    copyFileSync(join(path, 'backend.tf.example'), join(path, 'backend.tf'));
  const plain = { name, path, env: process.env };
  terraform(plain, 'init', '-input=false', ...(bucket ? [`-backend-config=bucket=${bucket}`] : []));
  const active = process.env.TF_VAR_active_origin ?? outputs(plain).active_origin?.value;
  // A failover stays until it is taken back, whoever applies in between.
  return { ...plain, env: { ...process.env, ...(typeof active === 'string' && { TF_VAR_active_origin: active }) } };
}

/** Runs it with its output on ours. The exit code of plan -detailed-exitcode may be 2; any other fault is an Error. */
export function terraform({ path, env, name }: Environment, ...args: string[]): number {
  const { status, error } = spawnSync('terraform', args, {
    cwd: path,
    env: { ...env, TF_IN_AUTOMATION: '1' },
    stdio: 'inherit',
  });
  if (error !== undefined) throw new Error(`cannot run terraform: ${error.message}`);
  if (status === 0 || (status === 2 && args.includes('-detailed-exitcode'))) return status;
  throw new Error(`${name}: terraform ${args[0]} failed; its message is above`);
}

/** What Terraform prints as JSON. */
export function terraformJson<T>({ path, env }: Environment, ...args: string[]): T {
  const { status, stdout, stderr } = spawnSync('terraform', args, {
    cwd: path,
    env,
    encoding: 'utf8',
    maxBuffer: 500_000_000,
  });
  if (status !== 0) throw new Error(`terraform ${args.join(' ')}: ${stderr.trim()}`);
  return JSON.parse(stdout) as T;
}

export const outputs = (of: Environment): Readonly<Record<string, { readonly value: unknown } | undefined>> =>
  terraformJson(of, 'output', '-json');

interface Plan {
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly type: string;
    readonly change: { readonly actions: readonly string[] };
  }[];
}

/** Plans into a file, and says what it would change: address, type and actions. */
export function planned(
  of: Environment,
  file: string,
  ...args: string[]
): { address: string; type: string; actions: string }[] {
  terraform(of, 'plan', '-input=false', '-lock-timeout=5m', `-out=${file}`, ...args);
  const { resource_changes: changes = [] } = terraformJson<Plan>(of, 'show', '-json', file);
  return changes
    .map(({ address, type, change }) => ({ address, type, actions: change.actions.join(' and ') }))
    .filter(({ actions }) => actions !== 'no-op' && actions !== 'read');
}

/** An Error of ours is a message, and exit code 1. */
export function run(main: () => void | Promise<void>): void {
  Promise.resolve()
    .then(main)
    .catch((error: Error) => {
      console.error(error.message);
      process.exitCode = 1;
    });
}
