// For each policy a plan that breaks it, made of a good one.
import type { PlannedResource } from './policies.ts';

type Values = Record<string, unknown>;
type Resources = readonly (PlannedResource & { values: Values })[];

function change(all: Resources, type: string, to: (values: Values) => void): void {
  const found = all.find((one) => one.type === type);
  if (found === undefined) throw new Error(`the plan has no ${type}`);
  to(found.values);
}
const set = (type: string, values: Values) => (all: Resources) => change(all, type, (v) => Object.assign(v, values));
const rules = (all: Resources, to: (list: { prefix: string; upstream: Values[] }[]) => void) =>
  change(all, 'ionoscloud_cdn_distribution', (v) => to(v.routing_rules as never));

export const BREAKS: Readonly<Record<string, (all: Resources) => void>> = {
  'every resource that has a location is in a known one': set('ionoscloud_lan', { location: null }),
  'what runs together stands in one place': set('ionoscloud_k8s_node_pool', { location: 'de/txl' }),
  'every bucket is versioned': set('ionoscloud_s3_bucket_versioning', {
    versioning_configuration: [{ status: 'Suspended' }],
  }),
  'every bucket is encrypted': set('ionoscloud_s3_bucket_server_side_encryption_configuration', { bucket: 'another' }),
  'no bucket is public, but for reading uploads': set('ionoscloud_s3_bucket_public_access_block', {
    restrict_public_buckets: false,
  }),
  'every bucket has a lifecycle': set('ionoscloud_s3_bucket_lifecycle_configuration', {
    rule: [{ status: 'Disabled' }],
  }),
  'no bucket is deleted with what is in it': set('ionoscloud_s3_bucket', { force_destroy: true }),
  'the internet comes in by 443 alone': set('ionoscloud_nsg_firewallrule', {
    type: 'INGRESS',
    source_ip: '0.0.0.0/0',
    port_range_start: 22,
    port_range_end: 22,
  }),
  'load balancers listen on 443, and on 80 to lead there': set('ionoscloud_application_loadbalancer_forwardingrule', {
    listener_port: 8080,
  }),
  'load balancers log their flows': set('ionoscloud_networkloadbalancer', { flowlog: [] }),
  'backups are in another city': set('ionoscloud_mariadb_cluster', { backup: [{ location: 'eu-central-4' }] }),
  'databases have three instances': set('ionoscloud_inmemorydb_cluster_v2', {
    instances: { count: 1, cores: 1, ram: 4 },
  }),
  'three node pools, each labelled with its zone, and with room to grow': set('ionoscloud_k8s_node_pool', {
    labels: {},
  }),
  'the API of Kubernetes is open to named networks alone': set('ionoscloud_k8s_cluster', { api_subnet_allow_list: [] }),
  'the API of Kubernetes leaves an audit log': set('ionoscloud_k8s_cluster', { s3_buckets: [] }),
  'the CDN filters what it does not cache, and "/" comes last': (all) =>
    rules(all, (list) => void list.unshift(list.pop()!)),
  'the CDN slows down who guesses passwords, and keeps no page of the back end': (all) =>
    rules(all, (list) => {
      list.find(({ prefix }) => prefix.startsWith('/wp-admin'))!.upstream[0]!.caching = true;
    }),
  'tokens of the registry expire': set('ionoscloud_container_registry_token', { expiry_date: null }),
  'databases are in a private network': (all) => {
    const data = all.find(({ type, values }) => type === 'ionoscloud_lan' && /data/.test(String(values.name)))!;
    data.values.public = true;
  },
  'only the group of Terraform may create things, and none may change rights': (all) => {
    const machine = all.find(({ type, index }) => type === 'ionoscloud_group' && index === 'dns_only')!;
    machine.values.create_datacenter = true;
  },
};
