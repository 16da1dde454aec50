// What can be probed: one zod schema per target kind, the union, and the steps that each kind has.
// Never does any I/O. A new kind: a schema here, a line in TARGET_SCHEMAS and STEPS, a file in probe/.
import { z } from 'zod';
import { durationMs, secretString } from './scalars.ts';

const common = {
  name: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'lower-case letters, digits and dashes, 1 to 63 characters'),
  /** Time between two runs, in ms. */
  interval: durationMs({ min: 1_000, max: 86_400_000 }).default(30_000),
  /** Deadline for one whole run, in ms; must be below `interval`. Default: the smaller of 10 s and 80 % of the interval. */
  timeout: durationMs({ min: 100, max: 600_000 }).optional(),
};

const httpUrl = z.url({ protocol: /^https?$/, error: 'a URL like https://shop.example.org/' });

const http = {
  url: httpUrl,
  /** Path of a PEM file with extra certificate authorities. */
  ca: z.string().optional(),
  /** Connect to this IP address instead of what DNS says; name and SNI stay. */
  address: z.union([z.ipv4(), z.ipv6()]).optional(),
  headers: z.record(z.string(), secretString).optional(),
};

export const wordpressTarget = z.strictObject({
  ...common,
  kind: z.literal('wordpress'),
  ...http,
  /** Text that the front page must contain. */
  marker: z.string().min(1).optional(),
  /** A page smaller than this is a white screen, in bytes. */
  minBytes: z.int().min(1).default(512),
  /** Path of a static file: tells the web server from PHP. */
  asset: z.string().startsWith('/').default('/wp-includes/css/dist/block-library/style.min.css'),
  /** WordPress behind the edge, for the uncached steps, e.g. http://10.0.0.5:8080/. Host header stays that of `url`. */
  origin: httpUrl.optional(),
  /** Token of the mu-plugin plimsoll-health.php (header X-Plimsoll-Token), for the step cron. */
  healthToken: secretString.optional(),
  /** WP-Cron later than this is stuck, in ms. Site Health calls an event missed after 5 minutes. */
  cronMaxLag: durationMs({ min: 1_000, max: 86_400_000 }).default(300_000),
  steps: z.array(z.enum(['front', 'uncached', 'static', 'rest', 'login', 'cron'])).min(1).default(['front', 'uncached', 'static', 'rest', 'login']),
});

const database = {
  password: secretString.optional(),
  /** TLS to the server: off, required (any certificate), or verify. */
  tls: z.enum(['off', 'required', 'verify']).default('off'),
  ca: z.string().optional(),
  /** Replicas whose freshness is measured with the primary's heartbeat. */
  replicas: z.array(z.strictObject({ name: common.name, url: z.string() })).default([]),
  /** A replica further behind than this is `replica_lag`, in ms. */
  maxLag: durationMs({ min: 100, max: 86_400_000 }).default(30_000),
};

export const mariadbTarget = z.strictObject({
  ...common,
  kind: z.literal('mariadb'),
  url: z.url({ protocol: /^(mysql|mariadb)$/, error: 'a URL like mysql://user@host:3306/database' }),
  ...database,
  steps: z.array(z.enum(['connect', 'read', 'write', 'replica'])).min(1).default(['connect', 'read', 'write']),
});

export const redisTarget = z.strictObject({
  ...common,
  kind: z.literal('redis'),
  url: z.url({ protocol: /^rediss?$/, error: 'a URL like redis://host:6379/0' }),
  ...database,
  steps: z.array(z.enum(['connect', 'read', 'write', 'replica'])).min(1).default(['connect', 'read', 'write']),
});

export const cdnTarget = z.strictObject({
  ...common,
  kind: z.literal('cdn'),
  ...http,
  /** The origin behind the edge; needed by the step origin. Host header stays that of `url`. */
  origin: httpUrl.optional(),
  /** Edge addresses to test one by one; default: every address DNS gives. */
  addresses: z.array(z.union([z.ipv4(), z.ipv6()])).optional(),
  /** A cached copy may be this old, in ms. */
  maxAge: durationMs({ min: 1_000, max: 31 * 86_400_000 }).default(86_400_000),
  adminPath: z.string().startsWith('/').default('/wp-admin/'),
  /** Cookie of a logged-in visitor, which must bypass the cache. */
  loginCookie: z.string().default('wordpress_logged_in_plimsoll=probe'),
  steps: z.array(z.enum(['hit', 'miss', 'bypass', 'admin', 'age', 'origin', 'addresses'])).min(1).default(['hit', 'miss', 'bypass', 'admin', 'age']),
});

export const httpTarget = z.strictObject({
  ...common,
  kind: z.literal('http'),
  ...http,
  method: z.enum(['GET', 'HEAD', 'POST']).default('GET'),
  body: z.string().optional(),
  /** Accepted status codes; default 200 to 299. */
  status: z.array(z.int().min(100).max(599)).optional(),
  /** Text that the body must contain. */
  contains: z.string().optional(),
  followRedirects: z.boolean().default(true),
  steps: z.array(z.enum(['get'])).default(['get']),
});

export const tlsTarget = z.strictObject({
  ...common,
  kind: z.literal('tls'),
  url: z.url({ protocol: /^(tls|https)$/, error: 'a URL like tls://shop.example.org:443' }),
  ca: z.string().optional(),
  address: z.union([z.ipv4(), z.ipv6()]).optional(),
  servername: z.string().optional(),
  /** Certificates that expire within this time are bad, in ms. */
  minValidity: durationMs({ min: 0, max: 400 * 86_400_000 }).default(7 * 86_400_000),
  steps: z.array(z.enum(['handshake', 'expiry'])).default(['handshake', 'expiry']),
});

export const dnsTarget = z.strictObject({
  ...common,
  kind: z.literal('dns'),
  url: z.url({ protocol: /^dns$/, error: 'a URL like dns://9.9.9.9:53/shop.example.org, or dns:///shop.example.org for the system resolver' }),
  type: z.enum(['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT', 'SOA']).default('A'),
  /** Exactly these answers are expected, in any order. */
  expect: z.array(z.string()).optional(),
  /** Name servers (host or host:port) whose SOA serial must agree; needed by the step authority. */
  authorities: z.array(z.string()).optional(),
  steps: z.array(z.enum(['resolve', 'authority'])).default(['resolve']),
});

export const TARGET_SCHEMAS = {
  wordpress: wordpressTarget,
  mariadb: mariadbTarget,
  redis: redisTarget,
  cdn: cdnTarget,
  http: httpTarget,
  tls: tlsTarget,
  dns: dnsTarget,
} as const;

export type TargetKind = keyof typeof TARGET_SCHEMAS;
export type TargetOf = { readonly [K in TargetKind]: z.output<(typeof TARGET_SCHEMAS)[K]> & { timeout: number } };
export type Target<K extends TargetKind = TargetKind> = TargetOf[K];
