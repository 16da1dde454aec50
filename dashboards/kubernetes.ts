// Kubernetes, as far as this platform asks: are WordPress pods up and spread over the zones, is there room to grow.
import { MAX_SKEW, nodesInZones, podsByZone, ZONE } from '../alerts/rules/kubernetes.ts';
import type { Board, Panel, Query, TimelinePanel } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { IN_CLUSTER } from './ask.ts';
import { toBoard, toLogs } from './links.ts';
import { alertPanels, chart, errorLogs, number } from './part-panels.ts';
import { STATES } from './states.ts';

const EMPTY = 'kube-state-metrics is not scraped';
const NO_ZONES = `${EMPTY}, or nodes have no label platform.ionos/az`;
const NO_KUBELET = 'the kubelets are not scraped';
const WORDPRESS = 'pod=~"wordpress-.+"';
const EVENTS = '{job="loki.source.kubernetes_events"}';

/** One value each, also while two instances of an exporter are scraped. */
const each = (by: string, series: string, more = ''): string =>
  `max by (cluster, ${by}) (${series}{${IN_CLUSTER}${more}})`;
const NODES = nodesInZones(`, ${IN_CLUSTER}`);
const PODS = podsByZone(`, ${IN_CLUSTER}`);
/** Something about nodes, with the zone of each. */
const inZone = (ofNodes: string): string => `${ofNodes} * on (cluster, node) group_left (${ZONE}) ${NODES}`;

const DEPLOYED = ', deployment=~"wordpress.*"';
const PLANNED = `sum(${each('namespace, deployment', 'kube_deployment_spec_replicas', DEPLOYED)})`;
const AVAILABLE = `sum(${each('namespace, deployment', 'kube_deployment_status_replicas_available', DEPLOYED)})`;
const SKEW = `max(max by (cluster, namespace) (${PODS}) - min by (cluster, namespace) (${PODS}))`;
const ZONES = `count by (cluster) (count by (cluster, ${ZONE}) (${NODES}))`;
/** Zones with nodes and without a WordPress pod; without any pod, all of them. */
const ZONES_WITHOUT = `max(${ZONES} - (count by (cluster) (count by (cluster, ${ZONE}) (${PODS})) or 0 * ${ZONES}))`;
const READY = each('node', 'kube_node_status_condition', ', condition="Ready", status="true"');
const NOT_READY = `(1 - avg by (${ZONE}) (${inZone(READY)}))`;
const NO_NODE = (more = ''): string =>
  `sum(${each('namespace, pod', 'kube_pod_status_scheduled', `, condition="false"${more}`)})`;
const HPA = 'namespace, horizontalpodautoscaler';
const replicas = (of: string): string => each(HPA, `kube_horizontalpodautoscaler_${of}_replicas`);
const CLAIM = 'namespace, persistentvolumeclaim';
const volume = (of: string): string => each(CLAIM, `kubelet_volume_stats_${of}`);
const FULL = `${volume('used_bytes')} / ${volume('capacity_bytes')}`;
/** From here on, what the kubelet and databases themselves reserve may already be gone. */
const VOLUME = { tight: 0.85, full: 0.95 };

const lane = (legend: string, expr: string): Query => ({ legend, expr });
const steps = (value: string, some: number, most: number): string =>
  `max(${value} >= bool ${some}) + max(${value} >= bool ${most})`;
const MISSING = `clamp_min(1 - ${AVAILABLE} / (${PLANNED} > 0), 0)`;
const LANES: readonly Query[] = [
  lane('WordPress pods', `max(${MISSING} > bool 0) + max(${MISSING} >= bool 0.5)`),
  lane(
    'Spread over zones',
    `clamp_max(2 * (${ZONES_WITHOUT} > bool 0) + ((${SKEW} > bool ${MAX_SKEW}) or 0 * ${ZONES_WITHOUT}), 2)`,
  ),
  {
    legend: `Nodes of {{${ZONE}}}`,
    expr: `max by (${ZONE}) (${NOT_READY} > bool 0) + max by (${ZONE}) (${NOT_READY} >= bool 0.5)`,
  },
  lane('Room on nodes', `(${NO_NODE()} > bool 0) + (${NO_NODE(`, ${WORDPRESS}`)} > bool 0)`),
  lane('Room to scale', `max(${replicas('status_current')} >= bool ${replicas('spec_max')})`),
  lane('Volumes', steps(FULL, VOLUME.tight, VOLUME.full)),
];

