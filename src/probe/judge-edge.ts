// Edge and origin compared: which of them fails, and do they serve the same? A fault of our own is never a verdict on either. Pure.
import { createHash } from 'node:crypto';
import { verdictOf } from '../spec/outcome.ts';
import { alive } from './behind-edge.ts';
import type { HttpResult } from './http-client.ts';
import type { HttpResponse } from './http-hop.ts';
import type { CacheStatus, StepOutcome } from './probe.ts';

/** The cache had the page, fresh or not. */
export const FROM_CACHE: ReadonlySet<CacheStatus> = new Set(['hit', 'stale', 'updating', 'revalidated']);

const inShort = ({ outcome, response }: HttpResult): string =>
  outcome === 'ok' ? `status ${response?.status}` : outcome;
/** A fault of our own, or of the spec: it must not become a verdict on edge or origin. */
const isOurs = ({ outcome }: Pick<StepOutcome, 'outcome'>): boolean => verdictOf(outcome) === 'unmeasured';
const unasked = ({ outcome, detail }: HttpResult): Pick<StepOutcome, 'outcome' | 'detail'> => ({
  outcome,
  detail: `the origin could not be asked: ${detail}`,
});

/** The edge's answer beside the origin's. */
export function judgeOrigin(edge: StepOutcome & { readonly status: CacheStatus }, origin: HttpResult): StepOutcome {
  if (isOurs(edge)) return edge;
  if (edge.outcome !== 'ok') {
    if (alive(origin)) return { ...edge, outcome: 'edge_down', detail: `${edge.outcome}: ${edge.detail}` };
    return isOurs(origin)
      ? { ...edge, detail: `${edge.detail}; ${unasked(origin).detail}` }
      : { ...edge, blame: 'target', detail: `${edge.detail}; the origin fails too: ${inShort(origin)}` };
  }
  if (isOurs(origin)) return { ...edge, ...unasked(origin) };
  if (alive(origin)) return edge;
  return {
    ...edge,
    outcome: FROM_CACHE.has(edge.status) ? 'stale_masked' : 'origin_down',
    detail: `the edge answers (${edge.status}), the origin does not: ${inShort(origin)}`,
  };
}

/** An address that we cannot reach ourselves, as one of IPv6 without a route, says nothing of the edge. */
export function judgeAddresses(all: readonly { readonly address: string; readonly step: StepOutcome }[]): StepOutcome {
  const asked = all.filter(({ step }) => !isOurs(step));
  const bad = asked.filter(({ step }) => step.outcome !== 'ok');
  const told = (some: typeof all) => some.map(({ address, step }) => `${address}: ${step.outcome}`).join(', ');
  if (asked.length === 0) return { ...all[0]!.step, detail: told(all) };
  if (bad.length === 0) return { outcome: 'ok', detail: `${asked.length} of ${all.length} addresses answer` };
  const failed = { ...bad[0]!.step, detail: told(bad) };
  return bad.length === asked.length ? failed : { ...failed, outcome: 'one_edge_bad' };
}

/** The same file of both; `step` is the edge's answer, `edge`, as judged so far. */
export function judgeMatch(step: StepOutcome, edge: HttpResult, origin: HttpResult): StepOutcome {
  if (step.outcome !== 'ok' || edge.response === undefined) return step;
  if (isOurs(origin)) return { ...step, ...unasked(origin) };
  if (!alive(origin) || origin.response === undefined)
    return {
      ...step,
      outcome: 'origin_down',
      detail: `no ${new URL(edge.response.url).pathname} from the origin: ${inShort(origin)}`,
    };
  return { ...step, ...compared(edge.response, origin.response) };
}

/** Are both the same bytes? Compared by SHA-256; sizes and beginnings of the hashes go into the detail. */
function compared(edge: HttpResponse, origin: HttpResponse): Pick<StepOutcome, 'outcome' | 'detail'> {
  const [here, there] = [edge, origin].map(({ status, bytes }) => {
    const hash = createHash('sha256').update(bytes).digest('hex');
    return { hash, text: `${bytes.length} bytes, status ${status}, SHA-256 ${hash.slice(0, 12)}` };
  }) as [{ hash: string; text: string }, { hash: string; text: string }];
  if (here.hash === there.hash && edge.status === origin.status) return { outcome: 'ok', detail: here.text };
  return { outcome: 'edge_mismatch', detail: `edge: ${here.text}; origin: ${there.text}` };
}
