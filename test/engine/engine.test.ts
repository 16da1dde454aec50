import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine.ts';
import { logTiers } from '../../src/engine/tier-log.ts';
import { expose } from '../../src/metrics/exposition.ts';
import { OwnMetrics } from '../../src/metrics/own.ts';
import type { Run } from '../../src/probe/runner.ts';
import { blameOf, type Outcome } from '../../src/spec/outcome.ts';
import { Ledger } from '../../src/store/ledger.ts';
import { validSpec } from '../spec/specs.ts';
import { noChanges } from '../store/no-changes.ts';

const START = Date.UTC(2026, 0, 1);
const STEP = 30_000;
const SPEC = `targets:
  - { name: shop, kind: wordpress, url: "https://shop.example.org/" }
slos:
  - { name: up, service: shop, team: web, objective: 99.9%, window: 30d, sli: { kind: probe, target: shop, steps: [front, rest] } }
  - { name: fast, service: shop, team: web, objective: 99%, window: 30d, sli: { kind: latency, target: shop, step: front, below: 400ms } }
`;

/** An engine with a clock of the test, and a store that always acknowledges. */
function engine(text = SPEC) {
  let now = START;
  const ledger = new Ledger({
    restored: { slos: [], last: undefined, episodes: new Map(), warnings: [] },
    changes: noChanges,
    replay: () => 0,
    commit: () => {},
    prune: () => {},
    close: () => {},
  });
  const made = new Engine(validSpec(text), { ledger, own: new OwnMetrics(), now: () => now });
  const step = (outcomes: Record<string, Outcome>, durationMs = 100, distorted = false) => {
    now += STEP;
    const steps = Object.entries(outcomes).map(([name, outcome]) => ({
      step: name,
      outcome,
      blame: blameOf(outcome),
      startMs: 0,
      durationMs,
      phases: {},
      detail: '',
      facts: {},
    }));
    const run: Run = {
      target: made.spec.targets[0]!,
      startedMs: now,
      atMs: now,
      durationMs,
      traceId: 'f'.repeat(32),
      distorted,
      steps,
    };
    made.onRun(run);
    made.tick();
  };
  const times = (n: number, outcomes: Record<string, Outcome>) => {
    for (let i = 0; i < n; i++) step(outcomes);
  };
  return { made, step, times, clock: { set: (ms: number) => (now = ms), get: () => now } };
}
const OK = { front: 'ok', rest: 'ok' } as const;
const DOWN = { front: 'db_error', rest: 'db_error' } as const;

it('series of a location end when a reload brings another: nothing is left of the old one', () => {
  const { made, times } = engine();
  const places = () =>
    new Set(
      [...[...expose(made.series.families(), 'text')].join('').matchAll(/location="(.*?)"/g)].map(([, name]) => name),
    );
  times(2, OK);
  expect(places()).toEqual(new Set(['main']));
  made.load(validSpec(`${SPEC}exporter: { location: paris }\n`));
  expect(places()).toEqual(new Set(['paris']));
  times(2, OK);
  expect(places()).toEqual(new Set(['paris']));
  const { size } = made.series;
  made.load(validSpec(`${SPEC}exporter: { location: paris }\n`));
  expect(made.series.size).toBe(size);
});

