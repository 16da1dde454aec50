// A real Prometheus that scrapes counters and evaluates the rules every second: it counts to the event, and its alert fires.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packGroups } from '../../src/generate/pack.ts';
import { prometheusRuleFile } from '../../src/generate/rule-files.ts';
import { sloRules } from '../../src/generate/slo/groups.ts';
import { type Prometheus, startPrometheus } from '../services/prometheus.ts';
import { slo, validSpec } from '../spec/specs.ts';

const spec = validSpec({
  slos: [
    slo({ name: 'requests', window: '10m', objective: '90%', sli: { kind: 'ratio', bad: 'err', total: 'req' } }),
    slo({ name: 'remembered', window: '10m', sli: { kind: 'gauge', query: 'nothing', above: 0 } }),
    slo({ name: 'forgotten', window: '10m', sli: { kind: 'gauge', query: 'nothing', above: 0 } }),
  ],
  policies: [{ window: '10m', tiers: [{ tier: 'page', severity: 'page', long: '1m', short: '5s', budget: '20%' }] }],
  alerting: { interval: '1s', scrapeInterval: '1s' },
});
const info = 'slo_info{slo="requests",service="shop",team="web",target="promql",window="10m"} 1';
const counters = { req: 0, err: 0 };
let failing = false;
/** As many a scrape as are not the same twice. */
const server = createServer((_request, response) => {
  counters.req += 10 + (counters.req % 7);
  if (failing) counters.err += 10;
  response.end(
    `req ${counters.req}\nerr ${counters.err}\n${info}\nslo_objective_ratio{slo="requests"} 0.9\nprobe_interval_seconds{target="promql"} 1\n`,
  );
});
let prometheus: Prometheus;

const HOUR_S = 3_600;
/** Prometheus was down for a while: its last samples are nearly as old as totals are remembered, and older. */
function history(data: string): void {
  const now = Math.floor(Date.now() / 1000);
  const sample = (name: string, atS: number) =>
    `slo:valid_events:total{slo="${name}",location="prometheus"} 500 ${atS}`;
  const lines = [sample('forgotten', now - 6.1 * HOUR_S), sample('remembered', now - 5.9 * HOUR_S)];
  writeFileSync(`${data}.om`, `# TYPE slo:valid_events:total gauge\n${lines.join('\n')}\n# EOF\n`);
  execFileSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', `${data}.om`, data], { stdio: 'ignore' });
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  prometheus = await startPrometheus({
    scrape: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    prepare: history,
    rules: prometheusRuleFile(packGroups(sloRules(spec).groups)),
  });
}, 30_000);
afterAll(async () => {
  await prometheus?.stop();
  server.close();
});

const VALID = 'slo:valid_events:total{slo="requests",location="prometheus"}';

it('counts every request, and each once', async () => {
  await expect
    .poll(() => prometheus.samples(`${VALID}[1m]`).then((found) => found[0]?.values.length ?? 0), { timeout: 20_000 })
    .toBeGreaterThan(10);
  const [total] = await prometheus.samples(`${VALID}[1m]`);
  const rest = await Promise.all(
    total!.values.map(
      async ([at, value]) => (await prometheus.value('last_over_time(req[4s])', at * 1000)) - Number(value),
    ),
  );
  // What was there before the first step is not counted.
  expect(new Set(rest.slice(1)).size).toBe(1);
  expect(Number(total!.values.at(-1)![1])).toBeGreaterThan(100);
}, 30_000);

it('goes on from what was counted before Prometheus was down, if that was less than 6 h ago', async () => {
  const found = await prometheus.query('slo:valid_events:total{slo=~"remembered|forgotten"}', Date.now());
  expect(found.map(({ metric, value }) => [metric.slo, value])).toEqual([['remembered', 500]]);
});

it('fires when requests fail, and is over when they do not', async () => {
  const firing = () => prometheus.query('ALERTS{alertname="SLOErrorBudgetBurn",alertstate="firing"}', Date.now());
  expect(await firing()).toEqual([]);
  failing = true;
  await expect
    .poll(async () => (await firing())[0]?.metric, { timeout: 30_000 })
    .toMatchObject({
      slo: 'requests',
      service: 'shop',
      team: 'web',
      severity: 'page',
      target: 'promql',
    });
  failing = false;
  await expect.poll(firing, { timeout: 40_000 }).toEqual([]);
}, 80_000);
