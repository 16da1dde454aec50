// How far a value axis goes, and which thresholds are on it. Never draws.
import type { Frame } from './read.ts';

export interface Threshold {
  readonly value: number;
  readonly color: string;
}

/**
 * Every frame on the times of all. What is missing is 0 where bars are stacked, so that none floats; else a gap, also where all
 * are missing for longer than a step.
 */
export function aligned(
  frames: readonly Frame[],
  missing: 0 | null,
  stepSeconds: number,
): (readonly [number, number | null])[][] {
  const known = [...new Set(frames.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
  const times = known.flatMap((at, i) =>
    i > 0 && at - known[i - 1]! > stepSeconds * 1.5 ? [at - stepSeconds, at] : [at],
  );
  return frames.map(({ points }) => {
    const values = new Map(points);
    return times.map((at) => [at, finite(values.get(at)) ?? missing] as const);
  });
}

const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;

/** The highest value, of stacked frames the highest sum; undefined without a number. */
export function highest(frames: readonly Frame[], stack: boolean): number | undefined {
  const columns = aligned(frames, null, Infinity);
  const values = stack
    ? (columns[0] ?? []).map((_, i) => columns.reduce((sum, one) => sum + Math.max(0, one[i]![1] ?? 0), 0))
    : columns.flatMap((one) => one.flatMap(([, value]) => (value === null ? [] : [value])));
  return values.length === 0 ? undefined : values.reduce((a, b) => Math.max(a, b));
}

/**
 * Thresholds that are drawn, and those that are named in the legend only. Grafana does not stretch its axis for a threshold; here
 * one stretches it as long as the data keep half of the height, because a line just above them is what a reader looks for.
 * `max` is the board's own end of the axis. On a logarithmic axis a tenth of the threshold is near enough.
 */
export function thresholdsOf<T extends Threshold>(
  all: readonly T[],
  top: number | undefined,
  { max, log }: { readonly max?: number; readonly log: boolean },
): { readonly shown: readonly T[]; readonly beyond: readonly T[] } {
  const reach = max ?? (top ?? 0) * (log ? 10 : 2);
  return {
    shown: all.filter(({ value }) => value <= reach && !(log && value <= 0)),
    beyond: all.filter(({ value }) => value > reach),
  };
}
