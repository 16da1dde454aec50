// What is recorded for every SLO: three totals. Everything else is computed from them where it is needed.
import { PROMQL_LOCATION } from '../../spec/promql-sli.ts';
import type { RecordingRule } from '../rule.ts';
import { KEY, REMOVED, TOTALS, YOUNG } from './names.ts';

/** `max`, because an exporter that was moved is there twice for a moment, under two instances. */
const ofResult = (result: string): string => `max by (cluster, slo, location) (slo_events_total{result="${result}"})`;

/**
 * What was recorded last goes on while the exporter is not there: nothing is counted then, so it is still right, and it stands
 * at the far edge of later windows. Not for an SLO that was taken away, nor for what Prometheus counts itself (promql-sli.ts).
 */
const carried = (record: string, expr: string): RecordingRule => ({
  record,
  expr: `${expr}
or
(last_over_time(${record}{location!="${PROMQL_LOCATION}"}[10m]) unless on (${KEY}) ${REMOVED})`,
});

/** In this order: later ones use earlier ones. `longestMs`: the longest window of any tier. */
export function recordingRules(longestMs: number): RecordingRule[] {
  return [
    carried(TOTALS.bad, ofResult('bad')),
    carried(TOTALS.valid, `${ofResult('good')} + ${TOTALS.bad}`),
    carried(TOTALS.known, `${ofResult('excluded')} + ${TOTALS.valid}`),
    {
      record: YOUNG,
      expr: `0 * ${TOTALS.valid}
+ on (${KEY}) group_left ()
(min by (${KEY}) (slo_created_timestamp_seconds) > time() - ${longestMs / 1000})`,
    },
  ];
}
