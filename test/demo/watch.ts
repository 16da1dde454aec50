// Watches a break from outside, through the API: was it seen, blamed, and did the burn rate come back? Pure.
import type { SloView } from '../../src/engine/view.ts';
import type { Break } from './breaks.ts';

export interface Sighting {
  outcome: boolean;
  blame: boolean;
  burned: boolean;
  recovered: boolean;
  peak: number;
  /** From the repair to the first clean minute, ms. */
  recoveredAfterMs: number;
}
export const nothingSeen = (): Sighting => ({
  outcome: false,
  blame: false,
  burned: false,
  recovered: false,
  peak: 0,
  recoveredAfterMs: 0,
});

/** What one reading of the API adds. `endedMs`: when the part was mended, undefined while it is broken. */
export function look(
  seen: Sighting,
  expected: Break,
  slos: readonly SloView[],
  beganMs: number,
  endedMs: number | undefined,
): void {
  const slo = slos.find((s) => s.name === expected.slo);
  if (slo === undefined) return;
  const fresh = slo.lastBadMs !== null && slo.lastBadMs >= beganMs;
  if (fresh && slo.outcome !== null && expected.outcomes.includes(slo.outcome)) {
    seen.outcome = true;
    if (slo.blame !== null && expected.blames.includes(slo.blame)) seen.blame = true;
  }
  const burn = slo.burn['1m'] ?? 0;
  if (fresh && burn > 1) seen.burned = true;
  seen.peak = Math.max(seen.peak, burn);
  // The minute after the repair still holds bad events; the burn rate is back when the last minute is clean again.
  if (seen.burned && endedMs !== undefined && burn === 0 && !seen.recovered) {
    seen.recovered = true;
    seen.recoveredAfterMs = Date.now() - endedMs;
  }
}

/** What was seen, in words. */
export const sighted = (seen: Sighting, expected: Break): string =>
  `${expected.what}: seen on ${expected.slo} as ${expected.outcomes.join(' or ')}, blame ${expected.blames.join(' or ')}, ` +
  `burn rate up to ${Math.round(seen.peak)}, the last minute clean again ${Math.round(seen.recoveredAfterMs / 1000)} s after the repair`;

/** What was not seen, in words. */
export function missing(seen: Sighting, expected: Break): string[] {
  return [
    ...(seen.outcome ? [] : [`outcome ${expected.outcomes.join(' or ')} on ${expected.slo}`]),
    ...(seen.blame ? [] : [`blame ${expected.blames.join(' or ')}`]),
    ...(seen.burned ? [] : ['a burn rate above 1']),
    ...(seen.recovered ? [] : ['the burn rate of the last minute back at 0']),
  ];
}
