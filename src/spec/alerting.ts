// The section alerting: who evaluates the rules, how often, and where the links in alerts lead.
import { z } from 'zod';
import { COMPONENT_ALERT_NAMES } from './component-alert-names.ts';
import { durationMs } from './scalars.ts';

const baseUrl = z
  .string()
  .regex(/^https?:\/\/[^\s"'<>]+$/, 'a URL like https://grafana.example.org')
  .transform((url) => url.replace(/\/+$/, ''));

export const alertingSchema = z.strictObject({
  evaluate: z
    .enum(['prometheus', 'exporter'])
    .default('prometheus')
    .describe(
      'Where windows are computed: in Prometheus or Mimir from slo_events_total, or by the exporter (slo_burn_rate); only one is written.',
    ),
  interval: durationMs({ min: 1_000, max: 60_000 }).default(30_000).describe('How often rules are evaluated.'),
  scrapeInterval: durationMs({ min: 1_000, max: 300_000 })
    .default(30_000)
    .describe('How often Prometheus scrapes the exporter.'),
  pages: z
    .array(z.enum(COMPONENT_ALERT_NAMES))
    .default([])
    .describe('Component alerts that page; the others are tickets that explain a page.'),
  off: z.array(z.enum(COMPONENT_ALERT_NAMES)).default([]).describe('Component alerts that are left out.'),
  runbooks: baseUrl
    .optional()
    .describe('URL of the folder alerts/runbooks/, e.g. in your Git host; without it, runbook links are file names.'),
  dashboards: baseUrl.optional().describe('URL of Grafana, for links to boards.'),
  exporter: baseUrl.optional().describe('URL of the exporter as people reach it, for links to its API.'),
});
export type Alerting = z.output<typeof alertingSchema>;
