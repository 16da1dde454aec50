// The CDN: does it cache what it should, and nothing that it must not; is it hiding a dead origin?
import { randomUUID } from 'node:crypto';
import type { Target } from '../spec/target.ts';
import { askEdge, type EdgeResult, NO_ANSWER } from './behind-edge.ts';
import { cacheFacts } from './cache-status.ts';
import { type HttpResult, httpRequest } from './http-client.ts';
import type { HttpRequest } from './http-hop.ts';
import { FROM_CACHE, judgeAddresses, judgeMatch, judgeOrigin } from './judge-edge.ts';
import { judgeStatus, knownState } from './judge-page.ts';
import type { CacheStatus, Probe, ProbeContext, StepOutcome } from './probe.ts';

type Cdn = Target<'cdn'>;
type Step = (target: Cdn, ctx: ProbeContext, traceparent: string) => Promise<StepOutcome>;

export const cdn: Probe<'cdn'> = {
  async run(target, ctx) {
    for (const name of target.steps) await ctx.step(name, ({ traceparent }) => STEPS[name](target, ctx, traceparent));
  },
};

type Request = Partial<HttpRequest> & { readonly traceparent: string };

/** A request to the edge; when it gives no answer, the origin may tell that the edge is to blame. */
const get = (target: Cdn, ctx: ProbeContext, request: Request): Promise<EdgeResult> =>
  askEdge(
    ctx,
    (own) => send(target, own, request),
    target.origin === undefined ? undefined : (own) => fromOrigin(target, own, '', request.traceparent),
  );

const send = (target: Cdn, ctx: ProbeContext, request: Request): Promise<HttpResult> =>
  httpRequest(
    {
      url: target.url,
      address: target.address,
      ca: target.ca,
      ...request,
      headers: { ...target.headers, ...request.headers },
    },
    ctx,
  );

/** The result as a step, with cache facts; a status other than 2xx or 3xx is bad. */
function judged(result: EdgeResult): StepOutcome & { status: CacheStatus } {
  const cache = cacheFacts(result.response?.headers ?? {});
  const facts = {
    ...result.facts,
    ...(result.response && { cacheStatus: cache.status }),
    ...(cache.ageSeconds !== undefined && { cacheAgeSeconds: cache.ageSeconds }),
  };
  const { outcome, detail, phases } = result;
  // It is the edge that was asked here, whatever is behind it.
  const blame = result.blame ?? (NO_ANSWER.has(outcome) ? 'edge' : undefined);
  const base = { outcome, detail, phases, facts, status: cache.status, ...(blame && { blame }) };
  if (result.outcome !== 'ok' || result.response === undefined) return base;
  const failed = result.response.status < 400 ? undefined : judgeStatus(result.response);
  return { ...base, detail: `${cache.status} from ${cache.source || 'no header'}`, ...failed };
}

/** A request to the origin behind the edge, as the edge would send it. */
function fromOrigin(target: Cdn, ctx: ProbeContext, path: string, traceparent: string): Promise<HttpResult> {
  const site = new URL(target.url);
  return send(target, ctx, {
    url: new URL(path, target.origin).href,
    address: undefined,
    host: site.host,
    headers: { 'x-forwarded-proto': site.protocol.slice(0, -1) },
    redirects: 0,
    traceparent,
  });
}

const NO_ORIGIN: StepOutcome = { outcome: 'not_configured', detail: 'origin is not set' };

/** The headers that keep a cache from storing, as far as they are there. */
function whyNotCached(headers: Readonly<Record<string, string>>): string {
  const found = ['set-cookie', 'cache-control', 'vary', 'pragma'].filter((name) => headers[name] !== undefined);
  // The value of a cookie may be a secret.
  return found.map((name) => (name === 'set-cookie' ? name : `${name}: ${headers[name]}`)).join('; ');
}

