// Whose the time of a slow first byte is: origin, CDN, network or front-end. In words, and only if the numbers carry them. Pure.
import type { GroupNumbers, Percentile } from '../spec/real-users.ts';
import { VITALS } from '../spec/vitals.ts';
import type { FirstByte, ProbeTime } from './first-byte.ts';
import { seconds } from './vital-words.ts';
import { counted } from './words.ts';

export interface Verdict {
  readonly part: 'none' | 'origin' | 'edge' | 'network' | 'front-end' | 'unknown';
  readonly text: string;
}

/** What servers say of all of their work; `db` is a part of it, `edge` is not theirs. */
const WHOLE: ReadonlySet<string> = new Set(['php', 'wp-total']);
/** A part is to blame for a time if it is at least this share of it. */
const MOST_OF_IT = 0.5;

const unknown = (text: string): Verdict => ({ part: 'unknown', text });
/** What is known of a percentile beyond the last boundary: at least that. */
const atLeast = ({ value, low }: Percentile): number => value ?? low;

export function verdictOf(times: FirstByte, group: GroupNumbers | undefined, enough: number): Verdict {
  const { browsers } = times;
  if (browsers === null || browsers.n < enough)
    return unknown(
      `No verdict: ${counted(browsers?.n ?? 0, 'view')} told of their first byte, it takes ${enough}.${browsers === null && times.probes.length > 0 ? ' The probe alone does not say what visitors feel.' : ''}`,
    );
  const { low, high } = browsers.p75;
  const { good } = VITALS.ttfb;
  if (high !== undefined && high <= good) return inTime(group, enough);
  if (low <= good)
    return unknown(
      `No verdict: the band of browsers includes ${seconds(good)}, so good and slow cannot be told apart.`,
    );
  return slow(times, browsers.p75, enough);
}

/** The first byte is in time: what is slow behind it is the page itself. */
function inTime(group: GroupNumbers | undefined, enough: number): Verdict {
  const lcp = group?.vitals.lcp;
  if (lcp !== undefined && lcp.n >= enough && lcp.p75.low > VITALS.lcp.good)
    return {
      part: 'front-end',
      text: `Front-end: the first byte is in time, the largest paint is not. Look at images, fonts and scripts of the page.`,
    };
  return { part: 'none', text: 'The first byte is in time.' };
}

function slow({ server, probes }: FirstByte, browsers: Percentile, enough: number): Verdict {
  const waited = atLeast(browsers);
  const most = MOST_OF_IT * waited;
  const whole = server
    .filter(({ name, n }) => WHOLE.has(name) && n >= enough)
    .sort((a, b) => atLeast(b.p75) - atLeast(a.p75))[0];
  const isCopied = whole !== undefined && browsers.high !== undefined && whole.p75.low > browsers.high;
  const probe = probes[0];
  if (whole === undefined || isCopied) return withoutServer(probe, waited, isCopied);
  const served = atLeast(whole.p75);
  if (served >= most) {
    const db = server.find(({ name, n }) => name === 'db' && n >= enough);
    const isDb = db !== undefined && atLeast(db.p75) >= MOST_OF_IT * served;
    return {
      part: 'origin',
      text: `Origin: of the ${seconds(waited)} that browsers wait, servers take ${seconds(served)}${isDb ? `, most of it in the database (${seconds(atLeast(db.p75))})` : ''}.`,
    };
  }
  if (probe === undefined)
    return unknown(
      `Not the origin: servers take ${seconds(served)} of ${seconds(waited)}. CDN or network? Missing is a probe of such a page: a target whose URL is in this group.`,
    );
  const { reach, answer } = partsOf(probe);
  if (answer - served >= most)
    return {
      part: 'edge',
      text: `CDN or edge: the probe ${probe.target} waits ${seconds(answer)} for an answer, of which servers take ${seconds(served)}.`,
    };
  if (reach >= most) return networkOf(probe, reach);
  if (reach + answer < most)
    return {
      part: 'network',
      text: `Network of the visitors: servers take ${seconds(served)}, the probe ${probe.target} has its first byte after ${seconds(reach + answer)}, browsers wait ${seconds(waited)}. Look at redirects, distance and old devices.`,
    };
  return unknown(`No part is half of the ${seconds(waited)} that browsers wait: several are slow.`);
}

function withoutServer(probe: ProbeTime | undefined, waited: number, isCopied: boolean): Verdict {
  const why = isCopied
    ? 'servers tell longer times than browsers waited, so these come from copies in a cache'
    : 'too few of these pages tell Server-Timing';
  if (probe === undefined) return unknown(`No verdict: ${why}, and no probe fetches such a page.`);
  const { reach, answer } = partsOf(probe);
  if (reach >= MOST_OF_IT * waited) return networkOf(probe, reach);
  return unknown(
    answer >= MOST_OF_IT * waited
      ? `Origin or CDN: the probe ${probe.target} waits ${seconds(answer)} for an answer too. Which of them is missing: ${why}.`
      : `No verdict: the probe ${probe.target} has its first byte after ${seconds(reach + answer)}, perhaps from a cache; ${why}.`,
  );
}

const networkOf = ({ target }: ProbeTime, reach: number): Verdict => ({
  part: 'network',
  text: `Network of the site: name, connection and TLS take the probe ${target} ${seconds(reach)}.`,
});

/** Seconds until the connection stands, and from then on to the first byte. */
function partsOf({ phasesMs: { dns = 0, connect = 0, tls = 0, first_byte = 0 } }: ProbeTime) {
  return { reach: (dns + connect + tls) / 1000, answer: first_byte / 1000 };
}