describe('from runs to SLOs', () => {
  it('counts one event per run, bad if any step is', () => {
    const { made, times, step } = engine();
    times(3, OK);
    step({ front: 'ok', rest: 'rest_disabled' });
    expect(made.entry('up')!.total).toMatchObject({ good: 3, bad: 1 });
    expect(made.view('up')).toMatchObject({
      state: 'burning',
      outcome: 'rest_disabled',
      blame: 'target',
      step: 'rest',
    });
  });
  it('counts our own faults and missed slots as unmeasured, never bad and never good', () => {
    const { made, step } = engine();
    step({ front: 'prober_overloaded', rest: 'no_resolver' });
    made.onMissed(made.spec.targets[0]!, 'concurrency');
    expect(made.entry('up')!.total).toMatchObject({ good: 0, bad: 0, unmeasured: 2 });
    expect(made.view('up')).toMatchObject({ state: 'no-data', sliRatio: null, budgetRemainingRatio: null });
  });
  it('counts a failed page as not fast, and a slow one of a blocked prober as unmeasured', () => {
    const { made, step } = engine();
    step(DOWN, 5);
    step(OK, 399);
    step(OK, 400);
    step(OK, 5_000, true);
    expect(made.entry('fast')!.total).toMatchObject({ good: 1, bad: 2, unmeasured: 1 });
  });
  it('fires the fast page at the 5th bad of 120 events, not at the 4th', () => {
    const { made, times } = engine();
    times(120, OK);
    times(4, DOWN);
    expect(made.view('up')!.firing).not.toContain('page-fast');
    times(1, DOWN);
    expect(made.view('up')!.firing).toContain('page-fast');
  });
  it('shows a young SLO its whole budget: 10 bad of its first 120 events leave 88.4 % (T12)', () => {
    const { made, times } = engine();
    times(110, OK);
    times(10, DOWN);
    expect(made.view('up')!.budgetRemainingRatio).toBeCloseTo(1 - 10 / 86.4, 3);
  });
  it('tells once when a tier begins to fire, and once when it ceases', () => {
    const { made, times } = engine();
    const changes = () => [...made.tierChanges()].filter((c) => c.slo === 'up' && c.tier === 'page-fast');
    times(120, OK);
    times(4, DOWN);
    expect(changes()).toEqual([]);
    times(1, DOWN);
    expect(changes()).toEqual([{ slo: 'up', tier: 'page-fast', fires: true }]);
    times(1, DOWN);
    expect(changes()).toEqual([]);
    times(11, OK);
    expect(changes()).toEqual([{ slo: 'up', tier: 'page-fast', fires: false }]);
  });
  it('logs a tier that begins to fire with how fast, what is left and why, and one that ceases', () => {
    const { made, times } = engine();
    const said: unknown[] = [];
    const told = (level: string) => (facts: object, text: string) => said.push([level, text, facts]);
    times(120, OK);
    times(12, DOWN);
    logTiers(made, { info: told('info'), warn: told('warn') });
    const facts = {
      slo: 'up',
      tier: 'page-fast',
      burn: { '5m': expect.closeTo(1000, 6), '1h': expect.closeTo(100, 6) },
    };
    const cause = { step: 'front', outcome: 'db_error', blame: 'dependency' };
    const why = { budgetRemainingRatio: expect.closeTo(made.view('up')!.budgetRemainingRatio!, 6), ...cause };
    expect(said).toContainEqual(['warn', 'the condition of an alert tier holds', { ...facts, ...why }]);
    said.length = 0;
    times(11, OK);
    logTiers(made, { info: told('info'), warn: told('warn') });
    expect(said).toContainEqual([
      'info',
      'the condition of an alert tier holds no longer',
      expect.objectContaining({ slo: 'up', tier: 'page-fast', burn: expect.objectContaining({ '5m': 0 }) }),
    ]);
  });
  it('says when the budget ends while it burns, and when it is whole again once all is well', () => {
    const { made, times } = engine();
    times(120, OK);
    times(10, DOWN);
    // 86.4 bad events are allowed, 76.4 are left at one per 30 s: 38.2 minutes.
    const burning = made.view('up')!;
    expect(burning.state).toBe('burning');
    expect((burning.exhaustedAtMs! - made.evaluatedAt()) / 60_000).toBeCloseTo(38.2, 1);
    times(10, OK);
    const well = made.view('up')!;
    expect([well.state, well.exhaustedAtMs]).toEqual(['ok', null]);
    expect((well.wholeAtMs! - made.evaluatedAt()) / 86_400_000).toBeCloseTo(30, 0);
  });
  it('is exhausted from the last allowed bad event on, and says when that is over', () => {
    const { made, times } = engine(SPEC.replace('window: 30d', 'window: 7d'));
    // 7 days at 99.9 % allow 20.16 bad events of 20,160.
    times(20, DOWN);
    expect(made.view('up')!.state).toBe('burning');
    times(1, DOWN);
    const view = made.view('up')!;
    expect([view.state, view.exhaustedAtMs]).toEqual(['exhausted', null]);
    expect((view.recoversAtMs! - made.evaluatedAt()) / 86_400_000).toBeCloseTo(7, 0);
  });
  it('lets windows end at the clock when no tick comes any more: nothing stays good for ever', () => {
    const { made, times, clock } = engine();
    times(20, OK);
    clock.set(clock.get() + 2 * STEP);
    expect(made.view('up')!.state).toBe('ok');
    clock.set(clock.get() + 600_000);
    expect(made.view('up')!.state).toBe('no-data');
  });
  it('closes ticks that all rows are whole numbers of: 10 s for intervals of 20 s and 30 s', () => {
    const tickFor = (...intervals: string[]) => {
      const list = intervals.map((interval, i) => ({
        name: `t${i}`,
        kind: 'http',
        url: 'http://x.example.org/',
        interval,
        timeout: '500ms',
      }));
      const slos = list.map(({ name }) => ({
        name,
        service: 's',
        team: 't',
        objective: '99%',
        window: '30d',
        sli: { kind: 'probe', target: name },
      }));
      const { made } = engine();
      made.load(validSpec({ targets: list, slos }));
      return made.tickMs / 1_000;
    };
    expect([tickFor('30s'), tickFor('20s', '30s'), tickFor('1h'), tickFor('2s'), tickFor('45s')]).toEqual([
      30, 10, 30, 2, 30,
    ]);
    // No common length of at least 5 s: their windows may be off by a step.
    expect([tickFor('7s', '30s'), tickFor('2s', '3s'), tickFor('1s', '30s')]).toEqual([5, 2, 1]);
  });
  it('has no data when none of the last four runs could be judged, and says why; the fourth is the last moment', () => {
    const { made, times } = engine();
    const BLIND = { front: 'auth_failed', rest: 'auth_failed' } as const;
    times(100, OK);
    times(3, BLIND);
    expect(made.view('up')).toMatchObject({ state: 'ok', blind: null });
    times(1, BLIND);
    expect(made.view('up')).toMatchObject({
      state: 'no-data',
      blind: { step: 'front', outcome: 'auth_failed', blame: 'config' },
    });
    times(1, OK);
    expect(made.view('up')).toMatchObject({ state: 'ok', blind: null });
  });
  it('forgets why an SLO was blind when it is taken out of the spec', () => {
    const { made, times } = engine();
    times(4, { front: 'auth_failed', rest: 'auth_failed' });
    expect(made.view('up')!.blind).not.toBeNull();
    const { spec } = made;
    made.load({ ...spec, slos: [] });
    made.load(spec);
    expect(made.view('up')).toMatchObject({ state: 'no-data', blind: null });
  });
  it('judges a slow target by a window that holds four probes: an hourly probe has data', () => {
    const { made, step, clock } = engine(SPEC.replace('org/" }', 'org/", interval: 1h }'));
    for (let i = 0; i < 5; i++) {
      step(OK);
      clock.set(clock.get() + 3_600_000);
      made.tick();
    }
    expect(made.view('up')!.burn['5m']).toBeNull();
    expect(made.view('up')!.state).toBe('ok');
  });
  it('names the dependency that fails now, and no longer once it is well', () => {
    const text = `targets:
  - { name: db, kind: mariadb, url: "mysql://u@db/x" }
  - { name: shop, kind: wordpress, url: "https://shop.example.org/" }
slos:
  - { name: up, service: shop, team: web, objective: 99%, window: 30d, dependsOn: [db], sli: { kind: probe, target: shop } }
`;
    const { made, step } = engine(text);
    step({ connect: 'refused', read: 'refused' });
    expect(made.view('up')!.failingDependencies).toEqual([{ target: 'db', step: 'connect', outcome: 'refused' }]);
    step({ connect: 'ok', read: 'ok' });
    expect(made.view('up')!.failingDependencies).toEqual([]);
  });
  it('drops the series of a target that went, and counts what it refuses over the limit', () => {
    const { made, step } = engine(`${SPEC}exporter: { seriesPerTarget: 40 }\n`);
    step(OK);
    const text = () => [...expose(made.series.families(), 'text')].join('');
    expect(text()).toContain('target="shop"');
    for (const outcome of [
      'timeout',
      'reset',
      'refused',
      'db_error',
      'white_screen',
      'server_error',
      'status',
    ] as const)
      step({ front: outcome, rest: outcome, login: outcome, static: outcome });
    expect(made.series.size).toBeLessThanOrEqual(40);
    made.load(validSpec('targets: []\nslos: []\n'));
    expect(text()).not.toContain('target="shop"');
  });
});

