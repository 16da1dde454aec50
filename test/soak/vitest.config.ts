// Vitest for what takes long: a month of simulated time, a real run under load, faults and mutants of rules in their full number.
// One at a time.
import { defineConfig } from 'vitest/config';

process.env.PLIMSOLL_SOAK ??= '1';

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: [
      'test/soak/*.test.ts',
      'test/faults/{kill,bytes,store-file,hostile-spec,hostile-api,hostile-http,hostile-databases}.test.ts',
      'test/{rules/mutation,alerts/components-mutation}.test.ts',
    ],
    testTimeout: 7_200_000,
    hookTimeout: 300_000,
    maxWorkers: 1,
    // Figures are printed as they come.
    disableConsoleIntercept: true,
  },
});
