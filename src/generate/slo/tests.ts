// promtool's tests of the SLO rules, generated with them for every distinct policy, objective and step. Each asks for everything
// that fires, one evaluation before and at every change. Pure.
import { formatDuration } from '../../spec/scalars.ts';
import type { Spec } from '../../spec/spec.ts';
import { packGroups } from '../pack.ts';
import { yamlText } from '../rule-files.ts';
import { sloRules } from './groups.ts';
import { ALERT } from './names.ts';
import { detection, edges, type Played, type Story, TICKS_TO_LIVE_THROUGH, upkeep } from './tests-cases.ts';
import { answer, expectedOf, question } from './tests-expected.ts';
import { burnFires, type Clock } from './tests-model.ts';
import { CLUSTER, type Subject, type SubjectTier, seriesOf, subjectsOf, tierName } from './tests-subject.ts';
import { burnTexts } from './tests-texts.ts';
import { endOf } from './tests-timeline.ts';

const MINUTE = 60_000;

/**
 * Tests at the interval of the rules. `ruleFiles`: names of the files with the rules, as seen from the test file; promtool evaluates
 * everything in them, so they should hold the SLO rules alone. `chosen`: which stories are told. Throws an Error if alerts are
 * computed by the exporter.
 */
export function sloTestFile(
  spec: Spec,
  ruleFiles: readonly string[],
  chosen: (story: Story) => boolean = () => true,
): string {
  const { interval } = spec.alerting;
  return testFile(spec, ruleFiles, { evaluationMs: interval, stories: storiesOf(spec).filter(chosen) });
}

/**
 * Tests of windows that are too long for evaluations at the interval of the rules, for which the tests above show younger SLOs:
 * promtool evaluates all rules at every interval from time 0. Undefined if no window is that long.
 */
export function sloLongTestFile(spec: Spec, ruleFiles: readonly string[]): string | undefined {
  const { interval } = spec.alerting;
  const long = byTier(subjectsOf(spec), ({ longMs }) => longMs > TICKS_TO_LIVE_THROUGH * interval);
  if (long.length === 0) return undefined;
  // What is recorded goes on for ten minutes.
  const third = Math.min(...long.map((pairs) => pairs[0]![1].shortMs / 3), 10 * MINUTE);
  const evaluationMs = Math.max(1, Math.floor(third / interval)) * interval;
  const longs = [...new Set(long.map((pairs) => formatDuration(pairs[0]![1].longMs)))];
  const stories = long.map((pairs) => edges(pairs, { evaluationMs }));
  return testFile(spec, ruleFiles, { evaluationMs, stories, longs });
}

/** The stories that are told at the interval of the rules. */
export function storiesOf(spec: Spec): Story[] {
  const subjects = subjectsOf(spec);
  const lengths = { evaluationMs: spec.alerting.interval };
  const livedThrough = byTier(subjects, ({ longMs }) => longMs <= TICKS_TO_LIVE_THROUGH * lengths.evaluationMs);
  return [
    ...byTier(subjects, () => true).map((pairs) => detection(pairs, lengths)),
    ...livedThrough.map((pairs) => edges(pairs, lengths)),
    ...upkeep(subjects, lengths),
  ].filter(({ played }) => played.length > 0);
}

/** SLOs by tiers of the same name and windows: one test for all of them. */
function byTier(subjects: readonly Subject[], wanted: (tier: SubjectTier) => boolean): [Subject, SubjectTier][][] {
  const pairs = subjects.flatMap((s) => s.tiers.filter(wanted).map((tier): [Subject, SubjectTier] => [s, tier]));
  return [...Map.groupBy(pairs, ([, tier]) => tierName(tier)).values()];
}

/** `longs`: only burn alerts with these long windows are asked for. */
interface Content {
  readonly evaluationMs: number;
  readonly stories: readonly Story[];
  readonly longs?: readonly string[];
}

