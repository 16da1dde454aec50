// plimsoll simulate: the table for people, JSON for pipelines, and what it says of options and specs that are wrong.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { SimulatedOutage } from '../../src/cli/simulate.ts';
import { parseOutage, parseTraffic } from '../../src/cli/simulate.ts';
import { clock, percent } from '../../src/cli/simulate-table.ts';
import { privateFolder } from '../services/process.ts';
import { shop, slo, text } from '../spec/specs.ts';
import { plimsoll } from './push-run.ts';

const folder = privateFolder('simulate');
afterAll(() => folder.remove());
const spec = (change: object) => {
  const file = join(folder.path, `${Math.random()}.yaml`);
  writeFileSync(file, text({ targets: [{ ...shop, interval: '30s' }], slos: [slo()], ...change }));
  return file;
};
const simulate = (file: string, ...args: string[]) => plimsoll(folder.path, 'simulate', '--config', file, ...args);
/** The advice, which may be broken between words. */
const ending = (out: string) => out.trimEnd().split('\n\n').at(-1)!.replaceAll('\n', ' ');
const rowsOf = (out: string) => out.split('\n').map((line) => line.trimEnd().split(/ {2,}/));

describe('the table', () => {
  it('has each tier with its times, the worst SLO first, equal ones together', async () => {
    const slos = [
      slo(),
      slo({ name: 'b' }),
      slo({ name: 'c', objective: '99.5%' }),
      slo({ name: 'blind', objective: '80%' }),
    ];
    const { code, out } = await simulate(spec({ slos }), '--outage', '20m@100%');
    expect(code).toBe(0);
    const [title, , header, ...rows] = rowsOf(out);
    expect(title).toEqual(['20m with 100% bad events: 4 SLOs, worst first']);
    expect(header).toEqual(['SLO', 'BUDGET SPENT', 'GONE AFTER', 'ALERT', 'FIRES AFTER', 'ENDS AFTER THE OUTAGE']);
    expect(
      rows
        .filter(([name]) => name !== '')
        .map(([name]) => name!.split('. ')[0])
        .slice(0, 3),
    ).toEqual(['blind', 'a and 1 more', 'c']);
    expect(rows).toContainEqual(['a and 1 more', '46%', '43m 30s', 'page-fast', '2m to 4m 10s', '9m 30s to 11m 40s']);
    expect(rows).toContainEqual(['', 'page-slow', '4m to 6m 10s', '34m 30s to 36m 40s']);
    expect(rows).toContainEqual(['', 'ticket-slow', '7m to 12m 40s', '6h 4m to 6h 10m']);
    expect(rows).toContainEqual(['blind', '0.23%', '6d', 'page-fast', 'never: it cannot fire at this objective']);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });
  it('ends with what to do about what would never be noticed', async () => {
    const { out } = await simulate(spec({}), '--outage', '1m@100%');
    expect(out).toContain('never: under 3 bad events; 2m 30s would do');
    expect(ending(out)).toBe(
      'Never noticed: a. 2m 30s would be heard of. This outage spends 2.3% of the budget; if that is too much, probe every 20s and raise the objective to 99.99%: neither is enough alone.',
    );
  });
  it('tells a promise that allows it from a budget that runs out unseen', async () => {
    const file = spec({ slos: [slo(), slo({ name: 'lax', objective: '80%' })] });
    const { out } = await simulate(file, '--outage', '3h@0.1%');
    expect(out).toContain('The promise (99.9%) allows it for ever');
    expect(out).toContain('never: too small a share of events is bad');
    const burning = await simulate(file, '--outage', '3h@25%');
    expect(burning.out).toContain('Never noticed: lax. ');
    expect(burning.out).not.toContain('Never noticed: a');
  });
  it('says that somebody hears of it, when the budget is gone too', async () => {
    const { out } = await simulate(spec({}), '--outage', '1h@100%');
    expect(rowsOf(out)).toContainEqual(['', 'ticket: budget', '43m to 48m 40s', 'when there is budget again']);
    expect(out.trimEnd()).toMatch(/\n\nSomebody hears of it in every case\.$/);
  });
  it('says what is luck', async () => {
    const { out } = await simulate(spec({}), '--outage', '130s@100%');
    expect(out).toContain('2m, or missed');
    expect(out).toContain('Noticed with luck only: a. 2m 30s would be heard of.');
  });
  it('says that rules look too seldom for what holds for a short time', async () => {
    const tiers = [{ tier: 'page', severity: 'page', long: '20m', short: '1m', budget: '1%' }];
    const targets = [{ ...shop, interval: '10s', timeout: '2s' }];
    const policies = { policies: [{ window: '10d', tiers }], slos: [slo({ window: '10d' })], targets };
    const seldom = await simulate(spec({ ...policies, alerting: { scrapeInterval: '5m' } }), '--outage', '2m@100%');
    expect(seldom.out).toContain(
      'Noticed with luck only: a. It holds for less time than passes between two looks: lower',
    );
    const often = await simulate(spec(policies), '--outage', '2m@100%');
    expect(often.out).toContain('Somebody hears of it in every case.');
  });
  it('says that a period has no policy', async () => {
    const { out } = await simulate(spec({ slos: [slo({ window: '12h', objective: '80%' })] }), '--outage', '20m@100%');
    expect(out).toContain('no alert policy for a period of 12h');
    expect(out).toContain('Add a policy for 12h to policies, or use a window of 30d.');
  });
  it('takes the times of the spec: scrape, evaluation, probe interval, timeout, tiers of its own', async () => {
    const policies = [
      { window: '1d', tiers: [{ tier: 'soon', severity: 'page', long: '10m', short: '1m', budget: '5%' }] },
    ];
    const alerting = { scrapeInterval: '5s', interval: '5s' };
    const targets = [{ ...shop, interval: '10s', timeout: '2s' }];
    const file = spec({ targets, alerting, policies, slos: [slo({ window: '1d', objective: '99%' })] });
    const { out } = await simulate(file, '--outage', '5m@100%');
    // k 7.2, theta 0.072: 9 of 60. 80 s to 90 s, and 2 s + 10 s + 5 s + 5 s.
    expect(rowsOf(out)).toContainEqual(['a', '35%', '14m 30s', 'page soon', '1m 20s to 1m 52s', '1m 50s to 2m 22s']);
  });
  it('shows every outage that is asked for', async () => {
    const { out } = await simulate(spec({}), '--outage', '1m@100%', '--outage', '1h@100%');
    expect(out.match(/^\w+ with 100% bad events/gm)).toEqual(['1m with 100% bad events', '1h with 100% bad events']);
  });
});

