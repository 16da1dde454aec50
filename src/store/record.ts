// One record of the store: the running totals of every SLO at one tick, as varints with a CRC-32 of its own.
// Each record stands alone, so a damaged one costs itself only. Pure.
import { crc32 } from 'node:zlib';
import { type Counts, FIELDS } from '../slo/history.ts';

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

/** The totals of a record, or undefined if it is damaged or of another time. Throws RangeError on a newer version. */
export function decodeRecord(atMs: number, record: Uint8Array): Totals | undefined {
  const bytes = Buffer.from(record.buffer, record.byteOffset, record.byteLength);
  if (bytes.length < 1 + 1 + CRC_BYTES) return undefined;
  const body = bytes.subarray(0, bytes.length - CRC_BYTES);
  if (bytes.readUInt32LE(body.length) !== crcOf(atMs, body)) return undefined;
  if (body[0] !== VERSION) throw new RangeError(`record version ${body[0]} is newer than this program`);
  let at = 1;
  const get = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = body[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const totals = new Map<number, Counts>();
  for (let left = get(); left > 0; left--) {
    totals.set(get(), { good: get(), bad: get(), unmeasured: get(), excludedGood: get(), excludedBad: get() });
  }
  return totals;
}

const crcOf = (atMs: number, body: Uint8Array): number => crc32(body, crc32(String(atMs)));
