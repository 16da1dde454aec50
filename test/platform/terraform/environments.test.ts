// Both environments from nothing to nothing: planned, applied, changed, broken in the middle and mended, protected, destroyed; and
// what a plan must hold whatever the code says.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plimsoll } from '../../cli/push-run.ts';
import { type Applied, copyOf, isRealProvider, liftProtection } from './environments.ts';
import { broken, type Plan, POLICIES, resourcesOf, sizeOf } from './policies.ts';
import { BREAKS } from './policy-breaks.ts';
import { ENVIRONMENTS } from './sources.ts';
import { TERRAFORM } from './workspace.ts';

const names = ENVIRONMENTS.map((folder) => folder.split('/')[1]!);
const copies: Record<string, Applied> = {};
const plans: Record<string, Plan> = {};
let isReal = false;

beforeAll(async () => {
  for (const name of names) copies[name] = await copyOf(name);
  isReal = await isRealProvider(copies[names[0]!]!);
  if (isReal) console.error('the provider asks the cloud: plans and applies are not tested without a contract');
  else for (const name of names) plans[name] = await copies[name]!.plan();
}, 300_000);
afterAll(() => {
  for (const copy of Object.values(copies)) copy.space.remove();
});

it('are two, of the same code: only sizes, values and where the state lies differ', () => {
  expect(names).toEqual(['dev', 'prod']);
  const own =
    /\.tfstate|outputs\.json|kubeconfig|^(sizes\.tf|terraform\.tfvars|backend\.tf\.example|README\.md)$|^\.|^tests$/;
  const files = (name: string) => readdirSync(join(TERRAFORM, 'environments', name)).filter((file) => !own.test(file));
  expect(files('prod')).toEqual(files('dev'));
  const text = (name: string, file: string) => readFileSync(join(TERRAFORM, 'environments', name, file), 'utf8');
  expect(files('dev').filter((file) => text('dev', file) !== text('prod', file))).toEqual([]);
});

describe.each(names)('a plan of %s', (name) => {
  it('holds every policy', (context) => {
    if (isReal) context.skip('the provider asks the cloud');
    expect(broken(plans[name]!)).toEqual({});
    const of = resourcesOf(plans[name]!);
    expect(of.length).toBeGreaterThan(100);
    if (process.env.PRINT)
      console.log(
        `${name}: ${of.length} resources of ${new Set(of.map(({ type }) => type)).size} types`,
        sizeOf(plans[name]!),
      );
  });
  it.for(Object.keys(POLICIES))('that breaks "%s" is found', (policy, context) => {
    if (isReal) context.skip('the provider asks the cloud');
    const plan = structuredClone(plans[name]!);
    BREAKS[policy]!(resourcesOf(plan) as never);
    expect(Object.keys(broken(plan))).toContain(policy);
  });
});

it('dev is smaller than prod', (context) => {
  if (isReal) context.skip('the provider asks the cloud');
  const [dev, prod] = [sizeOf(plans.dev!), sizeOf(plans.prod!)];
  for (const what of Object.keys(dev) as (keyof typeof dev)[]) expect(dev[what], what).toBeLessThan(prod[what]);
});

it('a platform with one service load balancer holds the policies as well', async (context) => {
  if (isReal) context.skip('the provider asks the cloud');
  const plan = await copies.dev!.plan('-var=exposure=service-lb');
  expect(broken(plan)).toEqual({});
  const types = new Set(resourcesOf(plan).map(({ type }) => type));
  expect(types.has('ionoscloud_networkloadbalancer')).toBe(false);
});

