// Every rule is seen to speak, and to be silent about a board that is right.
import { describe, expect, it } from 'vitest';
import type { Board, Panel, StatPanel } from '../../src/grafana/board.ts';
import { boardJson } from '../../src/grafana/board-json.ts';
import type { JsonObject } from '../../src/grafana/finish.ts';
import { type Built, lint } from '../../src/grafana/lint.ts';

const STAT: StatPanel = {
  kind: 'stat',
  title: 'Objective',
  description: 'What is promised.',
  width: 6,
  height: 4,
  queries: [{ expr: 'max(slo_objective_ratio{cluster=~"$cluster", job=~".+", instance=~".+"})' }],
  empty: 'no SLO is known',
  alerts: ['SomeAlert'],
  links: [{ title: 'Runbook', url: 'https://example.org/SomeAlert.md' }],
};
const GOOD: Board = {
  uid: 'plimsoll-test',
  title: 'Test',
  description: 'A board.',
  uses: ['cluster'],
  variables: ['job', 'instance'].map((name) => ({ name, label: name, query: `label_values(up, ${name})` })),
  first: [STAT],
  rows: [],
};
const ALERTS = [{ name: 'SomeAlert', runbook: 'https://example.org/SomeAlert.md', board: 'plimsoll-test' }];
const ask = (expr: string): Panel => ({ ...STAT, queries: [{ expr }] });
const MATCH = '{cluster=~"$cluster", job=~".+", instance=~".+"}';

const rulesOf = (board: Board, change: (json: JsonObject) => JsonObject = (json) => json): string[] => {
  const built: Built = { board, json: change(boardJson(board)) };
  return [...new Set(lint([built], ALERTS).findings.map(({ rule }) => rule))];
};
const first = (panel: Panel): Board => ({ ...GOOD, first: [panel] });
const inList = (json: JsonObject, change: (list: JsonObject[]) => JsonObject[]): JsonObject => ({
  ...json,
  templating: { list: change((json.templating as { list: JsonObject[] }).list) },
});
const inPanel = (json: JsonObject, change: object): JsonObject => ({
  ...json,
  panels: (json.panels as JsonObject[]).map((panel) => ({ ...panel, ...change })),
});

it('a board that is right has no finding', () => {
  expect(rulesOf(GOOD)).toEqual([]);
});

describe('dashboard-linter’s', () => {
  it.each<[string, Board, ((json: JsonObject) => JsonObject)?]>([
    ['template-datasource-rule', GOOD, (json) => inList(json, (list) => list.slice(1))],
    ['template-job-rule', { ...GOOD, variables: [GOOD.variables![1]!] }],
    ['template-instance-rule', { ...GOOD, variables: [GOOD.variables![0]!] }],
    [
      'template-label-promql-rule',
      { ...GOOD, variables: [...GOOD.variables!, { name: 'x', label: 'X', query: 'metrics(.*)' }] },
    ],
    [
      'template-on-time-change-reload-rule',
      GOOD,
      (json) => inList(json, (list) => list.map((one) => ({ ...one, refresh: 1 }))),
    ],
    ['panel-datasource-rule', GOOD, (json) => inPanel(json, { datasource: { type: 'prometheus', uid: 'fixed' } })],
    ['panel-title-description-rule', first({ ...STAT, description: '' })],
    [
      'panel-units-rule',
      GOOD,
      (json) => inPanel(json, { fieldConfig: { defaults: { unit: 'nonsense' }, overrides: [] } }),
    ],
    ['panel-no-targets-rule', GOOD, (json) => inPanel(json, { targets: [] })],
    ['target-promql-rule', first({ ...STAT, unit: 'none', queries: [{ expr: 'max(' }] })],
    [
      'target-logql-rule',
      first({
        kind: 'logs',
        title: 'L',
        description: 'Logs.',
        width: 24,
        height: 8,
        expr: '{a=~"b"',
        empty: 'none',
        alerts: ['SomeAlert'],
      }),
    ],
    [
      'target-logql-auto-rule',
      first({
        kind: 'logs',
        title: 'L',
        description: 'Logs.',
        width: 24,
        height: 8,
        expr: 'rate({a="b"}[5m])',
        empty: 'none',
        alerts: ['SomeAlert'],
      }),
    ],
    ['target-rate-interval-rule', first(ask(`sum(rate(probe_runs_total${MATCH}[5m]))`))],
    ['target-job-rule', first(ask('max(slo_objective_ratio{cluster=~"$cluster", instance=~".+"})'))],
    ['target-instance-rule', first(ask('max(slo_objective_ratio{cluster=~"$cluster", job=~".+"})'))],
    ['target-counter-agg-rule', first(ask(`sum(probe_runs_total${MATCH})`))],
    ['uneditable-dashboard', GOOD, (json) => ({ ...json, editable: true })],
  ])('%s', (rule, board, change) => {
    expect(rulesOf(board, change)).toContain(rule);
  });
});

