// What one evaluation of all SLO rules costs a real Prometheus, and what the exporter costs that computes them itself, beside the common form
// of 17 rules per SLO (7 windows of the error ratio, their mean over 30 days, 7 of metadata, 2 alerts) on the same 30 days. About 12 minutes.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ruleGroups } from '../../alerts/generate.ts';
import { builtBoards } from '../../dashboards/check.ts';
import { prometheusRuleFile } from '../../src/generate/rule-files.ts';
import { sloRules } from '../../src/generate/slo/groups.ts';
import { TOTALS } from '../../src/generate/slo/names.ts';
import type { JsonObject } from '../../src/grafana/finish.ts';
import { prometheusAt } from '../../src/preview/prometheus.ts';
import { readPanel, spanOf } from '../../src/preview/read.ts';
import { variablesOf } from '../../src/preview/variables.ts';
import type { Spec } from '../../src/spec/spec.ts';
import { startExporter } from '../services/exporter.ts';
import { privateFolder } from '../services/process.ts';
import { type Prometheus, startPrometheus } from '../services/prometheus.ts';
import { remoteWrite } from '../services/remote-write.ts';
import { startSmallSite } from '../services/small-site.ts';
import { shop, slo, validSpec } from '../spec/specs.ts';
import { cpuSeconds, type Figure, median, type Row, SHIPPED } from './figures.ts';
import { specDocuments } from './platform.ts';

const SLOS = Number(process.env.SLOS ?? 200);
const DAYS = Number(process.env.DAYS ?? 30);
const STEP = 30_000;
const PER_WRITE = 120;
const ROUNDS = 3;
const OWN_CYCLES = 5;
const OBJECTIVE = 0.999;

/** A spec file holds at most 1 MiB. */
const SLOS_PER_FILE = 2_000;
const specOf = (count: number): Spec => {
  const slos = Array.from({ length: count }, (_, i) =>
    slo({ name: `slo-${i}`, sli: { kind: 'latency', target: 'shop', step: 'front', below: `${i + 1}ms` } }),
  );
  const files = Array.from({ length: Math.ceil(count / SLOS_PER_FILE) }, (_, i) => ({
    slos: slos.slice(i * SLOS_PER_FILE, (i + 1) * SLOS_PER_FILE),
  }));
  return validSpec({ targets: [shop] }, ...files);
};

/** The rules of one SLO in the common form: windows by rate(), the period as the mean of its 5-minute ratios. */
function commonRules(name: string): string[] {
  const id = `{slo="${name}"}`;
  const bad = `slo_events_total{slo="${name}", result="bad"}`;
  const total = `slo_events_total{slo="${name}", result=~"good|bad"}`;
  const ratio = (w: string) => `common:error:ratio_rate${w}${id}`;
  const burns = (tiers: readonly (readonly [string, string, number])[]) =>
    tiers
      .map(
        ([s, l, k]) =>
          `(max(${ratio(s)} > (${k} * 0.001)) without (w) and max(${ratio(l)} > (${k} * 0.001)) without (w))`,
      )
      .join(' or ');
  return [
    ...['5m', '30m', '1h', '2h', '6h', '1d', '3d'].map(
      (w) => `(sum(rate(${bad}[${w}]))) / (sum(rate(${total}[${w}])))`,
    ),
    `sum_over_time(${ratio('5m')}[30d]) / ignoring (w) count_over_time(${ratio('5m')}[30d])`,
    `vector(${OBJECTIVE})`,
    `vector(1 - ${OBJECTIVE})`,
    'vector(30)',
    `${ratio('5m')} / on(slo) group_left common:error_budget:ratio${id}`,
    `${ratio('30d')} / on(slo) group_left common:error_budget:ratio${id}`,
    `1 - common:period_burn_rate:ratio${id}`,
    'vector(1)',
    burns([
      ['5m', '1h', 14.4],
      ['30m', '6h', 6],
    ]),
    burns([
      ['2h', '1d', 3],
      ['6h', '3d', 1],
    ]),
  ];
}

