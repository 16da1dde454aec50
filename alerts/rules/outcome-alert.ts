// Alerts on what the exporter's own probes ended in. They need no other exporter, and their tests follow from their numbers.
import type { AlertTest, ComponentAlert } from '../../src/generate/component-alert.ts';
import type { Outcome } from '../../src/spec/outcome.ts';
import { formatDuration } from '../../src/spec/scalars.ts';
import type { TargetKind } from '../../src/spec/target.ts';
import { minutes, when } from './alert-test.ts';

interface OutcomeAlert extends Omit<ComponentAlert, 'expr' | 'forMs' | 'severity' | 'tests'> {
  readonly kind: TargetKind;
  readonly outcomes: readonly Outcome[];
  /** A label `outcome`, and one alert for each. Without it they are added up: an outage is sometimes refused, sometimes a timeout. */
  readonly perOutcome?: boolean;
  /** Share of the runs of one step within the window. Default 25 %: with 30 s, five of twenty. */
  readonly share?: number;
  /** ms. Default 10 min: long enough for three runs at an interval of 3 min. */
  readonly windowMs?: number;
  /** ms; default 0, because window, share and count already keep single failures out. */
  readonly forMs?: number;
}

/** A quarter of the runs, five of twenty at 30 s; over 10 min, which is long enough for three runs at an interval of 3 min. */
export const DEFAULT_SHARE = 0.25;
export const DEFAULT_WINDOW_MS = minutes(10);
/** Fewer than three runs say nothing: a probe may fail. 2.5, because increase() extrapolates. */
const MORE_THAN_RUNS = 2.5;

export function outcomeAlert({
  kind,
  outcomes,
  perOutcome = false,
  share = DEFAULT_SHARE,
  windowMs = DEFAULT_WINDOW_MS,
  forMs = 0,
  ...rest
}: OutcomeAlert): ComponentAlert {
  const keep = perOutcome ? 'cluster, target, outcome' : 'cluster, target';
  const matcher = outcomes.length === 1 ? `outcome="${outcomes[0]}"` : `outcome=~"${outcomes.join('|')}"`;
  const window = formatDuration(windowMs);
  const count = (matchers: string, by: string) =>
    `sum by (${by}) (increase(probe_runs_total${matchers && `{${matchers}}`}[${window}]))`;
  return {
    ...rest,
    forMs,
    severity: 'ticket',
    expr: `max by (${keep}) (
  ${count(`kind="${kind}", ${matcher}`, `${keep}, step`)}
  / on (cluster, target, step) group_left ()
  ${count('outcome!="skipped"', 'cluster, target, step')}
) > ${share}
and
max by (${keep}) (${count(perOutcome ? '' : matcher, `${keep}, step`)}) > ${MORE_THAN_RUNS}`,
    tests: testsOf({ kind, outcomes, perOutcome, share, windowMs, forMs }),
  };
}

type Numbers = Required<Pick<OutcomeAlert, 'kind' | 'outcomes' | 'perOutcome' | 'share' | 'windowMs' | 'forMs'>>;

function testsOf({ kind, outcomes, perOutcome, share, windowMs, forMs }: Numbers): AlertTest[] {
  const runs = (outcome: string, step = 'one', of: string = kind) =>
    `probe_runs_total{target="t", kind="${of}", step="${step}", outcome="${outcome}", blame="b", location="l"}`;
  const [first, last] = [outcomes[0]!, outcomes.at(-1)!];
  const windowMinutes = windowMs / 60_000;
  const forMinutes = forMs / 60_000;
  const at = forMinutes + windowMinutes + 2;
  const percent = Math.round(share * 100);
  const fired = (outcome: string) => (perOutcome ? { target: 't', outcome } : { target: 't' });
  /** Of 100 runs a minute, so many end so. */
  const mixed = (outcome: string, bad: number) => ({
    [runs(outcome)]: `0+${bad}x${at}`,
    [runs('ok')]: `0+${100 - bad}x${at}`,
  });
  /** So many bad runs among six; the first samples fill the window. */
  const lone = (n: number) => ({
    [runs(first)]: `0x${at - n - 1} ${[...Array(n).keys()].map((i) => i + 1).join(' ')}x1`,
    [runs('ok')]: `0x${at - 4} 1+1x3`,
  });
  /** So many bad runs in every window, beside four others. */
  const steady = (n: number) => ({
    [runs(first)]: `0+${n / windowMinutes}x${2 * at}`,
    [runs('ok')]: `0+${4 / windowMinutes}x${2 * at}`,
  });
  const held = (from: number) => `0x${from} 1+1x${at + from}`;
  const tests = [
    when(`${percent + 1} % of the runs end so`, at, mixed(first, percent + 1), fired(first)),
    when(`${percent - 1} % of the runs end so`, at, mixed(first, percent - 1)),
    when('no run ends so', at, mixed(first, 0)),
    when('another kind of target ends so', at, { [runs(first, 'one', 'other')]: `0+1x${at}` }),
    when(
      'later steps, which are skipped because of it, do not count',
      at,
      { [runs(first)]: `0+1x${at}`, [runs('skipped')]: `0+99x${at}` },
      fired(first),
    ),
    when(
      'every run of one of two steps ends so',
      at,
      { [runs(first, 'two')]: `0+1x${at}`, [runs('ok')]: `0+9x${at}` },
      fired(first),
    ),
  ];
  if (last !== first)
    tests.push(
      perOutcome
        ? when(
            'two outcomes are two alerts',
            at,
            { [runs(first)]: `0+1x${at}`, [runs(last)]: `0+1x${at}` },
            fired(first),
            fired(last),
          )
        : when(
            `two outcomes are ${percent + 2} % together`,
            at,
            {
              [runs(first)]: `0+${percent + 2}x${at}`,
              [runs(last)]: `0+${percent + 2}x${at}`,
              [runs('ok')]: `0+${2 * (98 - percent)}x${at}`,
            },
            fired(first),
          ),
    );
  if (forMinutes > 0)
    tests.push(
      when('not yet for long enough', windowMinutes + forMinutes - 1, { [runs(first)]: held(windowMinutes) }),
      when('2.7 runs in every window', at, steady(2.7), fired(first)),
      when('2.3 runs in every window', at, steady(2.3)),
      when('long enough', windowMinutes + forMinutes + 5, { [runs(first)]: held(windowMinutes) }, fired(first)),
    );
  else tests.push(when('three runs end so', at, lone(3), fired(first)), when('two runs end so', at, lone(2)));
  return tests;
}