const timeline: TimelinePanel = {
  kind: 'state-timeline',
  title: 'What is wrong since when',
  description:
    'The first lane that turned is usually the cause. Pods: red from half missing. Spread: orange uneven, red a zone without a pod. Nodes: not ready. Room on nodes: pods wait for a node, red if WordPress does. Room to scale: orange at the limit of the autoscaler. Volumes: 85 and 95 % full.',
  width: 24,
  height: 8,
  queries: LANES,
  mappings: STATES,
  empty: EMPTY,
  links: [toBoard('WordPress', 'plimsoll-wordpress'), toLogs(EVENTS, 'Events of Kubernetes')],
};

const podsOverZones = chart(
  {
    title: 'WordPress pods by zone',
    description:
      'They differ by one at most. A zone without pods cannot take over: look for a taint, a full node or a lost spread constraint (kubectl describe pod).',
    queries: [{ expr: `sum by (${ZONE}) (${PODS})`, legend: `{{${ZONE}}}` }],
    stack: true,
    decimals: 0,
    empty: `${NO_ZONES}, or no pod is named wordpress-…`,
    alerts: ['WordPressZoneSkew', 'WordPressZoneEmpty'],
  },
  8,
);

/** What pods that do not run wait for: a node, or their own container. */
const waiting = chart(
  {
    title: 'What WordPress pods wait for',
    description:
      'a node: no room or a taint, look at "Requested of the nodes". CrashLoopBackOff: the log of the pod; ImagePullBackOff: the registry or the tag; CreateContainerConfigError: a Secret or ConfigMap is missing.',
    queries: [
      { expr: NO_NODE(`, ${WORDPRESS}`), legend: 'a node' },
      {
        expr: `sum by (reason) (${each('namespace, pod, container, reason', 'kube_pod_container_status_waiting_reason', `, ${WORDPRESS}`)}) > 0`,
        legend: '{{reason}}',
      },
    ],
    stack: true,
    decimals: 0,
    empty: EMPTY,
  },
  8,
);

const autoscaling = chart(
  {
    title: 'Autoscaling of pods',
    description:
      'Replicas that run, that are wanted, and the most that are allowed. Wanted above running: no room on nodes. At the limit: raise it, or find what is slow on the board WordPress.',
    queries: [
      {
        expr: `sum by (horizontalpodautoscaler) (${replicas('status_current')})`,
        legend: '{{horizontalpodautoscaler}}',
      },
      {
        expr: `sum by (horizontalpodautoscaler) (${replicas('status_desired')})`,
        legend: '{{horizontalpodautoscaler}} wants',
      },
      {
        expr: `sum by (horizontalpodautoscaler) (${replicas('spec_max')})`,
        legend: '{{horizontalpodautoscaler}} at most',
      },
    ],
    decimals: 0,
    empty: `${EMPTY}, or nothing is scaled`,
    links: [toBoard('WordPress', 'plimsoll-wordpress')],
  },
  8,
);

const pools = chart(
  {
    title: 'Nodes of each pool',
    description:
      'One pool per zone; IONOS runs the autoscaler, so what it does is only seen here. A fall: maintenance or a lost node. No rise while pods wait: the pool is at its most (Terraform) or the quota is used up.',
    queries: [{ expr: `count by (${ZONE}) (${NODES})`, legend: `{{${ZONE}}}` }],
    stack: true,
    unit: 'short',
    decimals: 0,
    empty: NO_ZONES,
  },
  8,
);

const REQUESTS = `kube_pod_container_resource_requests{${IN_CLUSTER}, resource=~"cpu|memory"}`;
const RUNNING = `max by (cluster, namespace, pod) (kube_pod_status_phase{${IN_CLUSTER}, phase="Running"} == 1)`;
/** By resource, of running pods: those that ended ask for nothing. */
const REQUESTED = `sum by (cluster, node, resource) (max by (cluster, namespace, pod, container, node, resource) (${REQUESTS}) and on (cluster, namespace, pod) ${RUNNING})`;
const ALLOCATABLE = each('node, resource', 'kube_node_status_allocatable', ', resource=~"cpu|memory"');
const requested = chart(
  {
    title: 'Requested of the nodes',
    description:
      'Share of CPU and memory that is promised to pods, by zone. At 1 a new pod waits for a new node, and pools of other zones do not help: the spread constraint keeps it here.',
    queries: [
      {
        expr: `sum by (${ZONE}, resource) (${inZone(REQUESTED)}) / sum by (${ZONE}, resource) (${inZone(ALLOCATABLE)})`,
        legend: `{{resource}} in {{${ZONE}}}`,
      },
    ],
    unit: 'percentunit',
    decimals: 0,
    min: 0,
    thresholds: [{ from: 1, color: 'red' }],
    empty: NO_ZONES,
  },
  8,
);

