/**
 * vitest globalSetup: bundles the engine as it is published, once. The tests start it some hundred times, and a start
 * from source costs three times as much.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bundler = new URL('../../.build/bundle.ts', import.meta.url).pathname;

export default (): (() => void) => {
  const dir = mkdtempSync(join(tmpdir(), 'runbook-test-engine-'));
  execFileSync(process.execPath, [bundler, join(dir, 'dist')], { stdio: ['ignore', 'ignore', 'inherit'] });
  process.env.RUNBOOK_TEST_ENGINE = join(dir, 'dist', 'runbook.js');
  return () => rmSync(dir, { recursive: true, force: true });
};
