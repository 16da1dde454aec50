// What is simulated against what the generated rules do on the same outage in a real Prometheus.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packGroups } from '../../src/generate/pack.ts';
import { burnAlert } from '../../src/generate/slo/burn.ts';
import { evaluationMs, sloRules } from '../../src/generate/slo/groups.ts';
import { ALERT } from '../../src/generate/slo/names.ts';
import { ruleTiers } from '../../src/generate/slo/tiers.ts';
import { tiersFor } from '../../src/slo/policy.ts';
import { badAmong, tierOutcome } from '../../src/slo/simulate.ts';
import { type Prometheus, startPrometheus } from '../services/prometheus.ts';
import { type Change, type Exposed, replay } from '../services/replay.ts';
import { shop, slo, validSpec } from '../spec/specs.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const STEP = 30 * SECOND;
const START = Date.UTC(2026, 0, 5);
const END = START + 100 * MINUTE;

/** Begins `atMs` after the start; probes come `phaseMs` before the scrapes. */
const OUTAGES = {
  total: { atMs: 40 * MINUTE, phaseMs: 0, outageMs: 10 * MINUTE, badRatio: 1 },
  late: { atMs: 40 * MINUTE + 7 * SECOND, phaseMs: 19 * SECOND, outageMs: 10 * MINUTE, badRatio: 1 },
  half: { atMs: 40 * MINUTE, phaseMs: 5 * SECOND, outageMs: 15 * MINUTE, badRatio: 0.5 },
  rare: { atMs: 40 * MINUTE, phaseMs: 5 * SECOND, outageMs: 30 * MINUTE, badRatio: 0.1 },
  short: { atMs: 40 * MINUTE, phaseMs: 5 * SECOND, outageMs: 58 * SECOND, badRatio: 1 },
};
const names = Object.keys(OUTAGES) as (keyof typeof OUTAGES)[];
const tiers = [
  { tier: 'fast', severity: 'page', long: '20m', short: '4m', budget: '50%' },
  { tier: 'slow', severity: 'ticket', long: '40m', short: '8m', budget: '60%' },
];
const spec = validSpec({
  targets: [shop],
  slos: names.map((name, i) =>
    slo({
      name,
      window: '6h',
      sli: { kind: 'probe', target: 'shop', steps: [['front', 'rest', 'login', 'static', 'uncached'][i]] },
    }),
  ),
  policies: [{ window: '6h', tiers }],
});
const groups = packGroups(sloRules(spec).groups).map((group) => ({
  ...group,
  rules: group.rules.filter((rule) => 'record' in rule || rule.alert === ALERT.burn),
}));

function scrape(atMs: number): Exposed[] {
  const scraped = { cluster: 'c', job: 'plimsoll', instance: 'a:9' };
  const of = (__name__: string, labels: Record<string, string>, value: number): Exposed => ({
    labels: { __name__, ...scraped, ...labels },
    value,
  });
  const series = names.flatMap((name) => {
    const { atMs: beginsMs, phaseMs, outageMs, badRatio } = OUTAGES[name];
    const probes = (untilMs: number) => Math.max(0, Math.floor((untilMs + phaseMs) / STEP));
    const lived = probes(atMs - START);
    const bad = badAmong(Math.max(0, Math.min(lived, probes(beginsMs + outageMs)) - probes(beginsMs)), badRatio);
    const counts = { good: lived - bad, bad, unmeasured: 0, excluded: 0 };
    return [
      ...Object.entries(counts).map(([result, value]) =>
        of('slo_events_total', { slo: name, result, location: 'main' }, value),
      ),
      of('slo_objective_ratio', { slo: name }, 0.999),
      of('slo_created_timestamp_seconds', { slo: name }, START / SECOND),
      of('slo_info', { slo: name, service: 'shop', team: 'web', target: 'shop', window: '6h' }, 1),
    ];
  });
  return [...series, of('probe_interval_seconds', { target: 'shop', location: 'main' }, STEP / SECOND)];
}

let prometheus: Prometheus;
let changes: Change[];
beforeAll(async () => {
  prometheus = await startPrometheus();
  changes = await replay(prometheus, { groups, fromMs: START, toMs: END, stepMs: STEP, scrape });
});
afterAll(() => prometheus.stop());

describe.each(names)('outage "%s"', (name) => {
  const { atMs, outageMs, badRatio } = OUTAGES[name];
  it.each(tiersFor(6 * HOUR, spec.policies)!.map((tier) => [tier.tier, tier] as const))(
    '%s fires and ends as simulated',
    (_, tier) => {
      const rule = ruleTiers(spec).find((r) => r.tier === tier.tier)!;
      const { fires, clears, unnoticed } = tierOutcome({
        tier,
        objective: 0.999,
        stepMs: STEP,
        badRatio,
        outageMs,
        delays: {
          countedMs: 0,
          scrapeMs: STEP,
          evaluationMs: evaluationMs(spec, tier),
          keepFiringMs: burnAlert(rule, spec).keepFiringForMs!,
        },
      });
      const real = changes.filter(({ labels }) => labels.slo === name && labels.tier === tier.tier);
      if (fires === undefined) {
        expect([real, unnoticed]).toEqual([[], 'too-few']);
        return;
      }
      const firesMs = real.find((change) => change.fires)!.atMs - START - atMs;
      expect(firesMs).toBeGreaterThanOrEqual(fires.bestMs);
      expect(firesMs).toBeLessThanOrEqual(fires.worstMs!);
      const last = real.at(-1)!;
      expect(last.fires).toBe(false);
      const clearsMs = last.atMs - START - atMs - outageMs;
      // The replay counts keep_firing_for from the last time that the condition held, Prometheus from the next evaluation.
      expect(clearsMs).toBeGreaterThanOrEqual(clears!.bestMs - STEP);
      expect(clearsMs).toBeLessThanOrEqual(clears!.worstMs!);
      // Best and worst are so near to each other that this says something.
      expect(fires.worstMs! - fires.bestMs).toBeLessThanOrEqual(3 * STEP);
    },
  );
});

it('was no test of nothing: alerts fired for every outage but the short one', () => {
  expect([...new Set(changes.filter((c) => c.fires).map((c) => c.labels.slo))].sort()).toEqual([
    'half',
    'late',
    'rare',
    'total',
  ]);
});
