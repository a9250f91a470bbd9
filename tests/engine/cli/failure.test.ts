import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { EngineBug, reportFailure } from '../../../engine/cli/failure.ts';

/** Only what a report touches. */
const host = (env: Record<string, string> = {}) => {
  const stderr = new PassThrough();
  const stdout = new PassThrough();
  return {
    host: { argv: [], env, version: '9.9.9', now: () => 1, stderr, stdout },
    said: () => String(stderr.read() ?? ''),
  };
};

const mask = (text: string): string => text.replaceAll('s3cr3t', '***');

const runDir = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'runbook-bug-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};

test('a bug while a run is open: exit 70, where the journal is, the stack in a private file only', () => {
  const { host: h, said } = host();
  const dir = runDir();
  const bug = new EngineBug(dir, join(dir, 'journal.jsonl'), new Error('impossible state of s3cr3t'), mask);
  expect(reportFailure(h, bug)).toBe(70);
  const text = said();
  expect(text).toContain(`The journal is intact: ${join(dir, 'journal.jsonl')}`);
  expect(text).toContain('Please report it');
  expect(text).not.toContain('impossible state');
  const [file = ''] = readdirSync(dir);
  expect(readFileSync(join(dir, file), 'utf8')).toContain('impossible state of ***\n');
  expect(statSync(join(dir, file)).mode & 0o777).toBe(0o600);
});

test('the stack comes to the screen only with RUNBOOK_DEBUG', () => {
  const quiet = host();
  reportFailure(quiet.host, new Error('impossible state'));
  expect(quiet.said()).not.toContain('impossible state');
  const loud = host({ RUNBOOK_DEBUG: '1' });
  reportFailure(loud.host, new Error('impossible state'));
  expect(loud.said()).toContain('impossible state');
});

test('a disk that takes no file still gets the report out', () => {
  const { host: h, said } = host();
  expect(reportFailure(h, new EngineBug('/nowhere/at/all', '/nowhere/journal', 'thrown text', mask))).toBe(
    70,
  );
  expect(said()).toContain('could not be written');
});
