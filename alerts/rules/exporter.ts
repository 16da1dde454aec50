// Plimsoll itself: what makes its numbers late, incomplete or old. That it is gone altogether is SLOMeasurementLost, which pages.
import type { AlertFamily, ComponentAlert } from '../../src/generate/component-alert.ts';
import { minutes, when } from './alert-test.ts';

const common = { severity: 'ticket', owner: 'platform' } as const;
const INSTANCE = { instance: 'a:9' };

const storeDown: ComponentAlert = {
  ...common,
  alert: 'PlimsollStoreDown',
  expr: 'max by (cluster, instance) (plimsoll_store_up) == 0',
  // A commit may time out once; everything is kept in memory meanwhile.
  forMs: minutes(5),
  summary: 'The exporter {{ $labels.instance }} cannot write its store',
  description:
    'For 5 minutes no commit of {{ $labels.instance }} has succeeded. Burn rates go on from memory and counters stand still; what was counted is lost if the exporter is restarted now.',
  tests: [
    when('down for 5 minutes', 6, { plimsoll_store_up: '0x9' }, INSTANCE),
    when('down for 4 minutes', 4, { plimsoll_store_up: '0x9' }),
    when('up', 6, { plimsoll_store_up: '1x9' }),
  ],
};

const damaged: ComponentAlert = {
  ...common,
  alert: 'PlimsollStoreDamaged',
  expr: 'max by (cluster, instance) (plimsoll_store_damaged_records_total) > 0',
  forMs: 0,
  summary: 'The store of {{ $labels.instance }} has {{ $value }} damaged record(s)',
  description:
    '{{ $value }} record(s) of the history of {{ $labels.instance }} did not match their checksum when it was read. Each costs at most its own step; the disk that did this may do worse. It says so until the exporter is restarted.',
  tests: [
    when('one record', 1, { plimsoll_store_damaged_records_total: '1x9' }, INSTANCE),
    when('none', 1, { plimsoll_store_damaged_records_total: '0x9' }),
  ],
};

// Small differences are NTP at work and never shown: the time line follows within 2 s.
export const OFFSET_SECONDS = 5;
const clock: ComponentAlert = {
  ...common,
  alert: 'PlimsollClockJumped',
  expr: `max by (cluster, instance) (abs(plimsoll_clock_offset_seconds)) > ${OFFSET_SECONDS}`,
  forMs: minutes(2),
  summary: 'The clock of {{ $labels.instance }} is {{ $value | humanizeDuration }} off its own history',
  description:
    'The system clock of {{ $labels.instance }} differs by {{ $value | humanizeDuration }} from the time its history runs on. Windows are right; time stamps of logs and traces are not, and certificates may seem to expire.',
  tests: [
    when('5.1 s ahead', 3, { plimsoll_clock_offset_seconds: '5.1x9' }, INSTANCE),
    when('5.1 s behind', 3, { plimsoll_clock_offset_seconds: '-5.1x9' }, INSTANCE),
    when('5 s', 3, { plimsoll_clock_offset_seconds: '5x9' }),
    when('for a minute only', 1, { plimsoll_clock_offset_seconds: '99x9' }),
  ],
};

// backoff is meant (an overloaded target is asked less), changed happens at each reload.
const GOOD_REASONS = 'reason!~"backoff|changed"';
const WINDOW = '30m';
/** Slots without a run, by target; `more`: further matchers. */
const missedRuns = (more = '', window = WINDOW): string =>
  `sum by (cluster, target) (increase(plimsoll_missed_runs_total{${GOOD_REASONS}${more && `, ${more}`}}[${window}]))`;
/** Runs of each target; its steps are not several runs. */
export const runsByTarget = (more = '', window = WINDOW): string =>
  `max by (cluster, target) (sum by (cluster, target, step) (increase(probe_runs_total${more && `{${more}}`}[${window}])))`;
/** Share of the slots of each target without a run, 0 to 1. */
export const missedShare = (more = '', window = WINDOW): string => `${missedRuns(more, window)}
/
(${missedRuns(more, window)} + ${runsByTarget(more, window)})`;
export const MISSED_SHARE = 0.1;
const missedSeries = (reason: string) => `plimsoll_missed_runs_total{target="t", reason="${reason}"}`;
const step = (name: string, outcome = 'ok') =>
  `probe_runs_total{target="t", kind="http", step="${name}", outcome="${outcome}", blame="none", location="l"}`;
