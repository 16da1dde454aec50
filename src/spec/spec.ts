// The spec: what is measured and promised. Schema and types; parsing with positions is in parse.ts.
import { z } from 'zod';
import { alertingSchema } from './alerting.ts';
import { notifySchema } from './notify.ts';
import type { Part } from './part.ts';
import { PROMQL_SLI_SCHEMAS, type PromqlKind } from './promql-sli.ts';
import { allowedHost, durationMs, hostPort, name, ratio } from './scalars.ts';
import { siteSchema } from './site.ts';
import { statusPageSchema } from './status-page.ts';
import { type Target, targetSchema } from './target.ts';

/** Kinds of SLI. One file per kind in sli/. */
export const SLI_SCHEMAS = {
  /** An event is good if every named step of the run was good. */
  probe: z.strictObject({
    kind: z.literal('probe').describe('Kind of SLI.'),
    target: name.describe('Name of the target.'),
    steps: z.array(z.string()).min(1).optional().describe('Steps that count; without it all steps of the target.'),
  }),
  latency: z
    .strictObject({
      kind: z.literal('latency').describe('Kind of SLI.'),
      target: name.describe('Name of the target.'),
      step: z.string().describe('Step that counts.'),
      below: durationMs({ min: 1, max: 600_000 }).describe('Good if faster than this.'),
    })
    .describe('An event is good if the step was good and took less than `below`.'),
  /** An event is good if the age is below a limit, or the time left above one. */
  freshness: z.strictObject({
    kind: z.literal('freshness').describe('What it is.'),
    target: name.describe('Name of the target.'),
    of: z.enum(['replica', 'cron', 'certificate', 'cache']).describe('What has the age.'),
    below: durationMs({ min: 1, max: 400 * 86_400_000 })
      .optional()
      .describe('Good if below this.'),
    above: durationMs({ min: 1, max: 400 * 86_400_000 })
      .optional()
      .describe('Good if above this.'),
  }),
  /** An event is good if the second request for the same URL came from the cache. */
  hits: z.strictObject({
    kind: z.literal('hits').describe('Kind of SLI.'),
    target: name.describe('Name of the target.'),
  }),
  ...PROMQL_SLI_SCHEMAS,
} as const;
export type SliKind = keyof typeof SLI_SCHEMAS;
export type SliOf = { readonly [K in SliKind]: z.output<(typeof SLI_SCHEMAS)[K]> };
export type Sli<K extends SliKind = SliKind> = SliOf[K];
/** Kinds that count runs of a target. The others count in Prometheus, and have no target. */
export type RunKind = Exclude<SliKind, PromqlKind>;

const rollingWindow = durationMs({ min: 600_000, max: 400 * 86_400_000 });
export const windowSchema = z.union([
  rollingWindow,
  z.strictObject({ calendar: z.enum(['week', 'month', 'quarter']), timeZone: z.string().default('UTC') }),
]);

export const sloSchema = z.strictObject({
  name: name.describe('Unique name; a label of its series.'),
  service: name.describe('Service that the SLO belongs to.'),
  team: name.describe('Team that is alerted.'),
  description: z.string().optional().describe('Text for people.'),
  objective: ratio().describe('Share of good events that is promised, above 0 and below 100%.'),
  window: windowSchema.describe('Period: a rolling duration, or { calendar: week | month | quarter, timeZone }.'),
  sli: z
    .discriminatedUnion('kind', [
      SLI_SCHEMAS.probe,
      SLI_SCHEMAS.latency,
      SLI_SCHEMAS.freshness,
      SLI_SCHEMAS.hits,
      SLI_SCHEMAS.ratio,
      SLI_SCHEMAS.histogram,
      SLI_SCHEMAS.gauge,
      SLI_SCHEMAS.rum,
    ])
    .describe('What counts as a good event.'),
  dependsOn: z.array(name).default([]).describe('Targets whose failure explains a failure here.'),
});
export type Slo = z.output<typeof sloSchema>;
/** An SLO that counts runs of a target. */
export type RunSlo = Slo & { readonly sli: Sli<RunKind> };
/** An SLO that Prometheus counts. */
export type PromqlSlo = Slo & { readonly sli: Sli<PromqlKind> };

export const isRunSlo = (slo: Slo): slo is RunSlo => targetOf(slo.sli) !== undefined;
export const isPromqlSlo = (slo: Slo): slo is PromqlSlo => !isRunSlo(slo);

/** The target whose runs an SLI counts; undefined if Prometheus counts it, null if it cannot be read. */
export function targetOf(sli: Sli): string | undefined;
export function targetOf(sli: Part<Sli>): string | null | undefined;
export function targetOf(sli: Part<Sli>): string | null | undefined {
  return 'target' in sli ? sli.target : undefined;
}

