// SLI `probe`: the run is good if every named step is good; bad if any is bad.
import { GOOD, notGood, type SliCounter } from './sli.ts';

export const probe: SliCounter<'probe'> = {
  count: (sli, run) =>
    notGood(sli.steps === undefined ? run.steps : sli.steps.map((name) => run.steps.find((s) => s.step === name))) ??
    GOOD,
};
