// SLIs that Prometheus counts, by promtool of Prometheus 3: its ranges are open at the left, and it writes native histograms.
import { expect, it } from 'vitest';
import { ALERTS, COUNTS, KINDS } from '../rules/promql-sli-cases.ts';
import { runPromtoolTests } from '../services/promtool.ts';
import { toolPath } from './tools.ts';

it.each([...COUNTS, ...KINDS, ...ALERTS])(
  '$name',
  async ({ rules, tests }) => {
    expect(await runPromtoolTests({ rules, tests, binary: toolPath('promtool') })).toEqual([]);
  },
  120_000,
);
