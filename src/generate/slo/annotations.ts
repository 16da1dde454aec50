// What on-call reads in a burn alert: templates of Prometheus whose queries run only while the alert fires, for its SLO alone.
import type { Alerting } from '../../spec/alerting.ts';
import { PROMQL_TARGET } from '../../spec/promql-sli.ts';
import { formatDuration } from '../../spec/scalars.ts';
import { sloLinks } from './links.ts';
import { ALERT, KEY, TOTALS } from './names.ts';
import type { RuleTier } from './tiers.ts';
import { burnRate, eventsIn, type Window } from './window.ts';

/** Matchers of the alert's own SLO; template() fills them in. */
const OWN = 'cluster=%[1]q, slo=%[2]q';

/** The result of a query about the alert's SLO, shown with `show`, or `without` if there is none. */
const template = (query: string, show: string, without: string): string =>
  `{{ with printf \`${query}\` $labels.cluster $labels.slo $labels.target | query }}${show}{{ else }}${without}{{ end }}`;

const FIRST = '{{ . | first | value | ';

const burn = (window: Window): string => burnRate(window, OWN);

/** "6 of 120 (burn rate 50)" */
const windowText = (window: Window): string =>
  [
    template(eventsIn(TOTALS.bad, window, OWN), `${FIRST}printf "%.0f" }}`, '?'),
    ' bad of ',
    template(eventsIn(TOTALS.valid, window, OWN), `${FIRST}printf "%.0f" }}`, '?'),
    ' in ',
    formatDuration(window.ms),
    ', burn rate ',
    template(burn(window), `${FIRST}printf "%.1f" }}`, 'unknown'),
  ].join('');

/** Length of the SLO's period in seconds, by cluster and slo. */
const periodSeconds = (periods: ReadonlyMap<string, number>, matchers: string): string =>
  [...periods]
    .map(([label, ms]) => `${ms / 1000} * max by (${KEY}) (slo_info{${matchers}, window="${label}"})`)
    .join(' or ');

const budgetLeft = (matchers: string): string => `min by (${KEY}) (slo_budget_remaining_ratio{${matchers}})`;

/** Seconds until the budget is used up if it burns on as in `window`; nothing if it does not burn, or is used up. */
export const exhaustedIn = (window: Window, periods: ReadonlyMap<string, number>, matchers: string): string =>
  `(${budgetLeft(matchers)} > 0) * (${periodSeconds(periods, matchers)}) / (${burnRate(window, matchers)} > 0)`;

/** First minute (or 60th of the window) of the window that has bad events, as a time. */
function since(longMs: number): string {
  const step = formatDuration(longMs / 60);
  const bad = `${TOTALS.bad}{${OWN}}`;
  const rises = `sum by (${KEY}) (${bad} - ${bad} offset ${step}) > 0`;
  return template(
    `min_over_time(timestamp(${rises})[${formatDuration(longMs)}:${step}])`,
    `${FIRST}humanizeTimestamp }}`,
    'unknown',
  );
}

/** Steps, outcomes and blames of the bad runs of the SLO's target. A series that is new in the window began at 0; after a restart all of it counts. */
function causes(longMs: number): string {
  const runs = 'probe_runs_total{cluster=%[1]q, target=%[3]q, outcome!~"ok|skipped", blame!~"prober|config"}';
  const window = formatDuration(longMs);
  const query = `topk(3, sum by (step, outcome, blame) ((${runs} - (last_over_time(${runs}[${window}] offset ${window}) or ${runs} * 0) >= 0 or ${runs}) > 0))`;
  const each =
    '{{ range $i, $c := . }}{{ if $i }}, {{ end }}{{ $c.Value | printf "%.0f" }}x {{ $c.Labels.step }}: {{ $c.Labels.outcome }} ({{ $c.Labels.blame }}){{ end }}';
  return template(
    query,
    each,
    `{{ if eq $labels.target "${PROMQL_TARGET}" }}counted in Prometheus: run the query of its SLI{{ else }}no failed step: too slow or too old; the SLO says more{{ end }}`,
  );
}

/** Annotations of a tier's alert. */
export function burnAnnotations(
  tier: RuleTier,
  periods: ReadonlyMap<string, number>,
  alerting: Alerting,
): Record<string, string> {
  const long: Window = { ms: tier.longMs, standInMs: tier.shortMs };
  const short: Window = { ms: tier.shortMs };
  return {
    summary: `{{ $labels.slo }} burns its error budget at ${template(burn(long), `${FIRST}printf "%.1f" }}`, 'an unknown number of')} times the rate it can afford`,
    description: `The SLO {{ $labels.slo }} of {{ $labels.service }} loses its error budget too fast, over ${formatDuration(tier.longMs)} and still over ${formatDuration(tier.shortMs)}. {{ $labels.team }} looks at it now.`,
    burn_long: windowText(long),
    burn_short: windowText(short),
    since: since(tier.longMs),
    causes: causes(tier.longMs),
    budget_left: template(budgetLeft(OWN), `${FIRST}humanizePercentage }} of the period`, 'unknown'),
    exhausted_in: template(
      exhaustedIn(short, periods, OWN),
      `${FIRST}humanizeDuration }}`,
      'not at this rate, or used up already',
    ),
    ...sloLinks(ALERT.burn, alerting),
  };
}
