// What must hold of a plan, whatever the code looks like: each policy reads terraform show -json and names what breaks it. Pure.

export interface PlannedResource {
  readonly address: string;
  readonly type: string;
  readonly name: string;
  readonly index?: string | number;
  readonly values: Readonly<Record<string, unknown>>;
}
interface PlannedModule {
  readonly resources?: readonly PlannedResource[];
  readonly child_modules?: readonly PlannedModule[];
}
export interface Plan {
  readonly planned_values: { readonly root_module: PlannedModule };
  readonly variables?: Readonly<Record<string, { readonly value: unknown }>>;
}

export const resourcesOf = (plan: Plan): readonly PlannedResource[] => below(plan.planned_values.root_module);
const below = ({ resources = [], child_modules = [] }: PlannedModule): PlannedResource[] => [
  ...resources.filter(({ address }) => !/(^|\.)data\./.test(address)),
  ...child_modules.flatMap(below),
];

interface Asked {
  readonly all: readonly PlannedResource[];
  readonly of: (type: string) => readonly PlannedResource[];
  readonly location: string;
}
type Block = Readonly<Record<string, unknown>>;
const first = (value: unknown): Block => (Array.isArray(value) ? (value[0] ?? {}) : (value ?? {})) as Block;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Cities of locations and of Object Storage regions: another name is not another place. */
const CITY: Readonly<Record<string, string>> = {
  'de/fra': 'Frankfurt',
  'de/fra/2': 'Frankfurt',
  'eu-central-4': 'Frankfurt',
  de: 'Frankfurt',
  'de/txl': 'Berlin',
  'eu-central-3': 'Berlin',
  'eu-central-2': 'Berlin',
  'eu-south-2': 'Logrono',
  'es/vit': 'Logrono',
  'us-central-1': 'Lenexa',
  'us/mci': 'Lenexa',
};
const isElsewhere = (place: unknown, location: string): boolean => {
  const [there, here] = [CITY[text(place)], CITY[location]];
  return there !== undefined && here !== undefined && there !== here;
};

const SSE = 'ionoscloud_s3_bucket_server_side_encryption_configuration';
const ACCESS = 'ionoscloud_s3_bucket_public_access_block';
/** Resources that only hold what can be made again, and that IONOS has no location for. */
const bucketsWithout = ({ of }: Asked, type: string, holds: (values: Block) => boolean): string[] => {
  const covered = new Set(
    of(type)
      .filter(({ values }) => holds(values))
      .map(({ values }) => values.bucket),
  );
  return of('ionoscloud_s3_bucket')
    .filter(({ values }) => !covered.has(values.name))
    .map(({ address }) => address);
};

/** Whether the policy of a bucket lets people read uploads, and does nothing else. */
const opensUploadsOnly = ({ of }: Asked, bucket: unknown): boolean => {
  const policies = of('ionoscloud_s3_bucket_policy').filter(({ values }) => values.bucket === bucket);
  const statements = policies.flatMap(
    ({ values }) => (JSON.parse(text(values.policy)) as { Statement: Block[] }).Statement,
  );
  return (
    statements.length > 0 &&
    statements.every(
      ({ Effect, Action, Resource }) =>
        Effect === 'Allow' &&
        [Action].flat().every((action) => action === 's3:GetObject') &&
        [Resource].flat().every((resource) => text(resource).endsWith('/wp-content/uploads/*')),
    )
  );
};

