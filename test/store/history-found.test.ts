import { expect, it } from 'vitest';
import { historyFound, type Restored } from '../../src/store/store.ts';

const slos = [{ id: 1, name: 'up', createdMs: 0 }];
const last = { atMs: Date.UTC(2026, 0, 1, 0, 0, 3), totals: new Map() };
const found = (restored: Partial<Restored>) =>
  historyFound({ slos: [], last: undefined, episodes: new Map(), warnings: [], ...restored });

it.each([
  [{}, 'the store is new: every SLO begins now, with its whole budget'],
  [{ slos, last }, 'the store holds history of 1 SLO until 2026-01-01T00:00:03.000Z'],
  // Damaged, or all of it dated after the clock.
  [{ slos: [...slos, ...slos] }, 'the store knows 2 SLOs and holds no history of them that can be used'],
  [{ slos, last: { ...last, atMs: 0 } }, 'the store knows 1 SLO and holds no history of them that can be used'],
])('a start says what history there is: an empty volume is told from a platform without errors', (restored, text) => {
  expect(found(restored)).toBe(text);
});
