// What a reviewer reads of a change of boards.
import { describe, expect, it } from 'vitest';
import type { Board, StatPanel, TimeseriesPanel } from '../../src/grafana/board.ts';
import { boardJson } from '../../src/grafana/board-json.ts';
import { diffBoards } from '../../src/grafana/diff.ts';

const stat: StatPanel = {
  kind: 'stat',
  title: 'Burn rate',
  description: 'How fast.',
  width: 6,
  height: 4,
  unit: 'none',
  queries: [{ expr: 'max(slo_burn_rate{cluster=~"$cluster", window="1h"})' }],
  thresholds: [{ from: 14.4, color: 'red' }],
  empty: 'no traffic',
};
const board: Board = {
  uid: 'plimsoll-a',
  title: 'A',
  description: 'A board.',
  uses: ['cluster'],
  first: [stat],
  rows: [
    {
      title: 'Details',
      panels: [{ ...stat, title: 'Budget', queries: [{ expr: 'min(slo_budget_remaining_ratio)' }] }],
    },
  ],
};
const change = (more: Partial<Board>) => diffBoards([boardJson(board)], [boardJson({ ...board, ...more })]);
const inPanel = (more: object) => change({ first: [{ ...stat, ...more } as StatPanel | TimeseriesPanel] });

describe('a change is told as', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    [
      'a threshold',
      inPanel({ thresholds: [{ from: 6, color: 'red' }] }),
      ['panel Burn rate: threshold 14.4 red to 6 red'],
    ],
    ['no threshold', inPanel({ thresholds: undefined }), ['panel Burn rate: threshold 14.4 red to none']],
    [
      'a lost label',
      inPanel({ queries: [{ expr: 'max(slo_burn_rate{window="1h"})' }] }),
      [
        'panel Burn rate: query A: lost label cluster; max(slo_burn_rate{cluster=~"$cluster", window="1h"}) to max(slo_burn_rate{window="1h"})',
      ],
    ],
    [
      'another query',
      inPanel({ queries: [{ expr: 'max(slo_burn_rate{cluster=~"$cluster", window="5m"})' }] }),
      [
        'panel Burn rate: query A: max(slo_burn_rate{cluster=~"$cluster", window="1h"}) to max(slo_burn_rate{cluster=~"$cluster", window="5m"})',
      ],
    ],
    [
      'a new query',
      inPanel({ queries: [...stat.queries, { expr: 'max(slo_burn_rate)' }] }),
      ['panel Burn rate: query B is new'],
    ],
    ['a unit', inPanel({ unit: 'percentunit' }), ['panel Burn rate: unit none to percentunit']],
    ['what no data means', inPanel({ empty: 'nothing' }), ['panel Burn rate: noValue no traffic to nothing']],
    ['a description', inPanel({ description: 'Now.' }), ['panel Burn rate: description How fast. to Now.']],
    ['a size', inPanel({ width: 12 }), ['panel Burn rate: size 6 x 4 to 12 x 4']],
    ['another name', inPanel({ title: 'Burn' }), ['panel Burn: was called Burn rate']],
    [
      'a panel that goes and one that comes',
      inPanel({ title: 'Burn', queries: [{ expr: 'max(slo_burn_rate)' }] }),
      ['panel Burn rate is removed', 'panel Burn is new'],
    ],
    ['a link', inPanel({ links: [{ title: 'There', url: '/d/x' }] }), ['panel Burn rate: link There is new']],
    [
      'a panel that moves',
      change({ first: [stat, ...(board.rows[0]!.panels as StatPanel[])], rows: [] }),
      ['panel Budget: moved from Details to the first screen'],
    ],
    [
      'a variable',
      change({ variables: [{ name: 'target', label: 'Target', query: 'label_values(slo_info, target)' }] }),
      ['variable target is new'],
    ],
    ['the time', change({ from: 'now-7d' }), ['time {"from":"now-6h","to":"now"} to {"from":"now-7d","to":"now"}']],
  ])('%s', (_, said, expected) => {
    expect(said).toEqual(expected.map((text) => `board A: ${text}`));
  });
  it('a board that comes or goes', () => {
    const other = boardJson({ ...board, uid: 'plimsoll-b', title: 'B' });
    expect(diffBoards([boardJson(board)], [boardJson(board), other])).toEqual(['board B: is new, 2 panels']);
    expect(diffBoards([boardJson(board), other], [boardJson(board)])).toEqual(['board B: is removed']);
  });
});

describe('it is no change', () => {
  it('what a server sets, or white space in a query', () => {
    const served = { ...boardJson(board), id: 17, version: 4, iteration: 1 };
    expect(diffBoards([served], [boardJson(board)])).toEqual([]);
    expect(
      inPanel({
        queries: [{ expr: 'max(slo_burn_rate{cluster=~"$cluster",\n  window="1h"})'.replace(',\n  ', ',\n ') }],
      }),
    ).toEqual([]);
  });
});