/** Addresses of what breaks a policy, by its name; each says in one sentence what must hold. */
export const POLICIES: Readonly<Record<string, (asked: Asked) => string[]>> = {
  'every resource that has a location is in a known one': ({ all }) =>
    all
      .filter(({ values }) => 'location' in values && CITY[text(values.location)] === undefined)
      .map(({ address }) => address),
  'what runs together stands in one place': ({ all, location }) =>
    all
      .filter(({ values, type }) => type !== 'ionoscloud_s3_bucket' && 'location' in values)
      .filter(({ values }) => CITY[text(values.location)] !== undefined && values.location !== location)
      .map(({ address }) => address),
  'every bucket is versioned': (asked) =>
    bucketsWithout(
      asked,
      'ionoscloud_s3_bucket_versioning',
      (v) => first(v.versioning_configuration).status === 'Enabled',
    ),
  'every bucket is encrypted': (asked) =>
    bucketsWithout(
      asked,
      SSE,
      (v) => first(first(first(v.rule).apply_server_side_encryption_by_default)).sse_algorithm === 'AES256',
    ),
  'no bucket is public, but for reading uploads': (asked) =>
    bucketsWithout(
      asked,
      ACCESS,
      (v) =>
        v.block_public_acls === true &&
        v.ignore_public_acls === true &&
        ((v.block_public_policy === true && v.restrict_public_buckets === true) || opensUploadsOnly(asked, v.bucket)),
    ),
  'every bucket has a lifecycle': (asked) =>
    bucketsWithout(asked, 'ionoscloud_s3_bucket_lifecycle_configuration', (v) => first(v.rule).status === 'Enabled'),
  'no bucket is deleted with what is in it': ({ of }) =>
    of('ionoscloud_s3_bucket')
      .filter(({ values }) => values.force_destroy !== false)
      .map(({ address }) => address),
  'the internet comes in by 443 alone': ({ of }) =>
    of('ionoscloud_nsg_firewallrule')
      .filter(
        ({ values: v }) =>
          v.type === 'INGRESS' && (v.source_ip == null || /^0\.0\.0\.0|^::\/0/.test(text(v.source_ip))),
      )
      .filter(({ values: v }) => !(v.port_range_start === 443 && v.port_range_end === 443))
      .map(({ address }) => address),
  'load balancers listen on 443, and on 80 to lead there': ({ of }) =>
    of('ionoscloud_application_loadbalancer_forwardingrule')
      .filter(({ values: v }) => {
        const isRedirect = first(v.http_rules).type === 'REDIRECT';
        const hasCertificate = Array.isArray(v.server_certificates)
          ? v.server_certificates.length > 0
          : v.server_certificates === undefined;
        return !((v.listener_port === 443 && hasCertificate) || (v.listener_port === 80 && isRedirect));
      })
      .map(({ address }) => address),
  'load balancers log their flows': ({ of }) =>
    [...of('ionoscloud_application_loadbalancer'), ...of('ionoscloud_networkloadbalancer')]
      .filter(({ values }) => !Array.isArray(values.flowlog) || values.flowlog.length === 0)
      .map(({ address }) => address),
  'backups are in another city': ({ of, location }) =>
    [
      ...of('ionoscloud_mariadb_cluster').filter(({ values }) => !isElsewhere(first(values.backup).location, location)),
      ...of('ionoscloud_inmemorydb_cluster_v2').filter(
        ({ values }) => !isElsewhere(first(values.snapshot).location, location),
      ),
    ].map(({ address }) => address),
  'databases have three instances': ({ of }) =>
    [
      ...of('ionoscloud_mariadb_cluster').filter(({ values }) => Number(values.instances) < 3),
      ...of('ionoscloud_inmemorydb_cluster_v2').filter(({ values }) => Number(first(values.instances).count) < 3),
    ].map(({ address }) => address),
  'three node pools, each labelled with its zone, and with room to grow': ({ of }) => {
    const pools = of('ionoscloud_k8s_node_pool');
    const wrong = pools.filter(({ values }) => {
      const { min_node_count: min, max_node_count: max } = first(values.auto_scaling);
      return !first(values.labels)['platform.ionos/az'] || !(Number(min) < Number(max));
    });
    return [...(pools.length < 3 ? [`${pools.length} node pools`] : []), ...wrong.map(({ address }) => address)];
  },
  'the API of Kubernetes is open to named networks alone': ({ of }) =>
    of('ionoscloud_k8s_cluster')
      .filter(({ values }) => {
        const list = (values.api_subnet_allow_list ?? []) as readonly (string | null)[];
        return (
          list.length === 0 || list.some((one) => one !== null && (one.startsWith('0.0.0.0') || one.endsWith('/0')))
        );
      })
      .map(({ address }) => address),
  'the API of Kubernetes leaves an audit log': ({ of }) =>
    of('ionoscloud_k8s_cluster')
      .filter(({ values }) => !text(first(values.s3_buckets).name))
      .map(({ address }) => address),
  'the CDN filters what it does not cache, and "/" comes last': ({ of }) =>
    of('ionoscloud_cdn_distribution').flatMap(({ address, values }) => {
      const rules = (values.routing_rules ?? []) as readonly Block[];
      const open = rules.filter(({ upstream }) => first(upstream).caching !== true && first(upstream).waf !== true);
      const isLast = rules.findIndex(({ prefix }) => prefix === '/') === rules.length - 1;
      return [...open.map(({ prefix }) => `${address}: ${prefix}`), ...(isLast ? [] : [`${address}: "/" is not last`])];
    }),
  'the CDN slows down who guesses passwords, and keeps no page of the back end': ({ of }) =>
    of('ionoscloud_cdn_distribution').flatMap(({ address, values }) =>
      ((values.routing_rules ?? []) as readonly Block[])
        .filter(({ prefix }) => /^\/(wp-admin|wp-login\.php|xmlrpc\.php)/.test(text(prefix)))
        .filter(
          ({ upstream }) =>
            first(upstream).caching === true || !/^R(1|5|10)$/.test(text(first(upstream).rate_limit_class)),
        )
        .map(({ prefix }) => `${address}: ${prefix}`),
    ),
  'tokens of the registry expire': ({ of }) =>
    of('ionoscloud_container_registry_token')
      // What is not known before an apply is left out.
      .filter(({ values }) => 'expiry_date' in values && !values.expiry_date)
      .map(({ address }) => address),
  'databases are in a private network': ({ of }) =>
    of('ionoscloud_lan')
      .filter(({ address, values }) => /data/.test(`${address} ${text(values.name)}`) && values.public !== false)
      .map(({ address }) => address),
  'only the group of Terraform may create things, and none may change rights': ({ of }) =>
    of('ionoscloud_group')
      .filter(({ values, index }) => {
        const rights = Object.keys(values).filter((key) => values[key] === true);
        const creates = rights.some((right) => /^(create_|reserve_ip$|access_and_manage_kaas$)/.test(right));
        return rights.includes('access_and_manage_iam_resources') || (creates && index !== 'terraform');
      })
      .map(({ address }) => address),
};

