/** What a test starts as the command line: the bundle of this test run, or the source where nothing was bundled. */
export const engineMain: string =
  process.env.RUNBOOK_TEST_ENGINE ?? new URL('../../engine/main.ts', import.meta.url).pathname;
