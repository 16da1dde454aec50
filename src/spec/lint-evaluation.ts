// Lint of what evaluates SLOs: settings that would leave one without its alerts, and SLIs that Prometheus counts. Pure.
import type { Path, Problem } from './finding.ts';
import type { KnownSpec } from './lint.ts';
import type { Part } from './part.ts';
import { lostCluster } from './promql-checks.ts';
import { PROMQL_LOCATION } from './promql-sli.ts';
import type { Slo } from './spec.ts';

/** Settings that contradict each other, or that stand for something else. */
export const lintSettings = (spec: KnownSpec): Problem[] => [...missingGauges(spec), ...reservedLocation(spec)];

/** Alerts on gauges that are not served would never fire. */
const missingGauges = ({ alerting, exporter }: KnownSpec): Problem[] =>
  alerting?.evaluate === 'exporter' && exporter?.windowGauges === false
    ? [
        {
          rule: 'window-gauges',
          path: ['exporter', 'windowGauges'],
          message: 'alerting.evaluate is exporter, and the gauges that its alerts use are switched off',
          hint: 'leave out windowGauges: false, or alerting.evaluate: exporter',
        },
      ]
    : [];

/** What the settings mean for an SLO that Prometheus counts. */
export function lintPromql(slo: Part<Slo>, path: Path, { alerting }: KnownSpec): Problem[] {
  if (slo.sli === null || 'target' in slo.sli) return [];
  const problems: Problem[] = [];
  if (alerting?.evaluate === 'exporter')
    problems.push({
      rule: 'promql-evaluate',
      path: [...path, 'sli', 'kind'],
      message: 'Prometheus counts this SLI, and alerting.evaluate: exporter has no rules that count',
      hint: 'leave alerting.evaluate out, or use an SLI that counts runs of a target',
    });
  if (lostCluster(slo.sli) !== undefined)
    problems.push({
      rule: 'promql-cluster',
      path: [...path, 'sli', 'query'],
      message: 'the result has no label cluster, by which its SLO is known',
      hint: 'keep it: sum by (cluster) (...) instead of sum(...)',
    });
  return problems;
}

function reservedLocation({ exporter }: KnownSpec): Problem[] {
  if (exporter?.location !== PROMQL_LOCATION) return [];
  return [
    {
      rule: 'reserved-name',
      path: ['exporter', 'location'],
      message: `the location ${PROMQL_LOCATION} stands for SLIs that Prometheus counts`,
      hint: 'choose another name',
    },
  ];
}
