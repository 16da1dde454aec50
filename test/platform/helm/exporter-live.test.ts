// What the chart renders, run: the exporter with its arguments in volumes as the kubelet makes them, the scrape in a real Prometheus, and
// the push to a real Mimir. Never seen here: the image, and the cluster around it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plimsoll } from '../../cli/push-run.ts';
import { type Exporter, startExporter, until } from '../../services/exporter.ts';
import { type Mimir, startMimir } from '../../services/mimir.ts';
import { freePort, privateFolder, type Server, startServer } from '../../services/process.ts';
import { toolPath } from '../tools.ts';
import { ciPath, only, type Rendered, rendered } from './chart.ts';
import { writeVolume } from './kubelet.ts';

const folder = privateFolder('chart-live');
afterAll(() => folder.remove());
const objectsOf = (file: string, ...args: string[]) =>
  rendered('exporter', ['--values', ciPath('exporter', file), ...args]);
const wait = { timeout: 30_000, interval: 200 };

/** A spec with one SLO; nothing listens on the port of its target, so that each run ends at once. */
const spec = (name: string, objective: string, more = '') => `
targets:
  - { name: ${name}, kind: tcp, url: "tcp://127.0.0.1:1", interval: 1s }
slos:
  - { name: ${name}, service: ${name}, team: a, objective: ${objective}, window: 30d, sli: { kind: probe, target: ${name}, steps: [connect] } }
${more}`;

/** The arguments of the container with the folders of this machine; without --listen, as startExporter has its own. */
function argumentsOf(objects: readonly Rendered[], root: string): string[] {
  const { args } = only(objects, 'StatefulSet').spec.template.spec.containers[0] as { args: string[] };
  const listen = args.indexOf('--listen');
  return args
    .filter((_, index) => index !== listen && index !== listen + 1)
    .map((text) => (text.startsWith('/') ? join(root, text) : text));
}

describe('the exporter with the arguments of the chart', () => {
  const root = join(folder.path, 'teams');
  const objects = objectsOf('teams-values.yaml');
  const pod = only(objects, 'StatefulSet').spec.template.spec;
  const specs = join(root, '/etc/plimsoll');
  const secret = join(root, '/run/secrets/plimsoll/database');
  const token = `exporter: { tokenFile: ${secret}/token }`;
  const teams = (objective: string) => ({
    'slo-platform.yaml': spec('platform', '99%', token),
    'slo-web.yaml': spec('web', objective),
    'slo-shop.yaml': spec('shop', '99%'),
  });
  let exporter: Exporter;
  beforeAll(async () => {
    // The chart names these paths; the volumes hold what it says they hold.
    const sources = pod.volumes[0].projected.sources as { configMap: { items: { path: string }[] } }[];
    expect(sources.map((s) => s.configMap.items[0]!.path)).toEqual(Object.keys(teams('99%')));
    expect(pod.containers[0].volumeMounts.map((m: { mountPath: string }) => m.mountPath)).toContain(
      '/run/secrets/plimsoll/database',
    );
    mkdirSync(join(root, 'data'), { recursive: true });
    writeVolume(specs, teams('99%'));
    writeVolume(secret, { token: 'first' });
    exporter = await startExporter({ args: argumentsOf(objects, root) });
  });
  afterAll(() => exporter?.end('SIGKILL'));
  const metrics = async (bearer: string) => {
    const answer = await fetch(`${exporter.url}/metrics`, { headers: { authorization: `Bearer ${bearer}` } });
    return answer.status === 200 ? await answer.text() : answer.status;
  };

  it('serves the SLOs of all teams', async () => {
    const text = await metrics('first');
    for (const slo of ['platform', 'web', 'shop']) expect(text).toContain(`slo_objective_ratio{slo="${slo}"} 0.99\n`);
  });
  it('answers the probes of the kubelet, without the token', async () => {
    const { startupProbe, livenessProbe, readinessProbe } = pod.containers[0];
    for (const { httpGet } of [startupProbe, livenessProbe, readinessProbe])
      expect((await fetch(exporter.url + httpGet.path)).status, httpGet.path).toBe(200);
  });
  it('reads a ConfigMap that has changed, each time', async () => {
    for (const [objective, ratio] of [
      ['98%', 0.98],
      ['97%', 0.97],
    ] as const) {
      writeVolume(specs, teams(objective));
      await expect.poll(() => metrics('first'), wait).toContain(`slo_objective_ratio{slo="web"} ${ratio}\n`);
    }
  });
  it('keeps the old spec while a ConfigMap is wrong', async () => {
    writeVolume(specs, teams('none'));
    await expect.poll(() => metrics('first'), wait).toContain('plimsoll_config_last_reload_successful 0\n');
    expect(await metrics('first')).toContain('slo_objective_ratio{slo="web"} 0.97\n');
    writeVolume(specs, teams('96%'));
    await expect.poll(() => metrics('first'), wait).toContain('slo_objective_ratio{slo="web"} 0.96\n');
  });
  it('takes a token that has changed', async () => {
    writeVolume(secret, { token: 'second' });
    await expect.poll(() => metrics('second'), wait).toContain('slo_info');
    expect(await metrics('first')).toBe(401);
  });
  it('needs less than half of its memory, and ends within its grace period', async () => {
    const bytes = Number(/^process_resident_memory_bytes (\d+)/m.exec(String(await metrics('second')))![1]);
    const mebibytes = Number(/^(\d+)Mi$/.exec(pod.containers[0].resources.limits.memory)?.[1]);
    if (process.env.PRINT !== undefined) console.log(`resident: ${Math.round(bytes / 1_048_576)} MiB`);
    expect(bytes).toBeLessThan((mebibytes * 1_048_576) / 2);
    const beganMs = performance.now();
    expect(await exporter.end('SIGTERM')).toBe(0);
    expect(performance.now() - beganMs).toBeLessThan((pod.terminationGracePeriodSeconds * 1000) / 2);
  });
});

