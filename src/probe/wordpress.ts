// WordPress: front page through the edge and uncached, static file, REST, login page, cron. States are judged in judge-page.ts.
import { randomUUID } from 'node:crypto';
import type { Outcome } from '../spec/outcome.ts';
import type { Target } from '../spec/target.ts';
import { askEdge, type EdgeResult } from './behind-edge.ts';
import { type HttpResult, httpRequest } from './http-client.ts';
import type { HttpRequest, HttpResponse } from './http-hop.ts';
import { judgePage, judgeStatus } from './judge-page.ts';
import type { Probe, ProbeContext, StepOutcome } from './probe.ts';

type WordPress = Target<'wordpress'>;
type Step = WordPress['steps'][number];
type Body = (target: WordPress, ctx: ProbeContext, traceparent: string) => Promise<StepOutcome>;

export const wordpress: Probe<'wordpress'> = {
  async run(target, ctx) {
    for (const name of target.steps) await ctx.step(name, ({ traceparent }) => STEPS[name](target, ctx, traceparent));
  },
};

const STEPS: Readonly<Record<Step, Body>> = {
  front: (target, ctx, traceparent) => page(target, ctx, { url: target.url, address: target.address, traceparent }),
  uncached: (target, ctx, traceparent) => page(target, ctx, uncached(target, '/', traceparent)),
  async static(target, ctx, traceparent) {
    const result = await get(target, ctx, {
      url: new URL(target.asset, target.url).href,
      address: target.address,
      traceparent,
    });
    return judge(
      result,
      (response) =>
        judgeStatus(response) ??
        (response.bytes.length === 0 ? { outcome: 'white_screen', detail: 'empty file' } : undefined),
    );
  },
  async rest(target, ctx, traceparent) {
    const result = await get(target, ctx, {
      url: new URL('/wp-json/', target.url).href,
      address: target.address,
      traceparent,
    });
    return judge(result, (response) => judgeRest(target, response));
  },
  async login(target, ctx, traceparent) {
    const result = await get(target, ctx, {
      url: new URL('/wp-login.php', target.url).href,
      address: target.address,
      traceparent,
    });
    return judge(result, (response) => {
      const { pathname, host } = new URL(response.url);
      const here = pathname.endsWith('/wp-login.php') && host === new URL(target.url).host;
      // The installer has a field of that name, too.
      if (here && response.status === 200 && response.body.includes('user_login')) return undefined;
      const verdict = judgePage(here ? { ...response, url: target.url } : response, {
        host: new URL(target.url).host,
        minBytes: target.minBytes,
      });
      return verdict.outcome === 'ok' ? { outcome: 'wrong_content', detail: 'no login form' } : verdict;
    });
  },
  async cron(target, ctx, traceparent) {
    const request = uncached(target, '/wp-json/plimsoll/v1/health', traceparent);
    const result = await get(target, ctx, {
      ...request,
      headers: {
        ...request.headers,
        ...(target.healthToken !== undefined && { 'x-plimsoll-token': target.healthToken }),
      },
    });
    const { response } = result;
    if (response !== undefined && [401, 403, 404].includes(response.status))
      return {
        ...base(result),
        outcome: 'cron_unknown',
        detail: `status ${response.status} of /wp-json/plimsoll/v1/health`,
      };
    const failed = judge(
      result,
      (page) =>
        judgeStatus(page) &&
        judgePage(asVisited(target, request, page), { host: new URL(target.url).host, minBytes: 0 }),
    );
    if (failed.outcome !== 'ok' || response === undefined) return failed;
    const cronLagSeconds = jsonOf(response.body)?.cronLagSeconds;
    if (typeof cronLagSeconds !== 'number' || cronLagSeconds < 0)
      return { ...failed, outcome: 'cron_unknown', detail: 'the answer holds no cronLagSeconds' };
    const facts = { ...failed.facts, cronLagSeconds };
    return cronLagSeconds * 1000 > target.cronMaxLag
      ? {
          ...failed,
          facts,
          outcome: 'cron_stuck',
          detail: `the oldest due event is ${Math.round(cronLagSeconds)} s late`,
        }
      : { ...failed, facts };
  },
};