describe('ours', () => {
  const many = (n: number, queries = 1): Panel[] =>
    Array.from({ length: n }, (_, i) => ({
      ...STAT,
      title: `p${i}`,
      queries: Array.from({ length: queries }, () => STAT.queries[0]!),
    }));
  it.each<[string, Board, ((json: JsonObject) => JsonObject)?]>([
    ['uid', { ...GOOD, uid: 'other-board' }],
    ['uid', { ...GOOD, uid: `plimsoll-${'x'.repeat(40)}` }],
    ['board-description', { ...GOOD, description: '' }],
    ['first-screen', { ...GOOD, first: many(13) }],
    ['first-screen', { ...GOOD, first: many(3, 7) }],
    ['unique-title', { ...GOOD, first: [STAT, STAT] }],
    ['unique-id', { ...GOOD, first: [STAT, STAT] }],
    ['placement', GOOD, (json) => ({ ...json, links: [{ placement: 'inControlsMenu' }] })],
    ['placement', GOOD, (json) => inPanel(json, { links: [{ placement: 'inControlsMenu' }] })],
    ['grid', GOOD, (json) => inPanel(json, { gridPos: { x: 20, y: 0, w: 6, h: 4 } })],
    ['grid', { ...GOOD, first: many(2) }, (json) => inPanel(json, { gridPos: { x: 0, y: 0, w: 6, h: 4 } })],
    ['link', first({ ...STAT, links: [...STAT.links!, { title: 'There', url: '/d/plimsoll-nowhere?x=1' }] })],
    ['description', first({ ...STAT, description: 'no sentence' })],
    ['empty', first({ ...STAT, empty: 'No data' })],
    [
      'unique-ref',
      GOOD,
      (json) => inPanel(json, { targets: [0, 1].map(() => ({ refId: 'A', datasource: { uid: '${datasource}' } })) }),
    ],
    ['catalogue', first({ ...STAT, unit: 'none', queries: [{ expr: `max(slo_objectiv_ratio${MATCH})` }] })],
    ['catalogue', first(ask('max by (color) (slo_objective_ratio{cluster=~"$cluster", job=~".+", instance=~".+"})'))],
    ['target-cluster', first(ask('max(slo_objective_ratio{job=~".+", instance=~".+"})'))],
    ['variable', first(ask('max(slo_objective_ratio{cluster=~"$cluster", slo=~"$slo", job=~".+", instance=~".+"})'))],
    ['alert-exists', first({ ...STAT, alerts: ['SomeAlert', 'NoAlert'] })],
    ['alert-runbook', first({ ...STAT, links: [] })],
    ['alert-has-panel', first({ ...STAT, alerts: [] })],
    [
      'thresholds',
      first({
        ...STAT,
        thresholds: [
          { from: 2, color: 'red' },
          { from: 1, color: 'orange' },
        ],
      }),
    ],
  ])('%s', (rule, board, change) => {
    expect(rulesOf(board, change)).toContain(rule);
  });
});

it('alert-leads-back', () => {
  const built = { board: GOOD, json: boardJson(GOOD) };
  const { findings } = lint([built], [{ ...ALERTS[0]!, board: 'plimsoll-other' }]);
  expect(findings.map(({ rule }) => rule)).toEqual(['alert-leads-back']);
});

describe('a waiver', () => {
  const bare = ask('max(slo_objective_ratio{cluster=~"$cluster", job=~".+"})');
  it('keeps a finding back, with its reason', () => {
    const board = first({ ...bare, waive: { 'target-instance-rule': 'it moves' } });
    const { findings, waived } = lint([{ board, json: boardJson(board) }], ALERTS);
    expect(findings).toEqual([]);
    expect(waived).toEqual([
      { board: 'plimsoll-test', panel: 'Objective', rule: 'target-instance-rule', reason: 'it moves' },
    ]);
  });
  it('holds for all panels of a board', () => {
    expect(rulesOf({ ...first(bare), waive: { 'target-instance-rule': 'it moves' } })).toEqual([]);
  });
  it('that nothing needs is a finding', () => {
    expect(rulesOf(first({ ...STAT, waive: { 'target-instance-rule': 'it moves' } }))).toEqual([
      'target-instance-rule',
    ]);
    expect(rulesOf({ ...GOOD, waive: { 'target-instance-rule': 'it moves' } })).toEqual(['target-instance-rule']);
  });
});
