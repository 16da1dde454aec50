// What an exporter serves over time, as series of a promtool test: results of steps, phase after phase. Pure.

/** Result of the steps of a phase. `gone`: no exporter. `removed`: it serves other SLOs, and not this one. */
export type PhaseResult = 'good' | 'bad' | 'unmeasured' | 'excluded' | 'gone' | 'removed';
export interface Phase {
  readonly result: PhaseResult;
  readonly ms: number;
  /** slo_budget_remaining_ratio; 0.5 unless it says otherwise. */
  readonly budgetRatio?: number;
}

/** Time 0 is where promtool begins; there is a step at every multiple of `stepMs` after it. */
export interface Timeline {
  readonly stepMs: number;
  /** Negative: before the test. */
  readonly createdMs: number;
  /** Good events before time 0. */
  readonly goodBefore: number;
  readonly phases: readonly Phase[];
}

export interface Totals {
  readonly good: number;
  readonly bad: number;
  readonly unmeasured: number;
  readonly excluded: number;
}

export const endOf = ({ phases }: Pick<Timeline, 'phases'>): number => phases.reduce((sum, { ms }) => sum + ms, 0);

/** The phase of a time; one that begins where another ends owns what comes after. */
export function phaseAt({ phases }: Pick<Timeline, 'phases'>, atMs: number): Phase {
  let end = 0;
  for (const phase of phases) {
    end += phase.ms;
    if (atMs <= end) return phase;
  }
  return phases.at(-1)!;
}

export const isServed = (timeline: Timeline, atMs: number): boolean =>
  !['gone', 'removed'].includes(phaseAt(timeline, atMs).result);

/** Totals at a time within the timeline, ms. */
export function totalsOf(timeline: Timeline): (atMs: number) => Totals {
  const { stepMs, goodBefore } = timeline;
  const totals: Totals[] = [{ good: goodBefore, bad: 0, unmeasured: 0, excluded: 0 }];
  for (let i = 1; i * stepMs <= endOf(timeline); i++) {
    const { result } = phaseAt(timeline, i * stepMs);
    const last = totals[i - 1]!;
    totals.push(result === 'gone' || result === 'removed' ? last : { ...last, [result]: last[result] + 1 });
  }
  return (atMs) => totals[Math.min(Math.floor(atMs / stepMs), totals.length - 1)]!;
}

/** Samples as promtool writes them: `0+1x30 _x5`. A gap begins with a stale marker, as a scrape that fails leaves it. */
export function valuesText(samples: readonly (number | undefined)[]): string {
  const parts: string[] = [];
  for (let i = 0; i < samples.length; ) {
    const value = samples[i];
    let next = i + 1;
    if (value === undefined) {
      while (next < samples.length && samples[next] === undefined) next++;
      const stale = i > 0 ? 1 : 0;
      if (stale) parts.push('stale');
      if (next - i > stale) parts.push(`_x${next - i - stale}`);
    } else {
      const delta = (samples[next] ?? Number.NaN) - value;
      while (next < samples.length && samples[next]! - samples[next - 1]! === delta) next++;
      const more = next - i - 1;
      parts.push(more === 0 ? `${value}` : `${value}${delta < 0 ? '' : '+'}${delta}x${more}`);
    }
    i = next;
  }
  return parts.join(' ');
}

/** One value per scrape from time 0 to `endMs`; gaps where the SLO is not served. */
export function scraped(
  timeline: Timeline,
  { scrapeMs, endMs }: { scrapeMs: number; endMs: number },
  value: (atMs: number) => number,
): string {
  const samples = Array.from({ length: Math.floor(endMs / scrapeMs) + 1 }, (_, i) =>
    isServed(timeline, i * scrapeMs) ? value(i * scrapeMs) : undefined,
  );
  return valuesText(samples);
}
