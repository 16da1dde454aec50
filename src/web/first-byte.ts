// The first byte of a group of pages as browsers, servers and probes know it, and what follows from that. Says what is missing rather than guess.
import { pageGroupOf } from '../spec/page-group.ts';
import type { Percentile, SiteNumbers } from '../spec/real-users.ts';
import type { Site } from '../spec/site.ts';
import type { Target } from '../spec/target.ts';
import type { SeenRun } from './runs.ts';

/** Phases of a run until its first byte, in the order in which they come. */
export const PHASES = ['dns', 'connect', 'tls', 'first_byte'] as const;
/** Steps of a target that fetch its URL as a page view does. */
const PAGE_STEPS: Readonly<Record<string, readonly string[]>> = {
  http: ['get'],
  wordpress: ['front', 'uncached'],
  cdn: ['hit', 'miss'],
};

export interface ProbeTime {
  readonly target: string;
  readonly step: string;
  /** Good runs; the shown one is in the middle of them by its time to the first byte. */
  readonly runs: number;
  readonly atMs: number;
  readonly phasesMs: Readonly<Partial<Record<(typeof PHASES)[number], number>>>;
  readonly totalMs: number;
}

export interface FirstByte {
  readonly page: string;
  /** Seconds, of all devices; null: no view told. */
  readonly browsers: { readonly n: number; readonly p75: Percentile } | null;
  /** Seconds, by name of Server-Timing. */
  readonly server: readonly { readonly name: string; readonly n: number; readonly p75: Percentile }[];
  readonly probes: readonly ProbeTime[];
}

const ofOrigin = (site: Pick<Site, 'origins'>, { url }: Pick<Target, 'url'>): boolean =>
  URL.canParse(url) && site.origins.includes(new URL(url).origin);

/** Targets that probe a page of the site. */
export const targetsOf = <T extends Pick<Target, 'kind' | 'url'>>(site: Pick<Site, 'origins'>, targets: readonly T[]) =>
  targets.filter((target) => PAGE_STEPS[target.kind] !== undefined && ofOrigin(site, target));

/** Groups with views first, in the order of the numbers, then those that only probes know. */
export function firstBytes(
  site: Site,
  numbers: SiteNumbers,
  targets: readonly Target[],
  runsOf: (target: string) => readonly SeenRun[],
): FirstByte[] {
  const probes = targetsOf(site, targets).map((target) => ({
    page: pageGroupOf(site, target.url),
    times: PAGE_STEPS[target.kind]!.flatMap((step) => probeTime(target.name, step, runsOf(target.name)) ?? []),
  }));
  const probed = probes.filter(({ times }) => times.length > 0).map(({ page }) => page);
  const pages = new Set([...numbers.groups.map(({ page }) => page), ...probed]);
  return [...pages].map((page) => {
    const found = numbers.groups.find((group) => group.page === page)?.vitals.ttfb;
    return {
      page,
      browsers: found === undefined ? null : { n: found.n, p75: found.p75 },
      server: numbers.server.filter((each) => each.page === page).map(({ name, n, p75 }) => ({ name, n, p75 })),
      probes: probes.filter((probe) => probe.page === page).flatMap(({ times }) => times),
    };
  });
}

/** Of the good runs that are known the one in the middle, so that its phases add up. undefined without any. */
function probeTime(target: string, step: string, runs: readonly SeenRun[]): ProbeTime | undefined {
  const times = runs
    .filter(({ distorted }) => !distorted)
    .flatMap(({ atMs, steps }) =>
      steps
        .filter((one) => one.step === step && one.outcome === 'ok')
        .map(({ phases }) => {
          const known = PHASES.flatMap((name) => (phases[name] === undefined ? [] : [[name, phases[name]] as const]));
          return { atMs, phasesMs: Object.fromEntries(known), totalMs: known.reduce((sum, [, ms]) => sum + ms, 0) };
        }),
    )
    .sort((a, b) => a.totalMs - b.totalMs);
  const middle = times[Math.floor((times.length - 1) / 2)];
  return middle && { target, step, runs: times.length, ...middle };
}
