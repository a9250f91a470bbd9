import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from 'vitest';

/** `dir`: a directory of the test's own, gone afterwards. */
export const test = base.extend<{ dir: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the fixture's dependencies from the pattern
  dir: async ({}, use) => {
    const dir = mkdtempSync(join(tmpdir(), 'runbook-journal-'));
    await use(dir);
    rmSync(dir, { recursive: true, force: true });
  },
});
