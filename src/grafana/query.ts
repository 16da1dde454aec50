// Queries as Grafana's JSON, and the data sources they go to.
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import type { Query } from './board.ts';

/** As Grafana refers to them: the variable, and the uids that provisioning.ts gives. */
export const SOURCES = {
  prometheus: { type: 'prometheus', uid: '${datasource}' },
  loki: { type: 'loki', uid: 'loki' },
  tempo: { type: 'tempo', uid: 'tempo' },
} as const;

export const instant = ({ expr, legend }: Query) => {
  const query = new prometheus.DataqueryBuilder().datasource(SOURCES.prometheus).expr(expr).instant();
  return legend === undefined ? query : query.legendFormat(legend);
};

export const ranged = ({ expr, legend, exemplars }: Query) => {
  const query = new prometheus.DataqueryBuilder().datasource(SOURCES.prometheus).expr(expr).range();
  if (legend !== undefined) query.legendFormat(legend);
  return exemplars ? query.exemplar(true) : query;
};

/** A, B, … Z, AA, … */
export const refId = (i: number): string =>
  (i >= 26 ? refId(Math.floor(i / 26) - 1) : '') + String.fromCharCode(65 + (i % 26));
