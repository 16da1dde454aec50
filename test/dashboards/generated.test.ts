// What is committed is what the spec says; boards are without findings; overlays of teams survive, and their mistakes are told.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { ruleGroups } from '../../alerts/generate.ts';
import { builtBoards, checkBoards } from '../../dashboards/check.ts';
import { dashboardFiles } from '../../dashboards/generate.ts';
import { loadOverlays } from '../../dashboards/overlays.ts';
import { loadSpec } from '../../src/files/load-spec.ts';
import { driftIn } from '../../src/files/write-generated.ts';
import { boardEntries } from '../../src/generate/catalogue/boards.ts';
import { CATALOGUE } from '../../src/generate/catalogue/catalogue.ts';
import { ALERT } from '../../src/generate/slo/names.ts';
import { ruleTiers } from '../../src/generate/slo/tiers.ts';
import { type Board, panelsOf, queriesOf } from '../../src/grafana/board.ts';
import type { Spec } from '../../src/spec/spec.ts';
import { privateFolder } from '../services/process.ts';
import { shop, slo, validSpec } from '../spec/specs.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const loaded = loadSpec([join(ROOT, 'plimsoll.yaml')], { without: true });
const spec = (loaded as { spec: Spec }).spec;
const built = builtBoards(spec);
const folder = privateFolder('overlays');
afterAll(() => folder.remove());

describe('the committed boards', () => {
  it('are what the spec says; npm run dashboards writes them', async () => {
    expect(driftIn(join(ROOT, 'dashboards/generated'), dashboardFiles(spec, await loadOverlays()))).toEqual([]);
  });
  it('are the same to the byte each time', () => {
    expect(dashboardFiles(spec)).toEqual(dashboardFiles(spec));
  });
  it('are fifteen, without findings, and every waiver has a reason', () => {
    const { findings, waived } = checkBoards(spec, built);
    expect(findings).toEqual([]);
    expect(built.length).toBe(15);
    expect(waived.every(({ reason }) => reason.length > 20)).toBe(true);
    if (process.env.PRINT) console.log(figures());
  });
});

/** Series that no board and no rule of this spec asks for, and what they are for. */
const UNASKED = {
  'rules with evaluate: exporter': ['slo_burn_rate', 'slo_coverage_ratio'],
  overlays: [
    'cortex_prometheus_rule_group_interval_seconds',
    'envoy_http_downstream_rq_active',
    'kube_pod_status_ready',
    'phpfpm_up',
    'plimsoll_config_last_reload_success_timestamp_seconds',
    'process_open_fds',
    'prometheus_notifications_alertmanagers_discovered',
    'prometheus_notifications_errors_total',
    'prometheus_rule_group_interval_seconds',
    'prometheus_rule_group_rules',
    'prometheus_tsdb_head_series',
    'scrape_samples_scraped',
    'wordpress_cron_lag_seconds',
    'wordpress_database_update_required',
    'wordpress_info',
    'wordpress_updates_checked_timestamp_seconds',
  ],
};
it('every series of the catalogue is asked for by a board or a rule, or has a reason', () => {
  const asked = JSON.stringify([built.map(({ json }) => json), ruleGroups(spec)]);
  // Those are for the boards of other people.
  const forOthers = new Set(boardEntries(new Set()).map(({ name }) => name));
  const unasked = CATALOGUE.map(({ name }) => name).filter(
    (name) => !forOthers.has(name) && !new RegExp(`\\b${name}(_bucket|_sum|_count)?\\b`).test(asked),
  );
  expect(unasked.sort()).toEqual(Object.values(UNASKED).flat().sort());
});

/** Boards, panels, queries, and the queries of first screens. */
function figures(): string {
  const count = (panels: Board['first']) => panels.reduce((sum, panel) => sum + queriesOf(panel).length, 0);
  const rows = built.map(
    ({ board }) =>
      `${board.title}: ${panelsOf(board).length} panels, ${count(panelsOf(board))} queries, first screen ${board.first.length} and ${count(board.first)}`,
  );
  return rows.join('\n');
}

