import { describe, expect, it } from 'vitest';
import { EPISODE_GAP_MS, type Episode, MAX_EPISODES, mainCause, withBadEvent } from '../../src/slo/episodes.ts';

const DB = { step: 'front', outcome: 'db_error', blame: 'dependency' };
const SLOW = { step: 'front', outcome: 'timeout', blame: 'target' };
/** Episodes of bad events at these times, all of the database. */
const at = (...times: number[]): readonly Episode[] =>
  times.reduce((list: readonly Episode[], ms) => withBadEvent(list, ms, DB, 30_000), []);

describe('episodes', () => {
  it('hold bad events at most 5 minutes apart: at exactly 5 minutes it goes on, a ms later a new one begins', () => {
    expect(at(0, EPISODE_GAP_MS)).toMatchObject([{ startMs: 0, lastBadMs: EPISODE_GAP_MS, bad: 2 }]);
    expect(at(0, EPISODE_GAP_MS + 1)).toMatchObject([{ bad: 1 }, { startMs: EPISODE_GAP_MS + 1, bad: 1 }]);
  });
  it('of a target that is asked every 10 minutes hold 10 hours of outage as one', () => {
    const hours = Array.from({ length: 60 }, (_, i) => i * 600_000);
    const list = hours.reduce((all: readonly Episode[], ms) => withBadEvent(all, ms, DB, 600_000), []);
    expect(list).toMatchObject([{ bad: 60 }]);
  });
  it('are kept to the newest 50', () => {
    const list = at(...Array.from({ length: 60 }, (_, i) => i * 3_600_000));
    expect(list).toHaveLength(MAX_EPISODES);
    expect(list.at(-1)!.startMs).toBe(59 * 3_600_000);
  });
  it('count every cause, and name the one that ate most', () => {
    const list = [SLOW, DB, DB, SLOW, DB].reduce(
      (episodes: readonly Episode[], cause, i) => withBadEvent(episodes, i * 30_000, cause, 30_000),
      [],
    );
    expect(list[0]!.causes).toEqual({ 'front timeout target': 2, 'front db_error dependency': 3 });
    expect(mainCause(list[0]!)).toEqual(DB);
  });
});
