// SLI `histogram`: good are the observations up to a limit. A classic histogram without a bucket that ends there measures nothing.
import { selectorsOf } from '../promql/check.ts';
import type { Selector } from '../promql/syntax.ts';
import { formatDuration } from '../spec/scalars.ts';
import type { Sli } from '../spec/spec.ts';
import { badFrom, type CountedStep, increaseOf, type PromqlCounter, type StepCounts } from './promql.ts';

export const histogram: PromqlCounter<'histogram'> = {
  count(sli, step) {
    const limit = sli.unit === 'seconds' ? sli.below / 1000 : sli.below;
    return sli.native ? ofNative(sli, limit, step) : ofBuckets(selectorsOf(sli.metric)[0]!, limit, step);
  },
};

/** Buckets come with the count, so without them the limit is no boundary: then nothing is known, and not everything slow. */
function ofBuckets({ metric, matchers }: Selector, limit: number, step: CountedStep): StepCounts {
  const given = matchers
    .filter(({ label }) => label !== '__name__')
    .map(({ label, op, value }) => `${label}${op}${JSON.stringify(value)}`);
  const fast = increaseOf(`${metric}_bucket{${[...given, `le=~"${boundary(limit)}"`].join(', ')}}`, step);
  const all = increaseOf(`${metric}_count${given.length === 0 ? '' : `{${given.join(', ')}}`}`, step);
  return { valid: `(\n${all}\nand\n${fast}\n)`, bad: badFrom(all, fast) };
}

/** A boundary as clients and versions of Prometheus write it: 1, 1.0 or 1.00. As a regular expression within PromQL's quotes. */
const boundary = (limit: number): string =>
  Number.isInteger(limit) ? `${limit}(\\\\.0+)?` : `${String(limit).replace('.', '\\\\.')}0*`;

/**
 * Prometheus 2.42 subtracts no histograms, so this is the increase of a longer range, of which a step gets its share.
 * The share of an empty histogram is NaN: nothing was slow then.
 */
function ofNative({ metric }: Sli<'histogram'>, limit: number, { intervalMs, rangeMs }: CountedStep): StepCounts {
  const sum = `sum by (cluster) (increase(${metric}[${formatDuration(rangeMs)}]))`;
  const valid = `(histogram_count(${sum}) >= 0 < Inf) * ${intervalMs / 1000} / ${rangeMs / 1000}`;
  const good = `(histogram_fraction(-Inf, ${limit}, ${sum}) >= 0) * ${valid}`;
  return { valid, bad: badFrom(valid, `${good}\nor\n0 * ${valid}`) };
}
