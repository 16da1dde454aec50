import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PackableGroup, packGroups } from '../../src/generate/pack.ts';

const rules = (n: number, name = 'r') => Array.from({ length: n }, (_, i) => ({ record: `${name}:${i}`, expr: '1' }));
const group = (name: string, n: number, more: Partial<PackableGroup> = {}): PackableGroup => ({
  name,
  intervalMs: 30_000,
  rules: rules(n, name),
  ...more,
});
const shape = (groups: readonly PackableGroup[], limits?: Parameters<typeof packGroups>[1]) =>
  packGroups(groups, limits).map((g) => `${g.name} ${g.rules.length}`);

describe('packing', () => {
  it('spreads what may be spread, and keeps the first name', () => {
    expect(shape([group('a', 20)])).toEqual(['a 20']);
    expect(shape([group('a', 41), group('b', 1)])).toEqual(['a 20', 'a-2 20', 'a-3 1', 'b 1']);
  });

  it('shares groups in a pool without taking a chain apart', () => {
    const slos = Array.from({ length: 5 }, (_, i) => group(`base-${i}`, 6, { chain: true, pool: 'base' }));
    const packed = packGroups(slos);
    expect(packed.map((g) => `${g.name} ${g.rules.length}`)).toEqual(['base 18', 'base-2 12']);
    expect(packed[1]!.rules[0]).toEqual({ record: 'base-3:0', expr: '1' });
  });

  it('refuses a chain that is too long, with the numbers', () => {
    expect(() => packGroups([group('slo-page', 21, { chain: true })])).toThrow(
      'group slo-page: 21 rules that must be evaluated in order, Mimir takes 20 a group',
    );
  });

  it('refuses too many groups, with the numbers', () => {
    const all = Array.from({ length: 71 }, (_, i) => group(`g${i}`, 2));
    expect(() => packGroups(all)).toThrow('71 groups with 142 rules, Mimir takes 70 groups a tenant');
    expect(() => packGroups(all)).toThrow('g70 is the first too many');
    expect(packGroups(all.slice(1))).toHaveLength(70);
    expect(shape(all, { rulesPerGroup: 1, groupsPerTenant: 200 })).toHaveLength(142);
  });

  it('refuses a pool of two intervals, and two pools that come to one name', () => {
    expect(() => packGroups([group('a', 1, { pool: 'p' }), group('b', 1, { pool: 'p', intervalMs: 60_000 })])).toThrow(
      'group b: is evaluated every 1m, others in p every 30s',
    );
    expect(() => packGroups([group('a', 21), group('a-2', 1)])).toThrow('group a-2: two pools come to this name');
  });

  it('loses nothing, keeps the order and the limit', () => {
    const groups = fc.array(fc.record({ n: fc.integer({ min: 0, max: 20 }), chain: fc.boolean() }), { maxLength: 30 });
    fc.assert(
      fc.property(groups, (list) => {
        const all = list.map(({ n, chain }, i) => group(`g${i}`, n, { chain, pool: 'p' }));
        const packed = packGroups(all);
        expect(packed.flatMap((g) => g.rules)).toEqual(all.flatMap((g) => g.rules));
        for (const { rules: some } of packed) expect(some.length).toBeGreaterThan(0);
        for (const { rules: some } of packed) expect(some.length).toBeLessThanOrEqual(20);
        for (const chain of all.filter((g) => g.chain && g.rules.length > 0))
          expect(
            packed.filter((g) => g.rules.includes(chain.rules[0]!) && g.rules.includes(chain.rules.at(-1)!)),
          ).toHaveLength(1);
      }),
    );
  });
});
