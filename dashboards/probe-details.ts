// Details of a probed part, for its collapsed rows: by target, by phase, and what its outcomes mean.
import { componentAlerts } from '../alerts/generate.ts';
import type { Panel } from '../src/grafana/board.ts';
import { hintOf, OUTCOMES, type Outcome } from '../src/spec/outcome.ts';
import type { Spec } from '../src/spec/spec.ts';
import { stateOf } from './ask.ts';
import { withRunbook } from './links.ts';
import { JOIN_MS } from './probe-panels.ts';
import { durations, failures, notProbed, type Probed, shareOverTime } from './probe-queries.ts';
import { STATES } from './states.ts';

/** Details of latency, and lanes by target. */
export const detailPanels = (probed: Probed): Panel[] => [
  {
    kind: 'timeseries',
    title: 'Failed checks by target and step',
    description: 'Runs that failed. The target and step that began is the one to look at.',
    width: 24,
    height: 8,
    queries: [{ expr: failures(probed.kind, ['target', 'step'], ' '), legend: '{{what}}' }],
    stack: true,
    bars: true,
    decimals: 0,
    empty: notProbed(probed.kind),
  },
  {
    kind: 'state-timeline',
    title: 'Checks, target by target',
    description:
      'All steps of a target together. One red lane: this target. All red at once: what they have in common.',
    width: 24,
    height: 7,
    queries: [
      {
        expr: stateOf(shareOverTime(probed, 'cluster, target'), 'target'),
        legend: '{{target}}',
      },
    ],
    mappings: STATES,
    empty: notProbed(probed.kind),
  },
  {
    kind: 'timeseries',
    title: 'Median by step',
    description:
      'Half of the runs are faster. If it grows like the 95 of 100, everything is slow; if not, a few runs are.',
    width: 12,
    height: 8,
    queries: [{ expr: durations(probed.kind, 0.5), legend: '{{step}}' }],
    min: 0,
    joinMs: JOIN_MS,
    empty: notProbed(probed.kind),
  },
  {
    kind: 'timeseries',
    title: 'Phases',
    description:
      '95 of 100 are faster. dns and connect: the network; tls: handshakes; the wait for the first byte: the server itself.',
    width: 12,
    height: 8,
    queries: [{ expr: durations(probed.kind, 0.95, 'phase'), legend: '{{phase}}', exemplars: true }],
    min: 0,
    joinMs: JOIN_MS,
    empty: notProbed(probed.kind),
  },
];

/** Every outcome that an alert of the family looks for, with where to look, from the list of outcomes. */
export function outcomeGuide(spec: Spec, family: string): Panel {
  const rows = (componentAlerts(spec).find(({ name }) => name === family)?.alerts ?? []).flatMap(({ alert, expr }) => {
    const outcomes = /\boutcome=~?"([^"]+)"/.exec(expr)?.[1]?.split('|') ?? [];
    const name = withRunbook(spec, alert);
    return outcomes.filter(isOutcome).map((outcome) => `| ${outcome} | ${hintOf(outcome)} | ${name} |`);
  });
  return {
    kind: 'text',
    title: 'What outcomes mean',
    description: 'From the list of outcomes: what each says, where to look, and the alert that goes by it.',
    width: 24,
    height: Math.max(4, Math.ceil(rows.length * 1.1) + 2),
    markdown: ['| Outcome | Look at | Alert |', '|---|---|---|', ...rows, '', 'README.md has all others.'].join('\n'),
  };
}
const isOutcome = (name: string): name is Outcome => name in OUTCOMES;