const missed: ComponentAlert = {
  ...common,
  alert: 'PlimsollRunsMissed',
  expr: `${missedShare()}
> ${MISSED_SHARE}
and
${missedRuns()} > 2.5`,
  forMs: minutes(10),
  summary: '{{ $value | humanizePercentage }} of the probes of {{ $labels.target }} are not run',
  description:
    '{{ $value | humanizePercentage }} of the slots of {{ $labels.target }} in the last 30 minutes had no run: the run before took longer than the interval (overlap), too many at once (concurrency), or the exporter was too slow (late). Below half, its SLO cannot alert.',
  tests: [
    when('11 of 100 missed', 42, { [missedSeries('overlap')]: '0+11x60', [step('one')]: '0+89x60' }, { target: 't' }),
    when('9 of 100 missed', 42, { [missedSeries('overlap')]: '0+9x60', [step('one')]: '0+91x60' }),
    when(
      'the steps of a run are not several runs',
      42,
      { [missedSeries('late')]: '0+11x60', [step('one')]: '0+89x60', [step('two')]: '0+89x60' },
      { target: 't' },
    ),
    when('missed for good reasons', 42, {
      [missedSeries('backoff')]: '0+50x60',
      [missedSeries('changed')]: '0+50x60',
      [step('one')]: '0+9x60',
    }),
    when('9 of 100 missed, and many for good reasons', 42, {
      [missedSeries('late')]: '0+9x60',
      [missedSeries('backoff')]: '0+99x60',
      [step('one')]: '0+91x60',
    }),
    when(
      '11 of 100 missed, and many for good reasons',
      42,
      { [missedSeries('late')]: '0+11x60', [missedSeries('backoff')]: '0+99x60', [step('one')]: '0+89x60' },
      { target: 't' },
    ),
    when('2 missed and 1 run, and many missed for good reasons', 42, {
      [missedSeries('late')]: '0x20 1 2x40',
      [missedSeries('backoff')]: '0+9x60',
      [step('one')]: '0x20 1x40',
    }),
    when('2 missed and 1 run', 42, { [missedSeries('late')]: '0x20 1 2x40', [step('one')]: '0x20 1x40' }),
    when(
      '3 missed and 1 run',
      42,
      { [missedSeries('late')]: '0x20 1 2 3x40', [step('one')]: '0x20 1x40' },
      { target: 't' },
    ),
    when('for 9 minutes only', 42, { [missedSeries('late')]: '0x32 3+3x40', [step('one')]: '0x32 1+1x40' }),
  ],
};

const config: ComponentAlert = {
  ...common,
  alert: 'PlimsollConfigInvalid',
  expr: 'max by (cluster, instance) (plimsoll_config_last_reload_successful) == 0',
  // A file may be seen half written.
  forMs: minutes(5),
  summary: 'The exporter {{ $labels.instance }} refuses the new spec',
  description:
    'The last load of the spec of {{ $labels.instance }} failed; the one before is still in force. New SLOs are not measured, and a restart would not come up.',
  tests: [
    when('refused for 5 minutes', 6, { plimsoll_config_last_reload_successful: '0x9' }, INSTANCE),
    when('refused for 4 minutes', 4, { plimsoll_config_last_reload_successful: '0x9' }),
    when('taken', 6, { plimsoll_config_last_reload_successful: '1x9' }),
  ],
};

const dropped: ComponentAlert = {
  ...common,
  alert: 'PlimsollSeriesDropped',
  expr: 'sum by (cluster, target) (increase(plimsoll_series_dropped_total[15m])) > 2.5',
  forMs: minutes(15),
  summary: '{{ $labels.target }} has more series than it may have',
  description:
    '{{ $value | humanize }} samples of {{ $labels.target }} were refused in the last 15 minutes because it has exporter.seriesPerTarget series already. SLOs are right; the probe series on boards are incomplete.',
  tests: [
    when('refused all the time', 31, { 'plimsoll_series_dropped_total{target="t"}': '0+1x40' }, { target: 't' }),
    when(
      '2.7 times in a quarter of an hour',
      44,
      { 'plimsoll_series_dropped_total{target="t"}': '0+0.18x60' },
      { target: 't' },
    ),
    when('2.2 times in a quarter of an hour', 60, { 'plimsoll_series_dropped_total{target="t"}': '0+0.15x70' }),
    when('for 14 minutes only', 16, { 'plimsoll_series_dropped_total{target="t"}': '0+1x40' }),
  ],
};

