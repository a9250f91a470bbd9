import { readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { Event } from '../../../engine/decide/events.ts';
import { createJournal, openJournal } from '../../../engine/journal/journal.ts';
import { type JournalFile, openJournalFile } from '../../../engine/journal/journal-file.ts';
import { diagnosed } from './diagnosed.ts';
import { succeeded } from './every-event.ts';
import { test } from './temp-dir.ts';

const [created, started, clock] = succeeded as [Event, Event, Event];

const written = (path: string, events: readonly Event[] = [created, started, clock]) => {
  const journal = createJournal(path);
  journal.append(events, 1000);
  journal.close();
  return readFileSync(path);
};

/** Notes what reaches the disk, and lets it through. */
const observed = (calls: string[]) => (path: string, how: 'create' | 'append') => {
  const file = openJournalFile(path, how);
  const note =
    <A extends unknown[]>(name: string, act: (...args: A) => void) =>
    (...args: A) => {
      calls.push(name);
      act(...args);
    };
  return {
    write: note('write', file.write),
    sync: note('sync', file.sync),
    truncate: note('truncate', file.truncate),
    close: note('close', file.close),
  } satisfies JournalFile;
};

describe('append', () => {
  test('numbers the events and keeps them for readers of a later session', ({ dir }) => {
    const path = join(dir, 'journal.jsonl');
    const journal = createJournal(path);
    expect(journal.append([created, started], 1000).map(({ seq, at }) => [seq, at])).toEqual([
      [1, 1000],
      [2, 1000],
    ]);
    journal.close();
    const again = openJournal(path);
    again.journal.append([clock], 2000);
    expect(again.tornBytes).toBe(0);
    expect(again.journal.events.map(({ type, seq }) => `${seq} ${type}`)).toEqual([
      '1 run-created',
      '2 session-started',
      '3 clock-set',
    ]);
    expect(openJournal(path).journal.events).toStrictEqual(again.journal.events);
  });

  test('is one write and one sync, however many events', ({ dir }) => {
    const calls: string[] = [];
    const journal = createJournal(join(dir, 'journal.jsonl'), observed(calls));
    journal.append([created, started, clock], 1000);
    expect(calls).toEqual(['write', 'sync']);
    expect(journal.append([], 1000)).toEqual([]);
    expect(calls).toEqual(['write', 'sync']);
  });

  test('never dates an event before the last one, whatever the clock does', ({ dir }) => {
    const path = join(dir, 'journal.jsonl');
    const journal = createJournal(path);
    journal.append([created], 5000);
    expect(journal.append([started], 4000)[0]?.at).toBe(5000);
    journal.close();
    expect(openJournal(path).journal.append([clock], 10)[0]?.at).toBe(5000);
  });

  test('to a closed journal is an engine bug', ({ dir }) => {
    const journal = createJournal(join(dir, 'journal.jsonl'));
    journal.close();
    expect(() => journal.append([created], 1)).toThrow(/^engine bug/);
  });
});

describe('the file', () => {
  test.for([0o000, 0o277, 0o777])('is 0600 under the umask %o', (umask, { dir }) => {
    const before = process.umask(umask);
    try {
      written(join(dir, 'journal.jsonl'));
    } finally {
      process.umask(before);
    }
    expect(statSync(join(dir, 'journal.jsonl')).mode & 0o777).toBe(0o600);
  });

  test('is never made over another', ({ dir }) => {
    const path = join(dir, 'journal.jsonl');
    const before = written(path);
    expect(diagnosed(() => createJournal(path))).toMatchObject({ code: 'RB402' });
    expect(readFileSync(path)).toEqual(before);
  });

  test('is never reached through a link', ({ dir }) => {
    written(join(dir, 'elsewhere'));
    symlinkSync(join(dir, 'elsewhere'), join(dir, 'journal.jsonl'));
    expect(diagnosed(() => openJournal(join(dir, 'journal.jsonl')))).toMatchObject({ code: 'RB412' });
  });

  test('that is missing, or holds no event, is refused', ({ dir }) => {
    const path = join(dir, 'journal.jsonl');
    expect(diagnosed(() => openJournal(path))).toMatchObject({ code: 'RB412' });
    writeFileSync(path, '');
    expect(diagnosed(() => openJournal(path))).toMatchObject({ code: 'RB413' });
    writeFileSync(path, '{"v":1,"seq":1');
    expect(diagnosed(() => openJournal(path))).toMatchObject({ code: 'RB413' });
  });

  test('is synced on opening: what was read may be in the page cache only', ({ dir }) => {
    const path = join(dir, 'journal.jsonl');
    written(path);
    const calls: string[] = [];
    openJournal(path, observed(calls));
    expect(calls).toEqual(['sync']);
  });
});

test('a last line cut at any byte is cut off, and the next append takes its place', ({ dir }) => {
  const path = join(dir, 'journal.jsonl');
  const whole = written(path);
  const lastLine = whole.lastIndexOf('\n', whole.length - 2) + 1;
  for (let length = whole.length - 1; length > lastLine; length--) {
    writeFileSync(path, whole.subarray(0, length));
    const { journal, tornBytes } = openJournal(path);
    expect(tornBytes).toBe(length - lastLine);
    expect(journal.events).toHaveLength(2);
    journal.append([clock], 1000);
    journal.close();
    expect(readFileSync(path).equals(whole)).toBe(true);
  }
  truncateSync(path, lastLine);
  expect(openJournal(path).tornBytes).toBe(0);
});

test('a torn tail is on disk as cut before anything is appended', ({ dir }) => {
  const path = join(dir, 'journal.jsonl');
  const whole = written(path);
  writeFileSync(path, whole.subarray(0, -3));
  const calls: string[] = [];
  openJournal(path, observed(calls));
  expect(calls).toEqual(['truncate', 'sync']);
});
