import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { Event } from '../../../engine/decide/events.ts';
import { createJournal, openJournal } from '../../../engine/journal/journal.ts';
import { verifyJournal } from '../../../engine/journal/verify.ts';
import { diagnosed, told } from './diagnosed.ts';
import { succeeded } from './every-event.ts';
import { Crash, FAULT_POINTS, faulty, systemError } from './faulty-file.ts';
import { test } from './temp-dir.ts';

const [created, started, clock] = succeeded as [Event, Event, Event];
const ENOSPC = 28;
const EIO = 5;
const EROFS = 30;

const failing = (path: string, point: (typeof FAULT_POINTS)[number], error: Error) => {
  const strike = () => {
    throw error;
  };
  const journal = createJournal(path, faulty({ point, strike, dead: false, append: 2 }));
  journal.append([created], 1000);
  return journal;
};

describe('a crash', () => {
  test.for(FAULT_POINTS)('%s keeps a prefix, and the run can be resumed', (point, { dir }) => {
    const path = join(dir, 'journal.jsonl');
    const strike = () => {
      throw new Crash(point);
    };
    const journal = createJournal(path, faulty({ point, strike, dead: true, append: 2 }));
    journal.append([created], 1000);
    expect(() => journal.append([started], 2000)).toThrow(Crash);
    journal.close();

    const resumed = openJournal(path);
    const survived = point === 'after-write' || point === 'after-sync';
    expect(resumed.journal.events).toHaveLength(survived ? 2 : 1);
    expect(resumed.tornBytes > 0).toBe(point === 'within-write');
    resumed.journal.append([clock], 3000);
    expect(verifyJournal(path)).toMatchObject({ state: 'ok', events: survived ? 3 : 2 });
  });
});

describe('an error of the disk', () => {
  test.for(FAULT_POINTS)('%s is final, and leaves no part of the append behind', (point, { dir }) => {
    const path = join(dir, 'journal.jsonl');
    const journal = failing(path, point, systemError('EIO', EIO));
    const before = readFileSync(path);
    const first = diagnosed(() => journal.append([started], 2000));
    expect(first.code).toBe('RB402');
    // The fault struck once; the journal must not believe the disk again.
    expect(diagnosed(() => journal.append([started], 2000))).toBe(first);
    expect(readFileSync(path)).toEqual(before);
    expect(journal.events).toHaveLength(1);
  });

  test('says what to do', ({ dir }) => {
    const path = join(dir, 'journal.jsonl');
    const errors = [systemError('ENOSPC', ENOSPC), systemError('EIO', EIO), systemError('EROFS', EROFS)];
    const texts = errors.map((error, i) => {
      const journal = failing(`${path}${i}`, 'within-write', error);
      return told(diagnosed(() => journal.append([started], 2000))).replaceAll(dir, 'RUN');
    });
    expect(texts.join('\n').replaceAll(/runbook-journal-\w+/g, 'RUN')).toMatchInlineSnapshot(`
      "RB401 (exit 1) Disk full while writing the journal RUN/journal.jsonl0 (no space left on device (ENOSPC)); nothing further was started
      Free space, then: runbook resume RUN
      RB402 (exit 1) Cannot write the journal RUN/journal.jsonl1: i/o error (EIO); nothing further was started
      Check the disk and its mount, then: runbook resume RUN
      RB402 (exit 1) Cannot write the journal RUN/journal.jsonl2: read-only file system (EROFS); nothing further was started
      Check the disk and its mount, then: runbook resume RUN"
    `);
  });
});

test('an error that is not the disk is an engine bug: as it is, and final too', ({ dir }) => {
  const bug = new TypeError('x is not a function');
  const journal = failing(join(dir, 'journal.jsonl'), 'before-write', bug);
  expect(() => journal.append([started], 2000)).toThrow(bug);
  expect(() => journal.append([started], 2000)).toThrow(bug);
});
