// The stories that the SLO rules are tested with, as timelines of each SLO. When alerts fire in them is not said here. Pure.
import type { Subject, SubjectTier } from './tests-subject.ts';
import { tierName } from './tests-subject.ts';
import { endOf, type Phase, type PhaseResult, type Timeline } from './tests-timeline.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** A window of at most so many evaluations is lived through; of a longer one an SLO is shown that is younger. */
export const TICKS_TO_LIVE_THROUGH = 240;
/** Ends of short windows are waited for if they take no more evaluations than this. */
const TICKS_TO_WAIT = 100;

export interface Played {
  readonly subject: Subject;
  readonly timeline: Timeline;
}
export interface Story {
  readonly name: string;
  readonly played: readonly Played[];
  /** The tier whose texts are looked at when it fires first. */
  readonly texts?: string;
}
interface Lengths {
  readonly evaluationMs: number;
}

/** Whole steps, at least `ms`. */
const steps = ({ stepMs }: Subject, ms: number): number => Math.ceil(ms / stepMs) * stepMs;
const phase = (result: PhaseResult, ms: number, budgetRatio?: number): Phase => ({
  result,
  ms,
  ...(budgetRatio !== undefined && { budgetRatio }),
});

/** An SLO that was created long ago. */
const old = (subject: Subject, phases: readonly Phase[]): Timeline => ({
  stepMs: subject.stepMs,
  createdMs: -400 * DAY,
  goodBefore: Math.ceil((31 * DAY) / subject.stepMs),
  phases,
});

/**
 * Through windows that are short enough. Else an SLO that stays younger than the long window and was good before; where even the
 * short window is too long, one that is younger than that and yet has the events of a long one.
 */
function livedThrough(
  subject: Subject,
  tier: SubjectTier,
  phases: readonly Phase[],
  { evaluationMs }: Lengths,
): Timeline {
  const { stepMs } = subject;
  const before = (ms: number) => [phase('good', steps(subject, ms + stepMs)), ...phases];
  if (tier.longMs <= TICKS_TO_LIVE_THROUGH * evaluationMs) return old(subject, before(tier.longMs));
  const short = tier.shortMs <= TICKS_TO_WAIT * evaluationMs;
  const all = before(short ? tier.shortMs : stepMs);
  const age = (windowMs: number) => steps(subject, Math.max(0, windowMs - endOf({ phases: all }) - stepMs));
  // As many events as the long window has, when the tier fires.
  const goodBefore = Math.max(0, Math.ceil(tier.longMs / stepMs) - all[0]!.ms / stepMs - tier.fewestBad);
  return { stepMs, createdMs: -age(short ? tier.longMs : tier.shortMs), goodBefore, phases: all };
}

/** Until its tier fires, and one step more. */
const outage = (subject: Subject, tier: SubjectTier): Phase => phase('bad', (tier.fewestBad + 1) * subject.stepMs);
const untilReset = (subject: Subject, tier: SubjectTier, { evaluationMs }: Lengths): number =>
  steps(subject, tier.shortMs + tier.keepFiringMs + 4 * evaluationMs);

/** Every event is bad until the tier fires, and then all is good. */
export function detection(pairs: readonly (readonly [Subject, SubjectTier])[], lengths: Lengths): Story {
  return {
    name: `${tierName(pairs[0]![1])} fires with the bad event that makes it enough, and stops in time`,
    texts: pairs[0]![1].tier,
    played: pairs.map(([subject, tier]) => {
      const waited = tier.shortMs <= TICKS_TO_WAIT * lengths.evaluationMs;
      const after = phase('good', waited ? untilReset(subject, tier, lengths) : 2 * subject.stepMs);
      return { subject, timeline: livedThrough(subject, tier, [outage(subject, tier), after], lengths) };
    }),
  };
}

/** One bad event less than it takes is quiet; bad events count as long as they are in the long window; the short one ends the alert. */
export function edges(pairs: readonly (readonly [Subject, SubjectTier])[], { evaluationMs }: Lengths): Story {
  return {
    name: `${tierName(pairs[0]![1])} is quiet just below its threshold, and counts its long window, and nothing older`,
    played: pairs.map(([subject, tier]) => {
      const { stepMs } = subject;
      const bad = (events: number) => phase('bad', events * stepMs);
      const good = (ms: number) => phase('good', steps(subject, ms));
      const first = tier.fewestBad - 1;
      // Enough for the short window alone.
      const few = Math.floor(tier.k * (1 - subject.objective) * Math.ceil(tier.shortMs / stepMs)) + 1;
      const between = tier.longMs - (first + few) * stepMs - 3 * evaluationMs;
      return {
        subject,
        timeline: old(subject, [
          good(2 * evaluationMs),
          bad(first),
          good(between),
          bad(few),
          // The first ones leave the long window meanwhile, and the few the short one.
          good(first * stepMs + tier.shortMs + tier.keepFiringMs + 5 * evaluationMs),
          bad(Math.max(0, first - few)),
          good(2 * evaluationMs),
          bad(1),
          good(2 * evaluationMs),
        ]),
      };
    }),
  };
}

