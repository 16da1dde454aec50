// Episodes: stretches of bad events, with what ate the budget. Pure.

export interface Cause {
  readonly step: string;
  readonly outcome: string;
  readonly blame: string;
}

export interface Episode {
  readonly startMs: number;
  readonly lastBadMs: number;
  readonly bad: number;
  /** Bad events per "step outcome blame", most frequent last written; bounded by the closed lists. */
  readonly causes: Readonly<Record<string, number>>;
}

/** Bad events at most this far apart belong to one episode, ms (the shortest alert window), and never fewer than three steps. */
export const EPISODE_GAP_MS = 300_000;
const GAP_STEPS = 3;
/** Episodes kept per SLO. */
export const MAX_EPISODES = 50;

/** Adds a bad event to the newest episode, or begins one. `stepMs`: time between events. Returns the new list, oldest first. */
export function withBadEvent(
  episodes: readonly Episode[],
  atMs: number,
  cause: Cause,
  stepMs: number,
): readonly Episode[] {
  const key = `${cause.step} ${cause.outcome} ${cause.blame}`;
  const newest = episodes.at(-1);
  if (newest !== undefined && atMs - newest.lastBadMs <= Math.max(EPISODE_GAP_MS, GAP_STEPS * stepMs)) {
    const extended: Episode = {
      startMs: newest.startMs,
      lastBadMs: atMs,
      bad: newest.bad + 1,
      causes: { ...newest.causes, [key]: (newest.causes[key] ?? 0) + 1 },
    };
    return [...episodes.slice(0, -1), extended];
  }
  return [...episodes, { startMs: atMs, lastBadMs: atMs, bad: 1, causes: { [key]: 1 } }].slice(-MAX_EPISODES);
}

/** The cause of most of an episode's bad events. */
export function mainCause(episode: Episode): Cause {
  const [key] = Object.entries(episode.causes).reduce((best, next) => (next[1] > best[1] ? next : best));
  const [step = '', outcome = '', blame = ''] = key.split(' ');
  return { step, outcome, blame };
}
