import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Event } from '../../../engine/decide/events.ts';
import { createJournal } from '../../../engine/journal/journal.ts';
import { readJournal } from '../../../engine/journal/scan.ts';
import { verifyJournal } from '../../../engine/journal/verify.ts';
import { masked } from '../../support/masked.ts';
import { diagnosed } from './diagnosed.ts';
import { succeeded } from './every-event.ts';
import { test } from './temp-dir.ts';

const [created] = succeeded as [Event];
const MiB = 1 << 20;

const settled = (length: number): Event => ({
  type: 'step-settled',
  step: 'dump',
  state: 'failed',
  reason: masked('é'.repeat(length)),
});

test('lines longer than a chunk, across chunks and at their very end are whole', ({ dir }) => {
  const path = join(dir, 'journal.jsonl');
  const journal = createJournal(path);
  journal.append([created], 1);
  const overhead = readFileSync(path).length;
  // The second line ends at a chunk's last byte: its own overhead is measured with an empty reason.
  journal.append([settled(0)], 1);
  const bare = readFileSync(path).length - overhead;
  const lengths = [Math.floor((MiB - overhead - 2 * bare) / 2), 0, MiB, 10, 2 * MiB];
  journal.append(lengths.map(settled), 1);
  journal.close();
  expect(readJournal(path).events).toStrictEqual(journal.events);
});

test('a journal that is being written reads as far as it goes, and is not touched', ({ dir }) => {
  const path = join(dir, 'journal.jsonl');
  const journal = createJournal(path);
  journal.append(succeeded, 1);
  const torn = readFileSync(path).subarray(0, -10);
  writeFileSync(path, torn);
  expect(readJournal(path).events).toHaveLength(succeeded.length - 1);
  expect(verifyJournal(path)).toMatchObject({ state: 'torn', events: succeeded.length - 1, problem: null });
  expect(readFileSync(path).equals(torn)).toBe(true);
});

test('a path that is not a file is refused without a hang', ({ dir }) => {
  mkdirSync(join(dir, 'folder'));
  execFileSync('mkfifo', [join(dir, 'pipe')]);
  for (const name of ['folder', 'pipe']) {
    expect(diagnosed(() => readJournal(join(dir, name)))).toMatchObject({
      code: 'RB412',
      data: { why: 'it is not a regular file' },
    });
  }
});
