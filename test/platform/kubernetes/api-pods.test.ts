// Pods of everything of ours, made by the real controllers in namespaces that refuse what is not `restricted`. What upstream charts make is
// not here: their charts cannot be had, and Flux renders them in the cluster.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENVIRONMENTS, KUBERNETES } from '../../../infra/kubernetes/environments.ts';
import { documentsOf, fluxSteps } from '../../../infra/kubernetes/steps.ts';
import { apply } from './apply.ts';
import { type Cluster, startCluster } from './cluster.ts';

/** Kinds that make pods, and what those pods need to be made. */
const MAKERS = ['Deployment', 'StatefulSet', 'Job', 'CronJob'];
const NEEDED = ['Namespace', 'ServiceAccount', ...MAKERS];
const kindOf = (document: string) => /^kind: (\w+)/m.exec(document)?.[1] ?? '';

interface Maker {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
}

describe.each(ENVIRONMENTS)('%s', (environment) => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
    await cluster.startControllers();
  });
  afterAll(() => cluster?.stop());

  const list = async <T>(kinds: string, ...args: string[]): Promise<readonly T[]> => {
    const { code, out, err } = await cluster.kubectl(['get', kinds, '--all-namespaces', '-o', 'json', ...args]);
    if (code !== 0) throw new Error(err);
    return JSON.parse(out).items;
  };

  it('the command of the README makes them all', async () => {
    const { code, err } = await cluster.kubectl(['apply', '-k', join(KUBERNETES, 'overlays', environment)]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  it('and so do the manifests that Flux applies itself', async () => {
    const documents = fluxSteps(environment).flatMap(({ text }) => documentsOf(text));
    const needed = documents.filter((document) => NEEDED.includes(kindOf(document)));
    expect(needed.filter((document) => MAKERS.includes(kindOf(document))).length).toBeGreaterThan(0);
    await apply(cluster, needed.join('\n---\n'));
  });

  it('each of them gets its pods', async () => {
    for (const { metadata } of await list<Maker>('cronjobs')) {
      const { name, namespace } = metadata;
      const made = await cluster.kubectl(['-n', namespace, 'create', 'job', `now-${name}`, `--from=cronjob/${name}`]);
      expect({ code: made.code, err: made.err }).toEqual({ code: 0, err: '' });
    }
    const makers = await list<Maker>('deployments,statefulsets,jobs');
    expect(makers.length).toBeGreaterThan(3);
    const without = async () => {
      const pods = await list<{ metadata: { name: string; namespace: string } }>('pods');
      const has = ({ metadata }: Maker) =>
        pods.some(
          (pod) => pod.metadata.namespace === metadata.namespace && pod.metadata.name.startsWith(`${metadata.name}-`),
        );
      return makers.filter((maker) => !has(maker)).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    };
    await expect.poll(without, { timeout: 30_000, interval: 500 }).toEqual([]);
    const failed = await list<{ message: string }>('events', '--field-selector=reason=FailedCreate');
    expect(failed.map(({ message }) => message)).toEqual([]);
  });
});
