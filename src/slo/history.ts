// Counts of events over time for one SLO, at a bounded size: running totals at row edges in three resolutions.
// A window is a difference of two totals, so no query costs more for a longer window. Never looks at a clock.
import { Grid, HOUR_MS, type Resolution } from './grid.ts';

/** Totals of events. `excludedGood` and `excludedBad` happened during maintenance and count for neither side. */
export interface Counts {
  readonly good: number;
  readonly bad: number;
  readonly unmeasured: number;
  readonly excludedGood: number;
  readonly excludedBad: number;
}
export const FIELDS = ['good', 'bad', 'unmeasured', 'excludedGood', 'excludedBad'] as const;
/** Columns of a row: without those of maintenance until there is one, which most SLOs never have. */
const BARE = 3;
const ALL = FIELDS.length;

export const ZERO: Counts = { good: 0, bad: 0, unmeasured: 0, excludedGood: 0, excludedBad: 0 };

/** Sum of two counts. */
export const add = (a: Counts, b: Counts): Counts => ({
  good: a.good + b.good,
  bad: a.bad + b.bad,
  unmeasured: a.unmeasured + b.unmeasured,
  excludedGood: a.excludedGood + b.excludedGood,
  excludedBad: a.excludedBad + b.excludedBad,
});

/** a - b. */
export const subtract = (a: Counts, b: Counts): Counts => ({
  good: a.good - b.good,
  bad: a.bad - b.bad,
  unmeasured: a.unmeasured - b.unmeasured,
  excludedGood: a.excludedGood - b.excludedGood,
  excludedBad: a.excludedBad - b.excludedBad,
});

/** One resolution: totals at the edges k x rowMs, in a ring. */
interface Ring {
  readonly rowMs: number;
  readonly rows: number;
  data: Uint32Array;
  /** Newest edge written, as k; -1 before the first. */
  newest: number;
}

const ring = ({ rowMs, rows }: Resolution): Ring => ({ rowMs, rows, data: new Uint32Array(rows * BARE), newest: -1 });

/** Field by field: TypedArray.set() converts between two kinds of arrays, and is ten times as slow. */
function writeRow({ rows, data }: Ring, width: number, edge: number, totals: Float64Array): void {
  const offset = (edge % rows) * width;
  for (let i = 0; i < width; i++) data[offset + i] = totals[i]!;
}

/** The same rows with all columns. */
function widened({ rows, data }: Ring): Uint32Array {
  const wide = new Uint32Array(rows * ALL);
  for (let row = 0; row < rows; row++) for (let i = 0; i < BARE; i++) wide[row * ALL + i] = data[row * BARE + i]!;
  return wide;
}

export class History {
  readonly stepMs: number;
  readonly periodMs: number;
  readonly #grid: Grid;
  readonly #rings: readonly Ring[];
  readonly #total = new Float64Array(ALL);
  #width = BARE;
  /** Totals at times that must stay exact at any age; undefined while the time has not come. */
  readonly #marks = new Map<number, Float64Array | undefined>();
  #offset = 0;
  #lastMs = 0;

  /** `stepMs`: time between events; `periodMs`: the longest window asked for. */
  constructor(stepMs: number, periodMs: number) {
    this.stepMs = stepMs;
    this.periodMs = periodMs;
    this.#grid = Grid.of(stepMs, periodMs);
    this.#rings = this.#grid.resolutions.map(ring);
  }

  /** Time of the newest record, ms since 1970; 0 before the first. */
  get lastMs(): number {
    return this.#lastMs;
  }

  /** Bytes held for rows. */
  get bytes(): number {
    return this.#rings.reduce((sum, r) => sum + r.data.byteLength, 0);
  }

  /** All events ever recorded. */
  total(): Counts {
    return this.#counts(this.#total, 0);
  }

