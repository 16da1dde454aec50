// Links of an alert: runbook, board, API. Those whose address the spec does not say are left out; runbooks are files then.
import type { Alerting } from '../../spec/alerting.ts';
import { PROMQL_TARGET } from '../../spec/promql-sli.ts';

/** Uid of the board of one SLO. */
const SLO_BOARD = 'plimsoll-slo';

export const runbook = (alert: string, { runbooks }: Pick<Alerting, 'runbooks'>): string =>
  runbooks === undefined ? `${alert}.md` : `${runbooks}/${alert}.md`;

/** Where the cluster is an external label of Prometheus, its series do not have it. */
const CLUSTER = '{{ if $labels.cluster }}{{ $labels.cluster }}{{ else }}{{ $externalLabels.cluster }}{{ end }}';

/** The annotation with the board of an alert, in its cluster; nothing if the spec does not say where Grafana is. */
export const boardLink = (
  uid: string,
  { dashboards }: Pick<Alerting, 'dashboards'>,
  more = '',
): Record<string, string> =>
  dashboards === undefined ? {} : { dashboard_url: `${dashboards}/d/${uid}?var-cluster=${CLUSTER}${more}` };

/** Annotations with the links of an alert that has the labels cluster and slo. */
export function sloLinks(alert: string, alerting: Alerting): Record<string, string> {
  const { exporter } = alerting;
  return {
    runbook_url: runbook(alert, alerting),
    ...boardLink(SLO_BOARD, alerting, '&var-slo={{ $labels.slo }}'),
    // The exporter knows nothing of what Prometheus counts.
    ...(exporter !== undefined && {
      slo_url: `{{ if ne $labels.target "${PROMQL_TARGET}" }}${exporter}/api/v1/slos/{{ $labels.slo }}{{ end }}`,
    }),
  };
}
