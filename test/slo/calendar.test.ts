import { describe, expect, it } from 'vitest';
import { periodAt } from '../../src/slo/calendar.ts';

const iso = (ms: number) => new Date(ms).toISOString();
const at = (text: string, unit: 'week' | 'month' | 'quarter', zone = 'Europe/Berlin') => {
  const { startMs, endMs } = periodAt(Date.parse(text), unit, zone);
  return [iso(startMs), iso(endMs)];
};

describe('calendar periods (T23)', () => {
  it('of March 2026 in Berlin begin in winter time and end in summer time: 743 hours', () => {
    expect(at('2026-03-15T12:00:00Z', 'month')).toEqual(['2026-02-28T23:00:00.000Z', '2026-03-31T22:00:00.000Z']);
  });
  it('change at local midnight: the last moment of October and the first of November', () => {
    expect(at('2026-10-31T22:59:59.999Z', 'month')[0]).toBe('2026-09-30T22:00:00.000Z');
    expect(at('2026-10-31T23:00:00.000Z', 'month')[0]).toBe('2026-10-31T23:00:00.000Z');
  });
  it('of a week begin on Monday', () => {
    expect(at('2026-11-22T23:30:00Z', 'week')).toEqual(['2026-11-22T23:00:00.000Z', '2026-11-29T23:00:00.000Z']);
    expect(at('2026-11-22T22:30:00Z', 'week')[0]).toBe('2026-11-15T23:00:00.000Z');
  });
  it('of a quarter begin in January, April, July and October', () => {
    expect(at('2026-08-10T00:00:00Z', 'quarter', 'UTC')).toEqual([
      '2026-07-01T00:00:00.000Z',
      '2026-10-01T00:00:00.000Z',
    ]);
  });
  it('of February in a leap year have 29 days', () => {
    expect(at('2028-02-10T00:00:00Z', 'month', 'UTC')[1]).toBe('2028-03-01T00:00:00.000Z');
  });
});
