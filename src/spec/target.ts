// What can be probed: one zod schema per target kind, the union, and the steps that each kind has.
// Never does any I/O. A new kind: a schema here, a line in TARGET_SCHEMAS and STEPS, a file in probe/.
import { z } from 'zod';
import { allowedHost, durationMs, secretString, sizeBytes } from './scalars.ts';
import { common, database, headerValue, http, httpUrl, mariadbUrl, redisUrl } from './target-parts.ts';

export const wordpressTarget = z.strictObject({
  ...common,
  kind: z.literal('wordpress').describe('What it is.'),
  ...http,
  marker: z.string().min(1).optional().describe('Text that the front page must contain.'),
  minBytes: sizeBytes({ min: 1, max: 1_048_576 })
    .default(512)
    .describe('A page smaller than this is a white screen, in bytes.'),
  asset: z
    .string()
    .startsWith('/')
    .default('/wp-includes/css/dist/block-library/style.min.css')
    .describe('Path of a static file: tells the web server from PHP.'),
  origin: httpUrl
    .optional()
    .describe(
      'WordPress behind the edge, for the uncached steps, e.g. http://10.0.0.5:8080/. Host header stays that of `url`; so does the name in the certificate, if this is an IP address.',
    ),
  healthToken: headerValue(secretString)
    .optional()
    .describe(
      'Token of the mu-plugin plimsoll-health.php (header X-Plimsoll-Token), for the steps cron and objectcache.',
    ),
  cronMaxLag: durationMs({ min: 1_000, max: 86_400_000 })
    .default(300_000)
    .describe('WP-Cron later than this is stuck, in ms. Site Health calls an event missed after 5 minutes.'),
  steps: z
    .array(z.enum(['front', 'uncached', 'static', 'rest', 'login', 'cron', 'objectcache']))
    .min(1)
    .default(['front', 'uncached', 'static', 'rest', 'login'])
    .describe('What a run does, in order.'),
});

export const mariadbTarget = z.strictObject({
  ...common,
  kind: z.literal('mariadb').describe('What it is.'),
  url: mariadbUrl.describe('What to probe.'),
  ...database(mariadbUrl),
  steps: z
    .array(z.enum(['connect', 'read', 'write', 'replica']))
    .min(1)
    .default(['connect', 'read', 'write'])
    .describe('What a run does, in order.'),
});

export const redisTarget = z.strictObject({
  ...common,
  kind: z.literal('redis').describe('What it is.'),
  url: redisUrl.describe('What to probe.'),
  ...database(redisUrl),
  steps: z
    .array(z.enum(['connect', 'read', 'write', 'replica']))
    .min(1)
    .default(['connect', 'read', 'write'])
    .describe('What a run does, in order.'),
});

export const cdnTarget = z.strictObject({
  ...common,
  kind: z.literal('cdn').describe('What it is.'),
  ...http,
  origin: httpUrl
    .optional()
    .describe(
      'The origin behind the edge; needed by the steps origin and match. Host header stays that of `url`; so does the name in the certificate, if this is an IP address.',
    ),
  asset: z
    .string()
    .startsWith('/')
    .default('/wp-includes/css/dist/block-library/style.min.css')
    .describe('Path of a static file that must be the same bytes at the edge and at the origin, for the step match.'),
  addresses: z
    .array(z.union([z.ipv4(), z.ipv6()]))
    .optional()
    .describe('Edge addresses to test one by one; default: every address DNS gives.'),
  maxAge: durationMs({ min: 1_000, max: 31 * 86_400_000 })
    .default(86_400_000)
    .describe('A cached copy may be this old, in ms.'),
  adminPath: z.string().startsWith('/').default('/wp-admin/').describe('Path that must never come from the cache.'),
  loginCookie: headerValue(z.string())
    .default('wordpress_logged_in_plimsoll=probe')
    .describe('Cookie of a logged-in visitor, which must bypass the cache.'),
  steps: z
    .array(z.enum(['hit', 'miss', 'bypass', 'admin', 'age', 'origin', 'match', 'addresses']))
    .min(1)
    .default(['hit', 'miss', 'bypass', 'admin', 'age'])
    .describe('What a run does, in order.'),
});

