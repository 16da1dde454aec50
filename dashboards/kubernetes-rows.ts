// Details of Kubernetes: pods, nodes, volumes, and what cannot be seen.
import { ZONE } from '../alerts/rules/kubernetes.ts';
import type { Panel } from '../src/grafana/board.ts';
import { IN_CLUSTER } from './ask.ts';
import {
  CLAIM,
  EMPTY,
  each,
  inZone,
  NO_KUBELET,
  NO_ZONES,
  READY,
  VOLUME,
  volume,
  WORDPRESS,
} from './kubernetes-ask.ts';
import { chart } from './part-panels.ts';

export const podRow: readonly Panel[] = [
  chart({
    title: 'Restarts of WordPress containers',
    description:
      'By container. A few at once: a node or a bad deploy. One pod again and again: its log, then its memory.',
    queries: [
      {
        expr: `sum by (container) (increase(kube_pod_container_status_restarts_total{${IN_CLUSTER}, ${WORDPRESS}}[$__rate_interval]))`,
        legend: '{{container}}',
      },
    ],
    bars: true,
    stack: true,
    decimals: 0,
    empty: EMPTY,
  }),
  chart({
    title: 'Why containers ended last',
    description: 'Of all pods. OOMKilled: raise the limit or find the leak. Error: the log before the restart.',
    queries: [
      {
        expr: `sum by (reason) (${each('namespace, pod, container, reason', 'kube_pod_container_status_last_terminated_reason')})`,
        legend: '{{reason}}',
      },
    ],
    decimals: 0,
    empty: `${EMPTY}, or no container has ended`,
  }),
  chart({
    title: 'Available pods by deployment',
    description: 'A dip is a rollout or a node that went; one that stays low cannot be scheduled.',
    queries: [
      {
        expr: `sum by (deployment) (${each('namespace, deployment', 'kube_deployment_status_replicas_available')})`,
        legend: '{{deployment}}',
      },
    ],
    decimals: 0,
    empty: EMPTY,
  }),
  chart({
    title: 'What the autoscaler of pods says',
    description:
      '1: true. ScalingActive false: it has no metrics, look at the adapter and Prometheus. AbleToScale false: it waits or was refused. ScalingLimited true: at its least or most.',
    queries: [
      {
        expr: `max by (horizontalpodautoscaler, condition) (kube_horizontalpodautoscaler_status_condition{${IN_CLUSTER}, status="true"})`,
        legend: '{{horizontalpodautoscaler}}: {{condition}}',
      },
    ],
    decimals: 0,
    empty: `${EMPTY}, or nothing is scaled`,
  }),
];

export const nodeRow: readonly Panel[] = [
  {
    kind: 'table',
    title: 'Nodes',
    description:
      'Not ready: look at its events, then at the maintenance window of the pool. Cordoned for long: a drain that hangs, often on a pod disruption budget; IONOS ends it by force after an hour.',
    width: 24,
    height: 8,
    labels: { node: 'Node', [ZONE]: 'Zone' },
    columns: [
      {
        title: 'Ready',
        expr: inZone(READY),
        unit: 'bool_yes_no',
        base: 'red',
        thresholds: [{ from: 1, color: 'green' }],
      },
      {
        title: 'Cordoned',
        expr: inZone(each('node', 'kube_node_spec_unschedulable')),
        unit: 'bool_yes_no',
        thresholds: [{ from: 1, color: 'orange' }],
      },
      {
        title: 'Pressure',
        expr: inZone(
          `sum by (cluster, node) (${each('node, condition', 'kube_node_status_condition', ', condition=~"(Memory|Disk|PID)Pressure", status="true"')})`,
        ),
        decimals: 0,
        thresholds: [{ from: 1, color: 'red' }],
      },
      { title: 'Age', expr: `time() - (${inZone(each('node', 'kube_node_created'))})`, unit: 's' },
    ],
    sortBy: { column: 'Ready', descending: false },
    empty: NO_ZONES,
  },
];

export const volumeRow: readonly Panel[] = [
  chart({
    title: 'Full in',
    description:
      'If it goes on as in the last 6 hours; the five that are full first. Below a day: enlarge it now. A year: it hardly grows.',
    queries: [
      {
        expr: `bottomk(5, clamp_max((${volume('capacity_bytes')} - ${volume('used_bytes')}) / clamp_min(max by (cluster, ${CLAIM}) (deriv(kubelet_volume_stats_used_bytes{${IN_CLUSTER}}[6h])), 1), ${365 * 86_400}))`,
        legend: '{{namespace}}/{{persistentvolumeclaim}}',
      },
    ],
    thresholds: [{ from: 86_400, color: 'green' }],
    base: 'red',
    empty: NO_KUBELET,
  }),
  chart({
    title: 'Inodes in use',
    description:
      'Share of the files that a volume can hold, the fullest five. At 1 nothing can be created, however empty it is.',
    queries: [
      {
        expr: `topk(5, ${volume('inodes_used')} / (${volume('inodes')} > 0))`,
        legend: '{{namespace}}/{{persistentvolumeclaim}}',
      },
    ],
    min: 0,
    max: 1,
    thresholds: [
      { from: VOLUME.tight, color: 'orange' },
      { from: VOLUME.full, color: 'red' },
    ],
    empty: NO_KUBELET,
  }),
  chart({
    title: 'Claims by phase',
    description: 'Pending: no volume yet, the CSI driver or the quota. Lost: the volume behind it is gone, restore.',
    queries: [
      {
        expr: `sum by (phase) (${each(`${CLAIM}, phase`, 'kube_persistentvolumeclaim_status_phase')})`,
        legend: '{{phase}}',
      },
    ],
    decimals: 0,
    empty: EMPTY,
  }),
];

export const notScraped: Panel = {
  kind: 'text',
  title: 'What cannot be seen',
  description: 'What IONOS runs, and where to look instead.',
  width: 24,
  height: 6,
  markdown: `IONOS runs the control plane. **etcd, scheduler, controller manager and the cluster autoscaler cannot be scraped**, so no panel and no alert is about them.

- Is it their fault? Requests to the API server that hang (\`kubectl get --raw /readyz?verbose\`), then the status page of IONOS and a ticket.
- What the cluster autoscaler did is seen as nodes that come and go ("Nodes of each pool") and in events; the least and the most of a pool are in Terraform and not exported.
- Everything general (nodes, namespaces, network) is on the boards of kube-prometheus-stack.`,
};