describe('--output json', () => {
  const json = async (...args: string[]): Promise<SimulatedOutage[]> =>
    JSON.parse((await simulate(spec({}), '--output', 'json', ...args)).out).outages;
  it('has every number, and null where nothing comes', async () => {
    const [got] = await json('--outage', '20m@100%');
    expect(got).toMatchObject({ durationMs: 1_200_000, badRatio: 1 });
    expect(got!.slos[0]).toMatchObject({
      name: 'a',
      every: 'every 30s',
      usedUp: null,
      exhaustedAtMs: 2_610_000,
      page: { bestMs: 120_000, worstMs: 250_000 },
      ticket: { bestMs: 420_000, worstMs: 760_000 },
    });
    const [short] = await json('--outage', '1m@100%');
    expect(short!.slos[0]).toMatchObject({
      page: null,
      ticket: null,
      tiers: [{ fires: null, unnoticed: 'too-few' }, {}, {}, {}],
    });
  });
  it('judges requests with --traffic: fewer bad ones are needed than of probes, for so many events', async () => {
    const [got] = await json('--outage', '20m@2%', '--traffic', '50/s');
    expect(got!.slos[0]).toMatchObject({ every: '50/s', page: null });
    const [more] = await json('--outage', '20m@10%', '--traffic', '50/s');
    expect(more!.slos[0]!.page?.bestMs).toBe(538_000);
  });
  it('gives the requests of --traffic to SLIs that count requests, and leaves probes and gauges alone', async () => {
    const slos = [
      slo(),
      slo({ name: 'b', sli: { kind: 'ratio', bad: 'errors_total', total: 'requests_total' } }),
      slo({ name: 'c', sli: { kind: 'gauge', query: 'up', above: 0 } }),
    ];
    const file = spec({ slos, alerting: { interval: '1m' } });
    const { out } = await simulate(file, '--outage', '20m@100%', '--traffic', '50/s', '--output', 'json');
    const got = JSON.parse(out).outages[0].slos as { name: string; every: string }[];
    expect(got.map(({ name, every }) => [name, every])).toEqual([
      ['a', 'every 30s'],
      ['b', '50/s'],
      ['c', 'every 1m'],
    ]);
    const without = await simulate(file, '--outage', '20m@100%');
    expect(without).toEqual({
      code: 2,
      out: expect.stringContaining('b counts requests: say how many there are, e.g. --traffic 50/s'),
    });
  });
  it('counts a used-up budget as a ticket', async () => {
    const [got] = await json('--outage', '2d@2%');
    expect(got!.slos[0]!.usedUp).toEqual({
      bestMs: 86 * 50 * 30_000 + 49 * 30_000,
      worstMs: 87 * 50 * 30_000 + 310_000,
    });
    expect(got!.slos[0]!.exhaustedAtMs).toBe(87 * 50 * 30_000);
  });
});

