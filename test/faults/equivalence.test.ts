// The rules and the exporter's own numbers on the same data, minute by minute, in a real Prometheus.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countsBetween, periodView } from '../../src/engine/period.ts';
import { plansOf, type SloPlan } from '../../src/engine/plan.ts';
import { firingTiers } from '../../src/engine/view.ts';
import { JUDGES } from '../../src/generate/slo/condition.ts';
import { TOTALS } from '../../src/generate/slo/names.ts';
import { type RuleTier, ruleTiers } from '../../src/generate/slo/tiers.ts';
import { eventsIn } from '../../src/generate/slo/window.ts';
import { type Counts, History, ZERO } from '../../src/slo/history.ts';
import { STANDARD_WINDOWS_MS } from '../../src/slo/policy.ts';
import { formatDuration } from '../../src/spec/scalars.ts';
import type { LedgerEntry } from '../../src/store/ledger.ts';
import { type Prometheus, startPrometheus } from '../services/prometheus.ts';
import { type WrittenSeries, writeHistory } from '../services/remote-write.ts';
import { shop, slo, validSpec } from '../spec/specs.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEP = 30 * SECOND;
/** Scrapes come this much after the probes, and rules are evaluated on the full minute: a scrape is 13 s old then. */
const SCRAPED_MS = 17 * SECOND;
const START = Date.UTC(2026, 0, 5);
const DAYS = 5;
const END = START + DAYS * DAY;
/** From here on even the longest window of a tier lies within the history. */
const JUDGED_FROM = START + 3 * DAY + HOUR;
const WINDOW_MS = 4 * DAY;

const spec = validSpec({
  targets: [shop],
  slos: [
    slo({ name: 'a', objective: '99.9%', window: '4d' }),
    slo({ name: 'b', objective: '99%', window: '4d', sli: { kind: 'probe', target: 'shop', steps: ['front'] } }),
  ],
  policies: [
    {
      window: '4d',
      tiers: [
        { tier: 'page-fast', severity: 'page', long: '1h', short: '5m', budget: '15%' },
        { tier: 'page-slow', severity: 'page', long: '6h', short: '30m', budget: '38%' },
        { tier: 'ticket-fast', severity: 'ticket', long: '1d', short: '2h', budget: '75%' },
        { tier: 'ticket-slow', severity: 'ticket', long: '3d', short: '6h', budget: '76%' },
      ],
    },
  ],
});
const plans = new Map(plansOf(spec).map((plan) => [plan.slo.name, plan]));

type Result = 'good' | 'bad' | 'unmeasured' | 'gone';
/** A pseudo-random number from 0 to 1 that is always the same. */
const chance = (i: number, salt: number): number => {
  const x = Math.sin(i * 12.9898 + salt * 78.233) * 43_758.5453;
  return x - Math.floor(x);
};
/** Outages, a slow burn, time that was not measured, and an exporter that was gone: short, long, and during an outage. */
function resultAt(i: number, salt: number): Result {
  const hour = ((i * STEP) / HOUR) % 24;
  const day = Math.floor((i * STEP) / DAY);
  if (day === 3 && hour >= 2 && hour < 2.1) return 'gone';
  if (day === 3 && hour >= 10 && hour < 13) return 'gone';
  if (day === 4 && hour >= 5 && hour < 5.7) return 'gone';
  if (day === 3 && hour >= 6 && hour < 6.5) return 'unmeasured';
  if (day === 3 && hour >= 4 && hour < 4.4) return 'bad';
  if (day === 4 && hour >= 4.8 && hour < 6) return 'bad';
  if (day === 4 && hour >= 12 && hour < 20) return chance(i, salt) < 0.05 ? 'bad' : 'good';
  if (day === 2) return chance(i, salt) < 0.004 ? 'bad' : 'good';
  return chance(i, salt) < 0.0006 ? 'bad' : 'good';
}

