import { defineConfig } from 'vitest/config';
import { realTests, unitTests } from './support/test-tiers.ts';

const setUps = ['seed-setup', 'state-setup', 'engine-setup', 'lab-setup'];

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    globalSetup: setUps.map((name) => `tests/support/${name}.ts`),
    // Two cores: real servers and supervised processes already compete for them.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: 'real', include: [...realTests], sequence: { groupOrder: 0 } } },
      {
        extends: true,
        test: {
          name: 'unit',
          include: [...unitTests],
          isolate: false,
          unstubEnvs: true,
          unstubGlobals: true,
        },
      },
    ],
  },
});
