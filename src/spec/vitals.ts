// What browsers report of a page view, and from where on it is poor: thresholds and histogram boundaries. Pure data.

export interface Vital {
  /** Series of its histogram. */
  readonly metric: 'rum_lcp_seconds' | 'rum_inp_seconds' | 'rum_cls_score' | 'rum_fcp_seconds' | 'rum_ttfb_seconds';
  /** Good up to this, in the unit of the histogram (web.dev/articles/vitals, judged at the 75th percentile). */
  readonly good: number;
  /** Poor beyond this. */
  readonly poor: number;
  /** Larger values are no measurement. */
  readonly most: number;
  /** Boundaries, both thresholds among them, so that a share is a count and no estimate. */
  readonly buckets: readonly number[];
  /** Reported in milliseconds; the layout shift has no unit. */
  readonly perSecond: 1_000 | 1;
}

export const VITALS = {
  lcp: {
    metric: 'rum_lcp_seconds',
    good: 2.5,
    poor: 4,
    most: 120,
    buckets: [0.5, 1, 1.8, 2.5, 3, 4, 6, 10],
    perSecond: 1_000,
  },
  inp: {
    metric: 'rum_inp_seconds',
    good: 0.2,
    poor: 0.5,
    most: 60,
    buckets: [0.05, 0.1, 0.2, 0.3, 0.5, 1],
    perSecond: 1_000,
  },
  cls: {
    metric: 'rum_cls_score',
    good: 0.1,
    poor: 0.25,
    most: 100,
    buckets: [0.01, 0.05, 0.1, 0.15, 0.25, 0.5],
    perSecond: 1,
  },
  fcp: {
    metric: 'rum_fcp_seconds',
    good: 1.8,
    poor: 3,
    most: 120,
    buckets: [0.5, 1, 1.8, 3, 6],
    perSecond: 1_000,
  },
  ttfb: {
    metric: 'rum_ttfb_seconds',
    good: 0.8,
    poor: 1.8,
    most: 120,
    buckets: [0.2, 0.5, 0.8, 1.8, 4],
    perSecond: 1_000,
  },
} as const satisfies Record<string, Vital>;
export type VitalName = keyof typeof VITALS;
export const VITAL_NAMES = Object.keys(VITALS) as readonly VitalName[];

/** Boundaries of rum_server_timing_seconds: 10 ms to 10 s. */
export const SERVER_TIMING_BUCKETS = [0.01, 0.05, 0.1, 0.2, 0.5, 1, 2, 10] as const;
/** What of Server-Timing is counted: names that WordPress, its plugins and CDNs send. */
export const SERVER_TIMINGS = ['php', 'db', 'wp-total', 'edge'] as const;

export const DEVICES = ['mobile', 'desktop'] as const;
export type Device = (typeof DEVICES)[number];
/** `restored`: from the back-forward cache, prerendered, or a tab that was discarded. Such views are fast for another reason. */
export const NAVIGATIONS = ['navigate', 'back_forward', 'restored'] as const;
export type Navigation = (typeof NAVIGATIONS)[number];
/** What of a restored view counts: it paints at once and has waited for no server, so its paint times and first byte do not. */
export const RESTORED_COUNTS: ReadonlySet<VitalName | 'errors'> = new Set(['inp', 'cls', 'errors'] as const);
/** Group of a page that is in no other. */
export const OTHER_PAGES = 'other';
