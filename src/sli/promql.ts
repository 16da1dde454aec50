// What an SLI is that Prometheus counts: PromQL for the events of one step. Pure text; how steps add up is not known here.
import type { PromqlKind } from '../spec/promql-sli.ts';
import { formatDuration } from '../spec/scalars.ts';
import type { Sli } from '../spec/spec.ts';

/** A step, and how old the samples may be that it is counted from. */
export interface CountedStep {
  /** Time between two evaluations, ms. */
  readonly intervalMs: number;
  /** Longer than a step, so that a scrape that is late or missing loses nothing, ms. */
  readonly rangeMs: number;
}

/** Expressions by cluster, never NaN. */
export interface StepCounts {
  /** Good and bad events of the step; 0 without traffic, nothing where it is not measured. */
  readonly valid: string;
  /** The bad ones, from 0 to `valid`; there where `valid` is. */
  readonly bad: string;
  /** Something that is there, by cluster, while `valid` can be believed; without it always. */
  readonly present?: string;
  /** Fewer events than this in a day say nothing; without it any number. */
  readonly minimum?: number;
}

export interface PromqlCounter<K extends PromqlKind = PromqlKind> {
  count(sli: Sli<K>, step: CountedStep): StepCounts;
}

/**
 * Events of a step by cluster: the difference of the last sample now and a step ago, of each counter, then the sum. The sum of
 * counters falls whenever one of them goes away. Steps add up to the event, which those of increase() do not: it extrapolates, and
 * its ranges have other ends in Prometheus 3. A counter that fell began at 0; one that is new says nothing yet, as it may only be
 * new to Prometheus. One that is NaN or infinite is left out: it would stay in the totals for ever.
 */
export function increaseOf(selector: string, { intervalMs, rangeMs }: CountedStep): string {
  const now = `last_over_time(${selector}[${formatDuration(rangeMs)}])`;
  const before = `last_over_time(${selector}[${formatDuration(rangeMs)}] offset ${formatDuration(intervalMs)})`;
  return `sum by (cluster) (
  ${now} - (
    ${before} <= ${now}
    or
    0 * ${before}
  ) >= 0 < Inf
)`;
}

/** bad = valid - good. Good events beyond all events are not counted: two counters are never read at the same moment. */
export const badFrom = (valid: string, good: string): string => `clamp_min(\n${valid}\n- (\n${good}\n), 0)`;