const volumes = chart(
  {
    title: 'Volumes that are nearly full',
    description:
      'Share in use, the fullest five. Full: Prometheus, Mimir, Loki and the exporter stop writing. Enlarge the claim (the class allows it), then find what grows; the row "Volumes" says when it is full.',
    queries: [{ expr: `topk(5, ${FULL})`, legend: '{{namespace}}/{{persistentvolumeclaim}}' }],
    min: 0,
    max: 1,
    decimals: 0,
    thresholds: [
      { from: VOLUME.tight, color: 'orange' },
      { from: VOLUME.full, color: 'red' },
    ],
    empty: NO_KUBELET,
  },
  8,
);

const podRow: readonly Panel[] = [
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

const nodeRow: readonly Panel[] = [
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

const volumeRow: readonly Panel[] = [
  chart({
    title: 'Full in',
    description: 'If it goes on as in the last 6 hours; the five that are full first. Below a day: enlarge it now.',
    queries: [
      {
        expr: `bottomk(5, (${volume('capacity_bytes')} - ${volume('used_bytes')}) / (max by (cluster, ${CLAIM}) (deriv(kubelet_volume_stats_used_bytes{${IN_CLUSTER}}[6h])) > 0))`,
        legend: '{{namespace}}/{{persistentvolumeclaim}}',
      },
    ],
    thresholds: [{ from: 86_400, color: 'green' }],
    base: 'red',
    empty: `no volume grows, or ${NO_KUBELET}`,
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

const notScraped: Panel = {
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

export const kubernetes = (spec: Spec): Board => {
  const [firing, which, history] = alertPanels(spec, 'kubernetes');
  return {
    uid: 'plimsoll-kubernetes',
    title: 'Kubernetes',
    description:
      'WordPress pods, zones and room to grow. The control plane is managed by IONOS and cannot be scraped: for it see the status page of IONOS. Everything general is on the boards of kube-prometheus-stack.',
    uses: ['cluster'],
    first: [
      number({
        title: 'WordPress pods missing',
        description:
          'Planned and not available. 1 for minutes is a rollout; longer, or more: "What WordPress pods wait for" says why.',
        queries: [{ expr: `clamp_min(${PLANNED} - ${AVAILABLE}, 0)` }],
        decimals: 0,
        empty: `${EMPTY}, or no deployment is named wordpress…`,
        base: 'green',
        thresholds: [{ from: 1, color: 'orange' }],
      }),
      number({
        title: 'Zones without WordPress',
        description:
          'Zones that have nodes and no WordPress pod: they cannot take over. After 90 minutes a ticket comes; look at the lanes first, a rollout does this for a moment.',
        queries: [{ expr: ZONES_WITHOUT }],
        decimals: 0,
        unit: 'short',
        empty: NO_ZONES,
        base: 'green',
        thresholds: [{ from: 1, color: 'red' }],
        alerts: ['WordPressZoneEmpty'],
      }),
      firing,
      which,
      timeline,
      podsOverZones,
      waiting,
      autoscaling,
      pools,
      requested,
      volumes,
    ],
    rows: [
      { title: 'Pods', panels: podRow },
      { title: 'Nodes', panels: nodeRow },
      { title: 'Volumes', panels: volumeRow },
      { title: 'Alerts over time, and what cannot be seen', panels: [history, notScraped] },
      {
        title: 'Logs',
        panels: [
          {
            kind: 'logs',
            title: 'Warnings of Kubernetes',
            description: 'Events as Alloy collects them: failed scheduling, probes, mounts, evictions. Newest first.',
            width: 24,
            height: 10,
            expr: `${EVENTS} |= "type=Warning"`,
            empty: 'no warning, or Alloy does not collect events',
          },
          errorLogs('wordpress.*', 'WordPress pods'),
        ],
      },
    ],
    links: [toBoard('WordPress', 'plimsoll-wordpress'), toBoard('Gateway', 'plimsoll-gateway')],
  };
};