/** 30 days of totals and of 5-minute ratios; the rest of what is read at one moment. Returns the last time. */
async function fill(prometheus: Prometheus): Promise<number> {
  const steps = DAYS * 2880;
  const first = Date.now() - (Date.now() % STEP) - (steps - 1) * STEP;
  for (let from = 0; from < steps; from += PER_WRITE) {
    const times = Array.from({ length: Math.min(PER_WRITE, steps - from) }, (_, i) => from + i);
    const recent = from + 2 * PER_WRITE >= steps;
    const series = Array.from({ length: SLOS }, (_, s) => {
      const bad = (i: number) => Math.floor(i / 977) * (s % 5 === 0 ? 3 : 1);
      const of = (name: string, labels: Record<string, string>, value: (i: number) => number) => ({
        labels: { __name__: name, cluster: 'c', slo: `slo-${s}`, ...labels },
        samples: times.map((i) => [first + i * STEP, value(i)] as const),
      });
      const main = { location: 'main' };
      const scraped = { instance: 'i', job: 'plimsoll' };
      return [
        of(TOTALS.bad, main, bad),
        of(TOTALS.valid, main, (i) => i),
        of(TOTALS.known, main, (i) => i),
        of('slo_events_total', { ...main, ...scraped, result: 'bad' }, bad),
        of('slo_events_total', { ...main, ...scraped, result: 'good' }, (i) => i - bad(i)),
        of('common:error:ratio_rate5m', { w: '5m' }, (i) => (i % 977 < 10 ? 0.1 : 0)),
        ...(recent
          ? [
              of('slo_events_total', { ...main, ...scraped, result: 'excluded' }, () => 0),
              of('slo_objective_ratio', scraped, () => OBJECTIVE),
              of('slo_created_timestamp_seconds', scraped, () => first / 1000 - 86_400),
              of('slo_budget_remaining_ratio', scraped, () => 0.5),
              of('slo_maintenance_active', scraped, () => 0),
              of('slo_info', { ...scraped, service: `s${s}`, team: 't', target: `t${s}`, window: '30d' }, () => 1),
              of('probe_interval_seconds', { ...scraped, ...main, target: `t${s}` }, () => 30),
              ...['30m', '1h', '2h', '6h', '1d', '3d', '30d'].map((w) =>
                of(`common:error:ratio_rate${w}`, { w }, () => 0),
              ),
              of('common:error_budget:ratio', {}, () => 0.001),
              of('common:period_burn_rate:ratio', {}, () => 0),
            ]
          : []),
      ];
    }).flat();
    await remoteWrite(prometheus.url, series);
    if (from % (2880 - (2880 % PER_WRITE)) === 0) process.stderr.write(`\rloading day ${Math.floor(from / 2880)} `);
  }
  process.stderr.write('\n');
  return first + (steps - 1) * STEP;
}

async function cost(prometheus: Prometheus, expressions: readonly string[], atMs: number): Promise<number> {
  const before = cpuSeconds(prometheus.pid);
  for (const expression of expressions) await prometheus.query(expression, atMs);
  return cpuSeconds(prometheus.pid) - before;
}

/** Wall time of the first screen of each board that asks about SLOs, all its queries at once as Grafana sends them, over 6 h. */
async function firstScreens(prometheus: Prometheus, atMs: number): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  const spec = validSpec({ targets: [shop], slos: [slo()] });
  const asked = prometheusAt(prometheus.url);
  const now = atMs / 1000;
  const { span, macros } = spanOf(now - 6 * 3600, now);
  for (const { board, json } of builtBoards(spec).filter(({ board: { uses } }) => uses.includes('slo'))) {
    const variables = await variablesOf(json, {}, asked, now);
    const panels = (json.panels as readonly JsonObject[]).filter(({ type }) => type !== 'row');
    const times: number[] = [];
    for (let round = 0; round < 5; round++) {
      const start = performance.now();
      await Promise.all(panels.map((panel) => readPanel(panel, asked, span, { ...macros, variables })));
      times.push(performance.now() - start);
    }
    const queries = panels.reduce((sum, { targets }) => sum + ((targets ?? []) as readonly unknown[]).length, 0);
    figures.push({
      what: `first screen of ${board.title}, ${SLOS} SLOs, ${DAYS} days`,
      value: median(times),
      worst: Math.max(...times),
      unit: 'ms',
      how: `${queries} queries at once, wall time`,
    });
  }
  return figures;
}

