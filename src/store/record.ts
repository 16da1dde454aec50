// One record of the store: the running totals of every SLO at one tick, as varints with a CRC-32 of its own.
// Each record stands alone, so a damaged one costs itself only. Pure.
import { crc32 } from 'node:zlib';
import { type Counts, FIELDS, ZERO } from '../slo/history.ts';

const VERSION = 1;
const CRC_BYTES = 4;
/** 6 varints of at most 5 bytes each (u32). */
const MAX_BYTES_PER_SLO = 30;
const FEWEST_BYTES_PER_SLO = 6;

/** Totals by SLO id (an integer of the store). */
export interface Totals extends Iterable<readonly [id: number, counts: Counts]> {
  readonly size: number;
  get(id: number): Counts | undefined;
}

/** Encodes totals as of `atMs`; the CRC covers the time too, so that a record cannot answer for another tick. */
export function encodeRecord(atMs: number, totals: Totals): Buffer {
  const out = Buffer.allocUnsafe(1 + 5 + totals.size * MAX_BYTES_PER_SLO + CRC_BYTES);
  let at = out.writeUInt8(VERSION, 0);
  const put = (value: number) => {
    let rest = value;
    while (rest >= 128) {
      out[at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    out[at++] = rest;
  };
  put(totals.size);
  for (const [id, counts] of totals) {
    put(id);
    for (const field of FIELDS) put(counts[field]);
  }
  at = out.writeUInt32LE(crcOf(atMs, out.subarray(0, at)), at);
  return out.subarray(0, at);
}

type Writable = { -readonly [K in keyof Counts]: Counts[K] };
type Fill = (
  id: number,
  good: number,
  bad: number,
  unmeasured: number,
  excludedGood: number,
  excludedBad: number,
) => void;

/** The totals of a record, or undefined if it is damaged or of another time. Throws RangeError on a newer version. */
export function decodeRecord(atMs: number, record: Uint8Array): ReadonlyMap<number, Counts> | undefined {
  const totals = new Map<number, Counts>();
  const isWhole = readRecord(atMs, record, (id, good, bad, unmeasured, excludedGood, excludedBad) => {
    totals.set(id, { good, bad, unmeasured, excludedGood, excludedBad });
  });
  return isWhole ? totals : undefined;
}

/**
 * Reads one record after the other, each into the same objects: a restart reads millions of totals, and looking each up in a map
 * would take a third of its time. Ids are counted by the store, so an array by id has few holes.
 */
export class RecordReader implements Totals {
  readonly #byId: (Writable & { record: number })[] = [];
  #record = 0;
  size = 0;

  /** False, and without totals, if the record is damaged or of another time. Throws RangeError on a newer version. */
  read(atMs: number, record: Uint8Array): boolean {
    this.#record += 1;
    this.size = 0;
    const isWhole = readRecord(atMs, record, (id, good, bad, unmeasured, excludedGood, excludedBad) => {
      this.#byId[id] ??= { ...ZERO, record: 0 };
      const counts = this.#byId[id];
      counts.record = this.#record;
      counts.good = good;
      counts.bad = bad;
      counts.unmeasured = unmeasured;
      counts.excludedGood = excludedGood;
      counts.excludedBad = excludedBad;
      this.size += 1;
    });
    if (isWhole) return true;
    this.#record += 1;
    this.size = 0;
    return false;
  }

  get(id: number): Counts | undefined {
    const counts = this.#byId[id];
    return counts?.record === this.#record ? counts : undefined;
  }

  *[Symbol.iterator](): Generator<[number, Counts]> {
    // Not by index: an id that is none of ours may be billions.
    for (const [id, counts] of Object.entries(this.#byId))
      if (counts.record === this.#record) yield [Number(id), counts];
  }
}

/** Hands out the totals of a record; false if it is damaged. */
function readRecord(atMs: number, record: Uint8Array, fill: Fill): boolean {
  const bytes = Buffer.from(record.buffer, record.byteOffset, record.byteLength);
  if (bytes.length < 1 + 1 + CRC_BYTES) return false;
  const body = bytes.subarray(0, bytes.length - CRC_BYTES);
  if (bytes.readUInt32LE(body.length) !== crcOf(atMs, body)) return false;
  if (body[0] !== VERSION) throw new RangeError(`record version ${body[0]} is newer than this program`);
  let at = 1;
  const get = () => {
    let byte = body[at++]!;
    if (byte < 128) return byte;
    let value = byte & 127;
    for (let scale = 128; ; scale *= 128) {
      byte = body[at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  for (let left = get(); left > 0; left--) {
    // No CRC is proof that bytes are a record.
    if (body.length - at < FEWEST_BYTES_PER_SLO) return false;
    fill(get(), get(), get(), get(), get(), get());
  }
  return at === body.length;
}

const crcOf = (atMs: number, body: Uint8Array): number => crc32(body, crc32(String(atMs)));
