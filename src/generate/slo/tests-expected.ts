// What must fire in a story, for every tick, and how promtool is asked for it. Pure.
import { formatDuration } from '../../spec/scalars.ts';
import type { Labels } from '../component-alert.ts';
import { seriesText } from '../component-tests.ts';
import { ALERT } from './names.ts';
import type { Played } from './tests-cases.ts';
import { burnFires, type Clock, exhaustedFires, lostFires } from './tests-model.ts';
import { endOf, isServed, phaseAt } from './tests-timeline.ts';

/** The alert of one SLO: its labels in the answer, its long window if it has one, and whether it fires, tick by tick. */
export interface Expected {
  readonly labels: Labels;
  readonly long?: string;
  readonly fires: readonly boolean[];
}

export function expectedOf({ subject, timeline }: Played, clock: Clock): Expected[] {
  const ticks = Math.floor(endOf(timeline) / clock.evaluationMs);
  const { slo, service, objective } = subject;
  const of = (alertname: string, fires: boolean[]) => ({ labels: { alertname, slo, service }, fires });
  return [
    ...subject.tiers.map((tier) => ({
      labels: { alertname: ALERT.burn, tier: tier.tier, slo, service },
      long: formatDuration(tier.longMs),
      fires: burnFires(tier, objective, timeline, clock, ticks),
    })),
    of(ALERT.lost, lostFires(timeline, clock, ticks)),
    of(ALERT.exhausted, exhaustedFires(timeline, clock, ticks)),
  ];
}

const asked = (matchers: string): string =>
  `count by (alertname, tier, slo, service) (ALERTS{${matchers}, alertstate="firing"})`;

/** The question for everything of ours that fires, each once; or for burn alerts with one of some long windows. */
export const question = (longs: readonly string[] | undefined): string =>
  longs === undefined
    ? asked(`alertname=~"${Object.values(ALERT).join('|')}"`)
    : asked(`alertname="${ALERT.burn}", long=~"${longs.join('|')}"`);

/** The answer at a tick. */
export function answer(
  played: readonly Played[],
  expected: readonly Expected[],
  tick: number,
  { evaluationMs }: Clock,
  longs: readonly string[] | undefined,
): { labels: string; value: number }[] {
  const firing = expected.filter(({ fires, long = '' }) => fires[tick] && longs?.includes(long) !== false);
  const standing = longs === undefined ? standingAt(played, tick * evaluationMs) : [];
  const samples = [...standing, ...firing.map(({ labels }) => ({ labels, value: 1 }))];
  // Tiers of one name and different windows are counted together.
  const same = Map.groupBy(samples, ({ labels }) => seriesText('', labels));
  return [...same].map(([labels, of]) => ({ labels, value: of.reduce((sum, { value }) => sum + value, 0) }));
}

/** Alerts without an SLO: that the rules run, and that maintenance goes on. */
function standingAt(played: readonly Played[], atMs: number): { labels: Labels; value: number }[] {
  const served = played.filter(({ timeline }) => isServed(timeline, atMs));
  const inWork = served.filter(({ timeline }) => phaseAt(timeline, atMs).result === 'excluded');
  const targets = new Map(inWork.map(({ subject: { service, target } }) => [`${service} ${target}`, service]));
  return [
    ...(served.length > 0 ? [{ labels: { alertname: ALERT.watchdog }, value: 1 }] : []),
    ...targets.values().map((service) => ({ labels: { alertname: ALERT.maintenance, service }, value: 1 })),
  ];
}
