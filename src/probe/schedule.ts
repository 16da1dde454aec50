// When a target runs: fixed slots at a phase of its own, so that slow runs never shift later ones. Pure.
import { createHash } from 'node:crypto';

/** Where in its interval a target runs, ms: spread by its name. Slots are counted from the start of the process. */
export function phaseOf(name: string, intervalMs: number): number {
  return createHash('sha256').update(name).digest().readUInt32LE(0) % intervalMs;
}

/** The next slot after `nowMs`: the smallest phase + k x interval above it. */
export function nextSlot(nowMs: number, phaseMs: number, intervalMs: number): number {
  return phaseMs + (Math.floor((nowMs - phaseMs) / intervalMs) + 1) * intervalMs;
}
