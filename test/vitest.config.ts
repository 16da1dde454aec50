// Vitest: real servers take seconds to start, so limits are wide; no test asserts on elapsed time.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/platform/**', 'test/soak/**'],
    setupFiles: ['test/services/watchdog.ts'],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // Many tests start the command line or the exporter: each start compiles half a second less.
    env: { NODE_COMPILE_CACHE: new URL('../node_modules/.cache/plimsoll-tests', import.meta.url).pathname },
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text-summary'] },
  },
});
