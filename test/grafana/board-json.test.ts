// What Grafana loads: each defect of the SDK's raw output is repaired, and seen here.
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { describe, expect, it } from 'vitest';
import type { Board, Panel, StatPanel } from '../../src/grafana/board.ts';
import { boardJson, panelPath } from '../../src/grafana/board-json.ts';
import { flow, type JsonObject, panelId, sorted } from '../../src/grafana/finish.ts';
import { panelJson } from '../../src/grafana/lint.ts';

const stat = (title: string, more: Partial<StatPanel> = {}): StatPanel => ({
  kind: 'stat',
  title,
  description: 'Says it.',
  width: 10,
  height: 4,
  queries: [{ expr: 'max(slo_objective_ratio{cluster=~"$cluster"})' }],
  empty: 'nothing',
  ...more,
});
const board = (first: readonly Panel[], more: Partial<Board> = {}): Board => ({
  uid: 'plimsoll-test',
  title: 'Test',
  description: 'A board.',
  uses: ['cluster'],
  first,
  rows: [],
  ...more,
});
const panels = (json: JsonObject) => json.panels as readonly JsonObject[];
const RAW = new dashboard.DashboardBuilder('raw');

describe('what the SDK does, and we repair', () => {
  it('1 hides links and annotations in a menu', () => {
    const raw = RAW.link(new dashboard.DashboardLinkBuilder('a')).build();
    expect(raw.links?.[0]?.placement).toBe('inControlsMenu');
    const json = boardJson(
      board([stat('a', { links: [{ title: 'b', url: '/d/x' }] })], { links: [{ title: 'c', url: '/d/y' }] }),
    );
    expect(JSON.stringify(json)).not.toContain('inControlsMenu');
  });
  it('2 draws no legend', () => {
    expect(JSON.stringify(new PanelBuilder().build())).toContain('"showLegend":false');
    const [json] = panels(boardJson(board([{ ...stat('a'), kind: 'timeseries' }])));
    expect((json!.options as { legend: object }).legend).toMatchObject({ showLegend: true, displayMode: 'table' });
    expect((json!.options as { tooltip: object }).tooltip).toMatchObject({ mode: 'multi' });
  });
  it('3, 4 gives no ids to panels, rows and queries', () => {
    const two = [{ expr: 'max(slo_objective_ratio)' }, { expr: 'min(slo_objective_ratio)' }];
    const json = boardJson(
      board([stat('a', { queries: two })], {
        rows: ['r', 's'].map((title) => ({ title, panels: [stat(`${title} a`)] })),
      }),
    );
    const all = panels(json).flatMap((panel) => [panel, ...((panel.panels ?? []) as JsonObject[])]);
    expect(all.length).toBe(5);
    expect(new Set(all.map(({ id }) => id)).size).toBe(5);
    expect((all[0]!.targets as JsonObject[]).map(({ refId }) => refId)).toEqual(['A', 'B']);
  });
  it('5, 6 puts panels beyond column 24, and moves the first one', () => {
    const json = boardJson(board(['a', 'b', 'c'].map((title) => stat(title))));
    expect(panels(json).map(({ gridPos }) => gridPos)).toEqual([
      { x: 0, y: 0, w: 10, h: 4 },
      { x: 10, y: 0, w: 10, h: 4 },
      { x: 0, y: 4, w: 10, h: 4 },
    ]);
  });
  it('7 loses its place after a collapsed row', () => {
    const json = boardJson(
      board([stat('a')], {
        rows: ['r', 's'].map((title) => ({ title, panels: [stat(`${title} a`), stat(`${title} b`)] })),
      }),
    );
    expect(panels(json).map(({ type, gridPos }) => [type, (gridPos as JsonObject).y])).toEqual([
      ['stat', 0],
      ['row', 4],
      ['row', 5],
    ]);
    const inner = panels(json)[1]!.panels as JsonObject[];
    expect(inner.map(({ gridPos }) => gridPos)).toMatchObject([
      { x: 0, y: 5 },
      { x: 10, y: 5 },
    ]);
  });
  it('8 hands out the same panel twice', () => {
    const one = stat('a');
    expect(boardJson(board([one]))).toEqual(boardJson(board([one])));
    const builder = new PanelBuilder();
    expect(builder.build()).toBe(builder.build());
  });
  it('9 writes keys in the order of calls', () => {
    expect(JSON.stringify(sorted({ b: [{ d: 1, c: 2 }], a: undefined, A: 3 }))).toBe('{"A":3,"b":[{"c":2,"d":1}]}');
  });
  it('10 asks for the whole range where one value is shown', () => {
    const [json] = panels(boardJson(board([stat('a')])));
    expect((json!.targets as JsonObject[])[0]).toMatchObject({ instant: true, range: false });
  });
  it('12 gives links of fields the shape of links of dashboards', () => {
    const json = boardJson(
      board([
        {
          kind: 'table',
          title: 't',
          description: 'Rows.',
          width: 24,
          height: 8,
          labels: { slo: 'SLO' },
          labelLinks: { slo: [{ title: 'The SLO', url: '/d/plimsoll-slo' }] },
          columns: [{ title: 'Objective', expr: 'max by (slo) (slo_objective_ratio)' }],
          sortBy: { column: 'Objective', descending: false },
          empty: 'none',
        },
      ]),
    );
    const overrides = (panelJson(json, 't').fieldConfig as { overrides: JsonObject[] }).overrides;
    expect(overrides.at(-1)).toEqual({
      matcher: { id: 'byName', options: 'SLO' },
      properties: [{ id: 'links', value: [{ targetBlank: false, title: 'The SLO', url: '/d/plimsoll-slo' }] }],
    });
  });
  it('13 writes settings of interval variables for all, and no value', () => {
    const raw = JSON.stringify(new dashboard.QueryVariableBuilder('a').build());
    expect(raw).toContain('"auto"');
    const list = (boardJson(board([])).templating as { list: JsonObject[] }).list;
    expect(list.map(({ name }) => name)).toEqual(['datasource', 'cluster', 'service', 'slo']);
    expect(list[1]).toMatchObject({
      allValue: '.*',
      current: { value: ['$__all'] },
      definition: 'label_values(slo_info, cluster)',
      hide: 0,
    });
    expect(list[2]).toMatchObject({ hide: 2 });
    expect(JSON.stringify(list)).not.toMatch(/"auto/);
  });
});

describe('a board', () => {
  it('says in words what no data means', () => {
    const [json] = panels(boardJson(board([stat('a', { empty: 'no traffic' })])));
    expect((json!.fieldConfig as { defaults: JsonObject }).defaults.noValue).toBe('no traffic');
  });
  it('is refused where a unit does not fit', () => {
    expect(() => boardJson(board([stat('a', { unit: 'bytes' })]))).toThrow(/unit "bytes" does not fit/);
    // Waived: the author knows better.
    expect(() => boardJson(board([stat('a', { unit: 'bytes', waive: { 'unit-fits': 'because' } })]))).not.toThrow();
  });
  it('keeps the ids of panels when they are moved', () => {
    expect(panelPath(board([stat('a'), stat('b')]), 'b')).toBe(panelPath(board([stat('b'), stat('a')]), 'b'));
    expect(panelPath(board([stat('a')]), 'a')).toBe(`/d/plimsoll-test?viewPanel=${panelId('a')}`);
    expect(() => panelPath(board([]), 'a')).toThrow('plimsoll-test has no panel "a"');
  });
  it('begins a new line where the width is full, as high as its highest panel', () => {
    const sizes = [
      { width: 12, height: 4 },
      { width: 12, height: 8 },
      { width: 1, height: 3 },
    ];
    expect(flow(sizes, 2)).toEqual({
      places: [
        { x: 0, y: 2, w: 12, h: 4 },
        { x: 12, y: 2, w: 12, h: 8 },
        { x: 0, y: 10, w: 1, h: 3 },
      ],
      bottom: 13,
    });
  });
  it('has one SLO at a time if it is about one', () => {
    const slo = (json: JsonObject) => (json.templating as { list: JsonObject[] }).list.at(-1);
    expect(slo(boardJson(board([], { oneSlo: true, uses: ['slo'] })))).toMatchObject({
      name: 'slo',
      multi: false,
      includeAll: false,
    });
    expect(slo(boardJson(board([], { uses: ['slo'] })))).toMatchObject({ name: 'slo', multi: true, includeAll: true });
  });
});
