import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeFolders } from '../../../../steps/_targets/local/make-folder.ts';

test('each missing folder is made, for its owner only', () => {
  const root = mkdtempSync(join(tmpdir(), 'runbook-folders-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  makeFolders(join(root, 'a', 'b'));
  makeFolders(join(root, 'a', 'b'));
  expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o700);
});

test.each(['/proc/.local/state/runbook', '/dev/null/state'])('%s ends with an error', (path) => {
  expect(() => makeFolders(path)).toThrow(/mkdir/);
});
