// Scalars as people write them: durations, percentages, sizes, secrets. Pure.
import { z } from 'zod';

/** A name: of a target, an SLO, a service. It is a label of series, and stands in URLs. */
export const name = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'lower-case letters, digits and dashes, 1 to 63 characters');

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** What parseDuration takes, for JSON Schema. */
export const DURATION_PATTERN = '^(\\d+(\\.\\d+)?(ms|s|m|h|d|w))+$';

/** "1h30m" to ms. Returns undefined for anything that is not a sum of number+unit (ms s m h d w). */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d|w))+$/.test(text)) return undefined;
  let ms = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g)) ms += Number(amount) * UNITS[unit!]!;
  return Math.round(ms);
}

/** ms to the shortest exact form, "90m" for 5,400,000, "30d" for 2,592,000,000. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  for (const unit of ['d', 'h', 'm', 's']) {
    if (ms % UNITS[unit]! === 0) return `${ms / UNITS[unit]!}${unit}`;
  }
  return `${ms}ms`;
}

const SIZES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1_000,
  MB: 1_000_000,
  KiB: 1_024,
  MiB: 1_048_576,
};

/** "2kB" or 2000 to 2000 bytes. Undefined for anything that is not a whole number of bytes. */
export function parseSize(value: string | number): number | undefined {
  const [, amount, unit = 'B'] = /^(\d+(?:\.\d+)?)(B|kB|MB|KiB|MiB)?$/.exec(String(value)) ?? [];
  const bytes = Number(amount) * SIZES[unit]!;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** "99.9%" or 0.999 to 0.999. Computed on the decimal text, so that 99.9% is 0.999 and not 0.9990000000000001. */
export function parsePercent(value: string | number): number | undefined {
  if (typeof value === 'number') return value >= 0 && value <= 1 ? value : undefined;
  const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(value);
  const ratio = match ? Number(`${match[1]}e-2`) : undefined;
  return ratio !== undefined && ratio <= 1 ? ratio : undefined;
}

/** How one kind of number is written. `parse` gives undefined for what is none. */
interface Written {
  readonly title: string;
  readonly error: string;
  readonly hint: string;
  readonly text?: z.ZodString;
  parse(value: string | number): number | undefined;
  /** Undefined, or the hint that says which values are allowed. */
  outside?(value: number): string | undefined;
}

/** A zod schema for a number that people write with a unit. */
function written({ title, error, hint, text = z.string(), parse, outside = () => undefined }: Written) {
  return z
    .union([text, z.number()], { error })
    .meta({ title })
    .transform((value, ctx) => {
      const parsed = parse(value);
      const allowed = parsed === undefined ? undefined : outside(parsed);
      if (parsed !== undefined && allowed === undefined) return parsed;
      const message = parsed === undefined ? `"${value}" is not a ${title}` : `${value} is out of range`;
      ctx.addIssue({ code: 'custom', message, params: { hint: allowed ?? hint } });
      return z.NEVER;
    });
}

/** A zod schema for a duration in ms, written as text, between `min` and `max` ms. */
export const durationMs = ({ min, max }: { min: number; max: number }) =>
  written({
    title: 'duration',
    error: 'a duration like 30s, 5m or 30d',
    hint: 'write a number and a unit: 400ms, 30s, 5m, 1h, 30d',
    text: z.string().meta({ pattern: DURATION_PATTERN, examples: ['30s', '5m', '30d'] }),
    parse: (value) => (typeof value === 'string' ? parseDuration(value) : value === 0 ? 0 : undefined),
    outside: (ms) => (ms < min || ms > max ? `between ${formatDuration(min)} and ${formatDuration(max)}` : undefined),
  });

/** A zod schema for a ratio 0..1, written as "99.9%" or 0.999. */
export const ratio = () =>
  written({ title: 'percentage', error: 'a percentage like 99.9%', hint: 'write 99.9% or 0.999', parse: parsePercent });

/** A zod schema for a size in bytes, written as 512, "2kB" or "1MiB", between `min` and `max` bytes. */
export const sizeBytes = ({ min, max }: { min: number; max: number }) =>
  written({
    title: 'size',
    error: 'a size like 512B, 2kB or 1MiB',
    hint: 'write a number of bytes, or a number and a unit: 512B, 2kB, 1MiB',
    parse: parseSize,
    outside: (bytes) => (bytes < min || bytes > max ? `between ${min} and ${max} bytes` : undefined),
  });

const ALLOWED = [
  z.cidrv4(),
  z.cidrv6(),
  z.ipv4(),
  z.ipv6(),
  // A host name, or a suffix of host names. Hosts are compared in lower case; digits alone are an address that is not one.
  z.string().regex(/^(?=.*[a-z])(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/),
];

/** An entry of exporter.probeAllow: a host, *.suffix, an address or a CIDR range. */
export const allowedHost = z.string().check((ctx) => {
  if (ALLOWED.some((schema) => schema.safeParse(ctx.value).success)) return;
  ctx.issues.push({
    code: 'custom',
    input: ctx.value,
    message: `"${ctx.value}" is neither a host, a *.suffix nor a CIDR range`,
    params: { hint: 'write shop.example.org, *.example.org or 10.0.0.0/24: lower case, without scheme, port and path' },
  });
});

/** An endpoint: host:port, with an IPv6 address in brackets. */
export const hostPort = z.string().check((ctx) => {
  const port = Number(/^(?:\[[0-9a-fA-F:]+\]|[^\s:/]+):(\d{1,5})$/.exec(ctx.value)?.[1]);
  if (port >= 1 && port <= 65_535) return;
  ctx.issues.push({
    code: 'custom',
    input: ctx.value,
    message: `"${ctx.value}" is not a host and a port`,
    params: { hint: 'write host:port with a port from 1 to 65535: 192.0.2.1:443, [2001:db8::1]:443' },
  });
});

/** Text that may hold `${env:NAME}` or `${file:path}`; files/ resolves it before the schema sees it. */
export const secretString = z.string().min(1);
