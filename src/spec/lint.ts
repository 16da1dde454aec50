// Lint beyond the schema: a spec that would start, but would not do what its author thinks. Pure.
// Indexes in paths are those of the whole spec; parse.ts makes places of them. Nothing follows from a null (part.ts).
import { nominalPeriodMs } from '../slo/calendar.ts';
import { type BurnTier, fewestBadToFire, PROBES_TO_JUDGE, STANDARD_WINDOWS_MS, tiersFor } from '../slo/policy.ts';
import type { Path, Problem } from './finding.ts';
import { lintPromql, lintSettings } from './lint-evaluation.ts';
import { CHANGE_KINDS } from './names.ts';
import { isWhole, type Part } from './part.ts';
import { lintRumTiers, lintSite } from './rum-checks.ts';
import { RUM_MINIMUM } from './rum-sli.ts';
import { formatDuration } from './scalars.ts';
import { covers, type Maintenance, type Slo, type Spec, targetOf } from './spec.ts';

/** Series of one SLO: at most 12 (design contract), and two gauges for each of the standard windows and for the period. */
const SERIES_PER_SLO = 12;
/** Info, objective and maintenance of an SLO that Prometheus counts; the rules record the rest. */
const SERIES_PER_PROMISE = 3;
export const WINDOW_SERIES_PER_SLO = 2 * (STANDARD_WINDOWS_MS.length + 1);
/** Series of a histogram: 13 buckets, +Inf, sum and count. */
const HISTOGRAM_SERIES = 16;
const PHASES = 6;
/** What a MariaDB 10.11 and a Redis 7 tell, with some commands in use; a page over TLS. */
const BOARD_SERIES: Readonly<Record<string, number>> = { mariadb: 300, redis: 100 };
const BLACKBOX_SERIES = 15;
/** If the fewest bad events that page are this share of the period's budget (and three times the tier's), the page comes too late. */
const LATE_SHARE = 0.25;

/** A spec as far as it passed the schema. */
export type KnownSpec = Part<Spec> & {
  readonly [K in 'targets' | 'slos' | 'sites' | 'maintenance' | 'policies']: NonNullable<Part<Spec>[K]>;
};

/** The period in ms; null if it is not known. */
function periodOf(slo: Part<Slo>): number | null {
  if (slo.window === null || typeof slo.window === 'number') return slo.window;
  return slo.window.calendar === null ? null : nominalPeriodMs(slo.window.calendar);
}

/** Everything worth a warning in a spec. SLOs with an unknown target or an objective out of range are left to the errors. */
export function lintSpec(spec: KnownSpec): Problem[] {
  const intervals = new Map(spec.targets.map((target) => [target?.name, target?.interval ?? undefined]));
  const slos = spec.slos.flatMap((slo, index) =>
    slo === null
      ? []
      : [
          ...lintSlo(slo, ['slos', index], spec, intervals.get(targetIn(slo))),
          ...lintPromql(slo, ['slos', index], spec),
        ],
  );
  const maintenance = spec.maintenance.flatMap((window, index) =>
    window === null ? [] : lintMaintenance(window, ['maintenance', index], spec),
  );
  const sites = spec.sites.flatMap((site, index) => (site === null ? [] : lintSite(site, ['sites', index])));
  return [...slos, ...duplicates(spec.slos), ...sites, ...maintenance, ...series(spec), ...lintSettings(spec)];
}

/** The target of an SLO; null or undefined if it has none, or none that is known. */
const targetIn = ({ sli }: Part<Slo>): string | null | undefined => (sli === null ? null : targetOf(sli));
const isCounted = (slo: Part<Slo> | null): boolean => slo !== null && targetIn(slo) === undefined;

function lintSlo(slo: Part<Slo>, path: Path, spec: KnownSpec, intervalMs: number | undefined): Problem[] {
  const problems: Problem[] = [];
  const periodMs = periodOf(slo);
  if (periodMs === null) return [];
  const retention = spec.exporter?.retention ?? null;
  if (retention !== null && periodMs > retention && !isCounted(slo)) {
    problems.push({
      rule: 'window-retention',
      path: [...path, 'window'],
      message: `the window of ${formatDuration(periodMs)} is longer than the history of ${formatDuration(retention)}`,
      hint: `set exporter.retention to ${formatDuration(periodMs)} or more`,
    });
  }
  const policies = spec.policies.filter(isWhole) as Spec['policies'];
  const tiers = tiersFor(periodMs, policies);
  if (tiers === undefined) {
    // One of the policies that failed the schema may be for this period.
    if (policies.length < spec.policies.length) return problems;
    problems.push({
      rule: 'period-policy',
      path: [...path, 'window'],
      message: `no alert policy for a period of ${formatDuration(periodMs)}: nobody would be alerted`,
      hint: `use 30d, or add a policy with window: ${formatDuration(periodMs)}`,
    });
    return problems;
  }
  const { objective } = slo;
  if (objective === null) return problems;
  if (objective <= 0 || objective >= 1) return problems;
  if (slo.sli?.kind === 'rum')
    return [...problems, ...lintRumTiers(tiers, objective, slo.sli.minimum ?? RUM_MINIMUM, path)];
  const dead = tiers.filter((tier) => tier.k * (1 - objective) >= 1);
  if (dead.length > 0) {
    const names = dead.map((tier) => `${tier.tier} (k ${Number(tier.k.toFixed(2))})`).join(', ');
    problems.push({
      rule: 'tier-never-fires',
      path: [...path, 'objective'],
      message: `not even a full outage can fire ${names}`,
      hint: 'k x (1 - objective) must be below 1: raise the objective, or write a policy of your own',
    });
  }
  if (intervalMs === undefined) return problems;
  return [
    ...problems,
    ...lintInterval(
      objective,
      path,
      tiers.filter((tier) => !dead.includes(tier)),
      periodMs,
      intervalMs,
    ),
  ];
}

