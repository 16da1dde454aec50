// Durations and percentages as people write them.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatDuration, parseDuration, parsePercent, parseSize } from '../../src/spec/scalars.ts';
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

it.each([
  ['512', 512],
  [512, 512],
  ['2kB', 2_000],
  ['2KiB', 2_048],
  ['1.5MB', 1_500_000],
  ['1MiB', 1_048_576],
])('the size %s is %i bytes', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});
it.each(['2k', '2KB', '-1', '1.5', '2 kB', 'B', ''])('"%s" is no size', (text) => {
  expect(parseSize(text)).toBeUndefined();
});
it('a page may be asked to have 1 MiB and not a byte more', () => {
  expect(rulesIn({ targets: [{ ...shop, minBytes: '1MiB' }] })).toEqual([]);
  expect(rulesIn({ targets: [{ ...shop, minBytes: 1_048_577 }] })).toEqual(['invalid-value']);
});
