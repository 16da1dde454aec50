// Where boards lead: to other boards, logs, traces, runbooks and the exporter, each with the same time and labels.
import type { Link } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';

/** Time and the variables that every board has. */
const SAME = '${__url_time_range}&${datasource:queryparam}&${cluster:queryparam}&${service:queryparam}';

/** Another board; `more` sets its variables, for example `var-slo=${__data.fields.SLO}`. */
export const toBoard = (title: string, uid: string, more = '${slo:queryparam}'): Link => ({
  title,
  url: `/d/${uid}?${SAME}&${more}`,
});

/** The board of the SLO in the column or label `field`. */
export const toSlo = (field = '${__field.labels.slo}'): Link => toBoard('The SLO', 'plimsoll-slo', `var-slo=${field}`);

function explore(title: string, uid: string, type: string, query: object): Link {
  const pane = {
    datasource: uid,
    queries: [{ refId: 'A', datasource: { type, uid }, ...query }],
    range: { from: '${__from}', to: '${__to}' },
  };
  const panes = encodeURIComponent(JSON.stringify({ a: pane }))
    // Variables of Grafana stay as they are, so that it fills them in.
    .replaceAll(/%24%7B(\w+)(?:%3A(\w+))?%7D/g, (_, name, format) => `\${${name}${format ? `:${format}` : ''}}`);
  return { title, url: `/explore?schemaVersion=1&panes=${panes}` };
}

/** Logs of the services of the board, at its time. */
export const toLogs = (logql: string, title = 'Logs'): Link =>
  explore(title, 'loki', 'loki', { expr: logql, queryType: 'range' });

/** Traces, at the time of the board. */
export const toTraces = (traceql: string, title = 'Traces'): Link =>
  explore(title, 'tempo', 'tempo', { query: traceql, queryType: 'traceql', limit: 20 });

/** The name of an alert in Markdown, linked to its runbook if the spec says where runbooks are. */
export const withRunbook = ({ alerting: { runbooks } }: Spec, alert: string): string =>
  runbooks === undefined ? alert : `[${alert}](${runbooks}/${alert}.md)`;
