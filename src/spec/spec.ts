// The spec: what is measured and promised. Schema and types; parsing with positions is in parse.ts.
import { z } from 'zod';
import { durationMs, ratio } from './scalars.ts';
import { type Target, TARGET_SCHEMAS } from './target.ts';

const name = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'lower-case letters, digits and dashes, 1 to 63 characters');

/** Kinds of SLI. One file per kind in sli/. */
export const SLI_SCHEMAS = {
  /** An event is good if every named step of the run was good. */
  probe: z.strictObject({ kind: z.literal('probe'), target: name, steps: z.array(z.string()).min(1).optional() }),
  /** An event is good if the step was good and took less than `below`. */
  latency: z.strictObject({ kind: z.literal('latency'), target: name, step: z.string(), below: durationMs({ min: 1, max: 600_000 }) }),
  /** An event is good if the age is below a limit, or the time left above one. */
  freshness: z.strictObject({
    kind: z.literal('freshness'),
    target: name,
    of: z.enum(['replica', 'cron', 'certificate', 'cache']),
    below: durationMs({ min: 1, max: 400 * 86_400_000 }).optional(),
    above: durationMs({ min: 1, max: 400 * 86_400_000 }).optional(),
  }),
  /** An event is good if the second request for the same URL came from the cache. */
  hits: z.strictObject({ kind: z.literal('hits'), target: name }),
} as const;
export type SliKind = keyof typeof SLI_SCHEMAS;
export type SliOf = { readonly [K in SliKind]: z.output<(typeof SLI_SCHEMAS)[K]> };
export type Sli<K extends SliKind = SliKind> = SliOf[K];

const rollingWindow = durationMs({ min: 600_000, max: 400 * 86_400_000 });
export const windowSchema = z.union([
  rollingWindow,
  z.strictObject({ calendar: z.enum(['week', 'month', 'quarter']), timeZone: z.string().default('UTC') }),
]);
/** A rolling window in ms, or a calendar period in an IANA time zone. */
export type Window = z.output<typeof windowSchema>;

export const sloSchema = z.strictObject({
  name,
  service: name,
  team: name,
  description: z.string().optional(),
  objective: ratio(),
  window: windowSchema,
  sli: z.discriminatedUnion('kind', [SLI_SCHEMAS.probe, SLI_SCHEMAS.latency, SLI_SCHEMAS.freshness, SLI_SCHEMAS.hits]),
  dependsOn: z.array(name).default([]),
});
export type Slo = z.output<typeof sloSchema>;

export const maintenanceSchema = z.strictObject({
  from: z.union([z.iso.datetime({ offset: true }), z.date()]).transform((v) => (v instanceof Date ? v.getTime() : Date.parse(v))),
  for: durationMs({ min: 60_000, max: 7 * 86_400_000 }),
  services: z.array(name).min(1).optional(),
  targets: z.array(name).min(1).optional(),
  reason: z.string().min(1),
  by: z.string().min(1),
});
export type Maintenance = z.output<typeof maintenanceSchema>;

const tierSchema = z.strictObject({
  tier: name,
  severity: z.enum(['page', 'ticket']),
  long: durationMs({ min: 60_000, max: 31 * 86_400_000 }),
  short: durationMs({ min: 5_000, max: 86_400_000 }),
  /** Share of the period's budget that is spent when the tier fires. */
  budget: ratio(),
});
/** One alert tier: fires when `budget` of the period's budget burns within `long`. */
export type Tier = z.output<typeof tierSchema>;

export const specSchema = z.strictObject({
  targets: z.array(z.discriminatedUnion('kind', Object.values(TARGET_SCHEMAS) as never)).default([]),
  slos: z.array(sloSchema).default([]),
  maintenance: z.array(maintenanceSchema).default([]),
  /** Alert policies for periods other than 7 days and 28 to 31 days. */
  policies: z.array(z.strictObject({ window: rollingWindow, tiers: z.array(tierSchema).min(1) })).default([]),
  exporter: z
    .strictObject({
      location: name.default('main'),
      /** Probe runs at the same time. */
      concurrency: z.int().min(1).max(1000).default(20),
      windowGauges: z.boolean().default(true),
      seriesPerTarget: z.int().min(10).default(500),
      maxSeries: z.int().min(100).default(150_000),
      retention: durationMs({ min: 86_400_000, max: 800 * 86_400_000 }).default(95 * 86_400_000),
      /** At most this share of a period can be excluded by maintenance. */
      maxExcluded: ratio().default(0.1),
      /** Extra hosts, *.suffixes or CIDR ranges that /probe may reach; empty: named targets only. */
      probeAllow: z.array(z.string()).default([]),
      /** Further modules for /probe: name -> settings of an http target. */
      modules: z.record(z.string(), z.strictObject({ kind: z.literal('http'), status: z.array(z.int()).optional(), contains: z.string().optional() })).default({}),
      tokenFile: z.string().optional(),
      tls: z.strictObject({ cert: z.string(), key: z.string() }).optional(),
    })
    .prefault({}),
});

export interface Spec extends Omit<z.output<typeof specSchema>, 'targets'> {
  readonly targets: readonly Target[];
}
