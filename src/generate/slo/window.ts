// Counts of a window in PromQL: differences of persistent counters, two samples whatever the length. Pure text.
import { formatDuration } from '../../spec/scalars.ts';
import { KEY, TOTALS, YOUNG } from './names.ts';

const MINUTE = 60_000;

/**
 * How far before the far edge of a window the last sample may lie, if Prometheus itself was down there (while only the exporter
 * was gone, its totals were recorded on). The window gets longer by it: at most twice as long, and a quarter of an hour at most.
 */
const lookBack = (windowMs: number): number => Math.min(windowMs, 15 * MINUTE);

/** A window, and the shorter one that stands in where Prometheus has no history at the far edge of this one. */
export interface Window {
  readonly ms: number;
  readonly standInMs?: number;
}

/**
 * Events of `total` within the last `ms`, by cluster and slo, over all locations. `matchers` narrows it to one SLO.
 * The far edge is, in this order: 0 for an SLO that was created within the window (its counters began at 0; also after the
 * store was lost); the last value before it; the value at the far edge of the stand-in. A counter that fell says nothing.
 */
export function eventsIn(total: string, { ms, standInMs }: Window, matchers = ''): string {
  const at = (name: string) => (matchers === '' ? name : `${name}{${matchers}}`);
  const young = `0 * (${at(YOUNG)} > time() - ${ms / 1000})`;
  const past = `last_over_time(${at(total)}[${formatDuration(lookBack(ms))}] offset ${formatDuration(ms)})`;
  const standIn =
    standInMs === undefined
      ? ''
      : ` or last_over_time(${at(total)}[${formatDuration(lookBack(standInMs))}] offset ${formatDuration(standInMs)})`;
  return `sum by (${KEY}) (${at(total)} - (${young} or ${past}${standIn}) >= 0)`;
}

/** Share of bad events over the share that is allowed, by cluster and slo; nothing without events. `matchers` as above. */
export const burnRate = (window: Window, matchers: string): string =>
  `${eventsIn(TOTALS.bad, window, matchers)} / (${eventsIn(TOTALS.valid, window, matchers)} > 0) / (1 - max by (${KEY}) (slo_objective_ratio{${matchers}}))`;
