// DNS: the answer of a resolver or name server, and whether all authorities hold the same version of the zone.
import { Resolver } from 'node:dns/promises';
import { performance } from 'node:perf_hooks';
import type { Outcome } from '../spec/outcome.ts';
import type { Target } from '../spec/target.ts';
import type { Probe, ProbeContext, StepOutcome } from './probe.ts';
import { DNS_ANSWERS } from './resolve.ts';

const CODES: Readonly<Record<string, Outcome>> = {
  ...DNS_ANSWERS,
  ETIMEOUT: 'dns_timeout',
  ECONNREFUSED: 'dns_timeout',
  EFORMERR: 'protocol_error',
  EBADRESP: 'protocol_error',
};

export const dns: Probe<'dns'> = {
  async run(target, ctx) {
    for (const name of target.steps)
      await ctx.step(name, () => (name === 'resolve' ? resolve(target, ctx) : authority(target, ctx)));
  },
};

const nameOf = (target: Target<'dns'>): string => decodeURIComponent(new URL(target.url).pathname.slice(1));

/** host or host:port to the form Resolver wants; names are resolved first. */
async function server(text: string, ctx: ProbeContext): Promise<string | StepOutcome> {
  const { hostname, port } = new URL(`dns://${text}`);
  const resolved = await ctx.resolve(hostname);
  if (!resolved.ok) return { outcome: resolved.outcome, detail: resolved.detail };
  const ip = resolved.addresses[0]!;
  return `${ip.includes(':') ? `[${ip}]` : ip}:${port || 53}`;
}

async function ask(
  name: string,
  type: string,
  servers: readonly string[],
  ctx: ProbeContext,
): Promise<StepOutcome & { answers?: string[] }> {
  const resolver = new Resolver({ timeout: Math.max(100, Math.floor(ctx.remainingMs() / 2)), tries: 1 });
  if (servers.length > 0) resolver.setServers([...servers]);
  const onAbort = () => resolver.cancel();
  ctx.signal.addEventListener('abort', onAbort, { once: true });
  const start = performance.now();
  try {
    const records = (await resolver.resolve(name, type)) as unknown;
    const answers = (Array.isArray(records) ? records : [records]).map(text);
    return {
      outcome: 'ok',
      phases: { first_byte: performance.now() - start },
      facts: { answers },
      detail: answers.join(', '),
      answers,
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

function text(record: unknown): string {
  if (Array.isArray(record)) return record.join('');
  if (typeof record === 'object' && record !== null) {
    const r = record as { exchange?: string; priority?: number; serial?: number };
    return r.exchange !== undefined ? `${r.priority} ${r.exchange}` : String(r.serial ?? JSON.stringify(record));
  }
  return String(record);
}

async function resolve(target: Target<'dns'>, ctx: ProbeContext): Promise<StepOutcome> {
  const { host } = new URL(target.url);
  const asked = host === '' ? undefined : await server(host, ctx);
  if (typeof asked === 'object') return asked;
  const result = await ask(nameOf(target), target.type, asked === undefined ? [] : [asked], ctx);
  if (result.outcome !== 'ok' || target.expect === undefined) return result;
  const [got, wanted] = [result.answers!.toSorted().join(', '), target.expect.toSorted().join(', ')];
  return got === wanted ? result : { ...result, outcome: 'dns_wrong_answer', detail: `got ${got}, expected ${wanted}` };
}

async function authority(target: Target<'dns'>, ctx: ProbeContext): Promise<StepOutcome> {
  const [first, ...others] = target.authorities ?? [];
  if (first === undefined) return { outcome: 'not_configured', detail: 'authorities is empty' };
  const found = await findZone(nameOf(target), first, ctx);
  if (found.zone === undefined) return found.answer;
  const rest = await Promise.all(others.map((name) => soa(found.zone, name, ctx)));
  const all = [found.answer, ...rest].map((answer, i) => ({ name: target.authorities![i]!, answer }));
  const silent = all.find(({ answer }) => answer.outcome !== 'ok');
  if (silent !== undefined) return silent.answer;
  const serials = all.map(({ name, answer }) => ({ name, serial: Number(answer.answers!.join()) }));
  const newest = serials.map((s) => s.serial).reduce((a, b) => (isOlder(a, b) ? b : a));
  const parts = serials.map(
    ({ name, serial }) => `${name} has ${serial}${isOlder(serial, newest) ? ' (lags behind)' : ''}`,
  );
  const agree = serials.every(({ serial }) => serial === newest);
  return { outcome: agree ? 'ok' : 'dns_disagreement', detail: `${found.zone}: ${parts.join(', ')}` };
}

/** Serial numbers wrap around at 2^32 (RFC 1982): older is what is less than half the circle behind. */
export const isOlder = (a: number, b: number): boolean => a !== b && (b - a) >>> 0 < 2 ** 31;

async function soa(zone: string, name: string, ctx: ProbeContext): Promise<StepOutcome & { answers?: string[] }> {
  const asked = await server(name, ctx);
  if (typeof asked === 'object') return asked;
  const result = await ask(zone, 'SOA', [asked], ctx);
  return result.outcome === 'ok' ? result : { ...result, detail: `${name}: ${result.detail}` };
}

const NOT_THE_ZONE: ReadonlySet<Outcome> = new Set(['dns_nodata', 'dns_nxdomain', 'dns_refused']);

/** The zone that holds the name: the nearest name upwards that has a SOA record at the authority. */
async function findZone(
  name: string,
  authority: string,
  ctx: ProbeContext,
): Promise<{ zone: string; answer: Awaited<ReturnType<typeof soa>> } | { zone: undefined; answer: StepOutcome }> {
  const labels = name.replace(/\.$/, '').split('.');
  let nearest: StepOutcome | undefined;
  for (let i = 0; i < labels.length; i++) {
    const zone = labels.slice(i).join('.');
    const answer = await soa(zone, authority, ctx);
    if (answer.outcome === 'ok') return { zone, answer };
    if (!NOT_THE_ZONE.has(answer.outcome)) return { zone: undefined, answer };
    nearest ??= answer;
  }
  return {
    zone: undefined,
    answer: nearest ?? { outcome: 'dns_refused', detail: `${authority} holds no zone of ${name}` },
  };
}
