// SLI `gauge`: one event each time that the rules are evaluated, by the worst series of the cluster. NaN is no value.
import type { PromqlCounter } from './promql.ts';

export const gauge: PromqlCounter<'gauge'> = {
  count({ query, above, below }) {
    // A comment at its end must not take the rest of the rule along.
    const known = `(\n${query}\n) >= -Inf`;
    const [worst, bad] =
      below === undefined
        ? [`min by (cluster) (${known})`, `<= bool ${above}`]
        : [`max by (cluster) (${known})`, `>= bool ${below}`];
    return { valid: `(${worst} >= bool -Inf)`, bad: `(${worst} ${bad})` };
  },
};
