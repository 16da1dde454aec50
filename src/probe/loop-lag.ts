// How long the event loop was blocked during a run: tells our own slowness from the target's.
import { performance } from 'node:perf_hooks';

export interface LoopLag {
  /** A run begins: now, by performance.now(), and shall end(). While none is in flight nothing is measured, and nothing wakes the process. */
  begin(): number;
  /** Longest block since `sinceMs` (same clock, within a run), ms. */
  longestSince(sinceMs: number): number;
  end(): void;
}

const PERIOD_MS = 50;
const KEEP = 2_000;

/** Measures with a timer of 50 ms how late it fires; keeps the last 1,000 to 2,000 readings (50 s to 100 s). */
export function watchLoopLag(): LoopLag {
  const readings: { atMs: number; lateMs: number }[] = [];
  let expected = 0;
  let inFlight = 0;
  let timer: NodeJS.Timeout | undefined;
  const read = () => {
    const atMs = performance.now();
    const lateMs = Math.max(0, atMs - expected);
    expected = atMs + PERIOD_MS;
    readings.push({ atMs, lateMs });
    if (readings.length > KEEP) readings.splice(0, KEEP / 2);
  };
  const longestSince = (sinceMs: number): number => {
    // The block that is going on right now has not been seen by the timer yet. What lies before `sinceMs` is not the run's.
    const nowMs = performance.now();
    let longest = Math.max(0, Math.min(nowMs - expected, nowMs - sinceMs));
    for (let i = readings.length - 1; i >= 0 && readings[i]!.atMs >= sinceMs; i--)
      longest = Math.max(longest, Math.min(readings[i]!.lateMs, readings[i]!.atMs - sinceMs));
    return longest;
  };
  return {
    begin() {
      const nowMs = performance.now();
      if (inFlight++ > 0) return nowMs;
      expected = nowMs + PERIOD_MS;
      timer = setInterval(read, PERIOD_MS).unref();
      return nowMs;
    },
    longestSince,
    end() {
      if (--inFlight > 0) return;
      clearInterval(timer);
      readings.length = 0;
    },
  };
}