describe('mistakes', () => {
  it.each([
    [[], 2, 'say what happens: plimsoll simulate --outage 20m@100%'],
    [['--outage', '20m'], 2, '--outage 20m: write how long and which share of events is bad, like 20m@100%'],
    [['--outage', '20m@0.5'], 2, 'like 20m@100% or 6h@2.5%'],
    [['--outage', '20m@120%'], 2, '--outage 20m@120%: '],
    [['--outage', '90d@100%'], 2, '--outage 90d@100%: between 1s and 31d'],
    [['--outage', '20m@0%'], 2, 'a share of bad events from 0.0001% to 100%'],
    [['--outage', '20m@100%', '--traffic', '50'], 2, '--traffic 50: write requests per second, minute or hour'],
    [['--outage', '20m@100%', '--traffic', '0/s'], 2, '--traffic 0/s: '],
    [['--outage', '20m@100%', '--output', 'xml'], 2, '--output xml: '],
  ])('%j', async (args, code, message) => {
    expect(await simulate(spec({}), ...args)).toEqual({ code, out: expect.stringContaining(message) });
  });
  it('of the spec are shown as check shows them', async () => {
    const { code, out } = await simulate(spec({ slos: [slo({ objective: '100%' })] }), '--outage', '20m@100%');
    expect([code, out]).toEqual([3, expect.stringMatching(/\.yaml:2:\d+ {2}error {2}objective/)]);
    expect((await simulate('nowhere.yaml', '--outage', '20m@100%')).code).toBe(3);
    expect(await simulate(spec({ slos: [] }), '--outage', '20m@100%')).toEqual({
      code: 1,
      out: expect.stringContaining('no SLOs'),
    });
  });
});

describe('what is written', () => {
  it('as a rate or an outage is read exactly', () => {
    expect([parseTraffic('50/s'), parseTraffic('90/m'), parseTraffic('36/h')]).toEqual([50, 1.5, 0.01]);
    expect(parseOutage('1h30m@2.5%')).toEqual({ durationMs: 5_400_000, badRatio: 0.025 });
  });
  it('as a time has two units', () => {
    expect([0, 45_000, 270_000, 7_080_000, 187_200_000, 3_600_000].map(clock)).toEqual([
      '0s',
      '45s',
      '4m 30s',
      '1h 58m',
      '2d 4h',
      '1h',
    ]);
  });
  it('as a share is never 0 unless it is', () => {
    expect([0, 0.00001, 0.0046, 0.046, 0.463, 1.39].map(percent)).toEqual([
      '0%',
      '<0.01%',
      '0.46%',
      '4.6%',
      '46%',
      '139%',
    ]);
  });
});
