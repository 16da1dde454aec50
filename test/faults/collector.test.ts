// A collector of traces that is down, or takes every request and never answers: it costs traces, and no measurement.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Exporter, startExporter, until } from '../services/exporter.ts';
import { freePort, privateFolder } from '../services/process.ts';
import { type SmallSite, smallSpec, startSmallSite } from '../services/small-site.ts';

const GOOD = 'probe_runs_total{target="site",kind="http",step="get",outcome="ok",blame="none",location="main"}';
/** The grace of Kubernetes is 30 s; the exporter promises less: 3 s for runs, 2 s for spans. */
const PATIENCE_MS = 8_000;
let folder: ReturnType<typeof privateFolder>;
let site: SmallSite;
let exporter: Exporter | undefined;

afterEach(async () => {
  await exporter?.end('SIGKILL');
  exporter = undefined;
  site.stop();
  folder.remove();
});

/** Spans are sent twice a second, so that the collector is asked often. */
async function startWith(collector: string): Promise<Exporter> {
  folder = privateFolder('collector');
  site = await startSmallSite();
  const config = join(folder.path, 'plimsoll.yaml');
  writeFileSync(config, smallSpec(site.url));
  exporter = await startExporter({
    args: ['--config', config, '--data', join(folder.path, 'data')],
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector, OTEL_BSP_SCHEDULE_DELAY: '500' },
  });
  return exporter;
}

/** Eight runs in eight slots, the page of series, and the end. */
async function expectUnharmed({ metric, text, log, end }: Exporter): Promise<void> {
  await until(async () => ((await metric(GOOD)) ?? 0) >= 8, log);
  const metrics = await text('/metrics');
  expect(metrics).not.toMatch(/^plimsoll_missed_runs_total\{.*\} [1-9]/m);
  expect(metrics).toContain('slo_events_total{slo="up",result="bad",location="main"} 0\n');
  expect(metrics).toContain('slo_events_total{slo="up",result="unmeasured",location="main"} 0\n');
  const late = new Promise((resolve) => setTimeout(() => resolve('late'), PATIENCE_MS));
  expect(await Promise.race([end('SIGTERM'), late])).toBe(0);
  expect(log()).toContain('"msg":"stopped"');
}

describe('a collector of traces', () => {
  it('that is down costs no run, no scrape and no clean end', async () => {
    await expectUnharmed(await startWith(`http://127.0.0.1:${await freePort()}`));
  });
  it('that never answers costs no run, no scrape and no clean end', async () => {
    let asked = 0;
    const silent = createServer(() => {
      asked += 1;
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    await expectUnharmed(await startWith(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`));
    expect(asked).toBeGreaterThan(1);
    silent.closeAllConnections();
    silent.close();
  });
});
