// What a run reads for the boards of other exporters: values under a metric's name, and how many could not be read.
// Never a reason for a run to be bad.
import { boardMetric } from '../spec/board-series.ts';

/** A series without its value: made once per name that a server uses, so that texts made of it can be kept. */
export interface BoardKey {
  readonly metric: string;
  /** In the order of the metric's labels. */
  readonly labels: readonly string[];
}

export interface BoardValue {
  readonly key: BoardKey;
  readonly value: number;
}

/** Why there are no values, or fewer: the server refused or was gone, the deadline passed, or a value is no number. */
export type BoardFault = 'failed' | 'timeout' | 'unreadable';

export interface BoardReading {
  readonly values: readonly BoardValue[];
  /** Values of the list that are no numbers. */
  readonly unreadable: number;
}

/** A reading while it is made. */
export class ReadingSoFar {
  readonly values: BoardValue[] = [];
  unreadable = 0;

  /** Takes a value as the server told it; without a key it is none of the list. */
  take(key: BoardKey | undefined, text: unknown, scale = 1): void {
    if (key === undefined) return;
    const value = valueIn(text);
    if (value === undefined) this.unreadable += 1;
    else this.values.push({ key, value: value / scale });
  }
}

/** Takes what a run read, or hears why it read nothing. */
export interface BoardSink {
  taken(reading: BoardReading): void;
  failed(fault: BoardFault): void;
}

/** What became of it in a run. `values` is empty if nothing was read. */
export interface BoardRun {
  readonly values: readonly BoardValue[];
  /** How often each of them was met; those that were not are not there. */
  readonly faults: ReadonlyMap<BoardFault, number>;
  /** How many values were more than may be kept. */
  readonly dropped: number;
}

/** A sink that keeps what it is told, up to `most` values. */
export function keepBoard(most: number): BoardSink & { readonly run: BoardRun } {
  const faults = new Map<BoardFault, number>();
  let values: readonly BoardValue[] = [];
  let dropped = 0;
  return {
    taken(reading) {
      values = reading.values.slice(0, most);
      dropped = reading.values.length - values.length;
      if (reading.unreadable > 0) faults.set('unreadable', reading.unreadable);
    },
    failed: (fault) => void faults.set(fault, 1),
    get run() {
      return { values, faults, dropped };
    },
  };
}

export const boardKey = (metric: string, ...labels: string[]): BoardKey => {
  if (boardMetric(metric)?.labels.length !== labels.length) throw new Error(`${metric} has other labels`);
  return { metric, labels };
};

/** What servers say instead of 1 and 0, in lower case (parseStatus of mysqld_exporter, parseVal of redis_exporter). */
const WORDS = new Map(
  Object.entries({
    yes: 1,
    on: 1,
    primary: 1,
    ok: 1,
    up: 1,
    true: 1,
    no: 0,
    off: 0,
    disabled: 0,
    connecting: 0,
    'non-primary': 0,
    disconnected: 0,
    err: 0,
    fail: 0,
    down: 0,
    false: 0,
  }),
);

const NUMBER = /^[-+]?\d+(\.\d+)?(e[-+]?\d+)?$/i;

/** A number, or a word for 1 or 0; undefined for everything else. */
export function valueIn(text: unknown): number | undefined {
  const told = String(text);
  return NUMBER.test(told) ? Number(told) : WORDS.get(told.toLowerCase());
}

/** Label values are the server's words: short and printable ones only. Its secrets are taken out by the caller. */
export const isLabel = (text: string): boolean => /^[\x20-\x7e]{1,100}$/.test(text);

/** Remembers the key of a name that a server uses; forgets all when there are more names than a server has. */
export function keysOf(make: (name: string) => BoardKey | undefined): (name: string) => BoardKey | undefined {
  const MOST = 2_000;
  const known = new Map<string, BoardKey | undefined>();
  return (name) => {
    const found = known.get(name);
    if (found !== undefined || known.has(name)) return found;
    if (known.size >= MOST) known.clear();
    const key = make(name);
    known.set(name, key);
    return key;
  };
}