/** What the exporter says at the time of a scrape. */
interface Said {
  readonly firing: readonly string[];
  readonly windows: ReadonlyMap<number, Counts>;
  readonly remaining: number | null;
}
const said = new Map<string, Map<number, Said>>();
let prometheus: Prometheus;

/** The exporter, in its own arithmetic; returns the totals of every scrape. */
function measure(plan: SloPlan, salt: number): (readonly [atMs: number, totals: Counts])[] {
  const history = new History(STEP, plan.periodMs);
  const entry: LedgerEntry = { id: 1, createdMs: START, history, total: ZERO, acknowledged: ZERO, episodes: [] };
  const byTime = new Map<number, Said>();
  said.set(plan.slo.name, byTime);
  const scrapes: (readonly [number, Counts])[] = [];
  let totals = ZERO;
  history.record(START, totals);
  for (let i = 1; i * STEP < END - START; i++) {
    const result = resultAt(i, salt);
    if (result === 'gone') continue;
    const at = START + i * STEP;
    totals = { ...totals, [result]: totals[result] + 1 };
    history.record(at, totals);
    scrapes.push([at + SCRAPED_MS, totals]);
    const asked = at + STEP;
    if (asked % MINUTE !== 0 || asked < JUDGED_FROM || asked >= END) continue;
    const windows = [...new Set([...STANDARD_WINDOWS_MS, WINDOW_MS])].map(
      (ms) => [ms, countsBetween(history, plan, at - ms, at)] as const,
    );
    byTime.set(asked, {
      firing: firingTiers(plan, entry, at),
      windows: new Map(windows),
      remaining: periodView(plan, entry, at).budget.remainingRatio,
    });
  }
  return scrapes;
}

beforeAll(async () => {
  prometheus = await startPrometheus();
  const all: WrittenSeries[] = [];
  for (const [salt, [name, plan]] of [...plans].entries()) {
    const scrapes = measure(plan, salt);
    const last = { at: 0, totals: ZERO };
    // The rules record on through gaps: see carried().
    const steps: (readonly [number, Counts])[] = [];
    let next = 0;
    for (let at = START + STEP + SCRAPED_MS; at < END; at += STEP) {
      if (scrapes[next]?.[0] === at) last.totals = scrapes[next++]![1];
      steps.push([at, last.totals]);
    }
    expect(next).toBe(scrapes.length);
    const key = { cluster: 'c', slo: name };
    const info = { ...key, service: 'shop', team: 'web', target: 'shop' };
    const series = (labels: Record<string, string>, value: (totals: Counts) => number) => ({
      labels,
      samples: steps.map(([at, totals]) => [at, value(totals)] as const),
    });
    all.push(
      series({ __name__: TOTALS.bad, location: 'main', ...key }, (c) => c.bad),
      series({ __name__: TOTALS.valid, location: 'main', ...key }, (c) => c.good + c.bad),
      series({ __name__: TOTALS.known, location: 'main', ...key }, (c) => c.good + c.bad),
      series({ __name__: 'slo_objective_ratio', ...key }, () => plan.slo.objective),
      series({ __name__: 'slo_info', window: plan.periodLabel, ...info }, () => 1),
    );
    if (salt === 0)
      all.push(series({ __name__: 'probe_interval_seconds', cluster: 'c', target: 'shop' }, () => STEP / SECOND));
  }
  await writeHistory(prometheus.url, all);
}, 120_000);
afterAll(() => prometheus?.stop());

/** The condition of a tier and its coverage, which the rules record apart. */
const whole = (tier: RuleTier): string =>
  `(${JUDGES.prometheus.condition(tier)}) and on (cluster, slo) (${JUDGES.prometheus.covered(tier.shortMs)})`;

/** A range of an expression for one SLO, on every full minute that the exporter was asked too. */
async function minuteByMinute(expression: string, name: string): Promise<ReadonlyMap<number, number>> {
  const found = await prometheus.range(expression, JUDGED_FROM, END - MINUTE, MINUTE);
  return found.find((series) => series.metric.slo === name)?.values ?? new Map();
}