describe('maintenance', () => {
  const window = (from: number, length: string, more = '') =>
    `${SPEC}maintenance:\n  - { from: ${new Date(from).toISOString()}, for: ${length}, services: [shop], reason: update, by: web }\n${more}`;
  it('takes events out of budgets, and shows what it took', () => {
    const { made, times } = engine(window(START + 10 * STEP, '5m'));
    times(9, OK);
    times(10, DOWN);
    expect(made.entry('up')!.total).toMatchObject({ good: 9, bad: 0, excludedBad: 10 });
    const view = made.view('up')!;
    expect([view.state, view.budgetRemainingRatio]).toEqual(['maintenance', 1]);
    expect(view.budgetWithoutExclusionRatio).toBeLessThan(1);
    times(1, DOWN);
    expect(made.entry('up')!.total.bad).toBe(1);
  });
  it('declared afterwards moves past events too, but no counter falls', () => {
    const { made, times } = engine();
    times(20, OK);
    times(10, DOWN);
    times(20, OK);
    expect(made.view('up')!.budgetRemainingRatio).toBeLessThan(1);
    made.load(validSpec(window(START + 20 * STEP, '5m')));
    expect(made.view('up')).toMatchObject({ budgetRemainingRatio: 1, sliRatio: 1 });
    expect(made.entry('up')!.acknowledged!.bad).toBe(10);
  });
  it('that is over before a window begins, or begins after it, changes nothing there', () => {
    const at = (steps: number) => new Date(START + steps * STEP).toISOString();
    const list = [5, 500].map((s) => `  - { from: ${at(s)}, for: 5m, reason: r, by: b }\n`);
    const { made, times } = engine(`${SPEC}maintenance:\n${list.join('')}`);
    times(40, OK);
    expect(made.view('up')!.windows[0]).toMatchObject({ window: '5m', good: 10, excluded: 0 });
  });
  it('leaves what we could not tell unmeasured', () => {
    const { made, times } = engine(window(START, '5m'));
    times(5, { front: 'no_resolver', rest: 'no_resolver' });
    expect(made.entry('up')!.total).toMatchObject({ unmeasured: 5, excludedGood: 0, excludedBad: 0 });
  });
  it('declared afterwards excludes the same minutes when they are days old, and nothing is forecast of them', () => {
    const { made, times, clock } = engine();
    times(20, OK);
    times(80, DOWN);
    times(20, OK);
    made.load(validSpec(window(START + 20 * STEP, '40m')));
    const period = () => made.view('up')!.windows.at(-1)!;
    expect(period()).toMatchObject({ good: 40, bad: 0, excluded: 80 });
    for (const hours of [5, 71, 73, 200]) {
      clock.set(START + hours * 3_600_000);
      made.tick();
      expect(period(), `after ${hours} h`).toMatchObject({ bad: 0, excluded: 80 });
      expect(made.view('up')).toMatchObject({ budgetRemainingRatio: 1, wholeAtMs: null, recoversAtMs: null });
    }
  });
  it('that overlaps itself takes an event out once: 10 bad of 50, not minus 10', () => {
    const { made, times } = engine();
    times(20, OK);
    times(10, DOWN);
    times(20, OK);
    const at = (steps: number) => new Date(START + steps * STEP).toISOString();
    made.load(
      validSpec(`${SPEC}maintenance:
  - { from: ${at(20)}, for: 5m, services: [shop], reason: update, by: web }
  - { from: ${at(22)}, for: 3m, targets: [shop], reason: also, by: db }
`),
    );
    const period = made.view('up')!.windows.at(-1)!;
    expect(period).toMatchObject({ good: 40, bad: 0, excluded: 10 });
  });
  it('that goes on exhausts nothing, whatever burned before it', () => {
    const { made, times } = engine(window(START + 126 * STEP, '10m'));
    times(120, OK);
    times(5, DOWN);
    expect(made.view('up')!.exhaustedAtMs).not.toBeNull();
    times(2, DOWN);
    expect(made.view('up')).toMatchObject({ state: 'maintenance', exhaustedAtMs: null });
  });
  it('covers an SLO by its service or by its target, and no other', () => {
    const more = `  - { name: other, service: blog, team: web, objective: 99%, window: 30d, sli: { kind: probe, target: shop } }\n`;
    const of = (scope: string) => {
      const { made } = engine(
        `${SPEC}${more}maintenance:\n  - { from: ${new Date(START).toISOString()}, for: 5m, ${scope}reason: r, by: b }\n`,
      );
      return ['up', 'other'].filter((name) => made.plan(name)!.excluded.length > 0);
    };
    expect(of('services: [blog], ')).toEqual(['other']);
    expect(of('services: [blog], targets: [shop], ')).toEqual(['up', 'other']);
    expect(of('')).toEqual(['up', 'other']);
  });
  it('beyond the cap is not applied, and says so', () => {
    const { made, times } = engine(window(START, '2h', 'exporter: { maxExcluded: 0.1% }\n'));
    times(5, DOWN);
    expect(made.entry('up')!.total).toMatchObject({ bad: 5, excludedBad: 0 });
    expect(made.plan('up')!.maintenance).toMatchObject([{ applied: false, reason: 'update', by: 'web' }]);
  });
});