/** The shortest tier of an SLO fires with the fewest events; `then` follows. */
const firing = (subject: Subject, then: (tier: SubjectTier) => Phase[]): Played => {
  const tier = subject.tiers[0]!;
  const before = [phase('good', 2 * subject.stepMs), outage(subject, tier)];
  const phases = [...before, ...then(tier)];
  const goodBefore = Math.ceil(tier.longMs / subject.stepMs);
  return { subject, timeline: { stepMs: subject.stepMs, createdMs: -MINUTE, goodBefore, phases } };
};

/** Stories about what burn alerts rest on, and how they behave when it goes away. */
export function upkeep(subjects: readonly Subject[], lengths: Lengths): Story[] {
  const { evaluationMs } = lengths;
  const each = (of: (subject: Subject) => Phase[]): Played[] =>
    subjects.map((subject) => ({ subject, timeline: old(subject, of(subject)) }));
  const burning = subjects.filter(({ tiers }) => tiers.length > 0);
  const back = (subject: Subject, tier: SubjectTier) => phase('good', untilReset(subject, tier, lengths));
  const goneMs = TICKS_TO_LIVE_THROUGH * evaluationMs;
  return [
    {
      name: 'an exporter that dies in an outage leaves the alert firing for hours, until it is back and all is good',
      played: burning.map((s) => firing(s, (t) => [phase('gone', steps(s, goneMs)), back(s, t)])),
    },
    {
      name: 'an outage of which nothing more can be measured goes on firing, until it can and all is good',
      played: burning.map((s) => firing(s, (t) => [phase('unmeasured', steps(s, 3 * t.shortMs)), back(s, t)])),
    },
    {
      name: 'maintenance that begins in an outage ends its alert, and its own events fire nothing',
      played: burning.map((s) => firing(s, (t) => [phase('excluded', untilReset(s, t, lengths))])),
    },
    {
      name: 'an SLO that is removed ends its alert and is not missed, while its exporter serves others',
      played: burning.flatMap((s) => {
        const one = firing(s, () => [phase('removed', steps(s, 20 * MINUTE))]);
        const other = { ...s, slo: `${s.slo}-other` };
        return [one, { subject: other, timeline: old(s, [phase('good', endOf(one.timeline))]) }];
      }),
    },
    { name: 'lone failures say nothing', played: burning.map((s) => lone(s, lengths)) },
    {
      name: 'without traffic there is no burn, and soon it is said that nothing is measured',
      played: subjects.map((subject) => ({
        subject,
        timeline: { ...old(subject, [phase('unmeasured', 10 * subject.stepMs)]), goodBefore: 0 },
      })),
    },
    {
      name: 'three missed steps are no loss, four are',
      played: each(({ stepMs }) => [6, 3, 6, 4, 6].map((n, i) => phase(i % 2 ? 'unmeasured' : 'good', n * stepMs))),
    },
    {
      name: 'a new SLO is not missed in its first minutes',
      played: subjects.map((subject) => ({
        subject,
        timeline: { ...old(subject, [phase('good', 8 * subject.stepMs)]), createdMs: 0, goodBefore: 0 },
      })),
    },
    {
      name: 'a budget that is used up is said, and for a quarter of an hour after',
      played: each((s) => [
        phase('good', steps(s, 3 * evaluationMs), 0.01),
        phase('good', steps(s, 3 * evaluationMs), 0),
        phase('good', steps(s, 15 * MINUTE + 3 * evaluationMs), 0.01),
        phase('good', steps(s, 3 * evaluationMs), -1),
      ]),
    },
  ];
}

/** As many as can be in one long window of the shortest tier without firing, at most three, far from each other. */
function lone(subject: Subject, { evaluationMs }: Lengths): Played {
  const { longMs, fewestBad } = subject.tiers[0]!;
  const { stepMs } = subject;
  const failures = Math.min(3, fewestBad - 1);
  const apart = phase('good', steps(subject, Math.min(longMs, TICKS_TO_LIVE_THROUGH * evaluationMs) / (failures + 1)));
  const before = phase('good', steps(subject, Math.min(longMs, TICKS_TO_LIVE_THROUGH * evaluationMs) / 2));
  const failure = [phase('bad', stepMs), apart];
  return {
    subject,
    timeline: old(subject, [before, apart, ...Array.from({ length: failures }, () => failure).flat()]),
  };
}
