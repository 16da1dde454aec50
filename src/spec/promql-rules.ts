// Rules of `check` about SLIs that Prometheus counts. Pure data.
import { error, warning } from './rule.ts';

export const PROMQL_ERRORS = {
  'promql-syntax': error(
    'PromQL that Prometheus would refuse, or read differently in 2.42 and 3.x',
    'The expression does not parse, has the wrong type, or uses what only one of the versions knows. A rule with it fails, or silently selects nothing: le="1" became le="1.0" in Prometheus 3.',
    'Try the expression in Prometheus. Example: bad: envoy_http_downstream_rq_xx{envoy_response_code_class="5"}',
  ),
  'promql-selector': error(
    'a counter or histogram of an SLI is not a plain selector',
    'The rules take the increase of each series and then the sum. A sum of counters falls when a pod goes away, which looks like a reset and invents requests; a rate is no count. So good, bad, total and metric are names with matchers, and nothing around them. A histogram is named without _bucket, _sum and _count, and its limit is `below`.',
    'Write the selector alone. Example: total: http_requests_total{job="shop"}, not sum(rate(http_requests_total[5m]))',
  ),
  'one-of-two': error(
    'an SLI needs exactly one of two keys',
    'A ratio is given by its good or by its bad events; the others are the rest of the total. A gauge is good above a limit or below one. With both, one would be ignored.',
    'Keep one. Examples: { kind: ratio, bad: errors_total, total: requests_total }, { kind: gauge, query: up, above: 0 }',
  ),
  'promql-calendar': error(
    'an SLI that Prometheus counts has a calendar window',
    'The rules compute the budget of a rolling period as a difference of two samples. Where a month begins in a time zone is known to the exporter only, which does not count this SLI.',
    'Use a rolling window. Example: window: 30d',
  ),
  'promql-evaluate': error(
    'an SLI that Prometheus counts, and alerting.evaluate is exporter',
    'With evaluate: exporter, alerts use burn rates that the exporter has computed from its own probes. What is counted in Prometheus never reaches it, so the SLO would have no alert at all.',
    'Leave alerting.evaluate out (prometheus), or use an SLI of kind probe, latency, freshness or hits.',
  ),
  'window-gauges': error(
    'alerts use gauges that are switched off',
    'With alerting.evaluate: exporter, alerts are made of slo_burn_rate and slo_coverage_ratio. With exporter.windowGauges: false these are not served, and no alert would ever fire.',
    'Leave one of the two out.',
  ),
  'reserved-name': error(
    'a name that stands for SLIs that Prometheus counts',
    'Their series have target="promql" and location="prometheus". A target or exporter of that name could not be told from them.',
    'Choose another name.',
  ),
} as const;

export const PROMQL_WARNINGS = {
  'promql-cluster': warning(
    'the query of a gauge loses the label cluster',
    'An SLO is known by cluster and slo. Where series have a label cluster and the result of the query does not, its events belong to no SLO: SLOMeasurementLost fires. Where no series has one, nothing changes.',
    'Aggregate by it. Example: sum by (cluster) (kube_pod_status_ready{condition="true"})',
  ),
} as const;
