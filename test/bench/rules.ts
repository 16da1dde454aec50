// npm run bench:rules: what one evaluation of all SLO rules costs a real Prometheus, beside the common form of 17 rules per SLO
// (7 windows of the error ratio, their mean over 30 days, 7 of metadata, 2 alerts) on the same 30 days of 200 SLOs. About 6 minutes.
import { readFileSync } from 'node:fs';
import { alertFiles, ruleGroups } from '../../alerts/generate.ts';
import { builtBoards } from '../../dashboards/check.ts';
import { prometheusRuleFile } from '../../src/generate/rule-files.ts';
import { sloRules } from '../../src/generate/slo/groups.ts';
import { TOTALS } from '../../src/generate/slo/names.ts';
import type { JsonObject } from '../../src/grafana/finish.ts';
import { prometheusAt } from '../../src/preview/prometheus.ts';
import { readPanel, spanOf } from '../../src/preview/read.ts';
import { variablesOf } from '../../src/preview/variables.ts';
import type { Spec } from '../../src/spec/spec.ts';
import { type Prometheus, startPrometheus } from '../services/prometheus.ts';
import { remoteWrite } from '../services/remote-write.ts';
import { shop, slo, validSpec } from '../spec/specs.ts';

const SLOS = Number(process.env.SLOS ?? 200);
const DAYS = Number(process.env.DAYS ?? 30);
const STEP = 30_000;
const PER_WRITE = 120;
const ROUNDS = 3;
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

/** CPU seconds that Prometheus has used. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function cost(prometheus: Prometheus, expressions: readonly string[], atMs: number): Promise<number> {
  const before = cpuSeconds(prometheus.pid);
  for (const expression of expressions) await prometheus.query(expression, atMs);
  return cpuSeconds(prometheus.pid) - before;
}

/** Wall time of the first screen of each board that asks about SLOs, all its queries at once as Grafana sends them, over 6 h. */
async function firstScreens(prometheus: Prometheus, atMs: number): Promise<void> {
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
    console.log(
      `first screen of ${board.title}: ${queries} queries, ${median(times).toFixed(0)} ms (${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)})`,
    );
  }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

async function main(): Promise<void> {
  for (const count of [1, 100, 1_000, 10_000]) {
    const spec = specOf(count);
    const start = performance.now();
    const files = alertFiles(spec);
    const ms = performance.now() - start;
    const slos = sloRules(spec).groups.flatMap((g) => g.rules).length;
    const all = ruleGroups(spec).flatMap((g) => g.rules).length;
    console.log(
      `${count} SLOs: ${slos} SLO rules and ${all - slos} component rules (17 per SLO: ${17 * count}); series recorded ${3 * count} (15 per SLO: ${15 * count}); generated in ${ms.toFixed(0)} ms, ${files.length} files, rules ${Math.round(prometheusRuleFile(ruleGroups(spec)).length / 1024)} kB`,
    );
  }
  const prometheus = await startPrometheus();
  try {
    const end = await fill(prometheus);
    const { groups } = sloRules(specOf(SLOS));
    const ours = groups.map((g) => ({ every: g.intervalMs / STEP, rules: g.rules.map((r) => r.expr) }));
    const common = Array.from({ length: SLOS }, (_, i) => commonRules(`slo-${i}`)).flat();
    const rounds: { ours: number; common: number; overhead: number }[] = [];
    for (let i = 0; i < ROUNDS + 1; i++) {
      const overhead = (await cost(prometheus, Array<string>(1000).fill('vector(1)'), end)) / 1000;
      let own = 0;
      // Ten times: one cycle is too short to be measured.
      for (const { every, rules } of ours)
        own +=
          ((await cost(
            prometheus,
            Array<string[]>(10)
              .fill([...rules])
              .flat(),
            end,
          )) /
            10 -
            overhead * rules.length) /
          every;
      const theirs = (await cost(prometheus, common, end)) - overhead * common.length;
      // The first round warms caches.
      if (i > 0) rounds.push({ ours: own, common: theirs, overhead });
      console.log(
        `round ${i}: ours ${own.toFixed(3)} s, 17 per SLO ${theirs.toFixed(2)} s of CPU a cycle, ${(theirs / own).toFixed(0)}x`,
      );
    }
    const ratios = rounds.map((r) => r.common / r.ours);
    console.log(
      `${SLOS} SLOs, ${DAYS} days: ${median(rounds.map((r) => r.ours)).toFixed(3)} against ${median(rounds.map((r) => r.common)).toFixed(2)} s of CPU a cycle: ${median(ratios).toFixed(0)}x less (${Math.min(...ratios).toFixed(0)} to ${Math.max(...ratios).toFixed(0)})`,
    );
    await firstScreens(prometheus, end);
  } finally {
    await prometheus.stop();
  }
}

await main();