describe.each([...plans])('G07 SLO %s, minute by minute', (name, plan) => {
  const asked = () => [...said.get(name)!];

  it('has been asked for two days, and saw tiers fire and not fire', () => {
    expect(asked().length).toBeGreaterThan(2_000);
    const firing = asked().filter(([, s]) => s.firing.length > 0).length;
    expect(firing).toBeGreaterThan(100);
    expect(firing).toBeLessThan(asked().length - 100);
  });

  // Beyond 6 h the exporter keeps one row per 5 min, so a window may begin up to 5 min earlier or later there.
  it.each(STANDARD_WINDOWS_MS.filter((ms) => ms <= 6 * HOUR))(
    'counts the same events over %i ms, to the event',
    async (ms) => {
      const [bad, valid] = await Promise.all(
        [TOTALS.bad, TOTALS.valid].map((total) => minuteByMinute(eventsIn(total, { ms }), name)),
      );
      const wrong = asked().filter(([at, s]) => {
        const counts = s.windows.get(ms)!;
        return bad!.get(at) !== counts.bad || valid!.get(at) !== counts.good + counts.bad;
      });
      expect(wrong.map(([at]) => new Date(at).toISOString())).toEqual([]);
    },
  );
  it.each(STANDARD_WINDOWS_MS.filter((ms) => ms > 6 * HOUR))(
    'counts the same over %i ms, within one row of 5 min',
    async (ms) => {
      const valid = await minuteByMinute(eventsIn(TOTALS.valid, { ms }), name);
      const wrong = asked().filter(([at, s]) => {
        const { good, bad } = s.windows.get(ms)!;
        return Math.abs((valid.get(at) ?? Number.NaN) - good - bad) > (5 * MINUTE) / STEP || !valid.has(at);
      });
      expect(wrong.map(([at]) => new Date(at).toISOString())).toEqual([]);
    },
  );

  it.each(ruleTiers(spec).filter((t) => t.severity === 'page'))('fires $tier in the same minutes', async (tier) => {
    const found = await minuteByMinute(whole(tier), name);
    const wrong = asked().filter(([at, s]) => s.firing.includes(tier.tier) !== found.has(at));
    expect(wrong.map(([at]) => new Date(at).toISOString())).toEqual([]);
    expect(found.size).toBeGreaterThan(0);
  });
  it.each(ruleTiers(spec).filter((t) => t.severity === 'ticket'))(
    'fires $tier in the same minutes, give or take a row',
    async (tier) => {
      const found = await minuteByMinute(whole(tier), name);
      const theirs = (at: number) => found.has(at);
      const wrong = asked().filter(([at, s]) => {
        const ours = s.firing.includes(tier.tier);
        return ![-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5].some((m) => theirs(at + m * MINUTE) === ours);
      });
      expect(wrong.map(([at]) => new Date(at).toISOString())).toEqual([]);
    },
  );

  it(`agrees on the budget of its period of ${formatDuration(WINDOW_MS)}, within an hour's row`, async () => {
    const spent = (total: string) => eventsIn(total, { ms: WINDOW_MS });
    const budget = await minuteByMinute(
      `1 - ${spent(TOTALS.bad)} / ((1 - max by (cluster, slo) (slo_objective_ratio)) * ${spent(TOTALS.valid)})`,
      name,
    );
    const full = asked().filter(([at]) => at > START + WINDOW_MS + HOUR);
    expect(full.length).toBeGreaterThan(500);
    const allowed = (1 - plan.slo.objective) * (WINDOW_MS / STEP);
    // Up to an hour of the slow burn (0.4 % of 120 events) may be in one and not in the other.
    const wrong = full.filter(([at, s]) => !(Math.abs(budget.get(at)! - s.remaining!) < 3 / allowed));
    expect(wrong.map(([at]) => new Date(at).toISOString())).toEqual([]);
  });
});
