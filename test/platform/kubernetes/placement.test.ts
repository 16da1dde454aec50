// Where the real scheduler puts the pods of the site on nine nodes in three zones, and what disruptions do to them. No container runs: a pod
// that has a node is called ready. One story: each test goes on where the last one ended.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ciPath, template } from '../helm/chart.ts';
import { apply, installKinds, restrictedNamespaces } from './apply.ts';
import { type Cluster, type Reply, startCluster } from './cluster.ts';
import {
  addNode,
  conditionOf,
  isReady,
  type Kubelet,
  must,
  nodesOf,
  type Pod,
  podsOf,
  removeNode,
  startKubelet,
} from './nodes.ts';

const SPACE = 'wordpress';
const NODES = nodesOf(['a', 'b', 'c'], 3);
const ZONE_OF = new Map(NODES.map(({ name, zone }) => [name, zone]));
const WEB = `/api/v1/namespaces/${SPACE}/pods?labelSelector=app.kubernetes.io/component%3Dweb`;
const DEPLOYMENT = `/apis/apps/v1/namespaces/${SPACE}/deployments/wordpress`;

let cluster: Cluster;
let kubelet: Kubelet;
/** Of the site's pods, the fewest that were ready at once. */
let fewestReady = Number.POSITIVE_INFINITY;

/** The chart with values as in production. */
function chart(...sets: readonly string[]): string {
  const args = ['--namespace', SPACE, '--values', ciPath('wordpress', 'prod-values.yaml')];
  const { code, out } = template('wordpress', [...args, ...sets.flatMap((set) => ['--set', set])]);
  if (code !== 0) throw new Error(out);
  return out;
}

const stays = ({ metadata }: Pod) => metadata.deletionTimestamp === undefined;
const webPods = async () => (await podsOf(cluster, WEB)).filter(stays);

/** Pods per zone, those that no node suits as `waiting`, and those of which nothing is known yet as `new`. */
async function placement(): Promise<Record<string, number>> {
  const count: Record<string, number> = {};
  for (const pod of await webPods()) {
    const zone = ZONE_OF.get(pod.spec.nodeName ?? '');
    const waits = conditionOf(pod, 'PodScheduled')?.reason === 'Unschedulable';
    const place = zone === undefined ? (waits ? 'waiting' : 'new') : isReady(pod) ? zone : `${zone}, not ready`;
    count[place] = (count[place] ?? 0) + 1;
  }
  return count;
}

async function readiness(): Promise<{ ready: number; others: number }> {
  const pods = await webPods();
  const ready = pods.filter(isReady).length;
  return { ready, others: pods.length - ready };
}

/** Waits until the pods are where they should be, and looks a second later whether they still are. */
async function settles(expected: Record<string, number>, timeoutMs = 30_000): Promise<void> {
  await expect.poll(placement, { timeout: timeoutMs, interval: 100 }).toEqual(expected);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(await placement()).toEqual(expected);
}

const evict = ({ metadata: { name } }: Pod): Promise<Reply> =>
  cluster.call('POST', `/api/v1/namespaces/${SPACE}/pods/${name}/eviction`, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace: SPACE },
  });

async function fail(zone: string): Promise<void> {
  const pod = (await webPods()).find(({ spec }) => ZONE_OF.get(spec.nodeName ?? '') === zone);
  must(await cluster.call('DELETE', `/api/v1/namespaces/${SPACE}/pods/${pod?.metadata.name}`), `the pod of ${zone}`);
}

/** A new pod template, as a release brings it. */
async function rollOut(): Promise<void> {
  const { code, err } = await cluster.kubectl(['-n', SPACE, 'rollout', 'restart', 'deployment/wordpress']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
}

async function rolledOut(): Promise<boolean> {
  const { metadata, spec, status } = (await cluster.call('GET', DEPLOYMENT)).body;
  const counts = [status.updatedReplicas, status.replicas, status.availableReplicas];
  return status.observedGeneration === metadata.generation && counts.every((count) => count === spec.replicas);
}

/** Its nodes and their pods are gone, as when IONOS rebuilds them or the garbage collector of pods finds them without a node. */
async function lose(zone: string): Promise<void> {
  for (const node of NODES.filter((node) => node.zone === zone)) {
    await removeNode(cluster, node);
    const pods = (await podsOf(cluster)).filter(({ spec }) => spec.nodeName === node.name);
    for (const { metadata } of pods)
      await cluster.call('DELETE', `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`, {
        gracePeriodSeconds: 0,
      });
  }
}

async function restore(zone: string): Promise<void> {
  for (const node of NODES.filter((node) => node.zone === zone)) await addNode(cluster, node);
}

const drain = (node: string, timeout: string) =>
  cluster.kubectl(['drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--force', `--timeout=${timeout}`]);

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.startControllers();
  for (const node of NODES) await addNode(cluster, node);
  await installKinds(cluster, [chart()]);
  await apply(cluster, restrictedNamespaces([SPACE]));
  const site = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'site' }, value: 1000 };
  await apply(cluster, JSON.stringify(site));
  kubelet = startKubelet(cluster, (pods) => {
    const web = pods.filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === 'web');
    fewestReady = Math.min(fewestReady, web.filter((pod) => stays(pod) && isReady(pod)).length);
  });
});
afterAll(async () => {
  await kubelet?.stop().finally(() => cluster.stop());
});

