// What is made with the first call that needs it.

/** Calls `make` once, and remembers what it made. */
export function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
