// What is told of real users: the shapes of GET /api/v1/real-users, which its page shows. Shapes only.
import type { Navigation, VitalName } from './vitals.ts';

export interface Percentile {
  /** undefined beyond the last boundary: nothing is known there. */
  readonly value: number | undefined;
  /** 95 % band; its upper end is undefined beyond the last boundary. */
  readonly low: number;
  readonly high: number | undefined;
}

export type Grade = 'good' | 'needs-improvement' | 'poor';

export interface VitalNumbers {
  /** Observations; fewer than 100 are no verdict. */
  readonly n: number;
  /** In seconds; of the layout shift without unit. */
  readonly p75: Percentile;
  /** Of the 75th percentile; null with fewer than 100 observations. */
  readonly grade: Grade | null;
  /** Shares of the observations, 0 to 1; together they are 1. */
  readonly good: number;
  readonly needsImprovement: number;
  readonly poor: number;
}

export interface ViewNumbers {
  readonly views: number;
  readonly errorViews: number;
  readonly vitals: Readonly<Partial<Record<VitalName, VitalNumbers>>>;
}

export interface GroupNumbers extends ViewNumbers {
  readonly page: string;
}

export interface PageNumbers extends GroupNumbers {
  readonly device: string;
}

export interface ServerNumbers {
  readonly page: string;
  /** Of Server-Timing. */
  readonly name: string;
  readonly n: number;
  /** Seconds. */
  readonly p75: Percentile;
}

/** The last 24 hours as an SLO of real users would count them. Its state and budget are Prometheus's. */
export interface RumSloNumbers {
  readonly slo: string;
  readonly objective: number;
  readonly of: VitalName | 'errors';
  readonly grade: 'good' | 'not-poor';
  readonly n: number;
  /** Share of good events; null with fewer than `minimum`. */
  readonly sliRatio: number | null;
  readonly minimum: number;
}

/** A value of a page view that was among the worst; nothing of the visitor. */
export interface WorstSample {
  readonly vital: VitalName;
  /** In seconds; of the layout shift without unit. */
  readonly value: number;
  readonly page: string;
  readonly device: string;
  readonly navigation: Navigation;
  /** Cleaned, without query; '' if the browser told none. */
  readonly path: string;
  /** When it was counted, ms since 1970. */
  readonly atMs: number;
  readonly traceId: string | null;
}

export interface SiteNumbers {
  readonly site: string;
  readonly mode: 'lite' | 'consent' | 'full';
  readonly sample: number;
  /** Were there beacons lately? Without any, nothing is known, and nothing is well. */
  readonly present: boolean;
  /** How long it may be without beacons. */
  readonly quietMs: number;
  /** When the newest beacon was taken, ms since 1970; null: none since the start. */
  readonly lastBeaconMs: number | null;
  /** Values that are taken and not counted yet: each waits up to `settleMs` for a later one of the same view. */
  readonly pending: number;
  readonly settleMs: number;
  /** Page views that give a verdict. */
  readonly enough: number;
  readonly all: ViewNumbers;
  /** By group of pages and device, most views first. */
  readonly pages: readonly PageNumbers[];
  /** The same with all devices together. */
  readonly groups: readonly GroupNumbers[];
  /** What the servers said they took, by group of pages and name. */
  readonly server: readonly ServerNumbers[];
  readonly slos: readonly RumSloNumbers[];
  /** Worst first, at most 20 of each vital. */
  readonly worst: readonly WorstSample[];
  /** Values that came since the start, by engine of the browser and vital. */
  readonly engines: Readonly<Record<string, Readonly<Partial<Record<VitalName, number>>>>>;
  /** Beacons since the start, by result. */
  readonly beacons: Readonly<Record<string, number>>;
}
