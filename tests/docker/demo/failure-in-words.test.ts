import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { inWords } from '../../../docker/demo/failure-in-words.ts';
import { LabError } from '../../../docker/native/lab-error.ts';

const useFolder = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'demo-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return dir;
};

test('what a person can mend is two lines', () => {
  expect(inWords(new LabError('sshd ended', 'Read its log'), '/nowhere')).toEqual([
    'sshd ended',
    'Read its log',
  ]);
});

test('anything else is its message; the stack is in a file', () => {
  const dir = useFolder();
  mkdirSync(join(dir, 'log'));
  const lines = inWords(new TypeError('connect ECONNREFUSED'), dir);
  expect(lines).toEqual([
    'The demo cannot continue: connect ECONNREFUSED',
    `Read ${join(dir, 'log', 'demo.log')} and the logs beside it`,
  ]);
  expect(readFileSync(join(dir, 'log', 'demo.log'), 'utf8')).toContain('    at ');
});

test('also where no file can be written', () => {
  const dir = useFolder();
  expect(inWords(new Error('no such table'), dir)).toEqual([
    'The demo cannot continue: no such table',
    `Read the logs in ${dir}`,
  ]);
});
