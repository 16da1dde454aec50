// node infra/pipelines/terraform.ts plan|apply|drift ENVIRONMENT: what pipelines do with an environment. Secrets come as TF_VAR_…
// and IONOS_TOKEN in the environment; none is printed.
import { type Environment, environment, run, terraform } from './environment.ts';

/** Prints what would change, for a review. */
function plan(of: Environment): void {
  terraform(of, 'plan', '-input=false', '-lock-timeout=5m');
}

/** Plans and applies in one go: what was reviewed may be older than the state. */
function apply(of: Environment): void {
  terraform(of, 'apply', '-input=false', '-auto-approve', '-lock-timeout=5m');
}

/** Exit 1 if the cloud, or the code, is no longer what was applied. */
function drift(of: Environment): void {
  const code = terraform(of, 'plan', '-input=false', '-lock=false', '-detailed-exitcode');
  if (code === 0) {
    console.log(`${of.name}: no drift`);
    return;
  }
  throw new Error(
    `${of.name}: the plan above is not empty. Somebody changed the cloud by hand, or merged without applying: apply it, or put the change into the code`,
  );
}

run(() => {
  const [action = '', name = ''] = process.argv.slice(2);
  const act = { plan, apply, drift }[action];
  if (act === undefined) throw new Error('write node infra/pipelines/terraform.ts plan|apply|drift ENVIRONMENT');
  act(environment(name));
});