/** First tier that is too coarse for this interval, per rule. */
function lintInterval(
  objective: number,
  path: Path,
  tiers: readonly BurnTier[],
  periodMs: number,
  intervalMs: number,
): Problem[] {
  const problems: Problem[] = [];
  const at = [...path, 'sli', 'target'];
  const every = formatDuration(intervalMs);
  const narrow = tiers.find((tier) => tier.shortMs < PROBES_TO_JUDGE * intervalMs);
  if (narrow !== undefined) {
    const most = formatDuration(Math.floor(narrow.shortMs / PROBES_TO_JUDGE));
    problems.push({
      rule: 'short-window',
      path: at,
      message: `the short window of ${narrow.tier} (${formatDuration(narrow.shortMs)}) holds fewer than four probes at an interval of ${every}`,
      hint: `probe at least every ${most}`,
    });
  }
  const budgetEvents = ((1 - objective) * periodMs) / intervalMs;
  for (const tier of tiers.filter((t) => t.severity === 'page')) {
    const events = Math.floor(tier.longMs / intervalMs);
    const fewest = fewestBadToFire(events, tier.k * (1 - objective));
    const window = `one window holds ${events} events of the ${formatDuration(tier.longMs)}/${formatDuration(tier.shortMs)} tier`;
    const share = fewest === undefined ? Number.POSITIVE_INFINITY : fewest / budgetEvents;
    if (share < Math.max(LATE_SHARE, 3 * tier.share)) continue;
    const what =
      fewest === undefined
        ? 'too few to page at all'
        : `${fewest} bad ones page, which is ${Math.round(100 * share)} % of the budget`;
    problems.push({
      rule: 'interval-too-long',
      path: at,
      message: `an interval of ${every} is too long for this objective: ${window}; ${what}`,
      hint: 'shorten the interval of the target, or promise less',
    });
    break;
  }
  return problems;
}

function duplicates(slos: KnownSpec['slos']): Problem[] {
  const first = new Map<string, string>();
  return slos.flatMap((slo, index): Problem[] => {
    if (slo?.name == null || !isWhole(slo)) return [];
    const key = JSON.stringify([slo.sli, slo.objective, slo.window]);
    const twin = first.get(key);
    if (twin === undefined) first.set(key, slo.name);
    return twin === undefined
      ? []
      : [
          {
            rule: 'duplicate-slo',
            path: ['slos', index, 'name'],
            message: `promises exactly the same as ${twin}`,
            hint: 'remove one of the two',
          },
        ];
  });
}

function lintMaintenance(window: Part<Maintenance>, path: Path, spec: KnownSpec): Problem[] {
  const maxExcluded = spec.exporter?.maxExcluded ?? null;
  if (window.for === null || maxExcluded === null) return [];
  const covered = spec.slos.flatMap((slo) => {
    const periodMs = slo === null ? null : periodOf(slo);
    return slo === null || periodMs === null || !covers(window, slo) ? [] : [{ name: slo.name, periodMs }];
  });
  const shortest = covered.toSorted((a, b) => a.periodMs - b.periodMs)[0];
  if (shortest === undefined || window.for <= maxExcluded * shortest.periodMs) return [];
  const percent = Number((100 * maxExcluded).toFixed(2));
  return [
    {
      rule: 'maintenance-too-long',
      path: [...path, 'for'],
      message: `${formatDuration(window.for)} is more than ${percent} % of the period of ${shortest.name} (${formatDuration(shortest.periodMs)})`,
      hint: 'the whole window is not applied, and all its events count: shorten it, or raise exporter.maxExcluded',
    },
  ];
}

/** A rough upper bound: three outcomes per step, histograms per step and phase, a few gauges; changes per kind and service. */
function series({ targets, slos, sites, exporter }: KnownSpec): Problem[] {
  if (exporter === null) return [];
  const { seriesPerTarget, windowGauges, maxSeries, boardSeries } = exporter;
  if (seriesPerTarget === null || windowGauges === null || maxSeries === null || boardSeries === null) return [];
  const perTarget = targets.map(
    (target) =>
      Math.min(seriesPerTarget, (target?.steps ?? []).length * (3 + HISTOGRAM_SERIES) + PHASES * HISTOGRAM_SERIES + 4) +
      (boardSeries ? Math.min(seriesPerTarget, BOARD_SERIES[target?.kind ?? ''] ?? BLACKBOX_SERIES) : 0),
  );
  const perSlo = SERIES_PER_SLO + (windowGauges ? WINDOW_SERIES_PER_SLO : 0);
  const ofSlos = slos.reduce((sum, slo) => sum + (isCounted(slo) ? SERIES_PER_PROMISE : perSlo), 0);
  const ofSites = sites.reduce((sum, site) => sum + (site?.maxSeries ?? 0), 0);
  const services = new Set(slos.flatMap((slo) => slo?.service ?? [])).size + 1;
  const total = perTarget.reduce((sum, n) => sum + n, ofSlos + ofSites + services * CHANGE_KINDS.length);
  if (total <= maxSeries) return [];
  const hint = windowGauges
    ? `exporter.windowGauges: false saves ${WINDOW_SERIES_PER_SLO} series per SLO`
    : 'split the spec over several exporters, or raise exporter.maxSeries';
  return [
    {
      rule: 'too-many-series',
      path: ['exporter', 'maxSeries'],
      message: `about ${total} series, the limit is ${maxSeries}`,
      hint,
    },
  ];
}
