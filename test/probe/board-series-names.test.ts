// The list of series for boards: what boards ask for is on it, nothing of it is a name of ours, the catalogue knows it.
import { describe, expect, it } from 'vitest';
import { entryOf } from '../../src/generate/catalogue/catalogue.ts';
import { BOARD_METRICS, boardMetric } from '../../src/spec/board-series.ts';
import { METRICS } from '../../src/spec/names.ts';
import { ASKED, NOT_SERVED } from './board-series/asked.ts';

describe('series for boards', () => {
  it.each(Object.entries(ASKED))('have every name that is asked for by %s, but for those with a reason', (_, names) => {
    expect(names.length).toBeGreaterThan(10);
    const missing = names.filter((name) => boardMetric(name) === undefined && NOT_SERVED[name] === undefined);
    expect(missing).toEqual([]);
  });
  it('have no reason too many', () => {
    const asked = new Set(Object.values(ASKED).flat());
    const idle = Object.keys(NOT_SERVED).filter((name) => !asked.has(name) || boardMetric(name) !== undefined);
    expect(idle).toEqual([]);
  });
  it('are named once, and never as a series of ours, nor as a part of one', () => {
    expect(new Set(BOARD_METRICS.map(({ name }) => name)).size).toBe(BOARD_METRICS.length);
    const ours = Object.entries(METRICS).flatMap(([name, { type }]) =>
      type === 'histogram' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    );
    expect(ours.filter((name) => boardMetric(name) !== undefined)).toEqual([]);
  });
  it('are counters by the name that OpenMetrics wants', () => {
    const wrong = BOARD_METRICS.filter(({ name, type }) => (type === 'counter') !== name.endsWith('_total'));
    expect(wrong).toEqual([]);
  });
  it('have no label target of their own', () => {
    expect(BOARD_METRICS.filter(({ labels }) => labels.includes('target'))).toEqual([]);
  });
  it('are in the catalogue, with the labels that both exporters give', () => {
    for (const { name, labels, isLevel } of BOARD_METRICS) {
      const entry = entryOf(name);
      expect([name, entry?.type]).toEqual([name, name.endsWith('_info') ? 'info' : isLevel ? 'gauge' : 'counter']);
      expect([name, labels]).toEqual([name, expect.arrayContaining([...(entry?.labels ?? ['?'])])]);
    }
  });
});
