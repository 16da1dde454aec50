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
    // A secret that is part of another must not take it apart.
    this.#longestFirst = [...this.#known].sort((a, b) => b.length - a.length);
  }

  get size(): number {
    return this.#known.size;
  }

  /** A value of the log without them, however deep its texts lie. Not for our own sentences: a secret may be a word of them. */
  redact(value: unknown): unknown {
    if (typeof value === 'string') {
      let text = value;
      for (const secret of this.#longestFirst) text = text.replaceAll(secret, '[secret]');
      return text;
    }
    if (Array.isArray(value)) return value.map((item) => this.redact(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.redact(item)]));
  }
}
