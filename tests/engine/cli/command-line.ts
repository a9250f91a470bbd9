/** The real command line, in folders that a test leaves behind it clean. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export { runbookHere } from '../../support/engine-here.ts';
export { type Ended, runbook, type Started, start } from '../../support/engine-process.ts';

/** A folder of the test's own, gone when it ends. */
export const workDir = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'runbook-cli-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};
