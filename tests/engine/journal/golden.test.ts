import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { replay } from '../../../engine/journal/replay.ts';
import { readJournal } from '../../../engine/journal/scan.ts';

/**
 * Journals of earlier engines, never generated anew: a change that breaks one would make a run unusable in the middle of
 * an update. A new format adds files, with its number in front.
 */
const golden = join(import.meta.dirname, '..', '..', 'journals');
const files = readdirSync(golden).filter((name) => name.endsWith('.jsonl'));

const heads: Record<string, string> = {
  'v1-rolled-back.jsonl': 'ff0e564cceb1d406138168da5ee5a8becc167f07b6c3b6dc65c73f77049c6c07',
  'v1-succeeded.jsonl': '518741e2bd3303cd1249922766086fe8d65565ace8fde5ab85e56d27656e073c',
  'v1-watched.jsonl': '461241c0226f0545190e3b87862a1d8af0572e53f9b1c216051ea75f93bca79b',
};

test('every golden journal is listed here', () => {
  expect(files.sort()).toEqual(Object.keys(heads).sort());
});

test.for(files)('%s reads, line by line and as a state', (file) => {
  const path = join(golden, file);
  const { events, head, tornBytes } = readJournal(path);
  expect(tornBytes).toBe(0);
  expect(head.hash).toBe(heads[file]);
  const state = replay(path, events);
  expect(state.seq).toBe(events.length);
  expect(state.settled?.result).toBe(file.includes('rolled-back') ? 'rolled_back' : 'succeeded');
});

test('format 1 is covered: each of its events is in one of them', () => {
  const events = files
    .filter((name) => name.startsWith('v1-'))
    .flatMap((name) => readJournal(join(golden, name)).events);
  expect([...new Set(events.map(({ type }) => type))].sort()).toMatchInlineSnapshot(`
    [
      "act-finished",
      "act-probed",
      "act-started",
      "checklist-opened",
      "clock-set",
      "gate-answered",
      "gate-opened",
      "gate-settled",
      "hold-resolved",
      "item-checked",
      "line-crossed",
      "plan-amended",
      "rollback-settled",
      "rollback-started",
      "run-created",
      "run-held",
      "run-settled",
      "session-ended",
      "session-started",
      "step-settled",
      "step-started",
      "timer-ended",
      "timer-set",
      "watch-measured",
      "watch-tripped",
    ]
  `);
});