  /**
   * Sets the running totals as of `atMs`. Times must not fall (an earlier one is taken as the newest known); totals must not fall.
   * Edges passed since the last record keep the old totals: nothing was measured there. The first record is the base line.
   * `newestMs`: records up to then will follow, so rows that they push out are not written at all.
   */
  record(atMs: number, total: Counts, newestMs = atMs): void {
    if (this.#width === BARE && total.excludedGood + total.excludedBad > 0) this.#widen();
    if (this.#lastMs === 0) this.#setTotal(total);
    const at = Math.max(atMs, this.#lastMs);
    for (const [markMs, held] of this.#marks)
      if (held === undefined && markMs < at) this.#marks.set(markMs, this.#total.slice());
    const grid = this.#grid.at(at, newestMs);
    for (let i = 0; i < grid.length; i++) {
      const r = this.#rings[i]!;
      const { edge, isOnEdge, oldest } = grid[i]!;
      if (r.newest < 0) r.newest = edge - r.rows;
      // An edge that falls on the record itself belongs to the new totals; those before it to the old.
      const last = isOnEdge ? edge - 1 : edge;
      for (let k = Math.max(r.newest + 1, oldest); k <= last; k++) writeRow(r, this.#width, k, this.#total);
      r.newest = Math.max(last, r.newest);
    }
    this.#setTotal(total);
    for (let i = 0; i < grid.length; i++) {
      const { edge, isOnEdge } = grid[i]!;
      if (!isOnEdge) continue;
      const r = this.#rings[i]!;
      writeRow(r, this.#width, edge, this.#total);
      r.newest = edge;
    }
    this.#lastMs = at;
  }

  /**
   * The same for a record that is read back, of an SLO that began at `createdMs`. The oldest record kept is the base line, unless it is the
   * SLO's first (rows are at most an hour apart): then that is 0.
   */
  restore(atMs: number, total: Counts, createdMs: number, newestMs: number): void {
    if (this.#lastMs === 0 && atMs - createdMs <= HOUR_MS) this.record(Math.min(createdMs, atMs), ZERO, newestMs);
    this.record(atMs, total, newestMs);
  }

  /**
   * Times whose totals stay exact when rows get coarse, such as the edges of maintenance. One that is past gets what rows
   * still say; one to come is kept when it has passed. Marks that are not named any more are forgotten.
   */
  setMarks(times: readonly number[]): void {
    for (const markMs of this.#marks.keys()) if (!times.includes(markMs)) this.#marks.delete(markMs);
    for (const markMs of times) {
      if (this.#marks.has(markMs)) continue;
      const held = markMs >= this.#lastMs ? undefined : Float64Array.from(FIELDS, (f) => this.totalAt(markMs)[f]);
      this.#marks.set(markMs, held);
    }
  }

  /** Totals as of the newest row edge at or before `atMs`. Beyond what is kept: the oldest edge kept. */
  totalAt(atMs: number): Counts {
    return this.#counts(this.#rowsAt(atMs), this.#offset);
  }

  /** Events in (fromMs, toMs]; exact up to 6 h ago, beyond that each edge may be off by one row. */
  between(fromMs: number, toMs: number): Counts {
    const from = this.#rowsAt(fromMs);
    const i = this.#offset;
    const to = this.#rowsAt(toMs);
    const j = this.#offset;
    const isWide = this.#width === ALL;
    return {
      good: to[j]! - from[i]!,
      bad: to[j + 1]! - from[i + 1]!,
      unmeasured: to[j + 2]! - from[i + 2]!,
      excludedGood: isWide ? to[j + 3]! - from[i + 3]! : 0,
      excludedBad: isWide ? to[j + 4]! - from[i + 4]! : 0,
    };
  }

  /** The array that holds the totals as of `atMs`, from `#offset` on: two returns without an object, on the hottest path. */
  #rowsAt(atMs: number): Uint32Array | Float64Array {
    this.#offset = 0;
    if (atMs >= this.#lastMs) return this.#total;
    const mark = this.#marks.get(atMs);
    if (mark !== undefined) return mark;
    const age = this.#lastMs - atMs;
    let r = this.#rings[0]!;
    for (let i = 1; i < this.#rings.length && age > (r.rows - 2) * r.rowMs; i++) r = this.#rings[i]!;
    const edge = Math.floor(atMs / r.rowMs);
    if (edge > r.newest) return this.#total;
    const oldest = r.newest - r.rows + 1;
    this.#offset = (((Math.max(edge, oldest) % r.rows) + r.rows) % r.rows) * this.#width;
    return r.data;
  }

  /** Length of the rows that hold totals of this age, ms. */
  rowMsFor(ageMs: number): number {
    return (this.#rings.find((r) => ageMs <= (r.rows - 2) * r.rowMs) ?? this.#rings.at(-1)!).rowMs;
  }

  #setTotal(total: Counts): void {
    this.#total[0] = total.good;
    this.#total[1] = total.bad;
    this.#total[2] = total.unmeasured;
    this.#total[3] = total.excludedGood;
    this.#total[4] = total.excludedBad;
  }

  /** The first event that is excluded: rows get its columns, with 0 so far. */
  #widen(): void {
    this.#width = ALL;
    for (const r of this.#rings) r.data = widened(r);
  }

  #counts(data: Uint32Array | Float64Array, offset: number): Counts {
    const isWide = this.#width === ALL;
    return {
      good: data[offset]!,
      bad: data[offset + 1]!,
      unmeasured: data[offset + 2]!,
      excludedGood: isWide ? data[offset + 3]! : 0,
      excludedBad: isWide ? data[offset + 4]! : 0,
    };
  }
}
