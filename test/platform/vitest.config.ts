// Vitest for npm run test:platform: tools that must be built first. Two checks side by side, and a table at the end.
import { defineConfig } from 'vitest/config';
import { Summary } from './reporter.ts';

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/platform/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    reporters: ['default', new Summary()],
  },
});
