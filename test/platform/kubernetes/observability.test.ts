// The telemetry stack in its manifests: addresses, tenants, secrets, names that several parts share. Each check is seen to fail on a stack that is broken.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ENVIRONMENTS, KUBERNETES, valuesOf as platformValues } from '../../../infra/kubernetes/environments.ts';
import { type Anything, at, lostAddresses, lostSecrets, stack, textsIn, valuesOf } from './observability.ts';

const TENANT = 'platform';
const configOf = (objects: readonly Anything[], name: string, key: string): string =>
  objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name).data[key];
const broken = (objects: readonly Anything[], change: (copy: readonly Anything[]) => void): readonly Anything[] => {
  const copy = structuredClone(objects);
  change(copy);
  return copy;
};

/** Everything that writes to or reads from Mimir, Loki and Tempo without saying the tenant. */
function withoutTenant(objects: readonly Anything[]): readonly string[] {
  const kps = valuesOf(objects, 'kube-prometheus-stack').prometheus.prometheusSpec;
  const collector = valuesOf(objects, 'otel-collector').alternateConfig.exporters;
  const sources = parse(configOf(objects, 'grafana-datasources', 'datasources.yaml')).datasources;
  const alloy = configOf(objects, 'alloy-config', 'config.alloy');
  const writes: readonly (readonly [string, unknown])[] = [
    ...kps.remoteWrite.map((write: Anything) => [`remote write ${write.name}`, write.headers?.['X-Scope-OrgID']]),
    ...Object.entries<Anything>(collector).map(([name, e]) => [`collector ${name}`, e.headers?.['X-Scope-OrgID']]),
    ...sources
      .filter(({ type }: Anything) => type !== 'alertmanager')
      .map((source: Anything) => [
        `data source ${source.name}`,
        source.jsonData.httpHeaderName1 === 'X-Scope-OrgID' && source.secureJsonData?.httpHeaderValue1,
      ]),
    ...[...alloy.matchAll(/loki\.write "(\w+)" \{[\s\S]*?\n\}/g)].map(
      ([block, name]) => [`alloy ${name}`, /tenant_id\s*=\s*"(\w+)"/.exec(block)?.[1]] as const,
    ),
    [
      'rules of Loki',
      objects.find(({ metadata }) => metadata.name === 'loki-rules-wordpress').metadata.annotations[
        'platform.ionos/tenant-folder'
      ],
    ],
  ];
  return writes.filter(([, tenant]) => tenant !== TENANT).map(([name, tenant]) => `${name}: ${tenant}`);
}

/** Which Prometheus-like evaluates what; and what none does. */
function ruleProblems(objects: readonly Anything[]): readonly string[] {
  const values = parse(readFileSync(join(KUBERNETES, 'apps/base/plimsoll.yaml'), 'utf8')).spec.values;
  const spec = valuesOf(objects, 'kube-prometheus-stack').alertmanager.alertmanagerSpec;
  return [
    ...(values.rules?.enabled === true && values.mimir?.enabled === true ? ['rules are evaluated twice'] : []),
    ...(values.rules?.enabled === true || values.mimir?.enabled === true ? [] : ['rules are evaluated by nobody']),
    ...(values.alertmanager?.enabled === true && spec.useExistingSecret === true
      ? []
      : ['Alertmanager has no routing']),
    ...(spec.configSecret === 'plimsoll-alertmanager' ? [] : [`routing is in ${spec.configSecret}`]),
  ];
}