function testFile(spec: Spec, ruleFiles: readonly string[], { evaluationMs, stories, longs }: Content): string {
  if (spec.alerting.evaluate !== 'prometheus')
    throw new Error('alerting.evaluate: tests are made for rules that compute in Prometheus');
  const clock = { evaluationMs, scrapeMs: spec.alerting.scrapeInterval };
  return yamlText({
    rule_files: [...ruleFiles],
    evaluation_interval: formatDuration(evaluationMs),
    // promtool would take groups in any order.
    group_eval_order: packGroups(sloRules(spec).groups).map(({ name }) => name),
    tests: stories.map((story) => testOf(spec, story, clock, longs)),
  });
}

function testOf(spec: Spec, story: Story, clock: Clock, longs?: readonly string[]): object {
  const { evaluationMs, scrapeMs } = clock;
  const ticks = Math.max(...story.played.map(({ timeline }) => Math.floor(endOf(timeline) / evaluationMs)));
  const played = story.played.map((one) => lengthened(one, ticks * evaluationMs));
  const expected = played.flatMap((one) => expectedOf(one, clock));
  const changes = expected.flatMap(({ fires }) =>
    fires.flatMap((now, i) => (i > 0 && now !== fires[i - 1] ? [i - 1, i] : [])),
  );
  const phases = played.flatMap(({ timeline }) => phaseEnds(timeline, evaluationMs));
  const asked = [...new Set([...changes, ...phases, ticks])].filter((i) => i > 0 && i <= ticks).sort((a, b) => a - b);
  const served = { scrapeMs, location: spec.exporter.location };
  const series = played.flatMap(({ subject, timeline }) => seriesOf(subject, timeline, served));
  return {
    name: story.name,
    interval: formatDuration(scrapeMs),
    // The same series from two SLOs of one exporter is one series; the last one is served until the end.
    input_series: [...new Map(series.map((one) => [one.series, one])).values()],
    ...(story.texts !== undefined && { alert_rule_test: textTests(spec, played, story.texts, clock) }),
    promql_expr_test: asked.map((tick) => ({
      expr: question(longs),
      eval_time: formatDuration(tick * evaluationMs),
      exp_samples: answer(played, expected, tick, clock, longs),
    })),
  };
}

/** The last phase goes on until the test ends: where series end, an exporter would be gone. */
function lengthened({ subject, timeline }: Played, endMs: number): Played {
  const last = timeline.phases.at(-1)!;
  const ms = last.ms + Math.max(0, endMs - endOf(timeline));
  return { subject, timeline: { ...timeline, phases: [...timeline.phases.slice(0, -1), { ...last, ms }] } };
}

/** The last evaluation of each phase, and the first of the next. */
function phaseEnds({ phases }: Played['timeline'], evaluationMs: number): number[] {
  let end = 0;
  return phases.slice(0, -1).flatMap(({ ms }) => {
    end += ms;
    return [Math.floor(end / evaluationMs), Math.floor(end / evaluationMs) + 1];
  });
}

/** The whole burn alerts, texts too, at the first evaluation at which a tier of this name fires. */
function textTests(spec: Spec, played: readonly Played[], name: string, clock: Clock): object[] {
  const firing = played.flatMap(({ subject, timeline }) =>
    subject.tiers.map((tier) => {
      const ticks = Math.floor(endOf(timeline) / clock.evaluationMs);
      return { subject, timeline, tier, fires: burnFires(tier, subject.objective, timeline, clock, ticks) };
    }),
  );
  const firsts = firing.filter(({ tier }) => tier.tier === name).map(({ fires }) => fires.indexOf(true));
  const tick = Math.min(...firsts.filter((first) => first >= 0));
  if (tick === Number.POSITIVE_INFINITY) return [];
  return [
    {
      eval_time: formatDuration(tick * clock.evaluationMs),
      alertname: ALERT.burn,
      exp_alerts: firing
        .filter(({ fires }) => fires[tick])
        .map(({ subject, timeline, tier }) => ({
          exp_labels: burnLabels(subject, tier),
          exp_annotations: burnTexts(subject, tier, timeline, clock, tick, spec.alerting),
        })),
    },
  ];
}

const burnLabels = ({ slo, service, team, target }: Subject, { severity, tier, longMs, shortMs }: SubjectTier) => ({
  ...{ cluster: CLUSTER, slo, service, team, target, severity, tier },
  long: formatDuration(longMs),
  short: formatDuration(shortMs),
});
