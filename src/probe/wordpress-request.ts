// Requests to WordPress, and their results as steps: past all caches, or through the edge, whose silence may not be WordPress's fault.
import { randomUUID } from 'node:crypto';
import type { Target } from '../spec/target.ts';
import { askEdge, type EdgeResult } from './behind-edge.ts';
import { type HttpResult, httpRequest } from './http-client.ts';
import type { HttpRequest, HttpResponse } from './http-hop.ts';
import { askPhp } from './php-pool.ts';
import type { ProbeContext, StepOutcome } from './probe.ts';

export type WordPress = Target<'wordpress'>;
export type StepBody = (target: WordPress, ctx: ProbeContext, traceparent: string) => Promise<StepOutcome>;

/** A request that no cache can answer: with a unique query, and at the origin if the spec has one. */
export function uncached(target: WordPress, path: string, traceparent: string): HttpRequest {
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

const sendFor = (target: WordPress, request: HttpRequest) => (ctx: ProbeContext) =>
  httpRequest({ ...request, ca: target.ca, sameHost: true, headers: { ...target.headers, ...request.headers } }, ctx);

/** The request; when the edge gives no answer but the origin behind it does, the edge is to blame. */
export function get(target: WordPress, ctx: ProbeContext, request: HttpRequest): Promise<EdgeResult> {
  const toEdge = target.origin !== undefined && request.host === undefined;
  const origin = toEdge ? sendFor(target, uncached(target, '/', request.traceparent)) : undefined;
  return askEdge(ctx, sendFor(target, request), origin);
}

/** The request for a page that PHP makes: when it hangs but a file of the same web server does not, the pool of PHP is full. */
export const getPhp = (target: WordPress, ctx: ProbeContext, request: HttpRequest): Promise<EdgeResult> =>
  askPhp(
    ctx,
    (own) => get(target, own, request),
    sendFor(target, uncached(target, target.asset, request.traceparent)),
    target.asset,
  );

/** The URL as a visitor would see it: behind the edge, the origin answers for the public name. */
export function asVisited(target: WordPress, request: HttpRequest, response: HttpResponse): HttpResponse {
  const url = request.host === undefined ? response.url : (response.headers.location ?? target.url);
  return { ...response, url: URL.canParse(url, target.url) ? new URL(url, target.url).href : target.url };
}

export const base = (result: EdgeResult): StepOutcome => ({
  outcome: result.outcome,
  detail: result.detail,
  phases: result.phases,
  facts: result.facts,
  ...(result.blame && { blame: result.blame }),
});

/** The result as a step: what went wrong on the way, else the verdict on the response. */
export function judge(
  result: EdgeResult,
  verdict: (response: NonNullable<HttpResult['response']>) => Pick<StepOutcome, 'outcome' | 'detail'> | undefined,
): StepOutcome {
  if (result.outcome !== 'ok' || result.response === undefined) return base(result);
  return { ...base(result), ...verdict(result.response) };
}

/** The object that the text holds; undefined if it holds none. */
export function jsonOf(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(body) as unknown;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
