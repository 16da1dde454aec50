// Compares what two exporters say of one server: theirs, ours, theirs again.
import { boardMetric } from '../../../src/spec/board-series.ts';
import { type Exposed, nameOf } from './exposed.ts';

/** Series of the list, as the text of an exporter has them. */
const listed = ({ values }: Exposed, prefix: string): string[] =>
  [...values.keys()].filter((series) => series.startsWith(prefix) && boardMetric(nameOf(series)) !== undefined);

export interface Differences {
  /** Theirs that we lack, and ours that they lack. */
  readonly lacking: readonly string[];
  readonly extra: readonly string[];
  readonly types: readonly string[];
  /** `series: ours, not between theirs`. */
  readonly values: readonly string[];
  /** How many values were compared. */
  readonly compared: number;
}

/** Series whose names begin with `prefix`. `moves`: those whose value may be anything, because the read itself changes it. */
export function differences(
  before: Exposed,
  ours: Exposed,
  after: Exposed,
  prefix: 'mysql_' | 'redis_' | 'probe_',
  moves: RegExp,
): Differences {
  const own = new Set(listed(ours, prefix));
  const theirs = new Set([...listed(before, prefix), ...listed(after, prefix)]);
  const both = [...own].filter((series) => before.values.has(series) && after.values.has(series));
  const names = new Set(both.map(nameOf));
  return {
    lacking: [...theirs].filter((series) => !own.has(series)),
    extra: [...own].filter((series) => !theirs.has(series)),
    types: [...names].filter((name) => ours.types.get(name) !== before.types.get(name)),
    values: both.flatMap((series) => {
      const [low, value, high] = [before, ours, after].map(({ values }) => values.get(series)!) as [
        number,
        number,
        number,
      ];
      const fits = value >= Math.min(low, high) && value <= Math.max(low, high);
      return fits || moves.test(series) ? [] : [`${series}: ${value}, not between ${low} and ${high}`];
    }),
    compared: both.filter((series) => !moves.test(series)).length,
  };
}
