import { homedir } from 'node:os';
import { expect, test } from 'vitest';
import { homePath } from '../../engine/home-path.ts';
import { NamedFiles } from '../../engine/load/named-files.ts';
import { Problems } from '../../engine/load/problems.ts';

test.each([
  ['~/.ssh/known_hosts', `${homedir()}/.ssh/known_hosts`],
  ['~', homedir()],
  ['./~/x', './~/x'],
  ['/etc/x', '/etc/x'],
])('%s', (path, expected) => {
  expect(homePath(path)).toBe(expected);
});

test('a file that the runbook names in the home is read there, and is in the plan as written', async () => {
  const files = new NamedFiles();
  files.add('~/known_hosts', { file: 'r.yaml', line: 1, col: 1, length: 1, sourceLine: '' });
  const read: string[] = [];
  await files.readAll(
    '/runbooks',
    async (path) => {
      read.push(path);
      return new Uint8Array();
    },
    new Problems(),
  );
  expect(read).toEqual([`${homedir()}/known_hosts`]);
  expect(Object.keys(files.digests())).toEqual(['~/known_hosts']);
});
