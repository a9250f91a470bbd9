import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { createJournal, openJournal } from '../../../engine/journal/journal.ts';
import { acquireLock, resetDamagedLock, whoHolds } from '../../../engine/journal/lock.ts';
import { comparePlace, placeOf } from '../../../engine/journal/run-place.ts';
import { seeRecord } from '../../../engine/journal/run-record.ts';
import { diagnosed } from './diagnosed.ts';
import { test } from './temp-dir.ts';

const me = { pid: 4711, host: 'laptop', user: 'operator', startedAt: 0 };
const created = {
  type: 'run-created',
  runId: 'r',
  runbook: 'x',
  planDigest: 'd',
  environment: null,
  engine: 'e',
  user: 'u',
  measuredUndoMs: {},
} as const;
const timer = (n: number) => ({ type: 'timer-ended', timer: `t${n}` }) as const;

/** Three events on disk, and the lock given back. */
const threeEvents = (dir: string): string => {
  const path = join(dir, 'journal.jsonl');
  const lock = acquireLock(dir, me);
  const journal = createJournal(path, undefined, lock.record);
  journal.append([created], 1);
  journal.append([timer(1), timer(2)], 2);
  journal.close();
  lock.release();
  return path;
};

const reopen = (dir: string): void => {
  const lock = acquireLock(dir, me);
  try {
    openJournal(join(dir, 'journal.jsonl'), undefined, lock.record).journal.close();
  } finally {
    lock.release();
  }
};

describe('the head in the lock database', () => {
  test('follows the journal, while the lock stays held over every write', ({ dir }) => {
    const lock = acquireLock(dir, me);
    const path = join(dir, 'journal.jsonl');
    const journal = createJournal(path, undefined, lock.record);
    for (const event of [created, timer(1), timer(2)]) {
      journal.append([event], 1);
      expect(whoHolds(dir)).toEqual({ live: true, holder: me });
      expect(seeRecord(dir).state).toBe('unread');
      expect(diagnosed(() => acquireLock(dir, { ...me, pid: 1 })).code).toBe('RB440');
      // Of appends that come close together only the last one is recorded, soon or at the end.
      expect(lock.record.head('journal.jsonl')?.bytes).toBeLessThanOrEqual(statSync(path).size);
    }
    journal.close();
    expect(lock.record.head('journal.jsonl')?.bytes).toBe(statSync(path).size);
    lock.release();
    const last = readFileSync(path, 'utf8').trimEnd().split('\n').at(-1) ?? '';
    const head = { bytes: statSync(path).size, hash: JSON.parse(last).hash };
    expect(seeRecord(dir).head('journal.jsonl')).toEqual(head);
    expect(statSync(join(dir, 'lock')).mode & 0o777).toBe(0o600);
  });

  test('may be behind: unrecorded appends are accepted', ({ dir }) => {
    const path = threeEvents(dir);
    const behind = openJournal(path).journal;
    behind.append([timer(3)], 3);
    behind.close();
    reopen(dir);
    expect(seeRecord(dir).head('journal.jsonl')?.bytes).toBe(statSync(path).size);
  });

  test('refuses a journal that was cut at a line end', ({ dir }) => {
    const path = threeEvents(dir);
    const [first = ''] = readFileSync(path, 'utf8').split('\n');
    truncateSync(path, first.length + 1);
    expect(diagnosed(() => reopen(dir))).toMatchObject({
      code: 'RB442',
      data: { what: expect.stringContaining('truncated') },
    });
  });

  test('refuses one that was rewritten with hashes of its own, shorter or longer', ({ dir }) => {
    const path = threeEvents(dir);
    for (const names of [
      ['t1', 't9'],
      ['t1', 'twenty', 't3', 't4'],
    ]) {
      writeFileSync(path, '');
      const forged = join(dir, `forged-${names.length}.jsonl`);
      const journal = createJournal(forged);
      journal.append([created], 1);
      for (const name of names) journal.append([{ type: 'timer-ended', timer: name }], 2);
      journal.close();
      writeFileSync(path, readFileSync(forged));
      expect(diagnosed(() => reopen(dir))).toMatchObject({
        code: 'RB442',
        data: { what: 'it was rewritten' },
      });
    }
  });

  test('that is torn is refused, and a reader is not kept away', ({ dir }) => {
    threeEvents(dir);
    const lock = join(dir, 'lock');
    const bytes = readFileSync(lock);
    bytes.fill(0xff, 4096, 6000);
    writeFileSync(lock, bytes);
    expect(diagnosed(() => reopen(dir)).code).toBe('RB444');
    expect(whoHolds(dir)).toEqual({ live: false });
    resetDamagedLock(dir);
    reopen(dir);
    expect(seeRecord(dir)).toMatchObject({ state: 'read', place: null });
  });

  test('survives kill -9 at any moment', async ({ dir }) => {
    const script = join(import.meta.dirname, 'children', 'record-heads.ts');
    for (let round = 0; round < 8; round++) {
      const child = spawn(process.execPath, [script, dir, round === 0 ? 'first' : 'again'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exit = once(child, 'exit');
      await once(child.stdout, 'data');
      await new Promise((after) => setTimeout(after, 7 + 13 * round));
      expect(whoHolds(dir).live).toBe(true);
      child.kill('SIGKILL');
      await exit;
      // Before anybody puts a half-done write right, and after.
      expect(whoHolds(dir)).toEqual({ live: false });
      expect(['read', 'unread']).toContain(seeRecord(dir).state);
      reopen(dir);
      expect(seeRecord(dir).state).toBe('read');
    }
  }, 60_000);
});

test('a directory is a copy by its inode; another name or another device number alone makes none', ({
  dir,
}) => {
  const here = placeOf(dir);
  expect(comparePlace(null, here)).toBe('unknown');
  expect(comparePlace(here, here)).toBe('same');
  expect(comparePlace({ ...here, path: '/elsewhere' }, here)).toBe('moved');
  expect(comparePlace({ ...here, device: '1' }, here)).toBe('same');
  expect(comparePlace({ ...here, device: '1', path: '/elsewhere' }, here)).toBe('copied');
  expect(comparePlace({ ...here, inode: '1' }, here)).toBe('copied');
});
