// SLI `ratio`: counters of good or bad events, and of all events. Without a series of the first kind there was none of them.
import { badFrom, increaseOf, type PromqlCounter } from './promql.ts';

export const ratio: PromqlCounter<'ratio'> = {
  count({ good, bad, total }, step) {
    const valid = increaseOf(total, step);
    if (good !== undefined) return { valid, bad: badFrom(valid, `${increaseOf(good, step)}\nor\n0 * ${valid}`) };
    // Not more than all: two counters are never read at the same moment.
    return { valid, bad: `(\n${increaseOf(bad!, step)}\nor\n0 * ${valid}\n)\n< ${valid}\nor\n${valid}` };
  },
};
