// node infra/pipelines/terraform.ts plan|apply|drift|follow ENVIRONMENT: what pipelines do with an environment. Secrets come as TF_VAR_…
// and IONOS_TOKEN in the environment; none is printed.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, environment, planned, run, terraform } from './environment.ts';

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

/** What IONOS changes by itself, and what must follow: addresses of nodes that were rebuilt, and a certificate that was renewed. */
const FOLLOWS: readonly string[] = [
  'ionoscloud_networkloadbalancer_forwardingrule',
  'ionoscloud_application_loadbalancer_forwardingrule',
  'ionoscloud_cdn_distribution',
];

/** Applies that, if nothing else is pending; else says what is, with exit 1. */
function follow(of: Environment): void {
  const file = join(of.path, 'follow.plan');
  try {
    const changes = planned(of, file);
    const others = changes.filter(({ type, actions }) => !FOLLOWS.includes(type) || actions !== 'update');
    if (others.length > 0)
      throw new Error(
        `${of.name}: more is pending than what follows IONOS, so nothing was changed: ${others.map(({ address, actions }) => `${address} (${actions})`).join(', ')}`,
      );
    if (changes.length > 0) terraform(of, 'apply', '-input=false', file);
    console.log(
      `${of.name}: ${changes.length === 0 ? 'nothing to follow' : changes.map(({ address }) => address).join(', ')}`,
    );
  } finally {
    rmSync(file, { force: true });
  }
}

run(() => {
  const [action = '', name = ''] = process.argv.slice(2);
  const act = { plan, apply, drift, follow }[action];
  if (act === undefined) throw new Error('write node infra/pipelines/terraform.ts plan|apply|drift|follow ENVIRONMENT');
  act(environment(name));
});