describe.each(names)('%s', (name) => {
  // The stand-in's automatic certificate has no UUID as its id, which the load balancer refuses: so one that is there already.
  const env = { TF_VAR_certificate_id: '00000000-0000-4000-8000-00000000c0de' };
  it('is applied after a failure in the middle, then changes nothing, then what was changed, and no more', async (context) => {
    if (isReal) context.skip('the provider asks the cloud');
    const of = copies[name]!;
    const apply = ['apply', '-input=false', '-auto-approve'];
    const failed = await of.run(apply, { ...env, SCHEMA_PROVIDER_FAIL: 'ionoscloud_mariadb_cluster,ionoscloud_share' });
    expect(failed.code, failed.out.slice(-1000)).toBe(1);
    await of.must(apply, env);
    const unchanged = await of.run(['plan', '-input=false', '-detailed-exitcode'], env);
    expect(unchanged.code, unchanged.out.slice(-3000)).toBe(0);

    of.change(`${of.folder}/sizes.tf`, /storage_gb = (\d+) \}/, 'storage_gb = 500 }');
    of.change(`${of.folder}/sizes.tf`, /(fra-1 = .*max = )\d+/, '$19');
    const changed = (await of.plan(`-var=certificate_id=${env.TF_VAR_certificate_id}`)) as Plan & {
      resource_changes: { address: string; change: { actions: string[] } }[];
    };
    expect(
      changed.resource_changes
        .filter(({ change }) => !change.actions.every((action) => action === 'no-op' || action === 'read'))
        .map(({ address, change }) => `${address} ${change.actions}`)
        .sort(),
    ).toEqual([
      'module.database.ionoscloud_mariadb_cluster.this update',
      // Its targets are read again once the pool has changed.
      'module.edge.ionoscloud_networkloadbalancer_forwardingrule.this["chain"] update',
      'module.kubernetes.ionoscloud_k8s_node_pool.this["fra-1-g1"] update',
    ]);
    await of.must(apply, env);
    expect((await of.run(['plan', '-input=false', '-detailed-exitcode'], env)).code).toBe(0);
  });
  it('gives a spec that plimsoll takes without findings', async (context) => {
    if (isReal) context.skip('the provider asks the cloud');
    const { path, must } = copies[name]!;
    writeFileSync(join(path, 'outputs.json'), await must(['output', '-json', 'plimsoll']));
    expect(await plimsoll(path, 'init', '--from-terraform', 'outputs.json')).toMatchObject({ code: 0 });
    expect(await plimsoll(path, 'check', '--no-secrets')).toEqual({
      code: 0,
      out: expect.stringMatching(/[56] targets, [78] SLOs: fine/),
    });
  });
  it('keeps its secrets out of what is printed', async (context) => {
    if (isReal) context.skip('the provider asks the cloud');
    const { must } = copies[name]!;
    expect(await must(['output'])).not.toMatch(/made-up-for-the-tests/);
    expect(JSON.parse(await must(['output', '-json']))).toMatchObject({
      kubeconfig: { sensitive: true },
      platform_secrets: { sensitive: true },
      registry_push: { sensitive: true },
    });
  });
  it('does not let its data be destroyed, until somebody lifts the protection', async (context) => {
    if (isReal) context.skip('the provider asks the cloud');
    const of = copies[name]!;
    const refused = await of.run(['destroy', '-input=false', '-auto-approve'], env);
    expect(refused.code).toBe(1);
    // One error for each resource, with its address in the text.
    const said = refused.out.replaceAll(/[│\s]+/g, ' ');
    const missing = [
      'ionoscloud_mariadb_cluster',
      'ionoscloud_inmemorydb_cluster_v2',
      'ionoscloud_s3_bucket',
      'ionoscloud_backup_unit',
      'ionoscloud_dns_zone',
      'ionoscloud_container_registry',
    ].filter(
      (type) => !new RegExp(`Resource module\\.\\w+\\.${type}\\.\\S+ has lifecycle\\.prevent_destroy`).test(said),
    );
    expect(missing, refused.out.slice(-1500)).toEqual([]);
    liftProtection(of.space);
    await of.must(['destroy', '-input=false', '-auto-approve'], env);
    expect((await of.must(['state', 'list'])).trim()).toBe('');
  });
});
