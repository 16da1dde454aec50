// The whole platform, charts included: every Secret that is asked for is made, every receiver finds its files, every image is a known one.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENVIRONMENTS, KUBERNETES } from '../../../infra/kubernetes/environments.ts';
import { fluxSteps } from '../../../infra/kubernetes/steps.ts';
import { toolPath } from '../tools.ts';
import { type Placed, placed } from './gitops.ts';
import { imagesOf, KEYS_OF, missingSecrets, receiverFiles, scrapedTwice, unusedSecrets, withCharts } from './wiring.ts';

process.env.HELM = toolPath('helm');
const ROOT = join(KUBERNETES, '../..');
const readme = readFileSync(join(KUBERNETES, 'README.md'), 'utf8');

describe.each(ENVIRONMENTS)('in %s', (environment) => {
  const all = withCharts(placed(fluxSteps(environment)));
  const pod = (spec: object): Placed => ({
    step: 'apps',
    object: { kind: 'Deployment', metadata: { name: 'broken', namespace: 'wordpress' }, spec: { template: { spec } } },
  });

  it('every Secret and key that is asked for is made by somebody', () => {
    expect(missingSecrets(all)).toEqual([]);
    for (const [spec, said] of [
      [{ imagePullSecrets: [{ name: 'gone' }] }, /the Secret wordpress\/gone, which nobody makes/],
      [{ volumes: [{ secret: { secretName: 'gone' } }] }, /wordpress\/gone/],
      [
        { containers: [{ env: [{ valueFrom: { secretKeyRef: { name: 'wordpress', key: 'GONE' } } }] }] },
        /the key GONE of wordpress\/wordpress, which has DB_PASSWORD/,
      ],
    ] as const)
      expect(missingSecrets([...all, pod(spec)]).join('\n')).toMatch(said);
  });

  it('every Secret that is made is asked for', () => {
    expect(unusedSecrets(all)).toEqual([]);
    expect(unusedSecrets(all.filter(({ object }) => object.kind !== 'CronJob'))).toContain('backup/database');
  });

  it('Alertmanager finds each file of its receivers where the Secret is mounted', () => {
    const files = receiverFiles(
      readFileSync(join(ROOT, 'helm/exporter/generated/alertmanager/alertmanager.yaml'), 'utf8'),
    );
    expect(files.length).toBeGreaterThan(3);
    const release = all.find(
      ({ object }) => object.kind === 'HelmRelease' && object.metadata.name === 'kube-prometheus-stack',
    )!.object;
    const { volumes, volumeMounts } = release.spec.values.alertmanager.alertmanagerSpec;
    expect(volumes).toEqual([{ name: 'receivers', secret: { secretName: 'alertmanager-receivers' } }]);
    expect(volumeMounts).toMatchObject([{ name: 'receivers', mountPath: '/etc/alertmanager/secrets' }]);
    const keys = KEYS_OF.get('monitoring/alertmanager-receivers') ?? [];
    expect(new Set(files)).toEqual(new Set(keys.map((key) => `/etc/alertmanager/secrets/${key}`)));
  });

  it('nothing is scraped twice', () => {
    expect(scrapedTwice(all)).toEqual([]);
    const twice = structuredClone(all) as Placed[];
    twice.find(
      ({ object }) => object.kind === 'HelmRelease' && object.metadata.name === 'velero',
    )!.object.spec.values.metrics.serviceMonitor.enabled = true;
    expect(scrapedTwice(twice)).toEqual(['velero/velero is scraped by its chart and by us']);
  });

  it('every image has a tag, and the README lists those without a digest', () => {
    const open = [...imagesOf(all)].filter(([image]) => !image.includes('@sha256:'));
    expect(open.length).toBeGreaterThan(4);
    for (const [image, by] of open) {
      const name = image.replace(/^[\w-]+\.example\.internal\//, '');
      expect(readme, by).toContain(`\`${name.replace(/:$/, '')}\``);
      if (!image.startsWith('otel/')) expect(image, by).toMatch(/:v?\d+\.\d+\.\d+/);
    }
  });
});
