// The secrets that must not be seen in the log: those of the spec in force, and as many of earlier ones as runs in flight may need.
// Never grows with the number of reloads.

/** So many secrets of earlier loads are kept beside those of the newest. */
const EARLIER = 200;

export class KnownSecrets {
  /** Oldest first. */
  readonly #known = new Set<string>();
  #longestFirst: readonly string[] = [];

  /** Takes in all secrets of one load; the oldest of earlier loads are forgotten beyond the limit. */
  take(secrets: readonly string[]): void {
    const current = new Set(secrets.filter((secret) => secret !== ''));
    for (const secret of current) {
      this.#known.delete(secret);
      this.#known.add(secret);
    }
    for (const secret of this.#known) {
      if (this.#known.size <= current.size + EARLIER) break;
      this.#known.delete(secret);
    }
    // As they stand in a line of JSON; a secret that is part of another must not take it apart.
    this.#longestFirst = [...this.#known]
      .map((secret) => JSON.stringify(secret).slice(1, -1))
      .sort((a, b) => b.length - a.length);
  }

  get size(): number {
    return this.#known.size;
  }

  /** A line of the log without them. */
  redact(line: string): string {
    let text = line;
    for (const secret of this.#longestFirst) text = text.replaceAll(secret, '[secret]');
    return text;
  }
}
