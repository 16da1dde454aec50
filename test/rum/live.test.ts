// Beacons, the exporter, Prometheus with the rules of the spec, and the board: slow views make a ticket and no page, and the board shows them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ruleGroups } from '../../alerts/generate.ts';
import { builtBoards } from '../../dashboards/check.ts';
import { prometheusRuleFile } from '../../src/generate/rule-files.ts';
import type { JsonObject } from '../../src/grafana/finish.ts';
import { prometheusAt } from '../../src/preview/prometheus.ts';
import { type PanelData, readPanel } from '../../src/preview/read.ts';
import { variablesOf } from '../../src/preview/variables.ts';
import { type Exporter, startExporter, until } from '../services/exporter.ts';
import { privateFolder } from '../services/process.ts';
import { type Prometheus, startPrometheus } from '../services/prometheus.ts';
import { type SmallSite, startSmallSite } from '../services/small-site.ts';
import { validSpec } from '../spec/specs.ts';
import { PERSON } from './shop.ts';

vi.setConfig({ testTimeout: 120_000 });

const ORIGIN = 'https://shop.example.org';
let folder: ReturnType<typeof privateFolder>;
let small: SmallSite;
let exporter: Exporter;
let prometheus: Prometheus;
let boards: readonly JsonObject[];
let ids = 0;

beforeAll(async () => {
  folder = privateFolder('rum-live');
  small = await startSmallSite();
  const text = `targets:
  - { name: site, kind: http, url: "${small.url}", interval: 1s, timeout: 500ms }
sites:
  - { key: shop, origins: ["${ORIGIN}"], settle: 0s, mode: full, maxShare: 100%, perSecond: 1000, trustedProxies: [127.0.0.1], pages: [{ name: front, paths: [/] }] }
slos:
  - { name: up, service: shop, team: web, objective: 99%, window: 1h, sli: { kind: probe, target: site } }
  - { name: lcp, service: shop, team: web, objective: 75%, window: 1h, sli: { kind: rum, site: shop, of: lcp, minimum: 50 } }
  - { name: errors, service: shop, team: web, objective: 99%, window: 1h, sli: { kind: rum, site: shop, of: errors, minimum: 50 } }
policies:
  - window: 1h
    tiers:
      - { tier: page-fast, severity: page, long: 2m, short: 10s, budget: 5% }
      - { tier: ticket, severity: ticket, long: 2m, short: 10s, budget: 5% }
alerting: { interval: 1s, scrapeInterval: 1s }
`;
  const spec = validSpec(text);
  const config = join(folder.path, 'plimsoll.yaml');
  writeFileSync(config, text);
  exporter = await startExporter({ args: ['--config', config, '--data', join(folder.path, 'data')] });
  prometheus = await startPrometheus({
    scrape: new URL(exporter.url).host,
    rules: prometheusRuleFile(ruleGroups(spec)),
  });
  boards = builtBoards(spec).map(({ json }) => json);
}, 60_000);
afterAll(async () => {
  await Promise.all([prometheus?.stop(), exporter?.end('SIGTERM')]);
  small?.stop();
  folder?.remove();
});

async function view(lcpMs: number, isBroken = false): Promise<void> {
  const id = ids++;
  const vital = (name: string, value: number) => ({
    type: 'web-vitals',
    values: { [name]: value },
    timestamp: new Date().toISOString(),
    context: { id: `${name}-${id}`, navigation_type: 'navigate' },
  });
  const vitals = [vital('lcp', lcpMs), vital('ttfb', 300), vital('fcp', 900), vital('cls', 0.02), vital('inp', 90)];
  const answer = await fetch(`${exporter.url}/collect/shop`, {
    method: 'POST',
    headers: {
      origin: ORIGIN,
      'content-type': 'application/json',
      'user-agent': PERSON,
      'x-forwarded-for': `10.${id >> 8}.${id & 255}.1`,
    },
    body: JSON.stringify({
      meta: { page: { url: `${ORIGIN}/`, attributes: { view: `v-${id}` } } },
      measurements: [...vitals, { type: 'server-timing', values: { php: 120 } }],
      exceptions: isBroken ? [{ type: 'Error', value: 'broken' }] : [],
    }),
  });
  if (answer.status !== 202) throw new Error(`${answer.status} ${await answer.text()}`);
}
/** Ten views a second. */
async function visits(seconds: number, lcpMs: number): Promise<void> {
  for (let i = 0; i < 10 * seconds; i++) {
    await view(lcpMs, i % 10 === 0);
    await new Promise((resolve) => setTimeout(resolve, 90));
  }
}
const there = async (expr: string): Promise<number> =>
  (await prometheus.query(`count(${expr})`, Date.now()))[0]?.value ?? 0;
const fires = (severity: string) => `ALERTS{slo=~"lcp|errors", severity="${severity}", alertstate="firing"}`;

it('good views are good, and their number is that of the beacons', async () => {
  // Scraped at 0 first.
  await until(async () => (await there('rum_lcp_seconds_count == 0')) > 0, exporter.log);
  await visits(8, 1_200);
  await until(async () => (await there('slo:valid_events:total{slo="lcp"} >= 80')) > 0, exporter.log);
  expect(await prometheus.value('slo:valid_events:total{slo="lcp"}')).toBe(80);
  expect(await prometheus.value('slo:bad_events:total{slo="lcp"}')).toBe(0);
  expect(await prometheus.value('slo:bad_events:total{slo="errors"}')).toBe(8);
  expect(await prometheus.value('slo:known_steps:total{slo="lcp"}')).toBeGreaterThan(0);
});

it('slow views become a ticket and never a page', async () => {
  await visits(14, 5_000);
  await until(async () => (await there(fires('ticket'))) > 0, exporter.log);
  expect(await there(fires('page'))).toBe(0);
  expect(await there('ALERTS{slo="up", alertstate="firing"}')).toBe(0);
});

it('the board shows them: every panel of its first screen has numbers, and the largest paint is poor', async () => {
  const board = boards.find(({ uid }) => uid === 'plimsoll-real-users')!;
  const now = Math.floor(Date.now() / 1000);
  const asked = prometheusAt(prometheus.url);
  const variables = await variablesOf(board, {}, asked, now);
  const macros = { rateInterval: '10s', interval: '2s', range: '40s', variables };
  const span = { fromSeconds: now - 20, toSeconds: now, stepSeconds: 2 };
  const panels = (board.panels as readonly JsonObject[]).filter(({ type }) => type !== 'row');
  const shown: PanelData[] = await Promise.all(panels.map((panel) => readPanel(panel, asked, span, macros)));
  expect(shown.filter(({ empty }) => empty !== undefined).map(({ title }) => title)).toEqual([]);
  const paint = shown.find(({ title }) => title.includes('(LCP)'))!;
  expect(paint.stats[0]!.value).toBeGreaterThan(4);
  expect(paint.stats[0]!.color).toBe('red');
  const beside = shown.find(({ title }) => title.startsWith('First byte: browsers'))!;
  expect(beside.frames.map(({ name }) => name)).toEqual(expect.arrayContaining(['browsers: shop', 'servers: php']));
});
