// SLIs that Prometheus counts, by Debian's promtool: right to the event where that can be, and joined to the shared alerts.
import { describe, expect, it } from 'vitest';
import { checkRules, runPromtoolTests } from '../services/promtool.ts';
import { ALERTS, COUNTS, KINDS, type RuleCase, rulesFor } from './promql-sli-cases.ts';

const failures = ({ rules, tests }: RuleCase): Promise<string[]> => runPromtoolTests({ rules, tests });

it('promtool accepts the rules', async () => {
  expect(await checkRules(rulesFor())).toEqual([]);
});
describe.each([
  ['counts', COUNTS],
  ['kinds', KINDS.filter(({ native }) => !native)],
  ['alerts', ALERTS],
])('%s', (_, cases) => {
  it.each(cases)(
    '$name',
    async (one) => {
      expect(await failures(one)).toEqual([]);
    },
    60_000,
  );
});
