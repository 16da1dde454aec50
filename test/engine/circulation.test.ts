// What counts as a change, and what is only a load balancer.
import { describe, expect, it } from 'vitest';
import { Circulation, type Move } from '../../src/engine/circulation.ts';

/** Sees a value per letter, 30 s apart; gives the moves as "from>to@n" with the number of the sighting that began it. */
function seen(letters: string, circulation = new Circulation()): string[] {
  const moves = [...letters].map((value, i) => circulation.see(value, (i + 1) * 30_000));
  return moves.filter((move): move is Move => move !== undefined).map((m) => `${m.from}>${m.to}@${m.atMs / 30_000}`);
}
/** Letters in a random order that is the same every time. */
function mixed(letters: string, count: number, seed = 1): string {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return letters[(state >> 8) % letters.length]!;
  }).join('');
}
const LEARNED = 'A'.repeat(12);

describe('values in circulation', () => {
  it.each<[what: string, letters: string, moves: string[]]>([
    ['the first sight is no change', LEARNED, []],
    ['nor is what was there from the start', `${mixed('AB', 12)}${mixed('AB', 3_000)}`, []],
    ['a new value is one, told at its second sighting, with the time of its first', `${LEARNED}BB`, ['A>B@13']],
    ['a stray answer is none', `${LEARNED}BAAAAAAAAAAAAAA`, []],
    ['nor are stray answers now and then', `${LEARNED}${`B${'A'.repeat(30)}`.repeat(20)}`, []],
    ['going on with it is none', `${LEARNED}${'B'.repeat(200)}`, ['A>B@13']],
    ['nor is a rollout with two replicas, beyond the first', `${LEARNED}ABABBABBAB${'B'.repeat(100)}`, ['A>B@14']],
    ['nor two that alternate for a day after a second one was added', `${LEARNED}${mixed('AB', 2_880)}`, ['A>B@14']],
    ['nor three of them', `${LEARNED}${mixed('ABC', 2_880)}`, ['A>C@13', 'C>B@22']],
    ['a third value is another change', `${LEARNED}${'B'.repeat(20)}CC`, ['A>B@13', 'B>C@33']],
    [
      'back to the old one is a change, when it was gone; it takes four sightings',
      `${LEARNED}${'B'.repeat(20)}AAAA`,
      ['A>B@13', 'B>A@33'],
    ],
    ['and when it was not yet, as soon as the new one is', `${LEARNED}BBB${'A'.repeat(12)}`, ['A>B@13', 'B>A@16']],
    [
      'and so it is when another one was about before',
      `${LEARNED}BA${'A'.repeat(12)}${'C'.repeat(12)}AAAA`,
      ['A>C@27', 'C>A@39'],
    ],
    ['a rollout that was given up, too', `${LEARNED}ABABBA${'A'.repeat(70)}`, ['A>B@14', 'B>A@18']],
    ['one of two goes for good', `${mixed('AB', 100)}${'A'.repeat(70)}`, []],
  ])('%s', (_what, letters, moves) => {
    expect(seen(letters)).toEqual(moves);
  });
  it('tell of a small share of answers ever more seldom, and of the same value another day at once', () => {
    const rare = (seed: number) => mixed('BAAAAAAAAAAAAAAAAAAA', 2_880, seed);
    const circulation = new Circulation();
    expect(seen(`${LEARNED}${rare(1)}`, circulation).length).toBeLessThan(12);
    expect(seen(rare(2), circulation).length).toBeLessThan(4);
    const steady = new Circulation();
    seen(`${LEARNED}${'B'.repeat(20)}`, steady);
    expect(steady.see('A', 3 * 86_400_000)).toBeUndefined();
    expect(steady.see('A', 3 * 86_400_000 + 30_000)).toEqual({ from: 'B', to: 'A', atMs: 3 * 86_400_000 });
  });
  it('are none if there are too many: names that change with every connection say nothing', () => {
    const values = 'ABCDEFGHIJKLMNOP';
    const circulation = new Circulation();
    const early = seen(mixed(values, 200), circulation).length;
    expect(early).toBeLessThan(5);
    expect(seen(mixed(values, 3_000, 7), circulation)).toEqual([]);
  });
  it('survive a restart: what changed meanwhile is told, what did not is not', () => {
    const first = new Circulation();
    seen(`${LEARNED}ABAB${mixed('AB', 30)}`, first);
    expect(seen(mixed('AB', 200), new Circulation(first.saved()))).toEqual([]);
    const alone = new Circulation();
    seen(LEARNED, alone);
    expect(seen('BB', new Circulation(alone.saved()))).toEqual(['A>B@1']);
    expect(seen('AA', new Circulation(alone.saved()))).toEqual([]);
  });
  it('go on learning after a restart that came too early', () => {
    const first = new Circulation();
    seen('AAA', first);
    expect(seen(mixed('AB', 200), new Circulation(first.saved()))).toEqual([]);
  });
  it('are saved as the same text while nothing changes', () => {
    const circulation = new Circulation();
    seen(LEARNED, circulation);
    const text = circulation.saved();
    seen('AAAAA', circulation);
    expect(circulation.saved()).toBe(text);
    seen('B', circulation);
    expect(circulation.saved()).toBe(text);
    seen('A'.repeat(15), circulation);
    expect(circulation.saved()).toBe(text);
    seen('BB', circulation);
    expect(circulation.saved()).not.toBe(text);
  });
});