const unique = (url: string): string => {
  const made = new URL(url);
  made.searchParams.set('plimsoll', randomUUID());
  return made.href;
};

/** The step must not come from the cache. */
async function notCached(result: EdgeResult): Promise<StepOutcome> {
  const step = judged(result);
  if (FROM_CACHE.has(step.status)) return { ...step, outcome: 'private_content_cached' };
  // Being sent to the login, or refused, is what a private page does.
  return step.facts?.httpStatus === 401 || step.facts?.httpStatus === 403 ? { ...step, outcome: 'ok' } : step;
}

const STEPS: Readonly<Record<Cdn['steps'][number], Step>> = {
  async hit(target, ctx, traceparent) {
    const first = judged(await get(target, ctx, { traceparent }));
    if (first.outcome !== 'ok') return first;
    const again = await get(target, ctx, { traceparent });
    const second = judged(again);
    if (second.outcome !== 'ok') return second;
    if (second.status === 'unknown') return { ...second, outcome: 'cache_status_unknown' };
    if (FROM_CACHE.has(second.status)) return second;
    const why = whyNotCached(again.response?.headers ?? {});
    return { ...second, outcome: 'cache_bypassed', detail: [second.detail, why].filter((t) => t !== '').join('; ') };
  },
  async miss(target, ctx, traceparent) {
    const result = await get(target, ctx, { url: unique(target.url), traceparent });
    const step = judged(result);
    if (step.outcome === 'ok' && FROM_CACHE.has(step.status)) return { ...step, outcome: 'cache_not_missed' };
    const { response } = result;
    if (response === undefined || response.status < 500 || result.outcome !== 'ok') return step;
    const state = knownState(response);
    if (state !== undefined)
      return { ...step, outcome: state, detail: `recognised by its text, status ${response.status}` };
    // With an origin to ask, askEdge() has: it answers, so the status is its own.
    if (target.origin !== undefined) return step;
    return {
      ...step,
      outcome: 'origin_down',
      detail: `the edge answers ${response.status} for a page it cannot have cached`,
    };
  },
  bypass: async (target, ctx, traceparent) =>
    notCached(await get(target, ctx, { headers: { cookie: target.loginCookie }, traceparent })),
  admin: async (target, ctx, traceparent) =>
    notCached(await get(target, ctx, { url: new URL(target.adminPath, target.url).href, redirects: 0, traceparent })),
  async age(target, ctx, traceparent) {
    const step = judged(await get(target, ctx, { traceparent }));
    const age = step.facts?.cacheAgeSeconds;
    if (step.outcome !== 'ok' || age === undefined || age * 1000 <= target.maxAge) return step;
    return { ...step, outcome: 'stale_too_old', detail: `the copy is ${age} s old` };
  },
  async origin(target, ctx, traceparent) {
    if (target.origin === undefined) return NO_ORIGIN;
    const [sent, origin] = await Promise.all([
      send(target, ctx, { traceparent }),
      fromOrigin(target, ctx, '', traceparent),
    ]);
    return judgeOrigin(judged(sent), origin);
  },
  async match(target, ctx, traceparent) {
    if (target.origin === undefined) return NO_ORIGIN;
    const [edge, origin] = await Promise.all([
      send(target, ctx, { url: new URL(target.asset, target.url).href, traceparent }),
      fromOrigin(target, ctx, target.asset, traceparent),
    ]);
    return judgeMatch(judged(edge), edge, origin);
  },
  async addresses(target, ctx, traceparent) {
    const resolved = target.addresses
      ? { ok: true as const, addresses: target.addresses }
      : await ctx.resolve(new URL(target.url).hostname);
    if (!resolved.ok) return { outcome: resolved.outcome, detail: resolved.detail };
    const all = await Promise.all(
      resolved.addresses.map(async (address) => ({
        address,
        step: judged(await send(target, ctx, { address, traceparent })),
      })),
    );
    return judgeAddresses(all);
  },
};