interface Relabeling {
  readonly action?: string;
  readonly regex?: string;
  readonly targetLabel?: string;
  readonly replacement?: string;
}
/** As the operator writes it into the configuration of Prometheus. */
const relabeled = (list: readonly Relabeling[]) =>
  list.map(({ targetLabel, ...rest }) => ({
    ...rest,
    ...(targetLabel !== undefined && { target_label: targetLabel }),
  }));

describe('the scrape of the ServiceMonitor in a real Prometheus', () => {
  const endpoint = only(objectsOf('teams-values.yaml'), 'ServiceMonitor').spec.endpoints[0];
  const root = join(folder.path, 'scrape');
  const targets = join(root, 'targets.json');
  const file = join(root, 'spec.yaml');
  let exporter: Exporter;
  let prometheus: Server | undefined;
  let url = '';
  /** What service discovery and the operator put on a target. */
  const discover = (pod: string) => {
    const labels = { namespace: 'slo', service: 'plimsoll', pod, container: 'exporter', endpoint: 'http' };
    writeFileSync(targets, JSON.stringify([{ targets: [new URL(exporter.url).host], labels }]));
  };
  const start = () => startExporter({ args: ['--config', file, '--data', join(root, 'data')] });
  const series = async (selector: string): Promise<Record<string, string>[]> => {
    const answer = await fetch(`${url}/api/v1/series?${new URLSearchParams({ 'match[]': selector })}`);
    return ((await answer.json()) as { data: Record<string, string>[] }).data;
  };
  beforeAll(async () => {
    mkdirSync(root);
    writeFileSync(file, spec('shop', '99%'));
    exporter = await start();
    discover('plimsoll-0');
    const base = { scrape_interval: '1s', scrape_timeout: '900ms', file_sd_configs: [{ files: [targets] }] };
    const ours = {
      ...base,
      job_name: 'plimsoll',
      honor_labels: endpoint.honorLabels,
      relabel_configs: relabeled(endpoint.relabelings),
      metric_relabel_configs: relabeled(endpoint.metricRelabelings),
    };
    writeFileSync(join(root, 'p.yml'), JSON.stringify({ scrape_configs: [ours, { ...base, job_name: 'plain' }] }));
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const flags = [`--config.file=${join(root, 'p.yml')}`, `--storage.tsdb.path=${join(root, 'tsdb')}`];
    prometheus = await startServer(
      toolPath('prometheus'),
      [...flags, `--web.listen-address=127.0.0.1:${port}`],
      async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.status === 200,
    );
    await until(
      async () => (await series('slo_events_total')).length === 8,
      () => exporter.log(),
    );
  });
  afterAll(async () => {
    await prometheus?.stop();
    await exporter?.end('SIGKILL');
  });

  it('leaves no trace of the pod, and the service of the SLO', async () => {
    const all = await series('{job="plimsoll", __name__!~"up|scrape_.*"}');
    expect(all.length).toBeGreaterThan(50);
    expect(all.filter((labels) => 'pod' in labels)).toEqual([]);
    // A name that stays in place of the address: texts of alerts have it.
    expect(new Set(all.map(({ instance }) => instance))).toEqual(new Set(['test/exporter-plimsoll']));
    expect(await series('slo_info{job="plimsoll"}')).toEqual([
      expect.objectContaining({ service: 'shop', cluster: 'dev' }),
    ]);
    expect((await series('slo_events_total{job="plimsoll"}'))[0]).not.toHaveProperty('service');
    // Without it, the name of the Service and the pod are on every series.
    expect((await series('slo_events_total{job="plain"}'))[0]).toMatchObject({
      service: 'plimsoll',
      pod: 'plimsoll-0',
    });
  });
  it('goes on in the same series when the pod has moved', async () => {
    expect(await exporter.end('SIGTERM')).toBe(0);
    exporter = await start();
    discover('plimsoll-moved');
    await expect.poll(() => series('slo_events_total{job="plain", pod="plimsoll-moved"}'), wait).toHaveLength(4);
    const moved = () => series('up{job="plimsoll"}');
    await expect.poll(moved, wait).toHaveLength(2);
    expect(await series('slo_events_total{job="plimsoll"}')).toHaveLength(4);
    expect(await series('slo_events_total{job="plain"}')).toHaveLength(8);
  });
});