it('the autoscaler makes six pods of a Deployment without a number: two in each zone, each on a node of its own', async () => {
  await apply(cluster, chart(), SPACE);
  await settles({ a: 2, b: 2, c: 2 });
  expect(new Set((await webPods()).map(({ spec }) => spec.nodeName)).size).toBe(6);
});

it('one eviction goes, the second is refused until the first pod is back', async () => {
  kubelet.pause();
  const [first, second] = await webPods();
  expect((await evict(first!)).status).toBe(201);
  const { status, body } = await evict(second!);
  expect({ status, cause: body.details?.causes?.[0] }).toEqual({
    status: 429,
    cause: { reason: 'DisruptionBudget', message: expect.stringContaining('needs 5 healthy pods and has 5 currently') },
  });
  kubelet.resume();
  await settles({ a: 2, b: 2, c: 2 });
  expect((await evict(second!)).status).toBe(201);
  await settles({ a: 2, b: 2, c: 2 });
});

it('a rollout has one pod more, never fewer than six that are ready, and ends in the same spread', async () => {
  fewestReady = Number.POSITIVE_INFINITY;
  kubelet.pause();
  await rollOut();
  await expect.poll(readiness, { timeout: 10_000 }).toEqual({ ready: 6, others: 1 });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(await readiness()).toEqual({ ready: 6, others: 1 });
  kubelet.resume();
  await expect.poll(rolledOut, { timeout: 60_000, interval: 100 }).toBe(true);
  await settles({ a: 2, b: 2, c: 2 });
  expect(fewestReady).toBe(6);
});

it('a node that is drained: its pod finds another one of the zone', async () => {
  const node = (await webPods()).find(({ spec }) => ZONE_OF.get(spec.nodeName ?? '') === 'c')!.spec.nodeName!;
  const { code, out, err } = await drain(node, '30s');
  expect(code, out + err).toBe(0);
  await settles({ a: 2, b: 2, c: 2 });
  expect((await webPods()).map(({ spec }) => spec.nodeName)).not.toContain(node);
  expect((await cluster.kubectl(['uncordon', node])).code).toBe(0);
});

it('a zone whose nodes are all drained: one pod goes and waits, and the budget keeps the other', async () => {
  const names = NODES.filter(({ zone }) => zone === 'c').map(({ name }) => name);
  expect((await cluster.kubectl(['cordon', ...names])).code).toBe(0);
  const drained = await Promise.all(names.map((name) => drain(name, '4s')));
  const said = drained.map(({ out, err }) => out + err).join('\n');
  expect(said).toContain("would violate the pod's disruption budget");
  await settles({ a: 2, b: 2, c: 1, waiting: 1 });
  expect((await cluster.kubectl(['uncordon', ...names])).code).toBe(0);
  await settles({ a: 2, b: 2, c: 2 });
});

it('a zone that is gone: four of six go on, two wait, and more pods would wait too', async () => {
  await lose('c');
  await settles({ a: 2, b: 2, waiting: 2 });
  expect((await cluster.kubectl(['-n', SPACE, 'scale', 'deployment/wordpress', '--replicas=8'])).code).toBe(0);
  await settles({ a: 2, b: 2, waiting: 4 });
  expect((await cluster.kubectl(['-n', SPACE, 'scale', 'deployment/wordpress', '--replicas=6'])).code).toBe(0);
  await settles({ a: 2, b: 2, waiting: 2 });
});

it('while it is gone, of pods that fail only the last one of a zone comes back; when it is back, all do', async () => {
  await fail('a');
  await settles({ a: 1, b: 2, waiting: 3 });
  await fail('a');
  await settles({ a: 1, b: 2, waiting: 3 });
  await restore('c');
  await settles({ a: 2, b: 2, c: 2 });
});

it('while it is gone a rollout stops after two new pods, with six that serve', async () => {
  await lose('c');
  await settles({ a: 2, b: 2, waiting: 2 });
  await rollOut();
  await settles({ a: 3, b: 3, waiting: 1 });
  expect(await rolledOut()).toBe(false);
});

it('spread.strict=false gets six pods into the two zones that are left, and nothing moves when the third is back', async () => {
  await apply(cluster, chart('spread.strict=false'), SPACE);
  await expect.poll(rolledOut, { timeout: 60_000, interval: 100 }).toBe(true);
  await settles({ a: 3, b: 3 });
  await restore('c');
  await settles({ a: 3, b: 3 });
});

it('spread.strict=true spreads them again', async () => {
  await apply(cluster, chart(), SPACE);
  await expect.poll(rolledOut, { timeout: 60_000, interval: 100 }).toBe(true);
  await settles({ a: 2, b: 2, c: 2 });
});

it('without spread.strict a zone that is gone costs no pod', async () => {
  await apply(cluster, chart('spread.strict=false'), SPACE);
  await expect.poll(rolledOut, { timeout: 60_000, interval: 100 }).toBe(true);
  await settles({ a: 2, b: 2, c: 2 });
  await lose('c');
  await settles({ a: 3, b: 3 });
  await restore('c');
});
