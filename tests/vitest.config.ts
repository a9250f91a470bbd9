import { defineConfig } from 'vitest/config';
import { aloneTests, realTests, unitTests } from './support/test-tiers.ts';

const setUps = ['seed-setup', 'state-setup', 'engine-setup', 'lab-setup'];

/** Files share a worker and what it has loaded: that spares half a second to two for each. */
const shared = { isolate: false, unstubEnvs: true, unstubGlobals: true } as const;

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    globalSetup: setUps.map((name) => `tests/support/${name}.ts`),
    // Two more than the two cores of CI: with three, the cores were idle for 29 % of a run that waits for servers.
    maxWorkers: 4,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: 'alone', include: [...aloneTests] } },
      { extends: true, test: { name: 'real', include: [...realTests], ...shared } },
      { extends: true, test: { name: 'unit', include: [...unitTests], ...shared } },
    ],
  },
});
