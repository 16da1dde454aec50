// Which values of one thing are in circulation (versions, certificates, servers behind one name), and when that is a change.
// A load balancer that alternates between two values is none, however long it does. Pure.

/** A new value stands where another stood. */
export interface Move {
  readonly from: string;
  readonly to: string;
  /** When the new one was seen first, ms since 1970. */
  readonly atMs: number;
}

interface Seen {
  readonly value: string;
  sightings: number;
  /** Sightings of others since this one was seen last. */
  misses: number;
  /** It came back after another one was seen: they alternate. */
  returned: boolean;
  /** It is no news any more. */
  known: boolean;
  /** How often it was news within a day. */
  arrivals: number;
  readonly firstMs: number;
  /** Begin of its unbroken sightings, ms since 1970. */
  sinceMs: number;
}

/** So long everything that is seen of a new thing was there before. By chance, one of two that alternate is missing from 10 once in 1,000. */
const LEARN = 10;
/** One sighting may be a stray answer. Twice as many, and so on, of a value that comes again and again within a day: a small share of all answers. */
const CONFIRM = 2;
const MOST_DOUBLINGS = 5;
const DAY_MS = 86_400_000;
/** A value that was not seen for so many sightings is gone; more of them if it is known to alternate: two values by chance, once in 1e18. */
const GONE = 10;
const GONE_IF_ALTERNATING = 60;
/** More values at once identify nothing. */
const MOST = 8;

/** `saved`: the text of saved() of an earlier process. */
export class Circulation {
  #sightings: number;
  #current: string | undefined;
  #values: Seen[];
  /** Values that went, the last of them at the end. */
  #gone: Gone[];

  constructor(saved?: string) {
    const { learned, current, values, gone } = read(saved);
    this.#sightings = learned ? LEARN : 0;
    this.#current = current;
    this.#values = values.map(([value, returned, arrivals]) => ({
      ...fresh(value, 0),
      returned,
      known: true,
      arrivals,
    }));
    this.#gone = [...gone];
  }

  /** Takes in that `value` was seen at `atMs`; tells a change once it is sure. */
  see(value: string, atMs: number): Move | undefined {
    this.#sightings += 1;
    const seen = this.#take(value, atMs);
    this.#letGo(atMs);
    if (this.#values.length === 1) seen.returned = false;
    const from = this.#current;
    if (this.#sightings <= LEARN || this.#values.length >= MOST) {
      arrive(seen);
      if (!this.#isThere(from)) this.#current = value;
      return undefined;
    }
    const comes = !seen.known && seen.sightings >= CONFIRM * 2 ** Math.min(seen.arrivals, MOST_DOUBLINGS);
    const isLeft = seen.known && !this.#isThere(from);
    if (!comes && !isLeft) return undefined;
    arrive(seen);
    this.#current = value;
    return from === undefined ? undefined : { from, to: value, atMs: comes ? seen.firstMs : seen.sinceMs };
  }

  #isThere(value: string | undefined): boolean {
    return this.#values.some((other) => other.value === value);
  }

  #take(value: string, atMs: number): Seen {
    let seen = this.#values.find((other) => other.value === value);
    for (const other of this.#values) if (other !== seen) other.misses += 1;
    if (seen === undefined) {
      if (this.#values.length >= MOST)
        this.#values = this.#values.toSorted((a, b) => a.misses - b.misses).slice(0, MOST - 1);
      const before = this.#gone.find(([other, , leftMs]) => other === value && atMs - leftMs < DAY_MS);
      seen = { ...fresh(value, atMs), arrivals: before?.[1] ?? 0 };
      this.#values.push(seen);
    } else if (seen.misses > 0 || seen.sightings === 0) {
      seen.returned ||= seen.misses > 0;
      seen.sinceMs = atMs;
    }
    seen.sightings += 1;
    seen.misses = 0;
    return seen;
  }

  /** The more values there are, the longer one of them can be missing by chance. */
  #letGo(atMs: number): void {
    const others = Math.max(1, this.#values.length - 1);
    const isGone = ({ misses, returned }: Seen) => misses >= others * (returned ? GONE_IF_ALTERNATING : GONE);
    for (const { value, arrivals, known } of this.#values.filter(isGone)) {
      if (!known && arrivals === 0) continue;
      this.#gone = [...this.#gone.filter(([other]) => other !== value), [value, arrivals, atMs] as const].slice(-MOST);
    }
    this.#values = this.#values.filter((seen) => !isGone(seen));
  }

  /** What another process needs to go on; the same text while nothing that matters has changed. */
  saved(): string {
    const values = this.#values
      .filter(({ known }) => known)
      .map(({ value, returned, arrivals }) => [value, returned, arrivals]);
    return JSON.stringify({ learned: this.#sightings >= LEARN, current: this.#current, values, gone: this.#gone });
  }
}

function arrive(seen: Seen): void {
  if (!seen.known) seen.arrivals += 1;
  seen.known = true;
}

const fresh = (value: string, atMs: number): Seen => ({
  value,
  sightings: 0,
  misses: 0,
  returned: false,
  known: false,
  arrivals: 0,
  firstMs: atMs,
  sinceMs: atMs,
});

type Gone = readonly [value: string, arrivals: number, leftMs: number];
interface Saved {
  readonly learned: boolean;
  readonly current?: string;
  readonly values: readonly (readonly [value: string, returned: boolean, arrivals: number])[];
  readonly gone: readonly Gone[];
}

const read = (saved: string | undefined): Saved =>
  saved === undefined ? { learned: false, values: [], gone: [] } : (JSON.parse(saved) as Saved);
