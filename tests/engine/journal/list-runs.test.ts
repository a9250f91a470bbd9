import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createJournal } from '../../../engine/journal/journal.ts';
import { listRuns } from '../../../engine/journal/list-runs.ts';
import { diagnosed } from './diagnosed.ts';
import { succeeded } from './every-event.ts';
import { NOW, newRun } from './new-run.ts';
import { test } from './temp-dir.ts';

test('runs are listed newest first, and a broken one is no reason not to list the others', ({ dir }) => {
  const [good, broken, unwritten] = [0, 1, 2].map((minute) => newRun(dir, { now: NOW + minute * 60_000 }));
  const journal = createJournal(good?.journal ?? '');
  journal.append(succeeded, 1);
  journal.close();
  writeFileSync(broken?.journal ?? '', 'not a journal\n');
  expect([...listRuns(dir)].map(({ id, events, broken: why }) => [id, events.length, why?.code])).toEqual([
    [unwritten?.id, 0, 'RB412'],
    [broken?.id, 0, 'RB410'],
    [good?.id, succeeded.length, undefined],
  ]);
});

test('a missing directory has no run; a file in its place is reported', ({ dir }) => {
  expect([...listRuns(join(dir, 'none'))]).toEqual([]);
  mkdirSync(join(dir, 'runs'));
  writeFileSync(join(dir, 'runs', 'notes.txt'), '');
  expect([...listRuns(join(dir, 'runs'))]).toEqual([]);
  expect(diagnosed(() => [...listRuns(join(dir, 'runs', 'notes.txt'))]).code).toBe('RB420');
});