/** CPU seconds of cycles of 30 s: the exporter that counts, evaluates and commits 1,000 SLOs, and a Prometheus that scrapes it. */
async function ownCycles(targets: number): Promise<readonly number[]> {
  const folder = privateFolder('bench-cycle');
  const site = await startSmallSite();
  const files = specDocuments(1_000, targets, site.url).map((document, i) => {
    const file = join(folder.path, `spec-${i}.yaml`);
    writeFileSync(file, JSON.stringify(document));
    return file;
  });
  const args = [...files.flatMap((file) => ['--config', file]), '--data', join(folder.path, 'data')];
  const exporter = await startExporter({ args, env: SHIPPED });
  const prometheus = await startPrometheus({ scrape: new URL(exporter.url).host, every: '30s' });
  try {
    await sleep(65_000);
    const used = () => cpuSeconds(exporter.pid) + cpuSeconds(prometheus.pid);
    const cycles: number[] = [];
    for (let i = 0; i < OWN_CYCLES; i++) {
      const before = used();
      await sleep(STEP);
      cycles.push(used() - before);
    }
    return cycles;
  } finally {
    await prometheus.stop();
    await exporter.end('SIGTERM');
    site.stop();
    folder.remove();
  }
}

/** CPU seconds of one cycle: our rules, and the common form. */
async function cycles(prometheus: Prometheus, end: number): Promise<readonly { ours: number; common: number }[]> {
  const { groups } = sloRules(specOf(SLOS));
  const ours = groups.map((g) => ({ every: g.intervalMs / STEP, rules: g.rules.map((r) => r.expr) }));
  const common = Array.from({ length: SLOS }, (_, i) => commonRules(`slo-${i}`)).flat();
  const rounds: { ours: number; common: number }[] = [];
  for (let i = 0; i < ROUNDS + 1; i++) {
    const overhead = (await cost(prometheus, Array<string>(1000).fill('vector(1)'), end)) / 1000;
    let own = 0;
    for (const { every, rules } of ours) {
      // Ten times: one cycle is too short to be measured.
      const ten = Array.from({ length: 10 }, () => rules).flat();
      own += ((await cost(prometheus, ten, end)) / 10 - overhead * rules.length) / every;
    }
    const theirs = (await cost(prometheus, common, end)) - overhead * common.length;
    // The first round warms caches.
    if (i > 0) rounds.push({ ours: own, common: theirs });
  }
  return rounds;
}

/** How many rules, series and bytes there are for so many SLOs. */
const sizes = (): string =>
  [1, 10_000]
    .map((count) => {
      const spec = specOf(count);
      const rules = sloRules(spec).groups.flatMap((g) => g.rules).length;
      const kb = Math.round(prometheusRuleFile(ruleGroups(spec)).length / 1024);
      return `${count} SLOs: ${rules} SLO rules (common form ${17 * count}), ${kb} kB with all component rules`;
    })
    .join('; ');

export const rulesRow: Row = {
  name: 'rules',
  async measure() {
    const [own, counted] = [await ownCycles(100), await ownCycles(1)];
    const prometheus = await startPrometheus();
    try {
      const end = await fill(prometheus);
      const rounds = await cycles(prometheus, end);
      const ratios = rounds.map((r) => r.common / r.ours);
      const per1000 = rounds.map((r) => (r.common * 1_000) / SLOS);
      const endToEnd = (what: string, cycles: readonly number[]): Figure => ({
        what: `1,000 SLOs end to end: ${what}, evaluated, committed, /metrics, and a Prometheus that scrapes it`,
        against: `Prometheus with 17 rules per SLO (measured with ${SLOS})`,
        value: median(per1000) / median(cycles),
        worst: Math.min(...per1000) / Math.max(...cycles),
        unit: 'x',
        must: 300,
        aim: 1_000,
        how: `${median(cycles).toFixed(3)} [to ${Math.max(...cycles).toFixed(3)}] against ${median(per1000).toFixed(1)} s of CPU a cycle of 30 s`,
      });
      return [
        endToEnd('100 targets probed, counted', own),
        endToEnd('one target probed, counted in all', counted),
        {
          what: `our SLO rules in Prometheus, ${SLOS} SLOs`,
          against: '17 rules per SLO',
          value: median(ratios),
          worst: Math.min(...ratios),
          unit: 'x',
          how: `${median(rounds.map((r) => r.ours)).toFixed(3)} against ${median(rounds.map((r) => r.common)).toFixed(2)} s of CPU a cycle. ${sizes()}`,
        },
        ...(await firstScreens(prometheus, end)),
      ];
    } finally {
      await prometheus.stop();
    }
  },
};
