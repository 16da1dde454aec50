// The exporter watches targets, one of them is broken for a while: what is counted, logged and healed, and that the rest goes on.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Blame, Outcome } from '../../src/spec/outcome.ts';
import { type Exporter, type Options, startExporter, until } from './exporter.ts';
import { privateFolder } from './process.ts';
import { startSmallSite } from './small-site.ts';

/** A target with a healthy server of its own, in every spec: nothing that happens to others may touch it. */
export const BESIDE = 'beside';

export interface Expected {
  readonly target: string;
  readonly step: string;
  readonly outcome: Outcome;
  readonly blame: Blame;
  /** What an SLO on the whole target counts. */
  readonly counts: 'bad' | 'unmeasured';
  /** In the detail of the log. */
  readonly detail?: RegExp;
  /** In so many runs; default 2. */
  readonly times?: number;
  /** Steps of the target that stay good meanwhile. */
  readonly good?: readonly string[];
}
export type Line = Readonly<Record<string, unknown>>;

export interface Watch {
  readonly exporter: Exporter;
  /** Values of all counters and gauges by their series. */
  series(): Promise<Map<string, number>>;
  /** Log lines since `from` (a length of log()). */
  lines(from: number): Line[];
  until(check: () => Promise<boolean>): Promise<void>;
  /** Waits until the SLO of the target has a new good event. */
  untilGood(target: string): Promise<void>;
  /**
   * Breaks, sees the outcome in the runs (twice), once in the SLO and once in the log, sees that the bystander stays good; heals, sees
   * that it is well again, and that no counter fell. `meanwhile` runs before the healing.
   */
  fault(
    expected: Expected,
    inject: () => unknown,
    heal: () => unknown,
    meanwhile?: (series: Map<string, number>) => unknown,
  ): Promise<void>;
  stop(): Promise<void>;
}

const SLO = { service: 'site', team: 'web', objective: '99%', window: '30d' };

/**
 * `targets`: settings; each has an SLO of its name, with interval 1 s and timeout 800 ms unless it says otherwise. `beside`: URL of
 * the bystander, if it must not be one on 127.0.0.1.
 */
export async function startWatch(
  targets: readonly ({ readonly name: string } & Readonly<Record<string, unknown>>)[],
  more: Readonly<Record<string, unknown>> = {},
  { beside, ...options }: Omit<Options, 'args'> & { readonly beside?: string } = {},
): Promise<Watch> {
  const folder = privateFolder('watched');
  const site = await startSmallSite();
  const { slos = [], ...rest } = more;
  const spec = {
    targets: [
      { name: BESIDE, kind: 'http', url: beside ?? site.url, interval: '2s', timeout: '1900ms' },
      ...targets.map((target) => ({ interval: '1s', timeout: '800ms', ...target })),
    ],
    slos: [
      ...[BESIDE, ...targets.map(({ name }) => name)].map((name) => ({
        ...SLO,
        name,
        sli: { kind: 'probe', target: name },
      })),
      ...(slos as object[]).map((slo) => ({ ...SLO, ...slo })),
    ],
    ...rest,
  };
  const config = join(folder.path, 'plimsoll.yaml');
  writeFileSync(config, JSON.stringify(spec));
  const exporter = await startExporter({ ...options, args: ['--config', config, '--data', join(folder.path, 'data')] });
  const watch: Watch = {
    exporter,
    series: () => seriesOf(exporter),
    lines: (from) => linesOf(exporter.log().slice(from)),
    until: (check) => until(check, exporter.log),
    async untilGood(target) {
      const good = () => exporter.metric(eventsOf(target, 'good'));
      const before = (await good()) ?? 0;
      await watch.until(async () => ((await good()) ?? 0) > before);
    },
    fault: (expected, inject, heal, meanwhile) => fault(watch, expected, inject, heal, meanwhile),
    async stop() {
      await exporter.end('SIGKILL');
      site.stop();
      folder.remove();
    },
  };
  return watch;
}

export const eventsOf = (slo: string, result: string): string =>
  `slo_events_total{slo="${slo}",result="${result}",location="main"}`;

async function seriesOf(exporter: Exporter): Promise<Map<string, number>> {
  const found = (await exporter.text('/metrics')).matchAll(/^([a-z_]+(?:\{.*\})?) (\S+)$/gm);
  const entries = [...found].map(([, series, value]) => [series!, Number(value)] as const);
  expect(new Set(entries.map(([series]) => series)).size, 'a series is there once').toBe(entries.length);
  return new Map(entries);
}

const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);

/** Runs of one step by outcome and blame, whatever the kind of the target. */
export function runs(
  series: Map<string, number>,
  target: string,
  step: string,
  outcome: string,
  blame: string,
): number {
  for (const [name, value] of series)
    if (
      name.startsWith(`probe_runs_total{target="${target}",`) &&
      name.includes(`,step="${step}",outcome="${outcome}",blame="${blame}",`)
    )
      return value;
  return 0;
}

async function fault(
  watch: Watch,
  { target, step, outcome, blame, counts, detail = /./, good = [], times = 2 }: Expected,
  inject: () => unknown,
  heal: () => unknown,
  meanwhile: (series: Map<string, number>) => unknown = () => {},
): Promise<void> {
  const { exporter } = watch;
  const goods = async () => (await exporter.metric(eventsOf(target, 'good'))) ?? 0;
  await watch.until(async () => (await goods()) > 0);
  const before = await watch.series();
  const logged = exporter.log().length;
  const grown = (series: Map<string, number>, name: string) => (series.get(name) ?? 0) - (before.get(name) ?? 0);
  let now = before;
  await inject();
  try {
    await watch.until(async () => {
      now = await watch.series();
      const seen = runs(now, target, step, outcome, blame) - runs(before, target, step, outcome, blame);
      return seen >= times && grown(now, eventsOf(target, counts)) >= 1 && grown(now, eventsOf(BESIDE, 'good')) >= 1;
    });
    if (counts === 'unmeasured') expect(grown(now, eventsOf(target, 'bad')), 'nothing is blamed on the target').toBe(0);
    for (const name of good)
      expect(runs(now, target, name, 'ok', 'none') - runs(before, target, name, 'ok', 'none'), name).toBeGreaterThan(0);
    const ofTarget = () => watch.lines(logged).filter((line) => line.target === target);
    const says = (line: Line) => line.level === 'warn' && String(line.steps).includes(`${step} ${outcome}`);
    await watch.until(async () => ofTarget().some(says));
    expect(ofTarget().findLast(says)).toMatchObject({
      msg: expect.stringMatching(counts === 'bad' ? /^probe failed/ : /^probe could not tell good from bad/),
      detail: expect.stringMatching(detail),
    });
    await meanwhile(now);
  } finally {
    await heal();
  }
  const healed = exporter.log().length;
  const goodBefore = await goods();
  await watch.until(async () => watch.lines(healed).some((l) => l.target === target && l.msg === 'well again'));
  await watch.until(async () => (await goods()) > goodBefore);
  const after = await watch.series();
  const badBeside = eventsOf(BESIDE, 'bad');
  expect(after.get(badBeside), 'the bystander was not bad').toBe(before.get(badBeside));
  for (const [name, value] of before)
    if (/^(slo_events|probe_runs)_total/.test(name)) expect(after.get(name), name).toBeGreaterThanOrEqual(value);
}
