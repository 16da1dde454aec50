// Two real Prometheus with the remote writes of the platform, before a real Mimir and a stand-in of IONOS Monitoring: Mimir keeps one of two, under the
// tenant; IONOS hears of one replica only, of what is let through, with the key. The operator and its discovery are not here.
import { writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type Mimir, startMimir } from '../../services/mimir.ts';
import { freePort, privateFolder, type Server, startServer } from '../../services/process.ts';
import { toolPath } from '../tools.ts';
import { type Anything, remoteWrites, stack, valuesOf } from './observability.ts';

const objects = stack('prod');
const spec = valuesOf(objects, 'kube-prometheus-stack').prometheus.prometheusSpec;
const settings = valuesOf(objects, 'mimir').mimir.structuredConfig;
const POD = 'prometheus-kube-prometheus-stack-prometheus';
const KEY = 'made-up';

const folder = privateFolder('replicas');
const running: Server[] = [];
const keys: unknown[] = [];
let [mimir, ionos]: [Mimir | undefined, HttpServer | undefined] = [undefined, undefined];
let ionosUrl = '';

beforeAll(async () => {
  mimir = await startMimir(toolPath('mimir'), [
    `-distributor.ha-tracker.enable=${settings.distributor.ha_tracker.enable_ha_tracker}`,
    `-distributor.ha-tracker.enable-for-all-users=${settings.limits.accept_ha_samples}`,
    '-distributor.ha-tracker.store=inmemory',
    // Queriers answer to it; else it is the address of the machine, where nothing listens.
    '-query-frontend.instance-addr=127.0.0.1',
  ]);
  ionos = createServer((request, response) => {
    keys.push(request.headers.apikey);
    request.resume().on('end', () => response.writeHead(200).end());
  });
  const port = await freePort();
  await new Promise<void>((resolve) => ionos!.listen(port, '127.0.0.1', resolve));
  ionosUrl = `http://127.0.0.1:${port}/api/v1/push`;
});
afterAll(async () => {
  for (const server of running) await server.stop();
  await mimir?.stop();
  ionos?.close();
  folder.remove();
});

/** One replica of the operator, which scrapes Mimir each second. */
async function startReplica(number: number): Promise<void> {
  const port = await freePort();
  const [toMimir, toIonos] = remoteWrites(objects);
  const config = {
    global: {
      scrape_interval: '1s',
      scrape_timeout: '900ms',
      external_labels: { ...spec.externalLabels, [spec.replicaExternalLabelName]: `${POD}-${number}` },
    },
    scrape_configs: [{ job_name: 'mimir', static_configs: [{ targets: [new URL(mimir!.url).host] }] }],
    remote_write: [
      { ...toMimir, url: toMimir.url.replace(/^http:\/\/[^/]+/, mimir!.url) },
      { ...toIonos, url: ionosUrl, headers: { APIKEY: KEY } },
    ],
  };
  const path = join(folder.path, `${number}.yaml`);
  writeFileSync(path, stringify(config));
  const args = [`--config.file=${path}`, `--storage.tsdb.path=${join(folder.path, String(number))}`];
  running.push(
    await startServer(
      toolPath('prometheus'),
      [...args, `--web.listen-address=127.0.0.1:${port}`],
      async () => (await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => undefined))?.status === 200,
    ),
  );
}

async function asked(query: string, tenant: string): Promise<readonly Anything[]> {
  const answer = await fetch(`${mimir!.url}/prometheus/api/v1/query?${new URLSearchParams({ query })}`, {
    headers: { 'X-Scope-OrgID': tenant },
  });
  return ((await answer.json()) as Anything).data.result;
}

describe('two replicas', () => {
  it('the second alone writes to Mimir, and not to IONOS', async () => {
    await startReplica(1);
    await expect.poll(async () => (await asked('up', 'platform')).length, { timeout: 30_000 }).toBe(1);
    // What is sent at all is sent within the 5 s of a batch.
    await new Promise((resolve) => setTimeout(resolve, 7_000));
    expect(keys).toEqual([]);
  });
  it('both write, and Mimir has one series without the name of a replica, for this tenant', async () => {
    await startReplica(0);
    await expect.poll(() => keys.length, { timeout: 30_000 }).toBeGreaterThan(0);
    expect(new Set(keys)).toEqual(new Set([KEY]));
    const dropped = `sum(cortex_distributor_deduped_samples_total{cluster="${spec.externalLabels.cluster}"}) > 0`;
    await expect.poll(async () => (await asked(dropped, 'platform')).length, { timeout: 30_000 }).toBe(1);
    const instance = new URL(mimir!.url).host;
    const up = await asked('up', 'platform');
    expect(up.map(({ metric }) => metric)).toEqual([
      { __name__: 'up', cluster: 'plimsoll-prod', instance, job: 'mimir' },
    ]);
    expect(await asked('up', 'other')).toEqual([]);
  });
});