// A run that starts half a second late is measured half a second too long at worst.
export const DELAY_SECONDS = 0.5;
const overloaded: ComponentAlert = {
  ...common,
  alert: 'PlimsollOverloaded',
  expr: `max by (cluster, instance) (plimsoll_event_loop_delay_seconds) > ${DELAY_SECONDS}`,
  forMs: minutes(10),
  summary: 'The exporter {{ $labels.instance }} is too slow to measure well',
  description:
    'For 10 minutes the event loop of {{ $labels.instance }} has been blocked again and again, for up to {{ $value | humanizeDuration }} at once. Latencies it measures are too long, and runs may become unmeasured.',
  tests: [
    when('0.51 s', 11, { plimsoll_event_loop_delay_seconds: '0.51x15' }, INSTANCE),
    when('0.5 s', 11, { plimsoll_event_loop_delay_seconds: '0.5x15' }),
    when('9 minutes only', 9, { plimsoll_event_loop_delay_seconds: '2x15' }),
  ],
};

/** Half of the runs of a step. The SLO loses its measurement then. */
export const BLIND_SHARE = 0.5;
const BY = 'cluster, target, step';
const blind = (blame: string, outcome = 'auth_failed', of = 'one') =>
  `probe_runs_total{target="t", kind="mariadb", step="${of}", outcome="${outcome}", blame="${blame}", location="l"}`;
const misconfigured: ComponentAlert = {
  ...common,
  alert: 'ProbeCannotJudge',
  expr: `sum by (${BY}, outcome) (increase(probe_runs_total{blame=~"config|prober"}[30m]))
/ on (${BY}) group_left ()
sum by (${BY}) (increase(probe_runs_total{outcome!="skipped"}[30m]))
> ${BLIND_SHARE}
and
sum by (${BY}, outcome) (increase(probe_runs_total[30m])) > 2.5`,
  forMs: minutes(15),
  summary: 'The step {{ $labels.step }} of {{ $labels.target }} says nothing ({{ $labels.outcome }})',
  description:
    '{{ $value | humanizePercentage }} of the runs of the step {{ $labels.step }} of {{ $labels.target }} ended in {{ $labels.outcome }} for more than 15 minutes: password, grant, setting or network of the prober. They count as unmeasured, and unmeasured is never good.',
  tests: [
    when(
      '51 of 100',
      20,
      { [blind('config')]: '0+51x60', [blind('none', 'ok')]: '0+49x60' },
      { target: 't', step: 'one', outcome: 'auth_failed' },
    ),
    when('49 of 100', 46, { [blind('config')]: '0+49x60', [blind('none', 'ok')]: '0+51x60' }),
    when('the blame is not ours', 46, { [blind('target', 'refused')]: '0+9x60' }),
    when(
      'our own network',
      46,
      { [blind('prober', 'no_network')]: '0+9x60' },
      { target: 't', step: 'one', outcome: 'no_network' },
    ),
    when(
      'all of one step, another is fine',
      46,
      { [blind('config')]: '0+9x60', [blind('none', 'ok', 'two')]: '0+9x60' },
      { target: 't', step: 'one', outcome: 'auth_failed' },
    ),
    when(
      'later steps, which are skipped because of it, do not count',
      46,
      { [blind('config')]: '0+9x60', [blind('none', 'skipped')]: '0+99x60' },
      { target: 't', step: 'one', outcome: 'auth_failed' },
    ),
    when(
      '2.7 runs in half an hour',
      46,
      { [blind('config')]: '0+0.09x60' },
      { target: 't', step: 'one', outcome: 'auth_failed' },
    ),
    when('2.3 runs in half an hour', 60, { [blind('config')]: '0+0.0767x60' }),
    when('two runs', 46, { [blind('config')]: '0x25 1 2x40' }),
    when('14 minutes only', 46, { [blind('config')]: '0x31 3+3x40' }),
  ],
};

export const EXPORTER: AlertFamily = {
  name: 'exporter',
  alerts: [storeDown, damaged, clock, missed, config, dropped, overloaded, misconfigured],
};
