// Visitors of sites without browsers: one with a day of views, one that went quiet, one with few views, one with a view of just now, one with none.
import type { Beacon } from '../../src/rum/beacon.ts';
import { RealUsers } from '../../src/rum/real-users.ts';
import type { Spec } from '../../src/spec/spec.ts';

const HOUR = 3_600_000;
const DESKTOP = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36';
const PHONE = 'Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0';

/** Of targets `ok` and `burning` of the platform. */
export const SITES = [
  {
    key: 'shop',
    origins: ['https://ok.example.org'],
    mode: 'full',
    settle: '0s',
    pages: [
      { name: 'front', paths: ['/'] },
      { name: 'product', paths: ['/product/*'] },
    ],
  },
  { key: 'quiet', origins: ['https://burning.example.org'], settle: '0s', sample: 0.1 },
  { key: 'few', origins: ['https://few.example.org'], mode: 'consent', settle: '0s' },
  { key: 'fresh', origins: ['https://fresh.example.org'] },
  { key: 'none', origins: ['https://none.example.org'], settle: '0s' },
];
export const RUM_SLOS = [
  { name: 'lcp-slo', objective: '75%', sli: { kind: 'rum', site: 'shop', of: 'lcp' } },
  { name: 'few-slo', objective: '75%', sli: { kind: 'rum', site: 'few', of: 'lcp' } },
];

export interface View {
  readonly url: string;
  readonly phone?: boolean;
  /** ms; the layout shift without unit. */
  readonly vitals: Readonly<Record<string, number>>;
  /** Of Server-Timing, ms. */
  readonly server?: Readonly<Record<string, number>>;
  readonly isBroken?: boolean;
  readonly traceId?: string;
  readonly navigation?: string;
}

let ids = 0;
export function beaconOf({ url, phone = false, vitals, server, isBroken, traceId, navigation }: View): Beacon {
  const id = `v${ids++}`;
  return {
    meta: { page: { url, attributes: { view: id } }, browser: { mobile: phone } },
    measurements: [
      ...Object.entries(vitals).map(([name, value]) => ({
        type: 'web-vitals',
        values: { [name]: value },
        context: { id: `${name}-${id}`, navigation_type: navigation ?? 'navigate' },
        ...(traceId !== undefined && { trace: { trace_id: traceId } }),
      })),
      ...(server === undefined ? [] : [{ type: 'server-timing', values: server }]),
    ],
    exceptions: isBroken === true ? [{ type: 'Error', value: 'broken' }] : [],
    events: [],
    logs: [],
  } as Beacon;
}

/** Real users of a spec at a time; `look` sets the clock and tells of a view. */
export function visited(spec: Spec, nowMs: number, text: string): RealUsers {
  let clock = nowMs - 23 * HOUR;
  const users = new RealUsers(spec, { now: () => clock, monotonicMs: () => clock });
  const see = (site: string, view: View) =>
    users.site(site)?.accept(beaconOf(view), view.phone === true ? PHONE : DESKTOP);
  for (let i = 0; i < 260; i++) {
    clock = nowMs - 20 * HOUR + (i * 20 * HOUR) / 260;
    const phone = i % 3 === 0;
    see('shop', {
      url: 'https://ok.example.org/',
      phone,
      vitals: { lcp: 900 + 9 * i, fcp: 500 + 2 * i, ttfb: 100 + i, cls: 0.02, ...(i % 2 === 0 && { inp: 60 + i }) },
      server: { php: 40 + (i % 40), db: 10 },
      isBroken: i % 50 === 0,
    });
    see('shop', {
      url: `https://ok.example.org/product/${i === 7 ? `${encodeURIComponent(text)}'${text}` : 'chair'}?mail=canary@example.org`,
      vitals: { lcp: 3_000 + 20 * i, ttfb: 1_200 + 3 * i, cls: i / 800, inp: 300 + i },
      server: { php: 1_100 + i },
      traceId: `${i.toString(16).padStart(4, '0')}${'a'.repeat(28)}`,
    });
  }
  clock = nowMs - 3 * HOUR;
  for (let i = 0; i < 150; i++)
    see('quiet', { url: 'https://burning.example.org/', vitals: { lcp: 1_000, ttfb: 200 } });
  clock = nowMs - 60_000;
  for (let i = 0; i < 12; i++)
    see('few', { url: 'https://few.example.org/', phone: true, vitals: { lcp: 1_500 + i, ttfb: 11_000 } });
  clock = nowMs - 10_000;
  see('fresh', { url: 'https://fresh.example.org/', vitals: { lcp: 1_200, ttfb: 90 } });
  users.site('none')?.result('wrong_origin');
  clock = nowMs;
  users.tick();
  return users;
}
