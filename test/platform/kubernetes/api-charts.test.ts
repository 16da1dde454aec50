// Our charts, with each of their example values, through a real Kubernetes API: strictly, and a second time without a change.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ciPath, ciValues, template } from '../helm/chart.ts';
import { apply, changesOf, installKinds, restrictedNamespaces } from './apply.ts';
import { type Cluster, startCluster } from './cluster.ts';

const CASES = ['exporter', 'wordpress'].flatMap((chart) =>
  ciValues(chart).map((file) => {
    // A namespace for each: what is immutable differs between them.
    const namespace = `${chart}-${file.replace('-values.yaml', '')}`;
    const { code, out } = template(chart, ['--namespace', namespace, '--values', ciPath(chart, file)]);
    return { chart, file, namespace, code, text: out };
  }),
);

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
  await installKinds(
    cluster,
    CASES.map(({ text }) => text),
  );
  await apply(cluster, restrictedNamespaces(CASES.map(({ namespace }) => namespace)));
});
afterAll(() => cluster?.stop());

it('has charts, and values for them', () => {
  expect(new Set(CASES.map(({ chart }) => chart)).size).toBe(2);
  expect(CASES.filter(({ code }) => code !== 0)).toEqual([]);
});

it.each(CASES)('$chart with $file is taken as it is, and changes nothing a second time', async (c) => {
  expect(await changesOf(cluster, c.text, c.namespace)).toEqual([]);
  expect((await apply(cluster, c.text, c.namespace)).length).toBeGreaterThan(5);
});
