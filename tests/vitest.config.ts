import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['tests/**/*.test.ts'],
    globalSetup: [
      'tests/support/seed-setup.ts',
      'tests/support/state-setup.ts',
      'tests/support/engine-setup.ts',
      'tests/support/lab-setup.ts',
    ],
    // Two cores: real servers and supervised processes already compete for them.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
