import { defineConfig } from 'vitest/config';
import { aloneTests, realTests, unitTests } from './support/test-tiers.ts';

const setUps = ['seed-setup', 'state-setup', 'engine-setup', 'lab-setup'];

/** Files share a worker and what it has loaded: that spares half a second to two for each. */
const shared = { isolate: false, unstubEnvs: true, unstubGlobals: true } as const;

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    globalSetup: setUps.map((name) => `tests/support/${name}.ts`),
    // One more than the two cores of CI: a worker waits for servers and timers for a third of its time.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: 'alone', include: [...aloneTests] } },
      { extends: true, test: { name: 'real', include: [...realTests], ...shared } },
      { extends: true, test: { name: 'unit', include: [...unitTests], ...shared } },
    ],
  },
});
