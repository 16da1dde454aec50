// Kubernetes, as far as this platform asks: are WordPress pods up and spread over the zones, is there room to grow.
import type { Board } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { IN_CLUSTER } from './ask.ts';
import { toBoard } from './links.ts';
import { alertPanels, chart, number } from './part-panels.ts';

const EMPTY = 'kube-state-metrics is not scraped';
const ZONE = 'label_platform_ionos_az';
const PODS = `kube_pod_info{${IN_CLUSTER}, pod=~"wordpress-.*"}`;
/** Pods with the zone of their node. */
const IN_ZONES = `sum by (${ZONE}) (${PODS} * on (cluster, node) group_left (${ZONE}) max by (cluster, node, ${ZONE}) (kube_node_labels{${IN_CLUSTER}, ${ZONE}!=""}))`;

export const kubernetes = (spec: Spec): Board => {
  const [firing, which, history] = alertPanels(spec, 'kubernetes');
  return {
    uid: 'plimsoll-kubernetes',
    title: 'Kubernetes',
    description:
      'WordPress pods, zones and room to grow. The control plane is managed by IONOS and cannot be scraped: for it see the status page of IONOS. Everything general is on the boards of kube-prometheus-stack.',
    uses: ['cluster'],
    first: [
      number(
        {
          title: 'WordPress pods that are ready',
          description: 'Fewer than planned: kubectl get pods says which are not, and why.',
          queries: [{ expr: `sum(kube_pod_status_ready{${IN_CLUSTER}, condition="true", pod=~"wordpress-.*"})` }],
          decimals: 0,
          empty: EMPTY,
          base: 'red',
          thresholds: [{ from: 1, color: 'green' }],
        },
        4,
      ),
      number(
        {
          title: 'Zones with nodes',
          description: 'Three are planned. Fewer: a zone is gone, or its node pool is empty.',
          queries: [{ expr: `count(count by (${ZONE}) (kube_node_labels{${IN_CLUSTER}, ${ZONE}!=""}))` }],
          decimals: 0,
          empty: `${EMPTY}, or nodes have no label with their zone`,
          base: 'red',
          thresholds: [
            { from: 2, color: 'orange' },
            { from: 3, color: 'green' },
          ],
        },
        4,
      ),
      firing,
      which,
      chart({
        title: 'WordPress pods by zone',
        description: 'They should be even, and differ by one at most. A zone without pods cannot take over.',
        queries: [{ expr: IN_ZONES, legend: `{{${ZONE}}}` }],
        stack: true,
        unit: 'short',
        decimals: 0,
        empty: `${EMPTY}, or no pod is named wordpress-…`,
      }),
      chart({
        title: 'Autoscaling',
        description:
          'Replicas now and the most that are allowed. At the limit for long: raise it, or find what is slow.',
        queries: [
          {
            expr: `max by (horizontalpodautoscaler) (kube_horizontalpodautoscaler_status_current_replicas{${IN_CLUSTER}})`,
            legend: '{{horizontalpodautoscaler}}',
          },
          {
            expr: `max by (horizontalpodautoscaler) (kube_horizontalpodautoscaler_spec_max_replicas{${IN_CLUSTER}})`,
            legend: 'limit of {{horizontalpodautoscaler}}',
          },
        ],
        decimals: 0,
        empty: EMPTY,
      }),
      chart({
        title: 'Nodes by zone',
        description: 'The node pools of the three zones; the cluster autoscaler adds and removes nodes.',
        queries: [{ expr: `count by (${ZONE}) (kube_node_labels{${IN_CLUSTER}, ${ZONE}!=""})`, legend: `{{${ZONE}}}` }],
        stack: true,
        decimals: 0,
        empty: `${EMPTY}, or nodes have no label with their zone`,
      }),
      chart({
        title: 'Volumes that are nearly full',
        description: 'Share in use of each claim, the fullest five. A full volume of the store loses measurement.',
        queries: [
          {
            expr: `topk(5, max by (namespace, persistentvolumeclaim) (kubelet_volume_stats_used_bytes{${IN_CLUSTER}}) / max by (namespace, persistentvolumeclaim) (kubelet_volume_stats_capacity_bytes{${IN_CLUSTER}}))`,
            legend: '{{namespace}}/{{persistentvolumeclaim}}',
          },
        ],
        max: 1,
        empty: 'the kubelets are not scraped',
      }),
    ],
    rows: [
      {
        title: 'Deployments and alerts',
        panels: [
          chart({
            title: 'Available pods by deployment',
            description: 'A dip is a rollout or a node that went; one that stays low cannot be scheduled.',
            queries: [
              {
                expr: `sum by (deployment) (kube_deployment_status_replicas_available{${IN_CLUSTER}})`,
                legend: '{{deployment}}',
              },
            ],
            decimals: 0,
            empty: EMPTY,
          }),
          history,
        ],
      },
    ],
    links: [toBoard('WordPress', 'plimsoll-wordpress')],
  };
};
