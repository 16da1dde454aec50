// What the exporter serves of SLOs that Prometheus counts: who they are, what they promise, whether they are worked on. No counts.
import { expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine.ts';
import { expose } from '../../src/metrics/exposition.ts';
import { OwnMetrics } from '../../src/metrics/own.ts';
import { Ledger } from '../../src/store/ledger.ts';
import { shop, slo, validSpec } from '../spec/specs.ts';
import { noChanges } from '../store/no-changes.ts';

const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const counted = slo({ name: 'counted', sli: { kind: 'ratio', bad: 'err', total: 'req' } });
const maintenance = [{ from: '2026-01-01T02:00:00Z', for: '1h', services: ['shop'], reason: 'r', by: 'b' }];

function engine(spec: object) {
  let now = START;
  const ledger = new Ledger({
    restored: { slos: [], last: undefined, episodes: new Map(), warnings: [] },
    changes: noChanges,
    replay: () => 0,
    commit: () => {},
    prune: () => {},
    close: () => {},
  });
  const made = new Engine(validSpec(spec), { ledger, own: new OwnMetrics(), now: () => now });
  const lines = () => [...expose([...made.families(), ...made.series.families()], 'text')].join('').split('\n');
  return { made, lines, set: (ms: number) => (now = ms) };
}

it('serves what is promised, the step of the rules, and no counts, windows or budget', () => {
  const { lines, made } = engine({ targets: [shop], slos: [slo(), counted], alerting: { interval: '15s' } });
  expect(lines().filter((line) => line.includes('slo="counted"'))).toEqual([
    'slo_objective_ratio{slo="counted"} 0.999',
    'slo_maintenance_active{slo="counted"} 0',
    'slo_info{slo="counted",service="shop",team="web",target="promql",window="30d"} 1',
  ]);
  expect(lines()).toContain('probe_interval_seconds{target="promql",location="main"} 15');
  expect(lines().filter((line) => line.includes('slo="a"')).length).toBeGreaterThan(10);
  expect([...made.views()].map(({ name }) => name)).toEqual(['a']);
});

it('serves maintenance while it goes on, in a spec without targets too', () => {
  const { lines, set } = engine({ slos: [counted], maintenance });
  const active = () => lines().find((line) => line.startsWith('slo_maintenance_active'));
  set(START + 2 * HOUR - 1);
  expect(active()).toMatch(/ 0$/);
  set(START + 2 * HOUR);
  expect(active()).toMatch(/ 1$/);
  set(START + 3 * HOUR);
  expect(active()).toMatch(/ 0$/);
});

it('forgets the step of the rules with the last SLO that needs it', () => {
  const { made, lines } = engine({ targets: [shop], slos: [slo(), counted] });
  made.load(validSpec({ targets: [shop], slos: [slo()] }));
  expect(lines().filter((line) => line.includes('promql') || line.includes('counted'))).toEqual([]);
  expect(lines()).toContain('probe_interval_seconds{target="shop",location="main"} 30');
});
