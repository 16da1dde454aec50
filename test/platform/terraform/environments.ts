// An environment on a copy: planned, applied and destroyed with whatever provider Terraform has. The real one asks the cloud, which
// needs a token; then what needs an apply is not run, and says so.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from './policies.ts';
import { type Ended, type Workspace, workspace } from './workspace.ts';

/** Made up for the tests; long enough for the checks. */
export const SECRETS: Readonly<Record<string, string>> = Object.fromEntries(
  ['database', 'cache', 'backup'].map((name) => [`TF_VAR_${name}_password`, `made-up-for-the-tests-of-${name}`]),
);

export interface Applied {
  readonly space: Workspace;
  readonly folder: string;
  readonly path: string;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  /** Throws an Error with the output if it fails. */
  must(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>;
  plan(...args: readonly string[]): Promise<Plan>;
  /** Replaces text in a file of the copy; throws an Error if it is not there. */
  change(file: string, from: string | RegExp, to: string): void;
}

/** A copy of infra/terraform with an initialised environment. */
export async function copyOf(environment: string): Promise<Applied> {
  const space = workspace(`terraform-${environment}`);
  const folder = `environments/${environment}`;
  const path = join(space.path, folder);
  const run: Applied['run'] = (args, env = {}) => space.terraform(folder, args, { ...SECRETS, ...env });
  const must: Applied['must'] = async (args, env) => {
    const { code, out } = await run(args, env);
    if (code !== 0) throw new Error(`terraform ${args.join(' ')} ended with ${code}:\n${out.slice(-4000)}`);
    return out;
  };
  await must(['init', '-input=false']);
  return {
    space,
    folder,
    path,
    run,
    must,
    async plan(...args) {
      await must(['plan', '-input=false', '-out=tested.plan', ...args]);
      return JSON.parse(await must(['show', '-json', 'tested.plan'])) as Plan;
    },
    change(file, from, to) {
      const at = join(space.path, file);
      const before = readFileSync(at, 'utf8');
      const after = before.replace(from, to);
      if (after === before) throw new Error(`${file} has no ${from}`);
      writeFileSync(at, after);
    },
  };
}

/** Lifts the protection of data in the copy, so that it can be destroyed. */
export function liftProtection(space: Workspace): void {
  for (const file of globSync('modules/*/*.tf', { cwd: space.path })) {
    const at = join(space.path, file);
    writeFileSync(at, readFileSync(at, 'utf8').replaceAll('prevent_destroy = true', 'prevent_destroy = false'));
  }
}

/** Whether the provider wants a token of the cloud: then it is the real one. */
export async function isRealProvider(of: Applied): Promise<boolean> {
  const { code, out } = await of.run(['plan', '-input=false', '-refresh=false']);
  if (code === 0) return false;
  // Its own words, provider.go; anything else is a fault of the code.
  if (/missing credentials, either token or username and password must be set/.test(out.replaceAll(/\s+/g, ' ')))
    return true;
  throw new Error(`terraform plan failed:\n${out.slice(-3000)}`);
}
