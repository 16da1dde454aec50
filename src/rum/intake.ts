// The thirteen steps that a beacon goes through, in this order. Answers are given before anything is forwarded.
import { gunzipSync } from 'node:zlib';
import type { Site } from '../spec/site.ts';
import { type Beacon, beaconSchema } from './beacon.ts';
import type { Client } from './client.ts';
import { notAPerson } from './reduce.ts';
import type { SiteState } from './site-state.ts';

/** As sent. */
export const MOST_BODY_BYTES = 65_536;
/** Unpacked. */
const MOST_JSON_BYTES = 262_144;

export interface Sent {
  readonly origin: string | undefined;
  readonly contentType: string | undefined;
  readonly encoding: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly agent: string;
  readonly client: Client;
  /** Reads at most MOST_BODY_BYTES; undefined if there are more. */
  body(): Promise<Buffer | undefined>;
}

export interface Answer {
  readonly status: 202 | 400 | 403 | 413 | 415 | 429;
  readonly why?: string;
  readonly retryAfterSeconds?: number;
}

/** May pages of this origin send beacons? Exactly as the spec names it. */
export const isAllowed = (site: Site, origin: string | undefined): origin is string =>
  origin !== undefined && site.origins.includes(origin);

/** Steps 2 to 13; the site has been found by its key (step 1). */
export async function take(state: SiteState, sent: Sent, nowMs: number): Promise<Answer> {
  const { site } = state;
  const refuse = (result: string, answer: Answer): Answer => {
    state.result(result);
    return answer;
  };
  // 2 origin
  if (!isAllowed(site, sent.origin))
    return refuse('wrong_origin', { status: 403, why: 'this origin is not one of the site: see sites[].origins' });
  // 3 type, size and compression
  const type = sent.contentType?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json')
    return refuse('wrong_type', { status: 415, why: 'send content-type: application/json' });
  if (sent.encoding !== undefined && sent.encoding !== 'gzip' && sent.encoding !== 'identity')
    return refuse('wrong_type', { status: 415, why: 'send content-encoding: gzip, or none' });
  const body = await sent.body();
  const json = body === undefined ? undefined : unpacked(body, sent.encoding === 'gzip');
  if (json === undefined)
    return refuse('too_large', { status: 413, why: `at most ${MOST_BODY_BYTES} bytes, ${MOST_JSON_BYTES} unpacked` });
  // 4 limits of the network and of the site
  const who = state.limits.hashed(sent.client.address, nowMs);
  const wait = state.limits.waitSeconds(who, site.perSecond, nowMs);
  if (wait > 0) return refuse('rate_limited', { status: 429, why: 'too many beacons', retryAfterSeconds: wait });
  // 5 sent again
  const key = sent.idempotencyKey?.slice(0, 128);
  if (key !== undefined && state.keys.get(key, nowMs) !== undefined) return refuse('replayed', { status: 202 });
  // 6 shape
  const beacon = read(json);
  if (beacon === undefined)
    return refuse('not_json', { status: 400, why: 'no beacon in the wire format of the Faro SDK' });
  if (key !== undefined) state.keys.set(key, true, nowMs);
  // 7 robots: accepted, so that they do not try again, and counted
  const reason = notAPerson(sent.agent, beacon);
  if (reason !== undefined) return refuse(reason, { status: 202 });
  // The share of one network, before anything of it is counted
  if (!state.limits.withinShare(who, site.maxShare, nowMs)) return refuse('over_share', { status: 202 });
  // 8 plausible, 9 cleaned, 10 reduced, 11 counted
  state.accept(beacon, sent.agent);
  // 12 answered; 13 forwarded from a queue
  return { status: 202 };
}

/** undefined: larger than it may be, or no gzip. */
function unpacked(body: Buffer, isPacked: boolean): Buffer | undefined {
  if (!isPacked) return body;
  try {
    // Stops at the limit: what a bomb would be larger is never made.
    return gunzipSync(body, { maxOutputLength: MOST_JSON_BYTES });
  } catch {
    return undefined;
  }
}

function read(json: Buffer): Beacon | undefined {
  try {
    const parsed = beaconSchema.safeParse(JSON.parse(json.toString('utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
