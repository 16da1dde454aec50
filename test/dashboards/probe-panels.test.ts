// What boards of probed parts say of rare probes, of none that failed, and of alerts that are off: on a real Prometheus.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomeGuide } from '../../dashboards/probe-details.ts';
import {
  alertsOf,
  durations,
  failures,
  type Probed,
  shareNow,
  shareOverTime,
  strictestLag,
} from '../../dashboards/probe-queries.ts';
import { withMacros } from '../../src/grafana/macros.ts';
import { type Prometheus, startPrometheus } from '../services/prometheus.ts';
import { remoteWrite, type WrittenSeries } from '../services/remote-write.ts';
import { shop, slo, validSpec } from '../spec/specs.ts';

const END = Math.floor(Date.now() / 60_000) * 60_000;
const MINUTES = 60;
const EVERY = 30;
const at = (minute: number) => END - (MINUTES - minute) * 60_000;

/** A counter of runs: `count` says how many there were by a minute. Scraped every 30 s. */
const runs = (target: string, outcome: string, count: (minute: number) => number, step = 'resolve'): WrittenSeries => ({
  labels: {
    __name__: 'probe_runs_total',
    cluster: 'test',
    location: 'l',
    kind: 'dns',
    blame: outcome === 'ok' ? 'none' : 'dns',
    target,
    step,
    outcome,
  },
  samples: Array.from({ length: (MINUTES * 60) / EVERY + 1 }, (_, i) => {
    const minute = (i * EVERY) / 60;
    return [at(minute), count(minute)] as const;
  }),
});
/** Runs every so many minutes, from a minute on and up to another. */
const every =
  (minutes: number, from = 0, to = MINUTES) =>
  (minute: number) =>
    Math.max(0, Math.floor((Math.min(minute, to) - from) / minutes));

let prometheus: Prometheus;
beforeAll(async () => {
  prometheus = await startPrometheus();
  await remoteWrite(prometheus.url, [
    // Probed every 10 minutes; what began at minute 25 and ended at 45 is an outage.
    runs('rare', 'ok', (minute) => every(10, 0, 25)(minute) + every(10, 45)(minute)),
    runs('rare', 'dns_timeout', every(10, 25, 45)),
    runs('often', 'ok', every(0.5)),
    {
      ...runs('fine', 'ok', every(0.5)),
      labels: { ...runs('fine', 'ok', () => 0).labels, kind: 'mariadb', blame: 'none' },
    },
  ]);
}, 30_000);
afterAll(() => prometheus?.stop());

const macros = { rateInterval: '2m', interval: '30s', range: '1h', variables: {} };
const asked = (expr: string, minute: number) => prometheus.query(withMacros(expr, macros), at(minute));
const PROBED: Probed = { kind: 'dns', what: 'DNS', rareMs: 15 * 60_000, windowMs: 60 * 60_000 };
const shareOf = async (expr: string, target: string, minute: number) =>
  (await asked(expr, minute)).find(({ metric }) => metric.target === target)?.value;

describe('a target that is probed rarely', () => {
  it('has no gap between its runs, and the outage is seen', async () => {
    const share = shareOverTime(PROBED, 'cluster, target, step');
    for (let minute = 16; minute < MINUTES; minute += 1) expect(await shareOf(share, 'rare', minute)).toBeDefined();
    expect(await shareOf(share, 'rare', 20)).toBe(0);
    expect(await shareOf(share, 'rare', 36)).toBe(1);
    expect(await shareOf(share, 'often', 36)).toBe(0);
  });
  it('is over the interval of the chart only if nothing says that it is rare, and then over the window of alerts', async () => {
    const { rareMs: _, ...often } = PROBED;
    const share = shareNow(often, 'cluster, target, step');
    // No run in the two minutes before: over the hour, in which two runs of five failed.
    expect(await shareOf(share, 'rare', 59)).toBeCloseTo(0.4);
    // A run in the two minutes before: that one alone.
    expect(await shareOf(share, 'rare', 45.5)).toBe(1);
  });
});

describe('failures', () => {
  const expr = failures('dns', ['outcome', 'blame'], ', blame ');
  it('are named by outcome and blame', async () => {
    expect((await asked(expr, 35.5)).map(({ metric }) => metric.what)).toEqual(['dns_timeout, blame dns']);
  });
  it('are 0 and not nothing while none is there', async () => {
    expect((await asked(expr, 20.5)).map(({ metric, value }) => [metric.what, value])).toEqual([['nothing failed', 0]]);
  });
  it('are nothing where no target of the kind is probed', async () => {
    expect(await asked(failures('redis', ['outcome'], ''), 20)).toEqual([]);
  });
});

it('durations of which there are none are nothing, and not NaN', async () => {
  const buckets = ['0.1', '+Inf'].map((le) => ({
    labels: { __name__: 'probe_step_duration_seconds_bucket', cluster: 'test', target: 'fine', step: 'read', le },
    samples: Array.from({ length: 11 }, (_, i) => [END - (10 - i) * 30_000, 7] as const),
  }));
  await remoteWrite(prometheus.url, buckets);
  const expr = durations('mariadb', 0.95);
  expect(await asked(expr.replace(/ >= 0$/, ''), MINUTES)).toEqual([{ metric: { step: 'read' }, value: Number.NaN }]);
  expect(await asked(expr, MINUTES)).toEqual([]);
});

describe('a spec', () => {
  const db = (name: string, maxLag: string) => ({
    name,
    kind: 'mariadb',
    url: 'mysql://u@db/d',
    password: 'p',
    maxLag,
  });
  const of = (alerting: object = {}, targets: object[] = []) =>
    validSpec({ targets: [shop, ...targets], slos: [slo()], alerting });

  it('that has switched an alert off has no panel that explains it', () => {
    expect(alertsOf(of(), 'mariadb', 'MariaDBDown', 'MariaDBFailover')).toEqual(['MariaDBDown', 'MariaDBFailover']);
    expect(alertsOf(of({ off: ['MariaDBDown'] }), 'mariadb', 'MariaDBDown', 'MariaDBFailover')).toEqual([
      'MariaDBFailover',
    ]);
  });
  it('gives the limit of replicas: the strictest of its targets, or none', () => {
    expect(strictestLag(of(), 'mariadb')).toBeUndefined();
    expect(strictestLag(of({}, [db('a', '40s'), db('b', '20s')]), 'mariadb')).toBe(20);
    expect(strictestLag(of({}, [db('a', '40s')]), 'redis')).toBeUndefined();
  });
  it('gives the guide of outcomes, with runbooks where it says where they are', () => {
    const guide = outcomeGuide(of({ runbooks: 'https://git.example.org/runbooks' }), 'mariadb');
    expect(guide).toMatchObject({ kind: 'text' });
    expect((guide as { markdown: string }).markdown).toMatch(
      /\| read_only \| the primary refuses writes.* \| \[MariaDBReadOnly\]\(https:\/\/git\.example\.org\/runbooks\/MariaDBReadOnly\.md\) \|/,
    );
    expect((outcomeGuide(of(), 'mariadb') as { markdown: string }).markdown).toMatch(/\| MariaDBReadOnly \|/);
  });
});
