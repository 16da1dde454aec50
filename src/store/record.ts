// One record of the store: the running totals of every SLO at one tick, as varints with a CRC-32 of its own.
// Each record stands alone, so a damaged one costs itself only. Pure.
import { crc32 } from 'node:zlib';
import { type Counts, FIELDS, ZERO } from '../slo/history.ts';

const VERSION = 1;
const CRC_BYTES = 4;
/** 6 varints of at most 5 bytes each (u32). */
const MAX_BYTES_PER_SLO = 30;

/** Totals by SLO id (an integer of the store). */
export type Totals = ReadonlyMap<number, Counts>;

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

/**
 * The totals of a record, or undefined if it is damaged or of another time. Throws RangeError on a newer version. `into` is filled and
 * returned: a restart reads millions of totals, and they are the same SLOs in each record.
 */
export function decodeRecord(atMs: number, record: Uint8Array, into = new Map<number, Writable>()): Totals | undefined {
  const bytes = Buffer.from(record.buffer, record.byteOffset, record.byteLength);
  if (bytes.length < 1 + 1 + CRC_BYTES) return undefined;
  const body = bytes.subarray(0, bytes.length - CRC_BYTES);
  if (bytes.readUInt32LE(body.length) !== crcOf(atMs, body)) return undefined;
  if (body[0] !== VERSION) throw new RangeError(`record version ${body[0]} is newer than this program`);
  let at = 1;
  const get = () => {
    let byte = body[at++]!;
    if (byte < 128) return byte;
    let value = byte & 127;
    for (let scale = 128; ; scale *= 128) {
      byte = body[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const size = get();
  if (into.size !== size) into.clear();
  for (let left = size; left > 0; left--) {
    const id = get();
    let counts = into.get(id);
    if (counts === undefined) {
      counts = { ...ZERO };
      into.set(id, counts);
    }
    counts.good = get();
    counts.bad = get();
    counts.unmeasured = get();
    counts.excludedGood = get();
    counts.excludedBad = get();
  }
  // As many SLOs as before, but not the same.
  return into.size === size ? into : decodeRecord(atMs, record);
}

const crcOf = (atMs: number, body: Uint8Array): number => crc32(body, crc32(String(atMs)));