export const maintenanceSchema = z.strictObject({
  from: z.iso
    .datetime({ offset: true, error: 'a time with its zone like 2026-12-01T22:00:00Z' })
    .transform((text) => Date.parse(text))
    .describe('Start, with time zone.'),
  for: durationMs({ min: 60_000, max: 7 * 86_400_000 }).describe('How long it takes.'),
  services: z
    .array(name)
    .min(1)
    .optional()
    .describe('Services whose SLOs it covers; without services and targets: all.'),
  targets: z.array(name).min(1).optional().describe('Targets whose SLOs it covers.'),
  reason: z.string().min(1).describe('Why.'),
  by: z.string().min(1).describe('Who.'),
});
export type Maintenance = z.output<typeof maintenanceSchema>;

/** Does a maintenance window cover an SLO: by its service, by its target, or because it names neither? */
export function covers({ services, targets }: Part<Maintenance>, slo: Part<Slo>): boolean {
  if (services === undefined && targets === undefined) return true;
  const target = slo.sli === null ? undefined : targetOf(slo.sli);
  return services?.includes(slo.service) === true || (target !== undefined && targets?.includes(target) === true);
}

const tierSchema = z.strictObject({
  tier: name.describe('Name of the tier.'),
  severity: z.enum(['page', 'ticket']).describe('Who hears of it.'),
  long: durationMs({ min: 60_000, max: 31 * 86_400_000 }).describe('Long window.'),
  short: durationMs({ min: 5_000, max: 86_400_000 }).describe('Short window.'),
  budget: ratio().describe("Share of the period's budget that is spent when the tier fires."),
});

/** Names of modules that /probe has of itself, beside the kinds of targets and exporter.modules. */
export const BUILT_IN_MODULES: readonly string[] = ['http_2xx', 'tcp_connect'];

export const specSchema = z.strictObject({
  targets: z.array(targetSchema).default([]).describe('Targets: what is probed.'),
  slos: z.array(sloSchema).default([]).describe('SLOs: what is promised.'),
  sites: z.array(siteSchema).default([]).describe('Sites whose real users are measured.'),
  maintenance: z.array(maintenanceSchema).default([]).describe('Planned work; its events are excluded.'),
  policies: z
    .array(
      z.strictObject({
        window: rollingWindow.describe('Period that the policy is for.'),
        tiers: z.array(tierSchema).min(1).describe('Alert tiers.'),
      }),
    )
    .default([])
    .describe('Alert policies for periods other than 7 days and 28 to 31 days.'),
  exporter: z
    .strictObject({
      location: name.default('main').describe('Where this exporter stands; a label.'),
      concurrency: z.int().min(1).max(1000).default(20).describe('Probe runs at the same time.'),
      windowGauges: z.boolean().default(true).describe('Serve slo_burn_rate and slo_coverage_ratio.'),
      boardSeries: z
        .boolean()
        .default(false)
        .describe(
          'Serve also the series of mysqld_exporter, redis_exporter and blackbox_exporter that well-known boards ask for, with a label target.',
        ),
      seriesPerTarget: z
        .int()
        .min(10)
        .default(500)
        .describe('Most probe series of one target, and as many for boards.'),
      maxSeries: z.int().min(100).default(150_000).describe('Most series before check warns.'),
      retention: durationMs({ min: 86_400_000, max: 800 * 86_400_000 })
        .default(95 * 86_400_000)
        .describe('How long history is kept.'),
      maxExcluded: ratio().default(0.1).describe('At most this share of a period can be excluded by maintenance.'),
      probeAllow: z
        .array(allowedHost)
        .default([])
        .describe('Extra hosts, *.suffixes or CIDR ranges that /probe may reach; empty: named targets only.'),
      controls: z
        .array(hostPort)
        .default([])
        .describe(
          'Endpoints (host:port) outside the platform that always answer; when a run fails on the network and none of them answers, the fault is ours and the run is unmeasured.',
        ),
      modules: z
        .record(
          z.string(),
          z.strictObject({
            kind: z.literal('http'),
            status: z.array(z.int()).optional(),
            contains: z.string().optional(),
          }),
        )
        .default({})
        .describe('Further modules for /probe: name -> settings of an http target.'),
      tokenFile: z.string().optional().describe('File with the bearer token that clients must send.'),
      eventsTokenFile: z
        .string()
        .optional()
        .describe('File with the bearer token for POST /api/v1/events; without it nobody can report a change.'),
      tls: z
        .strictObject({
          cert: z.string().describe('Path of the certificate (PEM).'),
          key: z.string().describe('Path of the private key (PEM).'),
        })
        .optional()
        .describe('Certificate and key (PEM files) to serve HTTPS.'),
    })
    .prefault({}),
  alerting: alertingSchema.prefault({}),
  notify: notifySchema.prefault({}),
  statusPage: statusPageSchema.prefault({}),
});

export interface Spec extends Omit<z.output<typeof specSchema>, 'targets'> {
  readonly targets: readonly Target[];
}
