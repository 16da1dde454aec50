// npm run bench: what the hot paths cost, each as a ratio to a peer that does the same in the same run.
// Prints the median of the ratios of paired rounds and the worst one; asserts nothing, because machines are noisy.
import { DatabaseSync } from 'node:sqlite';
import { gzipSync } from 'node:zlib';
import { Gauge, Registry } from 'prom-client';
import { plansOf } from '../../src/engine/plan.ts';
import { sloFamilies } from '../../src/engine/slo-series.ts';
import { sloView, windowView } from '../../src/engine/view.ts';
import { expose } from '../../src/metrics/exposition.ts';
import { History, ZERO } from '../../src/slo/history.ts';
import type { LedgerEntry } from '../../src/store/ledger.ts';
import { overviewPage } from '../../src/web/overview.ts';
import { RecentRuns } from '../../src/web/runs.ts';
import type { Sources } from '../../src/web/sources.ts';
import { validSpec } from '../spec/specs.ts';

const ROUNDS = 15;
/** Until the compiler has seen enough of it. */
const WARM_UP = 30;
const STEP = 30_000;
const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const NOW = START + 30 * DAY;

type Work = () => unknown;
const cpuMs = async (work: Work): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

interface Side {
  readonly what: string;
  readonly work: Work;
  /** What the work does so many of; the ratio is per one of these. */
  readonly units: number;
}

/** Runs both in turn, A B A B, and prints CPU time and the ratio per unit. */
async function compare(ours: Side, peer: Side): Promise<void> {
  const rounds: { ours: number; peer: number }[] = [];
  for (let i = 0; i < ROUNDS + WARM_UP; i++)
    rounds.push({ ours: await cpuMs(ours.work), peer: await cpuMs(peer.work) });
  rounds.splice(0, WARM_UP);
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
  const ratios = rounds.map((r) => r.peer / peer.units / (Math.max(0.001, r.ours) / ours.units));
  const ms = (side: 'ours' | 'peer') => `${median(rounds.map((r) => r[side])).toFixed(2)} ms`;
  const times = (ratio: number) => `${ratio.toPrecision(3)}x`;
  console.log(
    `${ours.what}: ${ms('ours')}\n  against ${peer.what}: ${ms('peer')}\n  ${times(median(ratios))} cheaper each (worst round ${times(Math.min(...ratios))})`,
  );
}

/** `n` SLOs with 30 days of history each; the histories are shared by ten, to save memory. */
function platform(n: number) {
  const slo = (i: number) => ({
    name: `slo-${i}`,
    service: 's',
    team: 't',
    objective: '99.9%',
    window: '30d',
    sli: { kind: 'probe', target: 'shop' },
  });
  const spec = validSpec({
    targets: [{ name: 'shop', kind: 'http', url: 'http://shop.example.org/' }],
    slos: Array.from({ length: n }, (_, i) => slo(i)),
  });
  const plans = plansOf(spec);
  const histories = Array.from({ length: n }, (_, k) => {
    const history = new History(STEP, 30 * DAY);
    history.record(START, ZERO);
    for (let i = 60; i <= 86_400; i += i > 86_400 - 720 ? 1 : 60) {
      const bad = Math.floor(i / (1_000 + (k % 10)));
      history.record(START + i * STEP, { ...ZERO, good: i - bad, bad });
    }
    return history;
  });
  const entries = new Map<string, LedgerEntry>(
    plans.map((plan, i) => {
      const history = histories[i]!;
      const total = history.total();
      return [plan.slo.name, { id: i, createdMs: START, history, total, acknowledged: total, episodes: [] }];
    }),
  );
  return { plans, entries, settings: spec.exporter };
}

const { plans, entries, settings } = platform(1_000);
const pairs = plans.map((plan) => [plan, entries.get(plan.slo.name)!] as const);
const lengths = [...plans[0]!.windows.values(), 30 * DAY];

const db = new DatabaseSync(':memory:');
db.exec('CREATE TABLE event (slo INTEGER, at INTEGER, good INTEGER, bad INTEGER, PRIMARY KEY (slo, at)) WITHOUT ROWID');
const insert = db.prepare('INSERT INTO event VALUES (1, ?, 1, 0)');
db.exec('BEGIN');
for (let i = 1; i <= 86_400; i++) insert.run(START + i * STEP);
db.exec('COMMIT');
const sum = db.prepare('SELECT sum(good), sum(bad) FROM event WHERE slo = 1 AND at > ?');

await compare(
  {
    what: 'burn rates of 1,000 SLOs over 8 windows',
    units: 1_000,
    work() {
      for (const [plan, entry] of pairs) for (const ms of lengths) windowView(plan, entry, NOW, '', ms);
    },
  },
  {
    what: 'SQL sums over the rows of 10 SLOs',
    units: 10,
    work() {
      for (let i = 0; i < 10; i++) for (const ms of lengths) sum.get(NOW - ms);
    },
  },
);

const registry = new Registry();
const gauges = ['a', 'b', 'c', 'd', 'e'].map(
  (name) => new Gauge({ name, help: name, labelNames: ['slo', 'window'], registers: [registry] }),
);
for (const gauge of gauges)
  for (let i = 0; i < 2_000; i++) gauge.set({ slo: `slo-${i % 1_000}`, window: String(i) }, i / 7);
const write = () => {
  let bytes = 0;
  for (const piece of expose(
    sloFamilies(plans, (name) => entries.get(name), NOW, settings),
    'text',
  ))
    bytes += piece.length;
  return bytes;
};
const lines = [
  ...expose(
    sloFamilies(plans, (name) => entries.get(name), NOW, settings),
    'text',
  ),
]
  .join('')
  .split('\n').length;
await compare(
  { what: `/metrics of 1,000 SLOs, ${lines} lines, values computed on the way`, units: lines, work: write },
  { what: 'prom-client, 10,000 lines of stored values', units: 10_000, work: () => registry.metrics() },
);
// The overview of 100 SLOs, worst first, from the same histories; the peer is what it must do at least: JSON of their views.
const hundred = plans.slice(0, 100);
const views = () => hundred.map((plan) => sloView(plan, entries.get(plan.slo.name)!, NOW));
const sources = {
  engine: {
    spec: { slos: [], alerting: {}, statusPage: { components: [] } },
    views,
    plan: (name: string) => plans.find((plan) => plan.slo.name === name),
    entry: (name: string) => entries.get(name),
    evaluatedAt: () => NOW,
  },
  changes: { list: () => ({ changes: [], more: false }) },
  runs: new RecentRuns(),
  version: 'bench',
  files: [],
  spec: () => ({ loadedMs: NOW, isValid: true }),
  store: () => undefined,
} as unknown as Sources;
const overview = async () => (await overviewPage(sources, {})).html().text;
await compare(
  { what: `page of 100 SLOs, ${gzipSync(await overview()).length} bytes compressed`, units: 100, work: overview },
  { what: 'JSON of their views', units: 100, work: () => JSON.stringify(views()) },
);
console.log(`bytes of history per SLO: ${entries.get('slo-0')!.history.bytes}`);
