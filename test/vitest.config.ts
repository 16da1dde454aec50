// Vitest: real servers take seconds to start, so limits are wide; no test asserts on elapsed time.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    // Mutants of the SLO rules take longer than all the rest: npm run test:mutation.
    exclude: [
      '**/node_modules/**',
      'test/platform/**',
      ...(process.env.PLIMSOLL_MUTATION === '1' ? [] : ['test/rules/mutation.test.ts']),
    ],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text-summary'] },
  },
});
