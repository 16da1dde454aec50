// Rows out of the bytes of a broken SQLite file: whatever looks like a row is offered, whether or not a page still points at it.
// Rows have checksums of their own, so the caller can tell what is whole. Never trusts a page, a pointer or the schema.
// Format: https://www.sqlite.org/fileformat2.html, sections 1.6 (cells, overflow pages) and 2.1 (records).

/** The page size of every store: SQLite's default, which is never changed. */
const PAGE = 4_096;
const OVERFLOW = PAGE - 4;
/** Longest payload that is wholly in a leaf page, and the shortest part of a longer one that is. */
const MAX_LOCAL = PAGE - 35;
const MIN_LOCAL = Math.floor(((PAGE - 12) * 32) / 255) - 23;
const MAX_PAYLOAD = 16_000_000;

export type Value = null | number | string | Uint8Array;
export interface CarvedRow {
  readonly rowid: number;
  readonly values: readonly Value[];
}

/** Every place of the file at which a row of two to four columns could begin, in the order of the file. */
export function* carve(file: Uint8Array): Generator<CarvedRow> {
  for (let at = 0; at < file.length; at++) {
    const row = rowAt(file, at);
    if (row !== undefined) yield row;
  }
}

/** [value, bytes read] of a varint: 7 bits a byte, high ones first, 8 in the ninth; undefined beyond 2^53 or the end. */
function varint(bytes: Uint8Array, at: number): readonly [value: number, size: number] | undefined {
  let value = 0;
  for (let size = 1; size <= 8 && at + size <= bytes.length; size++) {
    const byte = bytes[at + size - 1]!;
    value = value * 128 + (byte & 127);
    if (value > Number.MAX_SAFE_INTEGER) return undefined;
    if (byte < 128) return [value, size];
  }
  return undefined;
}

function rowAt(file: Uint8Array, at: number): CarvedRow | undefined {
  const length = varint(file, at);
  if (length === undefined || length[0] < 6 || length[0] > MAX_PAYLOAD) return undefined;
  const rowid = varint(file, at + length[1]);
  if (rowid === undefined) return undefined;
  const from = at + length[1] + rowid[1];
  const types = typesAt(file, from, length[0]);
  if (types === undefined) return undefined;
  const payload = payloadAt(file, from, length[0]);
  if (payload === undefined) return undefined;
  return { rowid: rowid[0], values: valuesOf(payload, types) };
}

interface Types {
  readonly headerBytes: number;
  readonly types: readonly number[];
}

/** The header of a record whose parts add up to the payload, exactly. */
function typesAt(file: Uint8Array, from: number, payloadBytes: number): Types | undefined {
  const header = varint(file, from);
  if (header === undefined || header[0] < 3 || header[0] > 24) return undefined;
  const types: number[] = [];
  let at = from + header[1];
  let bytes = header[0];
  while (at < from + header[0]) {
    const type = varint(file, at);
    const size = type === undefined ? undefined : sizeOf(type[0]);
    if (type === undefined || size === undefined || types.length === 4) return undefined;
    types.push(type[0]);
    bytes += size;
    at += type[1];
  }
  return at === from + header[0] && types.length >= 2 && bytes === payloadBytes
    ? { headerBytes: header[0], types }
    : undefined;
}

/** Bytes of a value of this serial type; undefined for those that no table of the store has. */
function sizeOf(type: number): number | undefined {
  if (type >= 12) return (type - 12 - (type % 2)) / 2;
  return [0, 1, 2, 3, 4, 6, 8, undefined, 0, 0][type];
}

/** The payload, collected from its leaf page and the chain of overflow pages behind it. */
function payloadAt(file: Uint8Array, from: number, length: number): Uint8Array | undefined {
  const rest = MIN_LOCAL + ((length - MIN_LOCAL) % OVERFLOW);
  const local = length <= MAX_LOCAL ? length : rest <= MAX_LOCAL ? rest : MIN_LOCAL;
  const pageEnd = Math.ceil((from + 1) / PAGE) * PAGE;
  if (from + local + (local < length ? 4 : 0) > pageEnd) return undefined;
  if (local === length) return file.subarray(from, from + local);
  const payload = new Uint8Array(length);
  payload.set(file.subarray(from, from + local));
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let next = view.getUint32(from + local);
  for (let have = local; have < length; ) {
    const begin = (next - 1) * PAGE;
    if (next < 2 || begin + PAGE > file.length) return undefined;
    const part = Math.min(OVERFLOW, length - have);
    payload.set(file.subarray(begin + 4, begin + 4 + part), have);
    have += part;
    next = view.getUint32(begin);
  }
  return payload;
}

function valuesOf(payload: Uint8Array, { headerBytes, types }: Types): Value[] {
  let at = headerBytes;
  return types.map((type) => {
    const size = sizeOf(type)!;
    const bytes = payload.subarray(at, at + size);
    at += size;
    if (type === 0) return null;
    if (type >= 12) return type % 2 === 0 ? bytes : new TextDecoder().decode(bytes);
    if (type >= 8) return type - 8;
    return bytes.reduce((value, byte) => value * 256 + byte, bytes[0]! > 127 ? -(256 ** size) : 0);
  });
}
