// The first screen of a probed part: how bad, since when, which target, what it ended in, how long it takes.
import { DEFAULT_SHARE, DEFAULT_WINDOW_MS } from '../alerts/rules/outcome-alert.ts';
import type { StatPanel, TablePanel, TimelinePanel, TimeseriesPanel } from '../src/grafana/board.ts';
import { formatDuration } from '../src/spec/scalars.ts';
import { failedShare, IN_CLUSTER, stateOf } from './ask.ts';
import {
  ALERT_WINDOW,
  CHOSEN_TARGETS,
  durations,
  failures,
  notProbed,
  type Probed,
  shareNow,
  shareOverTime,
  sinceLastRun,
  within,
} from './probe-queries.ts';
import { STATES } from './states.ts';

/** How bad: the worst step of the worst target, now. */
export function failingNow(probed: Probed): StatPanel {
  const { kind, what, share = DEFAULT_SHARE } = probed;
  return {
    kind: 'stat',
    title: 'Failing checks',
    description: `Share that fails now, in the worst step of the worst target of ${what}. Red from the share on at which alerts fire if it lasts. If red: the lanes say since when, the table which target, "What failed checks ended in" why.`,
    width: 4,
    height: 5,
    queries: [{ expr: `max(${shareNow(probed, 'cluster, target, step')})` }],
    decimals: 0,
    empty: notProbed(kind),
    thresholds: failing(share),
  };
}
const failing = (share: number) =>
  [
    { from: 0.001, color: 'orange' },
    { from: share, color: 'red' },
  ] as const;

/** Since when: one lane for each step, as bad as its worst target. */
export function stepLanes(probed: Probed): TimelinePanel {
  const share = shareOverTime(probed, 'cluster, target, step');
  return {
    kind: 'state-timeline',
    title: 'Checks, step by step',
    description:
      'As bad as the worst target: red where half or more of the runs of a step fail, orange where some do. Steps that an earlier failure skipped have gaps: look at the first red one.',
    width: 14,
    height: 7,
    queries: [{ expr: stateOf(share, 'step'), legend: '{{step}}' }],
    mappings: STATES,
    empty: notProbed(probed.kind),
  };
}

/** Which one: targets and steps, the worst first. */
export function targetTable(probed: Probed): TablePanel {
  const { kind, share = DEFAULT_SHARE, windowMs = DEFAULT_WINDOW_MS } = probed;
  const by = 'cluster, target, step';
  const window = formatDuration(windowMs);
  const thresholds = failing(share);
  return {
    kind: 'table',
    title: 'Which target',
    description: `Failing now, and over the ${window} that alerts look at. One target: its own change or server. All of them: what they share, so look at the boards of what is behind. No recent run: look at the board Exporter.`,
    width: 10,
    height: 7,
    labels: { target: 'Target', step: 'Step' },
    columns: [
      { title: 'Now', expr: `max by (target, step) (${shareNow(probed, by)})`, decimals: 0, thresholds },
      {
        title: `In ${window}`,
        expr: `max by (target, step) (${within(failedShare(kind, by, CHOSEN_TARGETS), windowMs)})`,
        decimals: 0,
        thresholds,
      },
      {
        title: 'Last run',
        expr: `max by (target, step) (${sinceLastRun(kind, window)})`,
        unit: 's',
        decimals: 0,
      },
    ],
    sortBy: { column: 'Now', descending: true },
    empty: notProbed(kind),
    waive: ALERT_WINDOW,
  };
}

/** Why: what failed checks ended in. */
export const outcomeMix = ({ kind }: Probed): TimeseriesPanel => ({
  kind: 'timeseries',
  title: 'What failed checks ended in',
  description:
    'Runs by outcome and who is to blame. The row "What outcomes mean" says where to look for each, "Latency, target by target" has them by step. Blame prober or config is ours and does not count against the site.',
  width: 12,
  height: 8,
  queries: [{ expr: failures(kind, ['outcome', 'blame'], ', blame '), legend: '{{what}}' }],
  stack: true,
  bars: true,
  decimals: 0,
  empty: notProbed(kind),
});

/** Points are joined over this: a target may be probed every 15 minutes only. */
export const JOIN_MS = 15 * 60_000;

export function durationChart({ kind, rareMs, windowMs = DEFAULT_WINDOW_MS }: Probed): TimeseriesPanel {
  const expr = durations(kind, 0.95);
  return {
    kind: 'timeseries',
    title: 'How long checks take',
    description:
      '95 of 100 runs are faster, failed ones included. A step that grows before it fails is short of something: connections, workers, disk. The row "Latency, target by target" has the median and the phases.',
    width: 12,
    height: 8,
    queries: [{ expr: rareMs === undefined ? expr : within(expr, windowMs), legend: '{{step}}', exemplars: true }],
    min: 0,
    joinMs: JOIN_MS,
    empty: notProbed(kind),
    ...(rareMs !== undefined && {
      waive: { 'target-rate-interval-rule': 'probed so rarely that the interval of the chart may hold no run' },
    }),
  };
}

/** Servers that their exporter cannot reach. They have no other numbers, so those of the rest would look fine. */
export const serversDown = (up: 'mysql_up' | 'redis_up', exporter: string, alerts: readonly string[]): StatPanel => ({
  kind: 'stat',
  title: 'Servers down',
  description: `${exporter} cannot reach them. The numbers beside are those of the servers that are left. Does its pod run; is it the primary?`,
  width: 4,
  height: 5,
  queries: [{ expr: `count(${up}{${IN_CLUSTER}} == 0) or 0 * count(${up}{${IN_CLUSTER}})` }],
  unit: 'short',
  decimals: 0,
  empty: `${exporter} is not scraped`,
  thresholds: [{ from: 1, color: 'red' }],
  alerts,
});