describe('boards of another spec', () => {
  const other = validSpec({ targets: [shop], slos: [slo({ window: '7d', objective: '99%' })] });
  it('have its thresholds: the number of the alert', () => {
    const board = builtBoards(other).find(({ board: { uid } }) => uid === 'plimsoll-slo')!.board;
    const [page] = ruleTiers(other).filter(({ severity }) => severity === 'page');
    const panel = panelsOf(board).find(({ title }) => title.includes(page!.tier))!;
    const { k } = page!.factors[0]!;
    expect(k).not.toBe(14.4);
    expect(queriesOf(panel).at(-1)!.expr).toContain(`${k} * max by (cluster, slo) (slo_info{`);
    expect(panel.alerts).toEqual([ALERT.burn]);
  });
  it('lead to no runbook where it says none', () => {
    expect(JSON.stringify(builtBoards(other).map(({ json }) => json))).not.toContain('/SLOErrorBudgetBurn.md');
    expect(checkBoards(other, builtBoards(other)).findings).toEqual([]);
  });
  it('need no SLO and no target', () => {
    const empty = validSpec({ targets: [], slos: [] });
    expect(checkBoards(empty, builtBoards(empty)).findings.filter(({ rule }) => rule !== 'alert-exists')).toEqual([]);
  });
});

describe('overlays', () => {
  const overlay = async (name: string, text: string) => {
    const at = join(folder.path, `${name}-${text.length}`);
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, `${name}.ts`), text);
    const overlays = await loadOverlays(pathToFileURL(`${at}/`));
    rmSync(at, { recursive: true });
    return overlays;
  };
  const panel = (expr: string) =>
    `export const rows = () => [{ title: 'Ours', panels: [{ kind: 'timeseries', title: 'Runs', description: 'Of us.', width: 24, height: 8, queries: [{ expr: '${expr}', legend: '{{target}}' }], empty: 'none' }] }];`;
  it('work as the README shows', async () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const [, example] = /```ts\n(import type \{ Row \}.+?)```/s.exec(readme)!;
    const overlays = await overlay('wordpress', example!);
    const built = builtBoards(spec, overlays);
    expect(built.find(({ board: { uid } }) => uid === 'plimsoll-wordpress')!.board.rows.at(-1)!.title).toBe('Checkout');
    expect(checkBoards(spec, built).findings).toEqual([]);
  });
  it('are rows below the generated ones', async () => {
    const overlays = await overlay(
      'redis',
      panel('sum by (target) (rate(probe_runs_total{cluster=~"$cluster"}[$__rate_interval]))'),
    );
    const board = builtBoards(spec, overlays).find(({ board: { uid } }) => uid === 'plimsoll-redis')!.board;
    expect(board.rows.at(-1)!.title).toBe('Ours');
    expect(dashboardFiles(spec, overlays).length).toBe(dashboardFiles(spec).length);
  });
  it('are checked as the others are', async () => {
    const overlays = await overlay(
      'redis',
      panel('sum by (target) (rate(probe_rnus_total{cluster=~"$cluster"}[$__rate_interval]))').replace(
        "legend: '{{target}}' }]",
        "legend: '{{target}}' }], unit: 'ops'",
      ),
    );
    expect(() => dashboardFiles(spec, overlays)).toThrow(/plimsoll-redis, Runs: A: .*probe_rnus_total.*\(catalogue\)/);
  });
  it('that cannot be used are named', async () => {
    await expect(overlay('redis', 'export const row = 1;')).rejects.toThrow(
      /overlays\/redis.ts exports no function rows/,
    );
    await expect(overlay('redis', 'export const rows = (;')).rejects.toThrow(/overlays\/redis.ts cannot be loaded/);
    const made = async (text: string) =>
      builtBoards(spec, await overlay('redis', `export const rows = () => ${text};`));
    await expect(made('3')).rejects.toThrow('dashboards/overlays/redis.ts: rows() must return a list of rows');
    await expect(made("[{ title: 'Ours' }]")).rejects.toThrow('row 1 needs a title and a list of panels');
    await expect(made("[{ title: 'Ours', panels: [{ kind: 'graph', title: 'Runs' }] }]")).rejects.toThrow(
      /redis.ts: panel "Runs" is of kind graph; there are stat, /,
    );
    const unknown = await overlay('postgres', 'export const rows = () => [];');
    expect(() => builtBoards(spec, unknown)).toThrow(/postgres.ts is named after no board; there are overview, /);
  });
});
