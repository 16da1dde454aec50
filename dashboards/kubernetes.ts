// Kubernetes, as far as this platform asks: are WordPress pods up and spread over the zones, is there room to grow.
import { MAX_SKEW, ZONE } from '../alerts/rules/kubernetes.ts';
import type { Board, Query, TimelinePanel } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { IN_CLUSTER, stateOf } from './ask.ts';
import {
  EMPTY,
  EVENTS,
  each,
  FULL,
  inZone,
  NO_KUBELET,
  NO_NODE,
  NO_ZONES,
  NODES,
  NOT_READY,
  PODS,
  replicas,
  VOLUME,
  WORDPRESS,
} from './kubernetes-ask.ts';
import { nodeRow, notScraped, podRow, volumeRow } from './kubernetes-rows.ts';
import { toBoard, toLogs } from './links.ts';
import { alertPanels, chart, errorLogs, number } from './part-panels.ts';
import { alertsOf } from './probe-queries.ts';
import { STATES } from './states.ts';

const DEPLOYED = ', deployment=~"wordpress.*"';
const PLANNED = `sum(${each('namespace, deployment', 'kube_deployment_spec_replicas', DEPLOYED)})`;
const AVAILABLE = `sum(${each('namespace, deployment', 'kube_deployment_status_replicas_available', DEPLOYED)})`;
const SKEW = `max(max by (cluster, namespace) (${PODS}) - min by (cluster, namespace) (${PODS}))`;
const ZONES = `count by (cluster) (count by (cluster, ${ZONE}) (${NODES}))`;
/** Zones with nodes and without a WordPress pod; without any pod, all of them. */
const ZONES_WITHOUT = `max(${ZONES} - (count by (cluster) (count by (cluster, ${ZONE}) (${PODS})) or 0 * ${ZONES}))`;
const lane = (legend: string, expr: string): Query => ({ legend, expr });
const steps = (value: string, some: number, most: number): string =>
  `max(${value} >= bool ${some}) + max(${value} >= bool ${most})`;
const MISSING = `clamp_min(1 - ${AVAILABLE} / (${PLANNED} > 0), 0)`;
const LANES: readonly Query[] = [
  lane('WordPress pods', stateOf(MISSING)),
  lane(
    'Spread over zones',
    `clamp_max(2 * (${ZONES_WITHOUT} > bool 0) + ((${SKEW} > bool ${MAX_SKEW}) or 0 * ${ZONES_WITHOUT}), 2)`,
  ),
  {
    legend: `Nodes of {{${ZONE}}}`,
    expr: stateOf(NOT_READY, ZONE),
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
        alerts: alertsOf(spec, 'kubernetes', 'WordPressZoneEmpty'),
      }),
      firing,
      which,
      timeline,
      { ...podsOverZones, alerts: alertsOf(spec, 'kubernetes', 'WordPressZoneSkew', 'WordPressZoneEmpty') },
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
