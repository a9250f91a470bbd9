import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { moveUnlessThere } from '../../../docker/native/move-folder.ts';

test('the folder that was there first stays, and the other one goes', () => {
  const dir = mkdtempSync(join(tmpdir(), 'runbook-move-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  for (const name of ['one', 'other']) {
    mkdirSync(join(dir, name));
    writeFileSync(join(dir, name, 'who'), name);
    moveUnlessThere(join(dir, name), join(dir, 'there'));
  }
  expect(readFileSync(join(dir, 'there', 'who'), 'utf8')).toBe('one');
  expect(existsSync(join(dir, 'other'))).toBe(false);
});
