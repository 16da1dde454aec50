// What the schemas of several target kinds have in common: names and times, HTTP, databases. Never does any I/O.
import { z } from 'zod';
import { durationMs, name, secretString } from './scalars.ts';

export const common = {
  name: name.describe('Unique name.'),
  interval: durationMs({ min: 1_000, max: 86_400_000 }).default(30_000).describe('Time between two runs, in ms.'),
  timeout: durationMs({ min: 100, max: 600_000 })
    .optional()
    .describe(
      'Deadline for one whole run, in ms; must be below `interval`. Default: the smaller of 10 s and 80 % of the interval.',
    ),
};

/** What may stand in a header (RFC 9110), so that a request never fails on our side. The value may be a secret: never repeated. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
export const headerValue = <S extends z.ZodString>(text: S) =>
  text.regex(HEADER_VALUE, 'a header value: one line, without control characters');

/** What says where a request ends, or how the answer is packed: the probe's own, or edge and origin could read two requests. */
const OF_THE_PROBE: ReadonlySet<string> = new Set(
  'accept-encoding connection content-length expect keep-alive te trailer transfer-encoding upgrade'.split(' '),
);

const headers = z.record(z.string(), headerValue(secretString)).check((ctx) => {
  const seen = new Set<string>();
  for (const name of Object.keys(ctx.value)) {
    const [message, hint] = wrongWith(name, seen) ?? [];
    seen.add(name.toLowerCase());
    if (message !== undefined)
      ctx.issues.push({ code: 'custom', input: ctx.value, path: [name], message, params: { hint } });
  }
});

function wrongWith(name: string, seen: ReadonlySet<string>): readonly [message: string, hint: string] | undefined {
  if (!HEADER_NAME.test(name))
    return [`"${name}" is not the name of a header`, 'letters, digits and dashes, like X-Probe-Token'];
  if (OF_THE_PROBE.has(name.toLowerCase())) return [`"${name}" is set by the probe itself`, 'leave it out'];
  if (seen.has(name.toLowerCase())) return [`the header "${name}" is there twice`, 'upper and lower case are the same'];
  return undefined;
}

export const httpUrl = z.url({ protocol: /^https?$/, error: 'a URL like https://shop.example.org/' });

export const http = {
  url: httpUrl.describe('What to probe.'),
  ca: z.string().optional().describe('Path of a PEM file with extra certificate authorities.'),
  address: z
    .union([z.ipv4(), z.ipv6()])
    .optional()
    .describe('Connect to this IP address instead of what DNS says; name and SNI stay.'),
  headers: headers.optional().describe('Request headers.'),
};

export const mariadbUrl = z.url({ protocol: /^(mysql|mariadb)$/, error: 'a URL like mysql://user@host:3306/database' });
export const redisUrl = z.url({ protocol: /^rediss?$/, error: 'a URL like redis://host:6379/0' });

export const database = (url: z.ZodURL) => ({
  password: secretString
    .optional()
    .describe('Password of the probe user; a reference to a file or to the environment, see README.'),
  tls: z
    .enum(['off', 'required', 'verify'])
    .default('off')
    .describe('TLS to the server: off, required (any certificate), or verify.'),
  ca: z.string().optional().describe('Path of a PEM file with extra certificate authorities.'),
  replicas: z
    .array(
      z.strictObject({
        name: common.name,
        url: url.describe('URL of the replica, in the form of the URL of the primary.'),
      }),
    )
    .default([])
    .describe("Replicas whose freshness is measured with the primary's heartbeat."),
  maxLag: durationMs({ min: 100, max: 86_400_000 })
    .default(30_000)
    .describe('A replica further behind than this is `replica_lag`, in ms.'),
});
