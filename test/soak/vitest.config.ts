// Vitest for what takes long: a month of simulated time, a real run under load, and the faults in their full length. One at a time.
import { defineConfig } from 'vitest/config';

process.env.PLIMSOLL_SOAK ??= '1';

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/soak/*.test.ts', 'test/faults/{kill,bytes,store-file,hostile-spec,hostile-api}.test.ts'],
    testTimeout: 7_200_000,
    hookTimeout: 300_000,
    maxWorkers: 1,
    // Figures are printed as they come.
    disableConsoleIntercept: true,
  },
});
