// The ring of the worst samples: bounded, exact for 24 hours, and nothing of a visitor in it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathOf } from '../../src/rum/scrub.ts';
import { MOST_WORST, WorstSamples } from '../../src/rum/worst.ts';
import { VITAL_NAMES, type VitalName } from '../../src/spec/vitals.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 26, 12);
const sample = (value: number, atMs = NOW, vital: VitalName = 'lcp') => ({
  vital,
  value,
  page: 'front',
  device: 'mobile',
  navigation: 'navigate' as const,
  path: '/',
  atMs,
  traceId: null,
});
const values = (ring: WorstSamples, nowMs = NOW) => ring.list(nowMs).map(({ value }) => value);

describe('the worst samples', () => {
  it('are the worst of a day, worst first, whatever came and when', () => {
    const event = fc.record({ value: fc.integer({ min: 0, max: 60 }), hour: fc.integer({ min: 0, max: 30 }) });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), (events) => {
        const ring = new WorstSamples();
        const inOrder = events.toSorted((a, b) => a.hour - b.hour);
        for (const { value, hour } of inOrder) ring.add(sample(value, NOW + hour * HOUR));
        const recent = inOrder.filter(({ hour }) => hour > 30 - 24).map(({ value }) => value);
        const expected = recent.toSorted((a, b) => b - a).slice(0, MOST_WORST);
        expect(values(ring, NOW + 30 * HOUR)).toEqual(expected);
      }),
    );
  });
  it('are apart by vital', () => {
    const ring = new WorstSamples();
    for (const vital of VITAL_NAMES) for (let i = 0; i < 30; i++) ring.add(sample(i, NOW, vital));
    const found = ring.list(NOW);
    for (const vital of VITAL_NAMES) expect(found.filter((one) => one.vital === vital)).toHaveLength(MOST_WORST);
  });
  it('are forgotten after 24 hours, and no more are kept than of 24 hours, however many come', () => {
    const ring = new WorstSamples();
    for (let i = 0; i < 60_000; i++) ring.add(sample(i, NOW + i * 10_000));
    expect(ring.size).toBeLessThanOrEqual(24 * MOST_WORST);
    expect(values(ring, NOW + 60_000 * 10_000 + 25 * HOUR)).toEqual([]);
  });
  it('count in the newest hour when the clock goes back, and are bounded there too', () => {
    const ring = new WorstSamples();
    ring.add(sample(1, NOW));
    for (let i = 0; i < 1_000; i++) ring.add(sample(2, NOW - i * HOUR));
    expect(ring.size).toBe(MOST_WORST);
  });
});

describe('the path of a sample', () => {
  it.each([
    ['https://shop.example.org/product/1?mail=canary@example.org#canary', '/product/1'],
    ['https://shop.example.org/reset/eyJhbGciOiJIUzI1NiJ9.x/done', '/reset/masked/done'],
    ['https://shop.example.org/u/canary%40example.org', '/u/masked'],
    ['https://shop.example.org/order/4711081512', '/order/masked'],
    ['javascript:alert(1)', ''],
    ['nothing', ''],
    [undefined, ''],
  ])('of %s is %s', (url, path) => expect(pathOf(url)).toBe(path));
  it('is at most 256 characters', () => {
    expect(pathOf(`https://shop.example.org/${'a b/'.repeat(2_000)}`).length).toBeLessThanOrEqual(256);
  });
});
