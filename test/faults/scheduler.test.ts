// Runs that throw, and more runs than there are places: what can be measured is measured, in turn, and the rest is unmeasured.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Engine } from '../../src/engine/engine.ts';
import { probes } from '../../src/probe/list.ts';
import { until } from '../services/exporter.ts';
import { type SmallSite, startSmallSite } from '../services/small-site.ts';
import { slo, validSpec } from '../spec/specs.ts';
import { type Inside, startInside } from './inside.ts';

let site: SmallSite;
let inside: Inside;
afterEach(async () => {
  vi.restoreAllMocks();
  await inside.stop();
  site.stop();
});
const events = (name: string, result: string) => `slo_events_total{slo="${name}",result="${result}",location="main"}`;
const atLeast = (series: string, n: number) => until(async () => ((await inside.metric(series)) ?? 0) >= n, inside.log);

describe('a probe', () => {
  const start = async () => {
    site = await startSmallSite();
    const timing = { interval: '1s', timeout: '500ms' };
    inside = await startInside(
      validSpec({
        targets: [
          { name: 'broken', kind: 'http', url: site.url, ...timing },
          { name: 'fine', kind: 'tcp', url: site.url.replace('http:', 'tcp:').replace(/\/$/, ''), ...timing },
        ],
        slos: ['broken', 'fine'].map((target) => slo({ name: target, sli: { kind: 'probe', target } })),
      }),
    );
  };
  it.each([
    [
      'throws',
      () => {
        throw new Error('oops');
      },
    ],
    ['rejects', () => Promise.reject(new TypeError('oops'))],
  ])(
    'X10 that %s is our fault: unmeasured, said, and the others go on; and so does it, once it is mended',
    async (_how, run) => {
      await start();
      const broken = vi.spyOn(probes.http, 'run').mockImplementation(run as never);
      await atLeast(events('broken', 'unmeasured'), 2);
      await atLeast(events('fine', 'good'), 2);
      expect(await inside.metric(events('broken', 'bad'))).toBe(0);
      expect(await inside.metrics()).toMatch(
        /^probe_runs_total\{target="broken",.*outcome="internal_error",blame="prober",location="main"\} [1-9]/m,
      );
      expect(inside.log()).toMatch(/"target":"broken".*oops/);
      broken.mockRestore();
      await atLeast(events('broken', 'good'), 1);
    },
  );
  it('X10 whose result cannot be counted does not stop the scheduler', async () => {
    await start();
    const broken = vi.spyOn(Engine.prototype, 'onRun').mockImplementation((run) => {
      throw new Error(`oops ${run.target.name}`);
    });
    await until(async () => broken.mock.calls.length >= 4, inside.log);
    broken.mockRestore();
    await atLeast(events('broken', 'good'), 1);
    await atLeast(events('fine', 'good'), 1);
    expect(inside.log()).toContain('a run failed by a bug of ours');
  });
});

describe('ten times as many targets as places', () => {
  it('X12 come in turn; what is missed is counted and unmeasured, readiness says it, and no target is blamed', async () => {
    site = await startSmallSite();
    site.answer('never');
    const names = Array.from({ length: 20 }, (_, i) => `t-${i}`);
    const spec = (concurrency: number) =>
      validSpec({
        targets: names.map((name) => ({
          name,
          kind: 'http',
          url: `${site.url}${name}`,
          interval: '1s',
          timeout: '400ms',
        })),
        slos: names.map((name) => slo({ name, sli: { kind: 'probe', target: name } })),
        exporter: { concurrency },
      });
    inside = await startInside(spec(2));
    const sum = async (pattern: RegExp) => {
      const found = [...(await inside.metrics()).matchAll(pattern)].map(
        ([, name, value]) => [name!, Number(value)] as const,
      );
      return new Map(found);
    };
    // Two places and 400 ms: five runs a second for twenty targets.
    const bad = () => sum(/^slo_events_total\{slo="(t-\d+)",result="bad",location="main"\} (\d+)$/gm);
    await until(async () => [...(await bad()).values()].every((n) => n >= 2), inside.log);
    const runs = [...(await bad()).values()];
    expect(runs).toHaveLength(20);
    expect(Math.max(...runs) - Math.min(...runs)).toBeLessThanOrEqual(2);
    const missed = await sum(/^plimsoll_missed_runs_total\{target="(t-\d+)",reason="concurrency"\} (\d+)$/gm);
    expect(missed.size).toBe(20);
    const unmeasured = await sum(/^slo_events_total\{slo="(t-\d+)",result="unmeasured",location="main"\} (\d+)$/gm);
    for (const n of unmeasured.values()) expect(n).toBeGreaterThanOrEqual(2);
    const ready = await fetch(`${inside.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'degraded', reasons: [expect.stringContaining('exporter.concurrency')] },
    ]);
    expect(inside.log().match(/more runs are due than exporter.concurrency/g)).toHaveLength(1);
    site.answer(200);
    inside.exporter.load(spec(20), {});
    for (const name of names) await atLeast(events(name, 'good'), 2);
    const before = await sum(/^plimsoll_missed_runs_total\{target="(t-\d+)",reason="concurrency"\} (\d+)$/gm);
    await atLeast(events('t-0', 'good'), (await inside.metric(events('t-0', 'good')))! + 3);
    expect(await sum(/^plimsoll_missed_runs_total\{target="(t-\d+)",reason="concurrency"\} (\d+)$/gm)).toEqual(before);
  });
});
