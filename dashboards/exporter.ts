// The exporter itself: does it probe in time, keep its history, and have room. What is wrong here is not wrong with the platform.
import { DELAY_SECONDS, MISSED_SHARE } from '../alerts/rules/exporter.ts';
import type { Board } from '../src/grafana/board.ts';
import type { Spec } from '../src/spec/spec.ts';
import { IN_CLUSTER } from './ask.ts';
import { toLogs } from './links.ts';
import { alertPanels, chart, errorLogs, number } from './part-panels.ts';

const EMPTY = 'the exporter is not scraped';
const yesNo = {
  base: 'red',
  thresholds: [{ from: 1, color: 'green' }],
  mappings: [
    { value: 1, text: 'yes' },
    { value: 0, text: 'no' },
  ],
} as const;
const MISSED = `sum(rate(plimsoll_missed_runs_total{${IN_CLUSTER}}[$__rate_interval]))`;
const STARTED = `sum(rate(plimsoll_run_start_delay_seconds_count{${IN_CLUSTER}}[$__rate_interval]))`;

/** No series of missed runs: none was missed. */
const MISSED_SHARE_NOW = `(${MISSED} or 0 * ${STARTED}) / ((${MISSED} or 0 * ${STARTED}) + ${STARTED} > 0)`;

export const exporter = (spec: Spec): Board => {
  const [firing, which, history] = alertPanels(spec, 'exporter');
  return {
    uid: 'plimsoll-exporter',
    title: 'Exporter',
    description:
      'Plimsoll’s own health. While it is ill, SLOs lose coverage and not budget: look here before you trust a green board.',
    uses: ['cluster'],
    first: [
      number({
        title: 'History is written',
        description:
          'The last commit to the store succeeded. No: disk full, read-only or broken; what is in memory is written when it is back.',
        queries: [{ expr: `min(plimsoll_store_up{${IN_CLUSTER}})` }],
        empty: EMPTY,
        ...yesNo,
      }),
      number({
        title: 'Spec is valid',
        description: 'The last reload was accepted. No: the log and `plimsoll check` say why; the old spec goes on.',
        queries: [{ expr: `min(plimsoll_config_last_reload_successful{${IN_CLUSTER}})` }],
        empty: EMPTY,
        ...yesNo,
      }),
      firing,
      which,
      number(
        {
          title: 'Runs that were missed',
          description: 'Share of the slots without a run. More targets than it can do, or a machine without CPU.',
          queries: [{ expr: MISSED_SHARE_NOW }],
          decimals: 1,
          empty: EMPTY,
          thresholds: [{ from: MISSED_SHARE, color: 'red' }],
        },
        6,
      ),
      number(
        {
          title: 'Event loop was late by',
          description:
            'Longest delay since the last tick. High: the machine has no CPU for it, and durations are too long.',
          queries: [{ expr: `max(plimsoll_event_loop_delay_seconds{${IN_CLUSTER}})` }],
          empty: EMPTY,
          thresholds: [{ from: DELAY_SECONDS, color: 'red' }],
        },
        6,
      ),
      number(
        {
          title: 'Not written yet',
          description: 'Ticks that are only in memory. They are lost if the process ends now.',
          queries: [{ expr: `max(plimsoll_store_pending_ticks{${IN_CLUSTER}})` }],
          decimals: 0,
          empty: EMPTY,
          thresholds: [{ from: 2, color: 'orange' }],
        },
        6,
      ),
      number(
        {
          title: 'Last commit',
          description: 'How long ago the history was written last.',
          queries: [{ expr: `time() - max(plimsoll_store_last_commit_timestamp_seconds{${IN_CLUSTER}})` }],
          decimals: 0,
          empty: EMPTY,
          thresholds: [{ from: 120, color: 'red' }],
        },
        6,
      ),
      chart({
        title: 'Why runs were missed',
        description:
          'overlap: the target is slower than its interval; concurrency: too many at once; late: the prober was blocked.',
        queries: [
          {
            expr: `sum by (reason) (increase(plimsoll_missed_runs_total{${IN_CLUSTER}}[$__rate_interval])) > 0`,
            legend: '{{reason}}',
          },
        ],
        stack: true,
        bars: true,
        decimals: 0,
        empty: 'no run was missed',
      }),
      chart({
        title: 'Runs that could not judge',
        description: 'Ended with the blame prober or config: our own fault, and not counted against anybody.',
        queries: [
          {
            expr: `sum by (target, outcome) (increase(probe_runs_total{${IN_CLUSTER}, blame=~"prober|config", outcome!="skipped"}[$__rate_interval])) > 0`,
            legend: '{{target}}: {{outcome}}',
          },
        ],
        stack: true,
        bars: true,
        decimals: 0,
        empty: 'all runs could judge',
      }),
    ],
    rows: [
      {
        title: 'Schedule, series, store',
        panels: [
          chart({
            title: 'Runs start later than planned by',
            description: '95 of 100 start earlier.',
            queries: [
              {
                expr: `histogram_quantile(0.95, sum by (le) (rate(plimsoll_run_start_delay_seconds_bucket{${IN_CLUSTER}}[$__rate_interval])))`,
                legend: 'delay',
              },
            ],
            empty: EMPTY,
          }),
          chart({
            title: 'Runs going on',
            description: 'At the limit of concurrency new ones have to wait.',
            queries: [{ expr: `sum(plimsoll_runs_in_flight{${IN_CLUSTER}})`, legend: 'runs' }],
            decimals: 0,
            empty: EMPTY,
          }),
          chart({
            title: 'Series',
            description: 'Held in memory. A growing number: names in a label that never end.',
            queries: [{ expr: `sum(plimsoll_series{${IN_CLUSTER}})`, legend: 'series' }],
            empty: EMPTY,
          }),
          chart({
            title: 'Samples that were refused',
            description: 'A target has as many series as exporter.seriesPerTarget allows.',
            queries: [
              {
                expr: `sum by (target) (rate(plimsoll_series_dropped_total{${IN_CLUSTER}}[$__rate_interval])) > 0`,
                legend: '{{target}}',
              },
            ],
            empty: 'none were refused',
          }),
          chart({
            title: 'How long a commit takes',
            description: 'Of a history tick to the disk. Slow: the volume is.',
            queries: [{ expr: `max(plimsoll_store_commit_duration_seconds{${IN_CLUSTER}})`, legend: 'commit' }],
            empty: EMPTY,
          }),
          chart({
            title: 'Failed commits and damaged records',
            description: 'Above 0: the volume. Damaged records were left out and cost only themselves.',
            queries: [
              {
                expr: `sum(rate(plimsoll_store_errors_total{${IN_CLUSTER}}[$__rate_interval]))`,
                legend: 'failed commits',
              },
              {
                expr: `sum(rate(plimsoll_store_damaged_records_total{${IN_CLUSTER}}[$__rate_interval]))`,
                legend: 'damaged records',
              },
            ],
            unit: 'ops',
            empty: EMPTY,
          }),
          chart({
            title: 'Clock',
            description: 'How far the system clock is from the one that the history uses. Other than 0: it has jumped.',
            queries: [{ expr: `max(abs(plimsoll_clock_offset_seconds{${IN_CLUSTER}}))`, legend: 'offset' }],
            empty: EMPTY,
          }),
        ],
      },
      { title: 'Alerts over time', panels: [history] },
      { title: 'Logs', panels: [errorLogs('plimsoll', 'the exporter')] },
    ],
    links: [toLogs('{service_name="plimsoll"}')],
  };
};
