// One HTTP request as a probe needs it: redirects checked hop by hop, and every fault told as an outcome. A hop: http-hop.ts.
import type { Outcome } from '../spec/outcome.ts';
import { ProbeFault } from './fault.ts';
import { type Hop, type HttpRequest, type HttpResponse, sendOnce } from './http-hop.ts';
import { networkOutcome } from './network-error.ts';
import { endPhase, startPhase } from './phase-clock.ts';
import type { Facts, Phase, ProbeContext } from './probe.ts';

export interface HttpResult {
  /** ok: a response was read to its end, whatever its status. */
  readonly outcome: Outcome;
  readonly detail: string;
  readonly phases: Partial<Record<Phase, number>>;
  readonly facts: Facts;
  readonly response?: HttpResponse;
}

/** Sends the request and follows redirects. Faults are outcomes; rejects for a bug of ours only, which is the runner's business. */
export async function httpRequest(request: HttpRequest, ctx: ProbeContext): Promise<HttpResult> {
  const hop: Hop = { ...startPhase('dns'), facts: {} };
  const first = new URL(request.url);
  const seen = new Set<string>();
  let url = first;
  let sent: HttpRequest = request;
  let response: HttpResponse | undefined;
  try {
    for (let redirects = 0; ; redirects++) {
      if (redirects > (request.redirects ?? 5) || seen.has(url.href))
        throw new ProbeFault('redirect_loop', `after ${redirects} redirects at ${url.origin}${url.pathname}`);
      seen.add(url.href);
      response = await sendOnce(sent, url, first, hop, ctx);
      hop.facts.redirects = redirects;
      const { location } = response.headers;
      if (request.redirects === 0 || location === undefined || ![301, 302, 303, 307, 308].includes(response.status))
        break;
      if (!URL.canParse(location, url)) throw new ProbeFault('protocol_error', 'the Location header is not a URL');
      url = new URL(location, url);
      if (!/^https?:$/.test(url.protocol)) throw new ProbeFault('redirect_refused', `redirect to ${url.protocol}`);
      if (request.sameHost === true && url.host !== first.host) {
        response = { ...response, url: url.href };
        break;
      }
      sent = afterRedirect(sent, response.status);
      if (sent.body !== undefined && url.origin !== first.origin)
        throw new ProbeFault('redirect_refused', `redirect of a request with a body to ${url.origin}`);
    }
    return { outcome: 'ok', detail: '', phases: hop.phases, facts: hop.facts, response };
  } catch (error) {
    endPhase(hop, hop.going);
    // A fault that was told knows more than the deadline: a resolver of ours that was silent up to it is not the target's timeout.
    const fault =
      ctx.signal.aborted && !(error instanceof ProbeFault)
        ? new ProbeFault('timeout', `no answer within the deadline, in phase ${hop.going}`)
        : error;
    if (fault instanceof ProbeFault)
      return {
        outcome: fault.outcome,
        detail: fault.message,
        phases: hop.phases,
        facts: { ...hop.facts, ...fault.facts },
        ...(response && { response }),
      };
    const outcome = networkOutcome(error);
    if (outcome !== undefined)
      return {
        outcome,
        detail: `${(error as Error).message} in phase ${hop.going}`,
        phases: hop.phases,
        facts: hop.facts,
      };
    throw error;
  }
}

/** As browsers do: 307 and 308 repeat the request, every other redirect is a GET (or HEAD) without a body. */
function afterRedirect({ body, ...request }: HttpRequest, status: number): HttpRequest {
  if (status === 307 || status === 308) return { ...request, ...(body !== undefined && { body }) };
  return { ...request, method: request.method === 'HEAD' ? 'HEAD' : 'GET' };
}
