// Series of Kubernetes as its board asks for them: one value each, with the zone of the node where it helps.
import { nodesInZones, podsByZone, ZONE } from '../alerts/rules/kubernetes.ts';
import { IN_CLUSTER } from './ask.ts';

export const EMPTY = 'kube-state-metrics is not scraped';
export const NO_ZONES = `${EMPTY}, or nodes have no label platform.ionos/az`;
export const NO_KUBELET = 'the kubelets are not scraped';
export const WORDPRESS = 'pod=~"wordpress-.+"';
export const EVENTS = '{job="loki.source.kubernetes_events"}';

/** One value each, also while two instances of an exporter are scraped. */
export const each = (by: string, series: string, more = ''): string =>
  `max by (cluster, ${by}) (${series}{${IN_CLUSTER}${more}})`;
export const NODES = nodesInZones(`, ${IN_CLUSTER}`);
export const PODS = podsByZone(`, ${IN_CLUSTER}`);
/** Something about nodes, with the zone of each. */
export const inZone = (ofNodes: string): string => `${ofNodes} * on (cluster, node) group_left (${ZONE}) ${NODES}`;

export const READY = each('node', 'kube_node_status_condition', ', condition="Ready", status="true"');
export const NOT_READY = `(1 - avg by (${ZONE}) (${inZone(READY)}))`;
export const NO_NODE = (more = ''): string =>
  `sum(${each('namespace, pod', 'kube_pod_status_scheduled', `, condition="false"${more}`)})`;
export const HPA = 'namespace, horizontalpodautoscaler';
export const replicas = (of: string): string => each(HPA, `kube_horizontalpodautoscaler_${of}_replicas`);
export const CLAIM = 'namespace, persistentvolumeclaim';
export const volume = (of: string): string => each(CLAIM, `kubelet_volume_stats_${of}`);
export const FULL = `${volume('used_bytes')} / ${volume('capacity_bytes')}`;
/** From here on, what the kubelet and databases themselves reserve may already be gone. */
export const VOLUME = { tight: 0.85, full: 0.95 };
