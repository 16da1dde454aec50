// Where rows of a history begin and end: three resolutions by age, and the edges that a record falls among. Never holds a count.

// How far back each resolution goes; the store thins its rows out at the same ages.
export const HOUR_MS = 3_600_000;
export const FINE_MS = 6 * HOUR_MS;
export const MEDIUM_MS = 72 * HOUR_MS;
export const MEDIUM_ROW_MS = 300_000;
const LONGEST_FINE_ROW_MS = 30_000;

const MOST_KNOWN = 100;

/**
 * Row lengths in ms for a step and a period: the step, but at most 30 s, to 6 h; 5 min to 3 d; whole hours to the period
 * (at most 744 rows). A step of an hour has short rows too: else a window of 5 min would show an event of 50 min ago.
 */
export function rowLengths(stepMs: number, periodMs: number): { fine: number; medium: number; coarse: number } {
  const fine = Math.min(stepMs, LONGEST_FINE_ROW_MS);
  const medium = Math.ceil(MEDIUM_ROW_MS / fine) * fine;
  const coarse = Math.max(HOUR_MS * Math.ceil(periodMs / (744 * HOUR_MS)), medium);
  return { fine, medium, coarse };
}

/** Where a record falls among the edges of one resolution. */
export interface Resolution {
  readonly rowMs: number;
  readonly rows: number;
  /** The newest edge at or before the record, and whether it is the record's own time. */
  edge: number;
  isOnEdge: boolean;
  /** Rows before this edge will be pushed out. */
  oldest: number;
}

/** The resolutions of all SLOs with one step and period. A tick falls among the same edges for each of them: it is worked out once. */
export class Grid {
  readonly resolutions: readonly Resolution[];
  #atMs = -1;
  #newestMs = -1;

  constructor(stepMs: number, periodMs: number) {
    const lengths = rowLengths(stepMs, periodMs);
    const resolution = (rowMs: number, spanMs: number): Resolution => ({
      rowMs,
      rows: Math.ceil(spanMs / rowMs) + 2,
      edge: 0,
      isOnEdge: false,
      oldest: 0,
    });
    const all = [resolution(lengths.fine, Math.min(FINE_MS, periodMs))];
    if (periodMs > FINE_MS) all.push(resolution(lengths.medium, Math.min(MEDIUM_MS, periodMs)));
    if (periodMs > MEDIUM_MS) all.push(resolution(lengths.coarse, periodMs));
    this.resolutions = all;
  }

  at(atMs: number, newestMs: number): readonly Resolution[] {
    if (atMs === this.#atMs && newestMs === this.#newestMs) return this.resolutions;
    this.#atMs = atMs;
    this.#newestMs = newestMs;
    for (const each of this.resolutions) {
      each.edge = Math.floor(atMs / each.rowMs);
      each.isOnEdge = each.edge * each.rowMs === atMs;
      each.oldest = Math.max(each.edge, Math.floor(newestMs / each.rowMs)) - each.rows + 1;
    }
    return this.resolutions;
  }

  static readonly #known = new Map<string, Grid>();
  static of(stepMs: number, periodMs: number): Grid {
    const key = `${stepMs} ${periodMs}`;
    // Pages ask for periods that end now: each is another one.
    if (Grid.#known.size >= MOST_KNOWN) Grid.#known.clear();
    return Grid.#known.getOrInsertComputed(key, () => new Grid(stepMs, periodMs));
  }
}
