// One question to a name server or to our own resolver; every fault is an outcome.
import { Resolver } from 'node:dns/promises';
import { performance } from 'node:perf_hooks';
import type { Outcome } from '../spec/outcome.ts';
import type { ProbeContext, StepOutcome } from './probe.ts';
import { DNS_ANSWERS } from './resolve.ts';

const CODES: Readonly<Record<string, Outcome>> = {
  ...DNS_ANSWERS,
  ETIMEOUT: 'dns_timeout',
  ECONNREFUSED: 'dns_timeout',
  EFORMERR: 'protocol_error',
  EBADRESP: 'protocol_error',
};

/** The answers as text, and the longest time that they may be kept, which is known of addresses only. */
export type DnsResult = StepOutcome & { readonly answers?: string[]; readonly ttlSeconds?: number | undefined };

/** host or host:port to the form Resolver wants; names are resolved first. */
export async function server(text: string, ctx: ProbeContext): Promise<string | StepOutcome> {
  const { hostname, port } = new URL(`dns://${text}`);
  const resolved = await ctx.resolve(hostname);
  if (!resolved.ok) return { outcome: resolved.outcome, detail: resolved.detail };
  const ip = resolved.addresses[0]!;
  return `${ip.includes(':') ? `[${ip}]` : ip}:${port || 53}`;
}

/** Asks the servers, or our own resolver if there are none. */
export async function ask(
  name: string,
  type: string,
  servers: readonly string[],
  ctx: ProbeContext,
): Promise<DnsResult> {
  const resolver = new Resolver({ timeout: Math.max(100, Math.floor(ctx.remainingMs() / 2)), tries: 1 });
  if (servers.length > 0) resolver.setServers([...servers]);
  const onAbort = () => resolver.cancel();
  ctx.signal.addEventListener('abort', onAbort, { once: true });
  const start = performance.now();
  try {
    const records = await recordsOf(resolver, name, type);
    const answers = records.map(text);
    return {
      outcome: 'ok',
      phases: { first_byte: performance.now() - start },
      facts: { answers },
      detail: answers.join(', '),
      answers,
      ttlSeconds: ttlOf(records),
    };
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const outcome = code === 'ECANCELLED' ? 'dns_timeout' : (CODES[code] ?? 'protocol_error');
    // Without a server of its own the question went to our resolver: its silence is our fault.
    const own = servers.length === 0 && outcome === 'dns_timeout' ? 'no_resolver' : outcome;
    return { outcome: own, phases: { first_byte: performance.now() - start }, detail: `${type} ${name}: ${code}` };
  } finally {
    ctx.signal.removeEventListener('abort', onAbort);
  }
}

async function recordsOf(resolver: Resolver, name: string, type: string): Promise<readonly unknown[]> {
  if (type === 'A') return resolver.resolve4(name, { ttl: true });
  if (type === 'AAAA') return resolver.resolve6(name, { ttl: true });
  const records = (await resolver.resolve(name, type)) as unknown;
  return Array.isArray(records) ? records : [records];
}

const ttlOf = (records: readonly unknown[]): number | undefined => {
  const ttls = records.flatMap((record) => (record as { ttl?: number }).ttl ?? []);
  return ttls.length === 0 ? undefined : Math.max(...ttls);
};

function text(record: unknown): string {
  if (Array.isArray(record)) return record.join('');
  if (typeof record === 'object' && record !== null) {
    const r = record as { address?: string; exchange?: string; priority?: number; serial?: number };
    if (r.address !== undefined) return r.address;
    return r.exchange !== undefined ? `${r.priority} ${r.exchange}` : String(r.serial ?? JSON.stringify(record));
  }
  return String(record);
}