describe.each(ENVIRONMENTS)('in %s', (environment) => {
  const objects = stack(environment);

  it('every address within the cluster is of a service that is there', () => {
    const urls = objects.flatMap((object) => textsIn(object).filter(([, text]) => text.includes('.svc')));
    expect(urls.length).toBeGreaterThan(8);
    expect(lostAddresses(objects)).toEqual([]);
    const other = broken(objects, (copy) => {
      valuesOf(copy, 'otel-collector').alternateConfig.exporters['otlp_http/tempo'].endpoint =
        'http://tempo.observability.svc:9999';
      valuesOf(copy, 'prometheus-adapter').prometheus.port = 80;
      valuesOf(copy, 'loki').loki.rulerConfig.alertmanager_url =
        'http://_web._tcp.alertmanager-operated.monitoring.svc';
    });
    expect(lostAddresses(other)).toHaveLength(3);
  });

  it('every Secret and key that is asked for is one that secrets.ts writes', () => {
    expect(lostSecrets(objects)).toEqual([]);
    const other = broken(objects, (copy) => {
      valuesOf(copy, 'tempo').tempo.extraEnv[0].valueFrom.secretKeyRef.key = 'acces_key';
      valuesOf(copy, 'kube-prometheus-stack').alertmanager.alertmanagerSpec.secrets = ['receivers'];
      valuesOf(copy, 'grafana').admin.userKey = 'name';
    });
    expect(lostSecrets(other)).toEqual([
      'HelmRelease kube-prometheus-stack: there is no Secret monitoring/receivers',
      'HelmRelease grafana: grafana-admin has no key name',
      'HelmRelease tempo: tempo-s3 has no key acces_key',
    ]);
  });

  it('every write and every data source says the tenant', () => {
    expect(withoutTenant(objects)).toEqual([]);
    const other = broken(objects, (copy) => {
      delete valuesOf(copy, 'kube-prometheus-stack').prometheus.prometheusSpec.remoteWrite[0].headers;
      valuesOf(copy, 'otel-collector').alternateConfig.exporters['otlp_http/loki'].headers['X-Scope-OrgID'] = 'other';
      const alloy = copy.find(({ metadata }) => metadata.name === 'alloy-config');
      alloy.data['config.alloy'] = alloy.data['config.alloy'].replace(/tenant_id.*/, '');
    });
    expect(withoutTenant(other)).toEqual([
      'remote write mimir: undefined',
      'collector otlp_http/loki: other',
      'alloy loki: undefined',
    ]);
    for (const [release, path] of [
      ['mimir', 'mimir.structuredConfig.multitenancy_enabled'],
      ['loki', 'loki.auth_enabled'],
      ['tempo', 'tempo.multitenancyEnabled'],
    ] as const)
      expect(at(valuesOf(objects, release), path), release).toBe(true);
  });

  it('rules are evaluated once, and Alertmanager has the routing of the spec', () => {
    expect(ruleProblems(objects)).toEqual([]);
    const other = broken(objects, (copy) => {
      valuesOf(copy, 'kube-prometheus-stack').alertmanager.alertmanagerSpec.useExistingSecret = false;
    });
    expect(ruleProblems(other)).toEqual(['Alertmanager has no routing']);
  });

  it('keeps all buckets apart, and each is one of Terraform', () => {
    const values = platformValues(environment);
    const mimir = valuesOf(objects, 'mimir').mimir.structuredConfig;
    const buckets = {
      bucket_metrics: mimir.blocks_storage.s3.bucket_name,
      bucket_rules: mimir.ruler_storage.s3.bucket_name,
      bucket_alertmanager: mimir.alertmanager_storage.s3.bucket_name,
      bucket_logs: valuesOf(objects, 'loki').loki.storage.bucketNames.chunks,
      bucket_logs_ruler: valuesOf(objects, 'loki').loki.storage.bucketNames.ruler,
      bucket_traces: valuesOf(objects, 'tempo').tempo.storage.trace.s3.bucket,
    };
    expect(new Set(Object.values(buckets)).size).toBe(6);
    for (const [name, bucket] of Object.entries(buckets)) expect(bucket, name).toBe(values[name]);
  });

  it('asks object storage in the forms that clients want: with a scheme for Loki, without for Mimir and Tempo', () => {
    expect(valuesOf(objects, 'loki').loki.storage.s3.endpoint).toMatch(/^https:\/\/[\w.-]+$/);
    for (const host of [
      valuesOf(objects, 'mimir').mimir.structuredConfig.common.storage.s3.endpoint,
      valuesOf(objects, 'tempo').tempo.storage.trace.s3.endpoint,
    ])
      expect(host).toMatch(/^[\w.-]+$/);
  });

  it('sends the outside world a part of the samples, of one replica, under the key', () => {
    const release = objects.find(
      ({ kind, metadata }) => kind === 'HelmRelease' && metadata.name === 'kube-prometheus-stack',
    );
    const [write] = parse(configOf(objects, 'ionos-remote-write', 'values.yaml')).prometheus.prometheusSpec
      .additionalRemoteWrite;
    expect(write.url).toBe(platformValues(environment).metrics_endpoint);
    expect(release.spec.valuesFrom).toEqual([
      { kind: 'ConfigMap', name: 'ionos-remote-write' },
      expect.objectContaining({
        name: 'ionos-metrics',
        targetPath: 'prometheus.prometheusSpec.additionalRemoteWrite[0].headers.APIKEY',
      }),
    ]);
    // A list among the values would win over the one that the key is put into.
    expect(release.spec.values.prometheus.prometheusSpec.additionalRemoteWrite).toBeUndefined();
    const kept = new RegExp(`^(?:${write.writeRelabelConfigs.at(-1).regex})$`);
    for (const name of ['slo_events_total', 'slo:bad_events:total', 'ALERTS', 'up']) expect(name).toMatch(kept);
    for (const name of ['container_memory_rss', 'probe_phase_duration_seconds_bucket', 'upstream'])
      expect(name).not.toMatch(kept);
  });

  it('sets up no scrape of a control plane that IONOS hides, and no Grafana in Grafana', () => {
    const values = valuesOf(objects, 'kube-prometheus-stack');
    for (const part of ['grafana', 'kubeEtcd', 'kubeScheduler', 'kubeControllerManager', 'kubeProxy'])
      expect(values[part].enabled, part).toBe(false);
  });

  it('lets Mimir take one of two replicas of Prometheus', () => {
    const spec = valuesOf(objects, 'kube-prometheus-stack').prometheus.prometheusSpec;
    const mimir = valuesOf(objects, 'mimir').mimir.structuredConfig;
    expect(spec).toMatchObject({
      replicas: 2,
      replicaExternalLabelName: '__replica__',
      externalLabels: { cluster: `plimsoll-${environment}` },
    });
    expect(mimir).toMatchObject({
      distributor: { ha_tracker: { enable_ha_tracker: true } },
      limits: { accept_ha_samples: true },
    });
  });
});

