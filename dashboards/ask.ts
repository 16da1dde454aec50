// Queries that several boards ask, with the matchers of their variables. Windows are those of the alert rules.
import { KEY, TOTALS } from '../src/generate/slo/names.ts';
import type { RuleTier } from '../src/generate/slo/tiers.ts';
import { burnRate, eventsIn } from '../src/generate/slo/window.ts';

/** Matchers of the variables; a series without the label matches too. */
export const IN_CLUSTER = 'cluster=~"$cluster"';
export const OWN_SLOS = `${IN_CLUSTER}, slo=~"$slo"`;

/** Visitors only: Envoy counts its own probes and scrapes in listeners admin, eg-ready-http and eg-stats-http. */
export const VISITORS = `${IN_CLUSTER}, envoy_http_conn_manager_prefix=~"http-.+|https-.+"`;

/** SLOs of the chosen services, to be joined by cluster and slo. */
export const CHOSEN = `max by (cluster, slo, service, team, target) (slo_info{${OWN_SLOS}, service=~"$service"})`;
export const ofChosen = (expr: string): string => `(${expr})\nand on (${KEY})\n${CHOSEN}`;

/** The same windows as in the alert rules, so that a board and an alert never disagree. */
export const knownIn = (ms: number, matchers = OWN_SLOS): string => eventsIn(TOTALS.known, { ms }, matchers);

/** What a window without a difference means: a counter that did not move, or samples that do not go back so far. */
export const NO_EVENTS = 'no events, or Prometheus has not watched that long';

/** Nothing where there were no events: "no traffic" is not 0. `standInMs` as in alerts on long windows. */
export const burnIn = (ms: number, matchers = OWN_SLOS, standInMs?: number): string =>
  burnRate({ ms, ...(standInMs !== undefined && { standInMs }) }, matchers);

/** The factor from which on a tier fires, of each SLO that has it. */
export const factorOf = ({ factors }: RuleTier): string =>
  factors
    .map(({ k, windows }) => `${k} * max by (${KEY}) (slo_info{${OWN_SLOS}, window=~"${windows.join('|')}"})`)
    .join('\nor\n');

/** Share of the steps of a window that are known; of an SLO that is younger, of its life. */
export const coverageIn = (ms: number): string =>
  `${knownIn(ms)} * max by (${KEY}) (max by (cluster, slo, target) (slo_info{${OWN_SLOS}}) * on (cluster, target) group_left () max by (cluster, target) (probe_interval_seconds{${IN_CLUSTER}})) / clamp_max(time() - min by (${KEY}) (slo_created_timestamp_seconds{${OWN_SLOS}}), ${ms / 1000})`;

export const COVERAGE = { 'unit-fits': 'steps times their length, over a length of time: a ratio' } as const;

const CHANGES = `change_events_total{${IN_CLUSTER}, service=~"$service|plimsoll"}`;
/** Changes in the last `window`, by kind; of an exporter that is younger, all that it counted. */
export const changesIn = (window: string): string =>
  `sum by (kind) (${CHANGES} - (last_over_time(${CHANGES}[5m] offset ${window}) or 0 * ${CHANGES}))`;

/** Why totals are not in rate() or increase(), for the lint rule that asks. */
export const DIFFERENCES = {
  'target-counter-agg-rule':
    'counters that are kept over restarts: windows are their differences, which are exact and cost two samples',
} as const;

/** Runs of the steps of one kind of target, without those that say nothing of it. */
const runs = (kind: string, more = '') =>
  `increase(probe_runs_total{${IN_CLUSTER}, kind="${kind}", outcome!="skipped", blame!~"prober|config"${more}}[$__rate_interval])`;

/** 0 to 1: the share of failed steps of one kind of target, by `by`. */
export const failedShare = (kind: string, by = 'cluster', more = ''): string =>
  `(sum by (${by}) (${runs(kind, `, outcome!="ok"${more}`)}) or 0 * sum by (${by}) (${runs(kind, more)}))
/ (sum by (${by}) (${runs(kind, more)}) > 0)`;

/** 0 fine, 1 some of it fails, 2 half of it or more fails, of a share between 0 and 1; the worst one, or by `by`. */
export const stateOf = (share: string, by?: string): string =>
  `max${by === undefined ? '' : ` by (${by}) `}((${share} > bool 0) + (${share} >= bool 0.5))`;