export const httpTarget = z.strictObject({
  ...common,
  kind: z.literal('http').describe('What it is.'),
  ...http,
  method: z.enum(['GET', 'HEAD', 'POST']).default('GET').describe('HTTP method.'),
  body: z.string().optional().describe('Body of the request.'),
  status: z.array(z.int().min(100).max(599)).optional().describe('Accepted status codes; default 200 to 299.'),
  contains: z.string().optional().describe('Text that the body must contain.'),
  followRedirects: z.boolean().default(true).describe('Follow redirects.'),
  steps: z
    .array(z.enum(['get']))
    .default(['get'])
    .describe('What a run does, in order.'),
});

export const tlsTarget = z.strictObject({
  ...common,
  kind: z.literal('tls').describe('What it is.'),
  url: z.url({ protocol: /^(tls|https)$/, error: 'a URL like tls://shop.example.org:443' }).describe('What to probe.'),
  ca: z.string().optional().describe('Path of a PEM file with extra certificate authorities.'),
  address: z
    .union([z.ipv4(), z.ipv6()])
    .optional()
    .describe('Connect to this IP address instead of what DNS says; name and SNI stay.'),
  servername: z.string().optional().describe('Name for SNI and verification, if it is not the host of the URL.'),
  certificate: z
    .string()
    .optional()
    .describe(
      'Path of the PEM file whose first certificate should be served, e.g. tls.crt of the mounted Kubernetes secret.',
    ),
  issuer: z.string().min(1).optional().describe("Text that the issuer's name (CN or O) must contain."),
  minValidity: durationMs({ min: 0, max: 400 * 86_400_000 })
    .default(7 * 86_400_000)
    .describe('Certificates that expire within this time are bad, in ms.'),
  steps: z
    .array(z.enum(['handshake', 'expiry']))
    .default(['handshake', 'expiry'])
    .describe('What a run does, in order.'),
});

export const dnsTarget = z.strictObject({
  ...common,
  kind: z.literal('dns').describe('What it is.'),
  url: z
    .url({
      protocol: /^dns$/,
      error: 'a URL like dns://9.9.9.9:53/shop.example.org, or dns:///shop.example.org for the system resolver',
    })
    .describe('What to probe.'),
  type: z.enum(['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT', 'SOA']).default('A').describe('Record type to ask for.'),
  expect: z.array(z.string()).optional().describe('Exactly these answers are expected, in any order.'),
  within: z
    .array(allowedHost)
    .min(1)
    .optional()
    .describe(
      'Where the name must lead, e.g. to the CDN: CIDR ranges or addresses for A and AAAA, *.suffixes or names for CNAME.',
    ),
  maxTtl: durationMs({ min: 1_000, max: 31 * 86_400_000 })
    .optional()
    .describe('An answer of type A or AAAA may be kept this long at most, in ms: so long a change takes.'),
  authorities: z
    .array(z.string())
    .optional()
    .describe('Name servers (host or host:port) whose SOA serial must agree; needed by the step authority.'),
  steps: z
    .array(z.enum(['resolve', 'families', 'authority']))
    .default(['resolve'])
    .describe('What a run does, in order.'),
});

const TCP_URL = 'a URL like tcp://mail.example.org:25';

export const tcpTarget = z.strictObject({
  ...common,
  kind: z.literal('tcp').describe('What it is.'),
  url: z
    .url({ protocol: /^tcp$/, error: TCP_URL })
    .regex(/^[^/]*\/\/[^/?#@]+:[1-9]\d{0,4}$/, TCP_URL)
    .describe('What to probe.'),
  steps: z
    .array(z.enum(['connect']))
    .default(['connect'])
    .describe('What a run does, in order.'),
});

export const TARGET_SCHEMAS = {
  wordpress: wordpressTarget,
  mariadb: mariadbTarget,
  redis: redisTarget,
  cdn: cdnTarget,
  http: httpTarget,
  tls: tlsTarget,
  dns: dnsTarget,
  tcp: tcpTarget,
} as const;

export const targetSchema = z.discriminatedUnion('kind', [
  wordpressTarget,
  mariadbTarget,
  redisTarget,
  cdnTarget,
  httpTarget,
  tlsTarget,
  dnsTarget,
  tcpTarget,
]);

export type TargetKind = keyof typeof TARGET_SCHEMAS;
export type TargetOf = { readonly [K in TargetKind]: z.output<(typeof TARGET_SCHEMAS)[K]> & { timeout: number } };
export type Target<K extends TargetKind = TargetKind> = TargetOf[K];
