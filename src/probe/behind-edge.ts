// Who is to blame when an edge fails: the edge, if it gives no answer and the origin behind it does; the origin, if the edge
// says that it got no answer from it and we get none either.
import type { Outcome } from '../spec/outcome.ts';
import type { HttpResult } from './http-client.ts';
import type { ProbeContext } from './probe.ts';

/** A result with, at need, a better blame than that of its outcome. */
export type EdgeResult = HttpResult & { readonly blame?: 'edge' };
type Ask = (ctx: ProbeContext) => Promise<HttpResult>;

/** Outcomes of a server that did not answer. */
export const NO_ANSWER: ReadonlySet<Outcome> = new Set(['refused', 'reset', 'unreachable', 'timeout']);

const GATEWAY_ERRORS: ReadonlySet<number> = new Set([502, 503, 504]);

/** An answer of the edge itself: it neither failed, nor does it blame what is behind it. */
const isItsOwn = ({ outcome, response }: HttpResult): boolean =>
  !NO_ANSWER.has(outcome) && !GATEWAY_ERRORS.has(response?.status ?? 0);

/** Does the origin answer at all? */
export const alive = ({ outcome, response }: HttpResult): boolean =>
  outcome === 'ok' && (response?.status ?? 500) < 500;

/**
 * Asks the edge; the origin only if the edge blames it (502, 503, 504), fails, or is silent for half of the time that is left.
 * An edge that hangs holds out to the deadline, and then it would be too late to ask. Without an origin only the edge.
 */
export async function askEdge(ctx: ProbeContext, edge: Ask, origin: Ask | undefined): Promise<EdgeResult> {
  const asked = edge(ctx);
  if (origin === undefined || (await answersWithin(asked, ctx.remainingMs() / 2, isItsOwn))) return asked;
  const behind = beside(ctx, origin);
  const result = await asked;
  if (NO_ANSWER.has(result.outcome))
    return alive(await behind.answer)
      ? { ...result, blame: 'edge', detail: `${result.detail}; the origin answers` }
      : result;
  if (GATEWAY_ERRORS.has(result.response?.status ?? 0)) {
    const answer = await behind.answer;
    if (!NO_ANSWER.has(answer.outcome)) return result;
    const detail = `the edge answers ${result.response?.status}, the origin does not: ${answer.outcome}`;
    return { ...result, outcome: 'origin_down', detail };
  }
  behind.cancel();
  return result;
}

/** A second question beside a first: not waited for once it is cancelled, and a fault of it says nothing then. */
export function beside(ctx: ProbeContext, ask: Ask): { readonly answer: Promise<HttpResult>; cancel(): void } {
  const canceller = new AbortController();
  const answer = ask({ ...ctx, signal: AbortSignal.any([ctx.signal, canceller.signal]) });
  answer.catch(() => {});
  return { answer, cancel: () => canceller.abort(new Error('the first question is answered')) };
}

/** True as soon as there is an answer that needs no second opinion; false if there is another, or none after `ms`. */
export async function answersWithin(
  asked: Promise<HttpResult>,
  ms: number,
  isAnswer: (result: HttpResult) => boolean,
): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const slow = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  return Promise.race([asked.then(isAnswer), slow]).finally(() => clearTimeout(timer));
}
