// Bytes that are not whole yet, for readers of what comes in pieces: in a buffer that doubles, as it may come byte by byte. What is
// whole when it comes is never copied.

const NO_ROOM: Buffer = Buffer.alloc(0);

export class HeldBytes {
  #room = NO_ROOM;
  #length = 0;
  /** So much of it was searched for a mark. */
  #searched = 0;

  /** What is held with the chunk behind it; the chunk itself if nothing is held. */
  join(chunk: Buffer): Buffer {
    return this.#length === 0 ? chunk : this.#add(chunk);
  }

  /** More is needed: holds `rest`, what is left of what join() gave. */
  keep(rest: Buffer): void {
    if (this.#length === 0) this.#add(rest);
    this.#searched = rest.length;
  }

  /** What was held is used, and may be part of something from now on: what is held next gets room of its own. */
  used(): void {
    if (this.#length > 0) this.#room = NO_ROOM;
    this.#length = 0;
    this.#searched = 0;
  }

  /** Where a mark begins in what join() gave, or -1; what was searched before is not searched again. */
  find(mark: string, rest: Buffer): number {
    return rest.indexOf(mark, Math.max(0, this.#searched - mark.length + 1));
  }

  #add(chunk: Buffer): Buffer {
    const length = this.#length + chunk.length;
    if (length > this.#room.length) {
      const larger = Buffer.allocUnsafeSlow(2 * length);
      this.#room.copy(larger, 0, 0, this.#length);
      this.#room = larger;
    }
    chunk.copy(this.#room, this.#length);
    this.#length = length;
    return this.#room.subarray(0, length);
  }
}