describe('the Job for Mimir', () => {
  let mimir: Mimir;
  beforeAll(async () => {
    mimir = await startMimir(toolPath('mimir'));
  });
  afterAll(() => mimir?.stop());

  it('pushes routing and rules with the commands of its containers, and nothing the second time', async () => {
    const root = join(folder.path, 'push');
    const objects = objectsOf('everything-values.yaml', '--set', `mimir.url=${mimir.url}`);
    const pod = only(objects, 'Job').spec.template.spec;
    mkdirSync(join(root, 'kept'), { recursive: true });
    mkdirSync(join(root, 'run/secrets/token'), { recursive: true });
    writeFileSync(join(root, 'run/secrets/token/token'), 'abc');
    // The paths of receivers' secrets stand in the generated config, which here leads into the folder of the test.
    const receivers = join(root, '/etc/alertmanager/secrets');
    mkdirSync(receivers, { recursive: true });
    for (const name of ['smtp', 'pagerduty-web', 'pagerduty-platform']) writeFileSync(join(receivers, name), 'x');
    for (const name of ['slack-web', 'slack-platform', 'deadman'])
      writeFileSync(join(receivers, name), 'http://127.0.0.1:1/');
    const { data } = only(objects, 'ConfigMap', 'exporter-plimsoll-push') as unknown as {
      data: Record<string, string>;
    };
    for (const { key, path } of pod.volumes[0].configMap.items as { key: string; path: string }[]) {
      mkdirSync(join(root, '/etc/plimsoll', path, '..'), { recursive: true });
      writeFileSync(join(root, '/etc/plimsoll', path), data[key]!.replaceAll('/etc/alertmanager/secrets', receivers));
    }
    const run = ({ command }: { command: string[] }) =>
      plimsoll(root, ...command.slice(2).map((text) => (text.startsWith('/') ? join(root, text) : text)));
    const containers = [...pod.initContainers, ...pod.containers];
    expect(containers.map(({ command }) => command.slice(0, 2))).toEqual(
      Array(2).fill(['/nodejs/bin/node', 'src/main.ts']),
    );
    for (const container of containers) {
      const first = await run(container);
      expect([first.code, first.out]).toEqual([0, expect.stringMatching(/(is|are) loaded, as in /)]);
    }
    for (const container of containers)
      expect(await run(container)).toMatchObject({ code: 0, out: expect.stringContaining('nothing to do') });
    const { status } = await fetch(`${mimir.url}/prometheus/config/v1/rules`, {
      headers: { 'x-scope-orgid': 'platform' },
    });
    expect(status).toBe(200);
  });
});
