// The annotations of a board: when an alert began to fire, and what was changed. Never says what follows from them.
import type { JsonObject } from '../grafana/finish.ts';
import { type Macros, withMacros } from '../grafana/macros.ts';
import type { Asked } from './prometheus.ts';
import { legendOf, type Span } from './read.ts';

/** A moment on the time axis of all panels. */
export interface Mark {
  readonly atSeconds: number;
  readonly title: string;
  readonly text: string;
  /** As in the JSON. */
  readonly color: string;
  /** Whether an alert began; else something was changed. */
  readonly isAlert: boolean;
}

/** Prometheus answers with at most 11,000 points per series. */
const MOST_POINTS = 11_000;

/**
 * The beginnings that lie in the span, oldest first. What goes on since before it has none. Rejects with an Error that names the
 * query that has no answer.
 */
export async function readMarks(board: JsonObject, asked: Asked, span: Span, macros: Macros): Promise<Mark[]> {
  const { list } = board.annotations as { list: readonly JsonObject[] };
  const { fromSeconds, toSeconds } = span;
  const step = Math.max(Math.min(span.stepSeconds, 60), Math.ceil((toSeconds - fromSeconds) / MOST_POINTS));
  const marks = await Promise.all(
    list
      .filter(({ expr, enable }) => typeof expr === 'string' && enable !== false)
      .map(async ({ name, expr, titleFormat, textFormat, iconColor }) => {
        const answer = await asked.range(
          withMacros(expr as string, { ...macros, interval: `${step}s` }),
          fromSeconds,
          toSeconds,
          step,
        );
        return answer.flatMap((series) =>
          beginnings(series.points, step)
            .filter((at) => at > fromSeconds)
            .map((atSeconds) => ({
              atSeconds,
              title: legendOf(String(titleFormat ?? ''), series),
              text: legendOf(String(textFormat ?? ''), series),
              color: String(iconColor ?? 'blue'),
              isAlert: name === 'Alerts',
            })),
        );
      }),
  );
  return marks.flat().sort((a, b) => a.atSeconds - b.atSeconds);
}

const beginnings = (points: readonly (readonly [number, number])[], step: number): number[] =>
  points.flatMap(([at], i) => (i > 0 && at - points[i - 1]![0] <= step * 1.5 ? [] : [at]));

/** Those with a name beside their line: changes, and of several in one place the first. Alerts are in the list of the page. */
export function named(marks: readonly Mark[], span: Span, leastShare: number): Mark[] {
  const chosen: Mark[] = [];
  const least = (span.toSeconds - span.fromSeconds) * leastShare;
  for (const mark of marks) {
    const last = chosen.at(-1);
    if (!mark.isAlert && (last === undefined || mark.atSeconds - last.atSeconds >= least)) chosen.push(mark);
  }
  return chosen;
}