/** What a plan breaks, by policy; nothing if it is fine. */
export function broken(plan: Plan): Readonly<Record<string, readonly string[]>> {
  const all = resourcesOf(plan);
  const location = text(all.find(({ type }) => type === 'ionoscloud_datacenter')?.values.location);
  const asked: Asked = { all, location, of: (type) => all.filter((one) => one.type === type) };
  const found = Object.entries(POLICIES).map(([name, policy]) => [name, policy(asked)] as const);
  return Object.fromEntries(found.filter(([, addresses]) => addresses.length > 0));
}

/** How large an environment is: what is paid for. */
export function sizeOf(plan: Plan): Readonly<Record<'nodes' | 'cores' | 'databaseRamGb' | 'cacheRamGb', number>> {
  const all = resourcesOf(plan);
  const sum = (type: string, value: (values: Block) => number): number =>
    all.filter((one) => one.type === type).reduce((total, { values }) => total + value(values), 0);
  return {
    nodes: sum('ionoscloud_k8s_node_pool', (v) => Number(first(v.auto_scaling).max_node_count)),
    cores: sum('ionoscloud_k8s_node_pool', (v) => Number(v.cores_count) * Number(first(v.auto_scaling).max_node_count)),
    databaseRamGb: sum('ionoscloud_mariadb_cluster', (v) => Number(v.ram) * Number(v.instances)),
    cacheRamGb: sum(
      'ionoscloud_inmemorydb_cluster_v2',
      (v) => Number(first(v.instances).ram) * Number(first(v.instances).count),
    ),
  };
}