describe('what several parts share', () => {
  const objects = stack('prod');
  it('data sources are those that the boards ask for, with what the generated ones have', () => {
    const own = parse(configOf(objects, 'grafana-datasources', 'datasources.yaml')).datasources;
    const path = join(KUBERNETES, '../../dashboards/generated/provisioning/datasources/plimsoll.yaml');
    const generated = parse(readFileSync(path, 'utf8')).datasources;
    for (const { url, ...wanted } of generated) {
      expect(url).toMatch(/^\$/);
      expect(own).toContainEqual(
        expect.objectContaining({ ...wanted, jsonData: expect.objectContaining(wanted.jsonData) }),
      );
    }
  });
  it('Grafana finds boards by the label that the chart gives them, in its namespace', () => {
    const { dashboards } = valuesOf(objects, 'grafana').sidecar;
    const chart = parse(readFileSync(join(KUBERNETES, '../../helm/exporter/values.yaml'), 'utf8'));
    expect(chart.dashboards.labels).toEqual({ [dashboards.label]: dashboards.labelValue });
    const release = parse(readFileSync(join(KUBERNETES, 'apps/base/plimsoll.yaml'), 'utf8'));
    expect(dashboards.searchNamespace).toContain(release.metadata.namespace);
    expect(release.spec.values.dashboards.enabled).toBe(true);
    const board = parse(
      readFileSync(join(KUBERNETES, '../../helm/exporter/generated/dashboards/plimsoll-overview.yaml'), 'utf8'),
    );
    expect(Object.keys(board.metadata.annotations)).toContain(dashboards.folderAnnotation);
  });
  it('nobody gets into Grafana without the identity provider, and it tells nobody of us', () => {
    const ini = valuesOf(objects, 'grafana')['grafana.ini'];
    expect(ini['auth.anonymous'].enabled).toBe(false);
    expect(ini['auth.generic_oauth']).toMatchObject({ enabled: true, use_pkce: true });
    expect(ini['auth.generic_oauth'].client_secret).toMatch(/^\$__file\{/);
    expect(ini.analytics).toMatchObject({ reporting_enabled: false, check_for_updates: false });
  });
  it('WordPress and the exporter send traces to the port of the Collector', () => {
    for (const file of ['plimsoll', 'wordpress']) {
      const release = parse(readFileSync(join(KUBERNETES, `apps/base/${file}.yaml`), 'utf8'));
      expect(lostAddresses([release]), file).toEqual([]);
      expect(release.spec.values.traces.endpoint, file).toBe('http://otel-collector.observability.svc:4318');
    }
  });
});
