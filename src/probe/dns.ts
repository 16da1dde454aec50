// DNS: the answer of a resolver or name server, and whether all authorities hold the same version of the zone.
import type { Outcome } from '../spec/outcome.ts';
import type { Target } from '../spec/target.ts';
import { ask, type DnsResult, server } from './dns-ask.ts';
import { judgeAnswers, judgeFamilies, misfit } from './dns-policy.ts';
import type { Probe, ProbeContext, StepOutcome } from './probe.ts';

type Dns = Target<'dns'>;

export const dns: Probe<'dns'> = {
  async run(target, ctx) {
    for (const name of target.steps) await ctx.step(name, () => STEPS[name](target, ctx));
  },
};

const STEPS: Readonly<Record<Dns['steps'][number], (target: Dns, ctx: ProbeContext) => Promise<StepOutcome>>> = {
  resolve: (target, ctx) => resolve(target, ctx),
  families: (target, ctx) => families(target, ctx),
  authority: (target, ctx) => authority(target, ctx),
};

const nameOf = (target: Dns): string => decodeURIComponent(new URL(target.url).pathname.slice(1));

/** The server that the URL names, in a list; none for our own resolver. */
async function servers(target: Dns, ctx: ProbeContext): Promise<readonly string[] | StepOutcome> {
  const { host } = new URL(target.url);
  if (host === '') return [];
  const asked = await server(host, ctx);
  return typeof asked === 'object' ? asked : [asked];
}

async function resolve(target: Dns, ctx: ProbeContext): Promise<StepOutcome> {
  const lacking = misfit(target);
  if (lacking !== undefined) return { outcome: 'not_configured', detail: lacking };
  const asked = await servers(target, ctx);
  if ('outcome' in asked) return asked;
  const result = await ask(nameOf(target), target.type, asked, ctx);
  return result.outcome === 'ok' ? { ...result, ...judgeAnswers(target, result) } : result;
}

/** Both families of addresses: clients ask for both, and wait for the one that is not answered. */
async function families(target: Dns, ctx: ProbeContext): Promise<StepOutcome> {
  const asked = await servers(target, ctx);
  if ('outcome' in asked) return asked;
  const [a, aaaa] = await Promise.all(['A', 'AAAA'].map((type) => ask(nameOf(target), type, asked, ctx)));
  return judgeFamilies(a!, aaaa!);
}

async function authority(target: Dns, ctx: ProbeContext): Promise<StepOutcome> {
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

async function soa(zone: string, name: string, ctx: ProbeContext): Promise<DnsResult> {
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
