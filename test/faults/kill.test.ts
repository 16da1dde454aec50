// kill -9 of the whole exporter, again and again, while a real Prometheus scrapes it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Exporter, startExporter, until } from '../services/exporter.ts';
import { freePort, privateFolder } from '../services/process.ts';
import { type Prometheus, startPrometheus } from '../services/prometheus.ts';
import { type SmallSite, smallSpec, startSmallSite } from '../services/small-site.ts';

const GOOD = 'slo_events_total{slo="up",result="good",location="main"}';
const folder = privateFolder('kill');
const config = join(folder.path, 'plimsoll.yaml');
let site: SmallSite;
let listen: string;
let exporter: Exporter;
let prometheus: Prometheus;

const start = async () => {
  exporter = await startExporter({ args: ['--config', config, '--data', join(folder.path, 'data')], listen });
};
const goodAbove = (floor: number) => until(async () => ((await exporter.metric(GOOD)) ?? 0) > floor, exporter.log);

beforeAll(async () => {
  site = await startSmallSite();
  writeFileSync(config, smallSpec(site.url));
  listen = `127.0.0.1:${await freePort()}`;
  await start();
  prometheus = await startPrometheus({ scrape: listen });
});
afterAll(async () => {
  await exporter?.end('SIGKILL');
  await prometheus?.stop();
  site.stop();
  folder.remove();
});

describe('kill -9 under scrapes', () => {
  it('shows no counter that fell, and increase() shows no jump', async () => {
    await goodAbove(2);
    for (let i = 0; i < 4; i++) {
      const before = (await exporter.metric(GOOD)) ?? 0;
      await exporter.end('SIGKILL');
      await start();
      expect(await exporter.metric(GOOD)).toBeGreaterThanOrEqual(before);
      await goodAbove(before + 2);
    }
    const scraped = async () => Number((await prometheus.samples(`${GOOD}[5m]`))[0]?.values.at(-1)?.[1]);
    const last = (await exporter.metric(GOOD)) ?? 0;
    await until(async () => (await scraped()) >= last, exporter.log);
    const all = await prometheus.samples('slo_events_total{slo="up"}[5m]');
    expect(all.map((s) => s.metric.result).sort()).toEqual(['bad', 'excluded', 'good', 'unmeasured']);
    for (const { metric, values } of all)
      for (let i = 1; i < values.length; i++)
        expect(Number(values[i]![1]), metric.result).toBeGreaterThanOrEqual(Number(values[i - 1]![1]));
    expect(await prometheus.value('max(resets(slo_events_total{slo="up"}[5m]))')).toBe(0);
    const { values } = all.find((s) => s.metric.result === 'good')!;
    const grown = Number(values.at(-1)![1]) - Number(values[0]![1]);
    // Prometheus extrapolates to the edges of the range by at most half a sampling interval at each (two events here).
    const increase = await prometheus.value(`increase(${GOOD}[5m])`);
    expect(increase).toBeGreaterThanOrEqual(grown);
    expect(increase).toBeLessThanOrEqual(grown + 3);
    // Every good event was a request that was answered: nothing is made up for the time that was lost.
    expect(last).toBeLessThanOrEqual(site.requests);
  });
});
