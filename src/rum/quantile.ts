// The 75th percentile of bucket counts, and how sure it is. Pure.
import type { Percentile } from '../spec/real-users.ts';

/** 97.5th percentile of the normal distribution. */
const Z_95 = 1.96;

/**
 * The 75th percentile by linear interpolation within its bucket, as histogram_quantile does. The band is that of the order
 * statistic: the share 0.75 +- 1.96 sqrt(0.75 x 0.25 / n) (binomial, normal approximation). undefined without observations.
 * `worst`: the largest value that was observed; no percentile is above it.
 */
export function p75(
  boundaries: readonly number[],
  counts: ArrayLike<number>,
  worst = Infinity,
): Percentile | undefined {
  const n = Array.from(counts).reduce((a, b) => a + b, 0);
  if (n === 0) return undefined;
  const half = Z_95 * Math.sqrt((0.75 * 0.25) / n);
  const at = (share: number) => {
    const found = quantile(boundaries, counts, n * Math.min(1, Math.max(0, share)));
    return found === undefined ? undefined : Math.min(found, worst);
  };
  return { value: at(0.75), low: at(0.75 - half) ?? boundaries.at(-1)!, high: at(0.75 + half) };
}

function quantile(boundaries: readonly number[], counts: ArrayLike<number>, rank: number): number | undefined {
  let below = 0;
  for (const [i, limit] of boundaries.entries()) {
    const inside = counts[i]!;
    if (inside > 0 && below + inside >= rank) {
      const from = i === 0 ? 0 : boundaries[i - 1]!;
      return from + ((limit - from) * Math.max(0, rank - below)) / inside;
    }
    below += inside;
  }
  return undefined;
}
