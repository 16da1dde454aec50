// What an environment of infra/terraform says of the platform that it built: its output `plimsoll`. Reads no other, since others are secret.
import { z } from 'zod';
import { CommandError, EXIT } from './exit.ts';

const server = z.object({ host: z.string().min(1), port: z.int().min(1).max(65_535), username: z.string().min(1) });

/** The value of the output; environments/*\/outputs.tf writes it. Keys that a newer one may add are left out. */
const platformSchema = z.object({
  service: z.string().min(1),
  url: z.url({ protocol: /^https?$/ }),
  /** WordPress behind the edge. */
  origin_url: z.url({ protocol: /^https?$/ }).nullish(),
  database: server.nullish(),
  cache: server.nullish(),
  /** Addresses of the CDN, to which the name must lead. */
  cdn_addresses: z.array(z.union([z.ipv4(), z.ipv6()])).default([]),
  /** TTL of the records that the failover changes, in seconds. */
  dns_ttl: z.int().min(1).nullish(),
});

export type Platform = z.infer<typeof platformSchema>;

const HOW = 'in infra/terraform/environments/…: terraform output -json plimsoll > outputs.json';

/** Of the output alone, or of all outputs. Throws CommandError that says what is missing and how to get it. */
export function platformIn(text: string, file: string): Platform {
  const refuse = (why: string): never => {
    throw new CommandError(EXIT.invalid, `${file}: ${why}; ${HOW}`);
  };
  let outputs: unknown;
  try {
    outputs = JSON.parse(text);
  } catch (error) {
    return refuse(`is not JSON (${(error as Error).message})`);
  }
  const all = z.object({ plimsoll: z.object({ value: z.unknown() }) }).safeParse(outputs);
  const value = all.success ? all.data.plimsoll.value : outputs;
  if (!z.object({ service: z.unknown() }).safeParse(value).success) return refuse(whyNot(outputs));
  const platform = platformSchema.safeParse(value);
  if (platform.success) return platform.data;
  return refuse(platform.error.issues.map(({ path, message }) => `plimsoll.${path.join('.')}: ${message}`).join('; '));
}

function whyNot(outputs: unknown): string {
  if (typeof outputs !== 'object' || outputs === null) return 'is no set of outputs';
  const names = Object.keys(outputs);
  if (names.length === 0) return 'has no outputs: nothing has been applied yet';
  return `has no output plimsoll (it has ${names.slice(0, 5).join(', ')}): are they those of another root module?`;
}