/** States of all of WordPress: they say more than that REST is blocked. */
const DEEPER: ReadonlySet<Outcome> = new Set([
  'db_error',
  'critical_error',
  'wp_maintenance',
  'install_redirect',
  'canonical_mismatch',
]);

/** A request that no cache can answer: with a unique query, and at the origin if the spec has one. */
function uncached(target: WordPress, path: string, traceparent: string): HttpRequest {
  const url = new URL(path, target.origin ?? target.url);
  url.searchParams.set('plimsoll', randomUUID());
  const site = new URL(target.url);
  if (target.origin === undefined) return { url: url.href, address: target.address, traceparent };
  return {
    url: url.href,
    host: site.host,
    headers: { 'x-forwarded-proto': site.protocol.slice(0, -1) },
    redirects: 0,
    traceparent,
  };
}

/** The request; when the edge gives no answer but the origin behind it does, the edge is to blame. */
function get(target: WordPress, ctx: ProbeContext, request: HttpRequest): Promise<EdgeResult> {
  const send = (r: HttpRequest) => (own: ProbeContext) =>
    httpRequest({ ...r, ca: target.ca, sameHost: true, headers: { ...target.headers, ...r.headers } }, own);
  const toEdge = target.origin !== undefined && request.host === undefined;
  return askEdge(ctx, send(request), toEdge ? send(uncached(target, '/', request.traceparent)) : undefined);
}

async function page(target: WordPress, ctx: ProbeContext, request: HttpRequest): Promise<StepOutcome> {
  const { minBytes, marker } = target;
  return judge(await get(target, ctx, request), (response) =>
    judgePage(asVisited(target, request, response), { host: new URL(target.url).host, minBytes, marker }),
  );
}

/** The URL as a visitor would see it: behind the edge, the origin answers for the public name. */
function asVisited(target: WordPress, request: HttpRequest, response: HttpResponse): HttpResponse {
  const url = request.host === undefined ? response.url : (response.headers.location ?? target.url);
  return { ...response, url: URL.canParse(url, target.url) ? new URL(url, target.url).href : target.url };
}

/** The index of the REST API: there, and of the site that was asked for. WordPress itself redirects only between www and not www. */
function judgeRest(target: WordPress, response: HttpResponse): Pick<StepOutcome, 'outcome' | 'detail'> | undefined {
  const { host } = new URL(target.url);
  const { status } = response;
  const index = status === 200 ? jsonOf(response.body) : undefined;
  if (Array.isArray(index?.namespaces)) {
    const home = typeof index.home === 'string' && URL.canParse(index.home) ? new URL(index.home).host : host;
    return home === host
      ? undefined
      : { outcome: 'canonical_mismatch', detail: `the site says that its home is ${home}` };
  }
  const general = judgePage(response, { host, minBytes: 0 });
  const blocked = [200, 401, 403, 404].includes(status) && !DEEPER.has(general.outcome);
  return blocked ? { outcome: 'rest_disabled', detail: `status ${status} without a list of namespaces` } : general;
}

const base = (result: EdgeResult): StepOutcome => ({
  outcome: result.outcome,
  detail: result.detail,
  phases: result.phases,
  facts: result.facts,
  ...(result.blame && { blame: result.blame }),
});

function judge(
  result: EdgeResult,
  verdict: (response: NonNullable<HttpResult['response']>) => Pick<StepOutcome, 'outcome' | 'detail'> | undefined,
): StepOutcome {
  if (result.outcome !== 'ok' || result.response === undefined) return base(result);
  return { ...base(result), ...verdict(result.response) };
}

function jsonOf(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(body) as unknown;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
