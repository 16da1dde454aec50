// Where the WordPress pods stand, and whether what is in Git is in the cluster. Everything else about Kubernetes is kube-prometheus-stack's.
import type { AlertFamily, ComponentAlert } from '../../src/generate/component-alert.ts';
import { minutes, when } from './alert-test.ts';

/** IONOS has no zone label of its own that is documented: node pools carry ours. */
export const ZONE = 'label_platform_ionos_az';
/** 1 for each node with a zone. `more`: further matchers, with a comma before. */
export const nodesInZones = (more = ''): string =>
  `max by (cluster, node, ${ZONE}) (kube_node_labels{${ZONE}!=""${more}})`;
/** WordPress pods by zone; those of jobs are not counted. */
export const podsByZone = (more = ''): string => `count by (cluster, namespace, ${ZONE}) (
  kube_pod_info{pod=~"wordpress-.+", created_by_kind="ReplicaSet"${more}}
  * on (cluster, node) group_left (${ZONE})
  ${nodesInZones(more)}
)`;
const PODS = podsByZone();
/** Pods that the fullest zone may have more than the emptiest. */
export const MAX_SKEW = 1;

// A rollout or a node that is rebuilt skews for minutes; IONOS gives pods an hour at most to leave a node.
const FOR = minutes(90);

const pod = (n: number, node: string, kind = 'ReplicaSet', app = 'wordpress') =>
  `kube_pod_info{pod="${app}-${n}", namespace="wp", node="${node}", created_by_kind="${kind}", created_by_name="r"}`;
const node = (name: string) => `kube_node_labels{node="${name}", label_platform_ionos_az="${name}"}`;
const NODES = { [node('z1')]: '1x120', [node('z2')]: '1x120', [node('z3')]: '1x120' };
/** Pods on the nodes z1, z2 and z3. */
const placed = (...counts: number[]) => {
  const nodes = counts.flatMap((count, i) => Array<string>(count).fill(`z${i + 1}`));
  return { ...NODES, ...Object.fromEntries(nodes.map((name, i) => [pod(i, name), '1x120'])) };
};

/** Pods that must not count: of another application, or of a job. */
const other = (n: number, name: string) => ({
  [pod(n, name, 'ReplicaSet', 'redis')]: '1x120',
  [pod(n, name, 'Job')]: '1x120',
});
/** A node without the label, with so many WordPress pods. */
const unlabelled = (pods: number) => ({
  'kube_node_labels{node="z4"}': '1x120',
  ...Object.fromEntries(Array.from({ length: pods }, (_, i) => [pod(50 + i, 'z4'), '1x120'])),
});

const skew: ComponentAlert = {
  alert: 'WordPressZoneSkew',
  expr: `max by (cluster, namespace) (${PODS}) - min by (cluster, namespace) (${PODS}) > ${MAX_SKEW}`,
  forMs: FOR,
  severity: 'ticket',
  owner: 'platform',
  needs: 'kube-state-metrics with the node label platform.ionos/az',
  summary: 'WordPress pods in {{ $labels.namespace }} are spread unevenly over the zones',
  description:
    'For 90 minutes the fullest zone has had {{ $value }} more WordPress pods than the emptiest. If that zone fails, more is lost than planned.',
  tests: [
    when('3, 1 and 1', 91, placed(3, 1, 1), { namespace: 'wp' }),
    when('2, 1 and 1', 91, placed(2, 1, 1)),
    when('1, 1 and 1, with other pods in one zone', 91, { ...placed(1, 1, 1), ...other(80, 'z1'), ...other(81, 'z1') }),
    when(
      '3, 1 and 1, with other pods in the other zones',
      91,
      { ...placed(3, 1, 1), ...other(80, 'z2'), ...other(81, 'z2'), ...other(82, 'z3'), ...other(83, 'z3') },
      { namespace: 'wp' },
    ),
    when('1, 1 and 1, and 3 on a node without a zone', 91, { ...placed(1, 1, 1), ...unlabelled(3) }),
    when('3, 2 and 2, and 1 on a node without a zone', 91, { ...placed(3, 2, 2), ...unlabelled(1) }),
    when('89 minutes only', 89, placed(3, 1, 1)),
  ],
};

const missing: ComponentAlert = {
  alert: 'WordPressZoneEmpty',
  // A zone without pods has no count above, so zones are compared with those that have nodes.
  expr: `count by (cluster) (count by (cluster, label_platform_ionos_az) (kube_node_labels{label_platform_ionos_az!=""}))
- on (cluster) group_right ()
count by (cluster, namespace) (${PODS})
> 0`,
  forMs: FOR,
  severity: 'ticket',
  owner: 'platform',
  needs: 'kube-state-metrics with the node label platform.ionos/az',
  summary: '{{ $value }} zone(s) run no WordPress pod of {{ $labels.namespace }}',
  description:
    'For 90 minutes {{ $value }} zone(s) with nodes have had no WordPress pod of {{ $labels.namespace }}: no room, a taint, or the spread constraint is gone.',
  tests: [
    when('2, 2 and none', 91, placed(2, 2, 0), { namespace: 'wp' }),
    when('2, 2 and 1', 91, placed(2, 2, 1)),
    when('2, 2 and none, with other pods there', 91, { ...placed(2, 2, 0), ...other(80, 'z3') }, { namespace: 'wp' }),
    when(
      '2, 2 and none, and 1 on a node without a zone',
      91,
      { ...placed(2, 2, 0), ...unlabelled(1) },
      { namespace: 'wp' },
    ),
    when('1, 1 and 1, and a node without a zone', 91, { ...placed(1, 1, 1), ...unlabelled(0) }),
    when('89 minutes only', 89, placed(2, 2, 0)),
  ],
};

const flux = (ready: string, suspended = 'false') =>
  `gotk_resource_info{customresource_kind="HelmRelease", exported_namespace="wp", name="wordpress", ready="${ready}", suspended="${suspended}"}`;
const FLUX_LABELS = { customresource_kind: 'HelmRelease', exported_namespace: 'wp', name: 'wordpress' };

const notReady: ComponentAlert = {
  alert: 'FluxNotReady',
  // Unknown is how an object looks while it is applied, and how one looks that never ends.
  expr: `max by (cluster, customresource_kind, exported_namespace, name) (gotk_resource_info{ready!="True", suspended!="true"}) > 0`,
  forMs: minutes(30),
  severity: 'ticket',
  owner: 'platform',
  needs: 'kube-state-metrics with customResourceState',
  summary: 'Flux cannot apply {{ $labels.customresource_kind }} {{ $labels.exported_namespace }}/{{ $labels.name }}',
  description:
    'For 30 minutes {{ $labels.customresource_kind }} {{ $labels.exported_namespace }}/{{ $labels.name }} has not been ready: what is in Git is not what runs, and what depends on it waits.',
  tests: [
    when('failed', 31, { [flux('False')]: '1x60' }, FLUX_LABELS),
    when('never ends', 31, { [flux('Unknown')]: '1x60' }, FLUX_LABELS),
    when(
      'applies, fails and applies',
      31,
      { [flux('Unknown')]: '1x20 _x40', [flux('False')]: '_x20 1x40' },
      FLUX_LABELS,
    ),
    when('ready', 31, { [flux('True')]: '1x60' }),
    when('suspended on purpose', 31, { [flux('False', 'true')]: '1x60' }),
    when('29 minutes only', 29, { [flux('False')]: '1x60' }),
  ],
};

export const KUBERNETES: AlertFamily = { name: 'kubernetes', alerts: [skew, missing, notReady] };
