// What a run keeps of what it read for boards.
import { expect, it } from 'vitest';
import { keepBoard } from '../../src/probe/board-reading.ts';

it('faults are counted by their reason: a server that sends a million of them costs no memory', () => {
  const board = keepBoard(10);
  board.taken({ values: [], unreadable: 1_000_000 });
  board.failed('timeout');
  expect([...board.run.faults]).toEqual([
    ['unreadable', 1_000_000],
    ['timeout', 1],
  ]);
  const none = keepBoard(10);
  none.taken({ values: [], unreadable: 0 });
  expect([...none.run.faults]).toEqual([]);
});
