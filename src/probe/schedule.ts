// When a target runs: fixed slots at a phase of its own, so that slow runs never shift later ones. Pure.
import { createHash } from 'node:crypto';

/** Slots are on a grid: of many targets some share a wake-up of the process, a sixth of a probe's CPU at 1,000 a second. */
const GRID_MS = 10;

/** Where in its interval a target runs, ms: spread by its name. Slots are counted from the start of the process. */
export function phaseOf(name: string, intervalMs: number): number {
  const spread = createHash('sha256').update(name).digest().readUInt32LE(0) % intervalMs;
  return spread - (spread % GRID_MS);
}

/** The next slot after `nowMs`: the smallest phase + k x interval above it. */
export function nextSlot(nowMs: number, phaseMs: number, intervalMs: number): number {
  return phaseMs + (Math.floor((nowMs - phaseMs) / intervalMs) + 1) * intervalMs;
}
