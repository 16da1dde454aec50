// The table of SLOs: what a terminal of a given width shows, and that nothing in it lies.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { renderTable } from '../../src/cli/status-table.ts';
import { wantsColor } from '../../src/cli/terminal.ts';
import type { SloView } from '../../src/engine/view.ts';

const slo = (change: Partial<SloView> = {}): SloView =>
  ({
    name: 'shop-availability',
    target: 'shop',
    objective: 0.999,
    sliRatio: 1,
    budgetRemainingRatio: 1,
    burn: { '5m': 0, '1h': 0.2 },
    firing: [],
    state: 'ok',
    blame: null,
    outcome: null,
    failingDependencies: [],
    blind: null,
    lastBadMs: null,
    currentBurnRate: 0,
    exhaustedAtMs: null,
    recoversAtMs: null,
    wholeAtMs: null,
    ...change,
  }) as SloView;
const burning = slo({
  name: 'shop-db-writes',
  target: 'shop-db',
  state: 'burning',
  firing: ['page-fast'],
  burn: { '5m': 231.4, '1h': 40 },
  blame: 'database',
  outcome: 'refused',
  budgetRemainingRatio: 0.5,
  exhaustedAtMs: 7_000_000,
});
const table = (list: readonly SloView[], width = 200) => renderTable(list, { color: false, width, nowMs: 0 });
const long = 'a'.repeat(63);

it('shows everything where there is room, worst first', () => {
  expect(table([slo(), burning])).toBe(
    [
      'SLO                TARGET   OBJECTIVE  SLI      BUDGET LEFT  BURN 5m  BURN 1h  STATE                LAST BLAME         OUTLOOK',
      'shop-db-writes     shop-db  99.90%     100.00%  50.0%        231      40.0     burning (page-fast)  database: refused  budget gone in 1h 57m',
      'shop-availability  shop     99.90%     100.00%  100.0%       0.0      0.2      ok',
    ].join('\n'),
  );
});

it('names the dependency that fails now beside the blame, and says when in words', () => {
  const failing = slo({
    state: 'burning',
    blame: 'dependency',
    outcome: 'db_error',
    failingDependencies: [{ target: 'shop-db', step: 'connect', outcome: 'refused' }],
    exhaustedAtMs: 20_000,
  });
  const [, row] = renderTable([failing], { color: false, width: 200, nowMs: 0 }).split('\n');
  expect(row).toContain('dependency: db_error (shop-db refused)  budget gone now');
  const over = { ...failing, lastBadMs: -720_000 };
  expect(renderTable([over], { color: false, width: 200, nowMs: 0 })).toContain(
    'dependency: db_error 12m ago (shop-db refused)',
  );
  const later = slo({ wholeAtMs: 185 * 60_000 });
  expect(renderTable([later], { color: false, width: 200, nowMs: 0 })).toContain('whole in 3h 5m');
});
it('says why nothing can be told, how long ago the last blame was, and that an overspent budget goes on burning', () => {
  const row = (change: Partial<SloView>) =>
    renderTable([slo(change)], { color: false, width: 200, nowMs: 3_600_000 }).split('\n')[1]!;
  const blind = { step: 'connect', outcome: 'auth_failed', blame: 'config' };
  expect(row({ state: 'no-data', blind, blame: 'target', outcome: 'timeout' })).toContain(
    'no-data  config: auth_failed',
  );
  expect(row({ blame: 'target', outcome: 'timeout', lastBadMs: 3_600_000 - 59_000 })).toMatch(/target: timeout$/);
  expect(row({ blame: 'target', outcome: 'timeout', lastBadMs: 3_600_000 - 720_000 })).toMatch(
    /target: timeout 12m ago$/,
  );
  const overspent = { state: 'exhausted' as const, recoversAtMs: 7_200_000 };
  expect(row({ ...overspent, currentBurnRate: 10 })).toMatch(/overspent, and still burning$/);
  expect(row({ ...overspent, currentBurnRate: 0 })).toMatch(/above 0 in 1h$/);
});
it('leaves out what the spec says too, so that 80 columns hold budget, burn, state and blame', () => {
  expect(table([slo({ name: 'shop-cdn' }), { ...burning, name: 'shop-db' }], 80)).toBe(
    [
      'SLO       BUDGET LEFT  BURN 5m  BURN 1h  STATE                LAST BLAME',
      'shop-db   50.0%        231      40.0     burning (page-fast)  database: refused',
      'shop-cdn  100.0%       0.0      0.2      ok',
    ].join('\n'),
  );
});

it.each([20, 30, 40, 60, 79, 80, 81, 100, 120, 160, 200])('no line is wider than %i columns', (width) => {
  const lines = table([slo({ name: long }), burning, slo({ state: 'no-data' })], width).split('\n');
  expect(lines).toHaveLength(4);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
});

it.each([60, 80, 100, 120, 200])('%i columns show budget and state of an SLO with the longest name', (width) => {
  const [header, ...rows] = table([slo({ name: long }), burning], width).split('\n');
  expect(header).toMatch(/^SLO .*BUDGET LEFT.* STATE/);
  expect(rows[0]).toMatch(/^shop-db-w.* 50\.0%.* burning \(page-fast\)/);
  expect(rows[1]).toMatch(/^aaaaaaaaa.* 100\.0%.* ok$/);
});

describe('a number', () => {
  const cell = (change: Partial<SloView>) =>
    table([slo(change)])
      .split('\n')[1]!
      .split(/ {2,}/);
  it.each([
    [1, '100.0%'],
    [0.99996, '99.9%'],
    [0, '0.0%'],
    [-0.00001, '-0.1%'],
    [-3.2, '-320.0%'],
    [null, 'no data'],
    [Number.NaN, 'no data'],
    [undefined as unknown as null, 'no data'],
  ])('%s of the budget is %s', (budgetRemainingRatio, text) => {
    expect(cell({ budgetRemainingRatio })[4]).toBe(text);
  });
  it.each([
    [0.999, '99.90%'],
    [0.99999, '99.999%'],
    [0.5, '50.00%'],
  ])('an objective of %s is %s', (objective, text) => {
    expect(cell({ objective })[2]).toBe(text);
  });
  it('a window that the period does not have is "-", one without events "no data"', () => {
    expect(cell({ burn: { '5m': null } }).slice(5, 7)).toEqual(['no data', '-']);
    expect(cell({ burn: { '5m': Number.NaN, '1h': 1000.4 } }).slice(5, 7)).toEqual(['no data', '1000']);
  });
});

it('says what to do where there are no SLOs', () => {
  expect(table([])).toContain('write some into the spec');
});

describe('colour', () => {
  afterEach(() => vi.unstubAllEnvs());
  it('paints lines by state, and never the header', () => {
    const lines = renderTable([slo(), burning], { color: true, width: 80, nowMs: 0 }).split('\n');
    expect(lines.map((line) => line.slice(0, 5))).toEqual(['SLO  ', '\x1b[33m', '\x1b[32m']);
  });
  it.each([
    [true, '', 'xterm', true],
    [false, '', 'xterm', false],
    [true, '1', 'xterm', false],
    [true, '0', 'xterm', false],
    [true, '', 'dumb', false],
  ])('on a terminal: %s, NO_COLOR=%s, TERM=%s gives %s', (isTTY, noColor, term, wanted) => {
    vi.stubEnv('NO_COLOR', noColor);
    vi.stubEnv('TERM', term);
    expect(wantsColor({ isTTY })).toBe(wanted);
  });
});
