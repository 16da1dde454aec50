// Durations and percentages as people write them.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatDuration, parseDuration, parsePercent } from '../../src/spec/scalars.ts';
import { rulesIn, shop } from './specs.ts';

it('every whole number of ms survives being written and read', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 800 * 86_400_000 }), (ms) => parseDuration(formatDuration(ms)) === ms),
  );
});

it('every percentage with up to three decimals is read as its decimal ratio', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 100_000 }), (n) => parsePercent(`${n / 1000}%`) === n / 100_000));
});

it.each(['', '5', '5 m', '-5m', '5M', 'm', '1h 30m', '1e3s'])('"%s" is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

it('percentages end at 100', () => {
  expect([
    parsePercent('100%'),
    parsePercent('100.001%'),
    parsePercent(1),
    parsePercent(1.001),
    parsePercent('99.9%'),
  ]).toEqual([1, undefined, 1, undefined, 0.999]);
});

it('an interval may be 1 s and not 999 ms', () => {
  expect(rulesIn({ targets: [{ ...shop, interval: '1s' }] })).toEqual([]);
  expect(rulesIn({ targets: [{ ...shop, interval: '999ms' }] })).toEqual(['invalid-value']);
});
