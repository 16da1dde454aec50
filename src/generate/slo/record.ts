// What is recorded for every SLO: three totals. Everything else is computed from them where it is needed.
import type { RecordingRule } from '../rule.ts';
import { KEY, TOTALS, YOUNG } from './names.ts';

/** `max`, because an exporter that was moved is there twice for a moment, under two instances. */
const ofResult = (result: string): string => `max by (cluster, slo, location) (slo_events_total{result="${result}"})`;

/** In this order: later ones use earlier ones. `longestMs`: the longest window of any tier. */
export function recordingRules(longestMs: number): RecordingRule[] {
  return [
    { record: TOTALS.bad, expr: ofResult('bad') },
    { record: TOTALS.valid, expr: `${ofResult('good')}\n+\n${TOTALS.bad}` },
    { record: TOTALS.known, expr: `${ofResult('excluded')}\n+\n${TOTALS.valid}` },
    {
      record: YOUNG,
      expr: `0 * ${TOTALS.valid}
+ on (${KEY}) group_left ()
(min by (${KEY}) (slo_created_timestamp_seconds) > time() - ${longestMs / 1000})`,
    },
  ];
}
