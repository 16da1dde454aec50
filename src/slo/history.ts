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

/**
 * A row is narrow: the good in two words of 16 bits, the bad and the unmeasured in one each, 8 bytes. Rows of an SLO that had maintenance,
 * or more than 65,535 bad or unmeasured events, are wide from then on: all fields, 20 bytes.
 */
type Rows = Uint16Array | Uint32Array;
/** Where totals stand: a row, or all fields as they are. */
type Place = Rows | Float64Array;
const NARROW = 4;
const WIDE = FIELDS.length;
const WORD = 65_536;
const fitsNarrow = (total: Counts): boolean =>
  total.bad < WORD && total.unmeasured < WORD && total.excludedGood === 0 && total.excludedBad === 0;
const isNarrow = (place: Place): place is Uint16Array => place.BYTES_PER_ELEMENT === 2;
const goodAt = (place: Place, at: number): number =>
  isNarrow(place) ? place[at]! + place[at + 1]! * WORD : place[at]!;
const badAt = (place: Place, at: number): number => place[isNarrow(place) ? at + 2 : at + 1]!;
const unmeasuredAt = (place: Place, at: number): number => place[isNarrow(place) ? at + 3 : at + 2]!;
const excludedGoodAt = (place: Place, at: number): number => (isNarrow(place) ? 0 : place[at + 3]!);
const excludedBadAt = (place: Place, at: number): number => (isNarrow(place) ? 0 : place[at + 4]!);

/** One resolution: totals at the edges k x rowMs, in a ring. */
interface Ring {
  readonly rowMs: number;
  readonly rows: number;
  data: Rows;
  /** Newest edge written, as k; -1 before the first. */
  newest: number;
}

const ring = ({ rowMs, rows }: Resolution): Ring => ({ rowMs, rows, data: new Uint16Array(rows * NARROW), newest: -1 });

/** Field by field: TypedArray.set() converts between two kinds of arrays, and is ten times as slow. */
function writeRow({ rows, data }: Ring, edge: number, totals: Float64Array): void {
  const row = edge % rows;
  if (isNarrow(data)) {
    const at = row * NARROW;
    const good = totals[0]!;
    data[at] = good % WORD;
    data[at + 1] = good / WORD;
    data[at + 2] = totals[1]!;
    data[at + 3] = totals[2]!;
  } else for (let i = 0; i < WIDE; i++) data[row * WIDE + i] = totals[i]!;
}

function widened({ rows, data }: Ring): Rows {
  const wide = new Uint32Array(rows * WIDE);
  for (let row = 0; row < rows; row++) {
    wide[row * WIDE] = goodAt(data, row * NARROW);
    wide[row * WIDE + 1] = badAt(data, row * NARROW);
    wide[row * WIDE + 2] = unmeasuredAt(data, row * NARROW);
  }
  return wide;
}

export class History {
  readonly stepMs: number;
  readonly periodMs: number;
  readonly #grid: Grid;
  readonly #rings: readonly Ring[];
  readonly #total = new Float64Array(WIDE);
  #isNarrow = true;
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
    return countsAt(this.#total, 0);
  }

  /**
   * Sets the running totals as of `atMs`. Times must not fall (an earlier one is taken as the newest known); totals must not fall.
   * Edges passed since the last record keep the old totals: nothing was measured there. The first record is the base line.
   * `newestMs`: records up to then will follow, so rows that they push out are not written at all.
   */
  record(atMs: number, total: Counts, newestMs = atMs): void {
    if (this.#isNarrow && !fitsNarrow(total)) this.#widen();
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
      for (let k = Math.max(r.newest + 1, oldest); k <= last; k++) writeRow(r, k, this.#total);
      r.newest = Math.max(last, r.newest);
    }
    this.#setTotal(total);
    for (let i = 0; i < grid.length; i++) {
      const { edge, isOnEdge } = grid[i]!;
      if (!isOnEdge) continue;
      const r = this.#rings[i]!;
      writeRow(r, edge, this.#total);
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
    return countsAt(this.#rowsAt(atMs), this.#offset);
  }

  /** Events in (fromMs, toMs]; exact up to 6 h ago, beyond that each edge may be off by one row. */
  between(fromMs: number, toMs: number): Counts {
    const from = this.#rowsAt(fromMs);
    const i = this.#offset;
    const to = this.#rowsAt(toMs);
    const j = this.#offset;
    return {
      good: goodAt(to, j) - goodAt(from, i),
      bad: badAt(to, j) - badAt(from, i),
      unmeasured: unmeasuredAt(to, j) - unmeasuredAt(from, i),
      excludedGood: excludedGoodAt(to, j) - excludedGoodAt(from, i),
      excludedBad: excludedBadAt(to, j) - excludedBadAt(from, i),
    };
  }

  /** The array that holds the totals as of `atMs`, from `#offset` on: two returns without an object, on the hottest path. */
  #rowsAt(atMs: number): Place {
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
    this.#offset = (((Math.max(edge, oldest) % r.rows) + r.rows) % r.rows) * (this.#isNarrow ? NARROW : WIDE);
    return r.data;
  }

  /** Length of the rows that hold totals of this age, ms. */
  rowMsFor(ageMs: number): number {
    return (this.#rings.find((r) => ageMs <= (r.rows - 2) * r.rowMs) ?? this.#rings.at(-1)!).rowMs;
  }

  /** The newest row edge at or before `atMs`, up to an hour earlier: there the events of a window that begins at `atMs` begin. */
  edgeAt(atMs: number): number {
    const rowMs = this.rowMsFor(this.#lastMs - atMs);
    return Math.floor(atMs / rowMs) * rowMs;
  }

  #setTotal(total: Counts): void {
    this.#total[0] = total.good;
    this.#total[1] = total.bad;
    this.#total[2] = total.unmeasured;
    this.#total[3] = total.excludedGood;
    this.#total[4] = total.excludedBad;
  }

  /** The first total that no narrow row can hold. */
  #widen(): void {
    this.#isNarrow = false;
    for (const r of this.#rings) r.data = widened(r);
  }
}

const countsAt = (place: Place, at: number): Counts => ({
  good: goodAt(place, at),
  bad: badAt(place, at),
  unmeasured: unmeasuredAt(place, at),
  excludedGood: excludedGoodAt(place, at),
  excludedBad: excludedBadAt(place, at),
});
