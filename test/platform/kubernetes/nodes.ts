// Nodes that are only objects, in zones, and what a kubelet would tell the API of their pods. Runs no container, and measures nothing.
import type { Cluster, Reply } from './cluster.ts';

/** The label by which the platform's node pools say where they are. */
const ZONE_LABEL = 'platform.ionos/az';

export interface Node {
  readonly name: string;
  readonly zone: string;
}

/** `perZone` nodes in each zone: zone-a-1, zone-a-2 and so on. */
export const nodesOf = (zones: readonly string[], perZone: number): readonly Node[] =>
  zones.flatMap((zone) => Array.from({ length: perZone }, (_, index) => ({ name: `${zone}-${index + 1}`, zone })));

/** Adds a node that is ready, with 4 CPUs and 16 GiB. */
export async function addNode(cluster: Cluster, { name, zone }: Node): Promise<void> {
  const labels = { [ZONE_LABEL]: zone, 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' };
  must(
    await cluster.call('POST', '/api/v1/nodes', { kind: 'Node', apiVersion: 'v1', metadata: { name, labels } }),
    name,
  );
  // A new node is tainted as not ready until its kubelet says otherwise.
  must(await cluster.call('PATCH', `/api/v1/nodes/${name}`, { spec: { taints: null } }), name);
  const size = { cpu: '4', memory: '16Gi', pods: '110' };
  const conditions = [{ type: 'Ready', status: 'True', reason: 'Test', message: '' }];
  const status = { capacity: size, allocatable: size, conditions };
  must(await cluster.call('PATCH', `/api/v1/nodes/${name}/status`, { status }), name);
}

export async function removeNode(cluster: Cluster, { name }: Node): Promise<void> {
  must(await cluster.call('DELETE', `/api/v1/nodes/${name}`), name);
}

/** Throws an Error with what the API server said, if it was no success. 404 is none, as is 409. */
export function must({ status, body }: Reply, what: string): void {
  if (status >= 300) throw new Error(`${what}: ${status} ${body?.message ?? body}`);
}

export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
    readonly ownerReferences?: readonly { readonly kind: string }[];
  };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string }[];
  };
}

export const conditionOf = ({ status }: Pod, type: string) => status.conditions?.find((c) => c.type === type);
export const isReady = (pod: Pod): boolean => conditionOf(pod, 'Ready')?.status === 'True';

export async function podsOf(cluster: Cluster, path = '/api/v1/pods'): Promise<readonly Pod[]> {
  const reply = await cluster.call('GET', path);
  must(reply, path);
  return reply.body.items;
}

export interface Kubelet {
  /** While it is paused pods neither get ready nor go. */
  pause(): void;
  resume(): void;
  /** Ends it; rejects with what went wrong while it ran. */
  stop(): Promise<void>;
}

/** Every 50 ms: pods with a node get ready, or (those of Jobs) succeed; pods that are deleted are gone. `seen` is told all pods. */
export function startKubelet(cluster: Cluster, seen: (pods: readonly Pod[]) => void = () => {}): Kubelet {
  let state: 'runs' | 'paused' | 'stopped' = 'runs';
  const loop = async () => {
    while (state !== 'stopped') {
      if (state === 'runs') {
        const pods = await podsOf(cluster);
        seen(pods);
        await Promise.all(pods.filter(({ spec }) => spec.nodeName !== undefined).map((pod) => tend(cluster, pod)));
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const ended = loop();
  ended.catch(() => {}); // `stop` tells it.
  return {
    pause() {
      state = 'paused';
    },
    resume() {
      state = 'runs';
    },
    async stop() {
      state = 'stopped';
      await ended;
    },
  };
}

async function tend(cluster: Cluster, pod: Pod): Promise<void> {
  const { name, namespace, deletionTimestamp, ownerReferences } = pod.metadata;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const isJob = ownerReferences?.some(({ kind }) => kind === 'Job') === true;
  if (deletionTimestamp !== undefined) gone(await cluster.call('DELETE', path, { gracePeriodSeconds: 0 }), name);
  else if (pod.status.phase === 'Pending') gone(await cluster.call('PATCH', `${path}/status`, statusOf(isJob)), name);
}

/** What was deleted between the question and the answer is no error. */
const gone = (reply: Reply, what: string): void => {
  if (reply.status !== 404) must(reply, what);
};

function statusOf(isJob: boolean): object {
  const status = isJob ? 'False' : 'True';
  const conditions = ['Initialized', 'ContainersReady', 'Ready'].map((type) => ({ type, status }));
  return { status: { phase: isJob ? 'Succeeded' : 'Running', startTime: new Date().toISOString(), conditions } };
}
