// What the preview shows of answers of Prometheus: texts, colours, order, and words where there is nothing.
import { describe, expect, it } from 'vitest';
import type { Panel } from '../../src/grafana/board.ts';
import { boardJson } from '../../src/grafana/board-json.ts';
import type { JsonObject } from '../../src/grafana/finish.ts';
import { formatValue } from '../../src/preview/format.ts';
import { previewBoard } from '../../src/preview/page.ts';
import type { Asked, Series } from '../../src/preview/prometheus.ts';
import { readPanel, spanOf } from '../../src/preview/read.ts';
import { variablesOf } from '../../src/preview/variables.ts';

const common = { title: 'T', description: 'Says it.', width: 12, height: 8, empty: 'no traffic' };
const objective = 'max(slo_objective_ratio{cluster=~"$cluster"})';
const board = (panel: Panel): JsonObject =>
  boardJson({
    uid: 'plimsoll-a',
    title: 'A',
    description: 'B.',
    uses: ['cluster'],
    oneSlo: true,
    first: [panel],
    rows: [],
  });
const panelOf = (panel: Panel) => (board(panel).panels as readonly JsonObject[])[0]!;
const answering = (...series: Series[]): Asked => ({ range: async () => series, instant: async () => series });
const one = (value: number, labels = {}): Series => ({ labels, points: [[1, value]] });
const { span, macros } = spanOf(0, 600);
const read = (panel: Panel, asked: Asked) => readPanel(panelOf(panel), asked, span, { ...macros, variables: {} });

describe('a number', () => {
  const stat: Panel = {
    ...common,
    kind: 'stat',
    queries: [{ expr: objective }],
    base: 'red',
    thresholds: [{ from: 0.5, color: 'green' }],
    mappings: [
      { value: 'nan', text: 'none yet' },
      { value: 1, text: 'whole', color: 'blue' },
    ],
  };
  it.each([
    [0.25, { text: '25%', color: 'red', value: 0.25 }],
    [0.5, { text: '50%', color: 'green', value: 0.5 }],
    [1, { text: 'whole', color: 'blue', value: 1 }],
    [Number.NaN, { text: 'none yet', value: Number.NaN }],
  ])('%d', async (value, cell) => {
    expect((await read(stat, answering(one(value)))).stats[0]).toMatchObject(cell);
  });
  it('that is not there is said in words', async () => {
    expect(await read(stat, answering())).toMatchObject({ empty: 'no traffic', stats: [] });
  });
});

describe('a table', () => {
  const table: Panel = {
    ...common,
    kind: 'table',
    labels: { slo: 'SLO' },
    columns: [
      { title: 'Left', expr: 'min by (slo) (slo_budget_remaining_ratio)' },
      { title: 'Objective', expr: 'max by (slo) (slo_objective_ratio)' },
    ],
    sortBy: { column: 'Left', descending: false },
  };
  it('joins its queries by labels, names its columns and sorts', async () => {
    const asked: Asked = {
      range: async () => [],
      instant: async (expr) =>
        expr.startsWith('min') ? [one(0.9, { slo: 'a' }), one(0.1, { slo: 'b' })] : [one(0.99, { slo: 'b' })],
    };
    const { columns, rows } = await read(table, asked);
    expect(columns).toEqual(['SLO', 'Left', 'Objective']);
    expect(rows.map((row) => row.map(({ text }) => text))).toEqual([
      ['b', '10%', '99%'],
      ['a', '90%', ''],
    ]);
  });
});

describe('a page', () => {
  const panel: Panel = { ...common, kind: 'timeseries', queries: [{ expr: objective, legend: '{{slo}}' }] };
  const options = (asked: Asked) => ({ asked, span, macros: { ...macros, variables: {} }, rows: true });
  it('has a chart of each panel, and nothing that a label could break out of', async () => {
    const name = '<script>alert(1)</script>';
    const series: Series = {
      labels: { slo: name },
      points: [
        [0, 0.5],
        [300, 0.7],
      ],
    };
    const { html } = await previewBoard(board({ ...panel, description: '"><b>' }), options(answering(series)));
    expect(html).toContain('<svg');
    expect(html).not.toContain('<script');
    expect(html).not.toContain('"><b>');
  });
  it('says in words what is not there', async () => {
    const { html } = await previewBoard(board(panel), options(answering()));
    expect(html).toContain('<div class="empty">no traffic</div>');
  });
});

it('one value at a time is the first by the alphabet, and others are all', async () => {
  const asked = answering(one(1, { slo: 'b' }), one(1, { slo: 'a' }));
  expect(await variablesOf(board({ ...common, kind: 'stat', queries: [{ expr: objective }] }), {}, asked, 0)).toEqual({
    cluster: '.*',
    service: '.*',
    slo: 'a',
  });
  expect(
    await variablesOf(board({ ...common, kind: 'stat', queries: [{ expr: objective }] }), { slo: 'c' }, asked, 0),
  ).toMatchObject({ slo: 'c' });
});

it.each([
  [0.9991, 'percentunit', undefined, '99.9%'],
  [90, 's', undefined, '1.5 min'],
  [0.0042, 's', undefined, '4.2 ms'],
  [1536, 'bytes', undefined, '1.5 KiB'],
  [12_345, 'short', undefined, '12.3 K'],
  [7, 'reqps', 0, '7 req/s'],
  [Infinity, 'none', undefined, '∞'],
  [0, 'dateTimeAsIso', undefined, '1970-01-01 00:00'],
])('%d in %s is %s %s', (value, unit, decimals, text) => {
  expect(formatValue(value, unit, decimals)).toBe(text);
});
