// A site whose real users are measured: its key, origins, groups of pages, and how much is collected. Schema only.
import { z } from 'zod';
import { durationMs, name, ratio } from './scalars.ts';
import { OTHER_PAGES } from './vitals.ts';

/** More groups would make more series than anybody looks at. */
export const MOST_PAGE_GROUPS = 8;

const origin = z.string().check((ctx) => {
  if (/^https?:\/\/[a-z0-9.-]+(:\d{1,5})?$/.test(ctx.value) && URL.canParse(ctx.value)) return;
  ctx.issues.push({
    code: 'custom',
    input: ctx.value,
    message: `"${ctx.value}" is not an origin`,
    params: { hint: 'write scheme, host and port as browsers send them: https://shop.example.org, without a path' },
  });
});

const pageGroup = z.strictObject({
  name: name.refine((text) => text !== OTHER_PAGES, 'any name but other').describe('Label `page` of its series.'),
  paths: z
    .array(z.string().regex(/^\/[^?#\s]*$/, 'a path like /product/*'))
    .min(1)
    .max(20)
    .describe('Paths; * stands for anything. The first group that matches takes the page.'),
});

export const siteSchema = z.strictObject({
  key: name.describe('Name of the site in addresses and series. It is public, no secret.'),
  origins: z.array(origin).min(1).max(20).describe('Where its pages are; beacons from elsewhere are refused.'),
  pages: z
    .array(pageGroup)
    .max(MOST_PAGE_GROUPS)
    .default([])
    .describe(`Groups of pages, at most ${MOST_PAGE_GROUPS}; all else is \`other\`.`),
  sample: ratio().default(1).describe('Share of page views that is measured.'),
  mode: z
    .enum(['lite', 'consent', 'full'])
    .default('lite')
    .describe(
      '`lite`: vitals only, nothing is stored in the browser. `consent`: the Faro SDK, once the visitor has agreed. `full`: the Faro SDK at once.',
    ),
  settle: durationMs({ min: 0, max: 600_000 })
    .default(60_000)
    .describe('How long a value waits for a later one of the same view before it is counted.'),
  quiet: durationMs({ min: 300_000, max: 86_400_000 })
    .default(3_600_000)
    .describe('Without a beacon for this long, SLOs of real users are unmeasured.'),
  perSecond: z.int().min(1).max(1000).default(50).describe('Most beacons a second.'),
  maxShare: ratio()
    .default(0.05)
    .describe('Most beacons of one network (/24, /48) in ten minutes, as a share of all; 20 are always taken.'),
  maxSeries: z.int().min(100).max(20_000).default(5_000).describe('Most series of the site.'),
  trustedProxies: z
    .array(z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()]))
    .max(50)
    .default([])
    .describe('Addresses or CIDR ranges whose X-Forwarded-For is believed.'),
  visitorHeader: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,63}$/i, 'the name of a header, like X-Envoy-External-Address')
    .optional()
    .describe('Header in which trusted proxies name the visitor themselves; without it, X-Forwarded-For.'),
  forward: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Receiver of cleaned beacons, e.g. faro.receiver of Grafana Alloy.'),
});
export type Site = z.output<typeof siteSchema>;
