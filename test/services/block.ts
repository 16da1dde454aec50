/** Blocks the event loop for so long, ms. */
export function block(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until; );
}
