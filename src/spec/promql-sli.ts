// SLIs that Prometheus counts, given as PromQL: their schemas. What is wrong with the PromQL itself is in promql-checks.ts.
import { z } from 'zod';
import { rumSchema } from './rum-sli.ts';
import { durationMs } from './scalars.ts';

/** Label `target` of SLOs without one: no target of a spec has this name. */
export const PROMQL_TARGET = 'promql';
/** Label `location` of what Prometheus counted itself: no exporter stands there. */
export const PROMQL_LOCATION = 'prometheus';

const promql = z.string().trim().min(1);
/** A series selector like `http_requests_total{code=~"5.."}`: no function, no range. */
const selector = promql.meta({ title: 'selector' });

export const PROMQL_SLI_SCHEMAS = {
  ratio: z
    .strictObject({
      kind: z.literal('ratio').describe('Kind of SLI.'),
      good: selector.optional().describe('Counters of good events; without it `bad`.'),
      bad: selector.optional().describe('Counters of bad events; without it `good`.'),
      total: selector.describe('Counters of all events.'),
    })
    .describe('Events are counted in Prometheus, as increases of counters.'),
  histogram: z
    .strictObject({
      kind: z.literal('histogram').describe('Kind of SLI.'),
      metric: selector.describe('Histogram of durations, without _bucket, _sum or _count.'),
      below: durationMs({ min: 1, max: 600_000 }).describe(
        'Good if it took no longer; a boundary of its buckets, unless `native`.',
      ),
      unit: z.enum(['seconds', 'milliseconds']).default('seconds').describe('Unit of the histogram.'),
      native: z.boolean().default(false).describe('It is a native histogram.'),
    })
    .describe('Events are the observations of a histogram in Prometheus.'),
  gauge: z
    .strictObject({
      kind: z.literal('gauge').describe('Kind of SLI.'),
      query: promql.describe('PromQL whose value is judged; of several series in a cluster the worst counts.'),
      above: z.number().optional().describe('Good if above this.'),
      below: z.number().optional().describe('Good if below this.'),
    })
    .describe('One event each time that the rules are evaluated.'),
  rum: rumSchema,
} as const;
export type PromqlKind = keyof typeof PROMQL_SLI_SCHEMAS;
