// The same counters through a real Prometheus: a window is a difference of two samples there as here.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { burnRate } from '../../src/slo/budget.ts';
import { add, History, ZERO } from '../../src/slo/history.ts';
import { type Prometheus, startPrometheus } from '../services/prometheus.ts';

const STEP = 30_000;
const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);
const STEPS = 4 * 2880;
const END = START + STEPS * STEP;
const WINDOWS: Readonly<Record<string, number>> = {
  '5m': 300_000,
  '30m': 1_800_000,
  '1h': HOUR,
  '2h': 2 * HOUR,
  '6h': 6 * HOUR,
  '1d': 24 * HOUR,
  '3d': 72 * HOUR,
};

const history = new History(STEP, 30 * 24 * HOUR);
let prometheus: Prometheus;

/** Four days: 5 % bad, a total outage of 20 minutes, and an hour that was not measured. */
const resultAt = (i: number): 'good' | 'bad' | 'none' => {
  if (i > 8_000 && i <= 8_120) return 'none';
  if (i > 8_400 && i <= 8_440) return 'bad';
  return i % 20 === 0 ? 'bad' : 'good';
};

beforeAll(async () => {
  const lines = ['# TYPE slo_events counter'];
  history.record(START, ZERO);
  let total = ZERO;
  const series: Record<'good' | 'bad', string[]> = { good: [], bad: [] };
  for (let i = 1; i <= STEPS; i++) {
    const result = resultAt(i);
    if (result !== 'none') total = add(total, { ...ZERO, [result]: 1 });
    history.record(START + i * STEP, total);
    for (const name of ['good', 'bad'] as const)
      series[name].push(`slo_events_total{slo="a",result="${name}"} ${total[name]} ${(START + i * STEP) / 1000}`);
  }
  const text = `${[...lines, ...series.good, ...series.bad].join('\n')}\n# EOF\n`;
  prometheus = await startPrometheus({
    prepare(data) {
      const file = `${data}.om`;
      writeFileSync(file, text);
      execFileSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', file, data], { stdio: 'pipe' });
    },
  });
});
afterAll(() => prometheus?.stop());

const query = (expression: string, atMs: number) => prometheus.value(expression, atMs);

describe('burn rates here and in Prometheus', () => {
  it.each(Object.keys(WINDOWS))('agree within 0.1 % over %s', async (window) => {
    const of = (result: string) => `slo_events_total{slo="a",result="${result}"}`;
    const difference = (result: string) => `sum(${of(result)} - ${of(result)} offset ${window})`;
    const theirs = await query(
      `(${difference('bad')} / (${difference('bad')} + ${difference('good')})) / (1 - 0.99)`,
      END,
    );
    const ours = burnRate(history.between(END - WINDOWS[window]!, END), 0.99)!;
    expect(ours).toBeGreaterThan(0.5);
    expect(Math.abs(theirs - ours) / ours).toBeLessThan(0.001);
  });
  it('count the same bad events over 6 h, to the event', async () => {
    expect(await query('sum(slo_events_total{result="bad"} - slo_events_total{result="bad"} offset 6h)', END)).toBe(
      history.between(END - 6 * HOUR, END).bad,
    );
  });
  it('are what increase() of the counter says, within one event', async () => {
    const increase = await query('sum(increase(slo_events_total{result="good"}[1h]))', END);
    expect(Math.abs(increase - history.between(END - HOUR, END).good)).toBeLessThan(2);
  });
});
