/**
 * One engine a run. SQLite's file lock is the kernel's: it is free the moment its process is dead, however it
 * died. The file is never removed: a new one under its name would be a second lock. It contains the record of
 * the run's other files (run-record.ts); the lock is kept over these writes (`locking_mode = EXCLUSIVE`).
 */

import { closeSync, existsSync, fchmodSync, ftruncateSync, openSync, readFileSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { fail } from '../diagnostic.ts';
import { PRIVATE_FILE, writeDurably } from './durable.ts';
import { layout } from './layout.ts';
import { isDamaged, isHalfWritten, RunRecord } from './run-record.ts';
import { isBusy, isSqliteError, sqlite } from './sqlite.ts';
import { isSystemError, reasonOf } from './system-error.ts';

const holderSchema = z.object({
  pid: z.number(),
  host: z.string(),
  user: z.string(),
  /** Epoch ms. */
  startedAt: z.number(),
});

export type LockHolder = z.output<typeof holderSchema>;

export interface Lock {
  readonly record: RunRecord;
  release(): void;
}

// Another process may test the lock for a moment; that is not a reason to refuse.
const PATIENCE_MS = 300;

// A database that nobody refers to is closed by the garbage collector, and the lock is gone with it.
const held = new Set<DatabaseSync>();

/**
 * Throws RB440 with the one who holds it, RB444 where the database is damaged, RB441 where the file cannot be locked
 * at all.
 */
export const acquireLock = (runDir: string, holder: LockHolder): Lock => {
  const { lock: path, holder: sidecar } = layout(runDir);
  const db = openLock(path, { readOnly: false });
  let record: RunRecord;
  try {
    lockForGood(db);
    record = new RunRecord(path, db);
    // Only now: written earlier, it could name a refused engine.
    writeDurably(sidecar, `${JSON.stringify(holder)}\n`);
  } catch (error) {
    db.close();
    const run = basename(runDir);
    if (isBusy(error)) return fail('RB440', { run, holder: readHolder(sidecar) });
    if (isDamaged(error)) return fail('RB444', { path, run, why: lockReason(error) }, { cause: error });
    return fail('RB441', { path, why: lockReason(error) }, { cause: error });
  }
  held.add(db);
  return {
    record,
    release() {
      if (!held.delete(db)) return;
      rmSync(sidecar, { force: true });
      db.close();
    },
  };
};

/**
 * Empties a damaged database, so that it can be locked again; its content is lost. A database that SQLite finds damaged
 * is not locked. The file stays: an engine that locks it meanwhile locks this same file.
 */
export const resetDamagedLock = (runDir: string): void => {
  const { lock: path } = layout(runDir);
  try {
    rmSync(`${path}-journal`, { force: true });
    const fd = openSync(path, 'r+');
    ftruncateSync(fd, 0);
    closeSync(fd);
  } catch (error) {
    fail('RB441', { path, why: lockReason(error) }, { cause: error });
  }
};

/**
 * The mode is changed within the transaction: if it were set before, two engines that start at once would
 * block each other, and neither would get the run.
 */
const lockForGood = (db: DatabaseSync): void => {
  db.exec(`PRAGMA busy_timeout = ${PATIENCE_MS}; BEGIN EXCLUSIVE; PRAGMA locking_mode = EXCLUSIVE; COMMIT`);
  const found = db.prepare('PRAGMA quick_check(1)').get()?.quick_check;
  if (found !== 'ok') throw Object.assign(new Error(String(found)), { errcode: SQLITE_CORRUPT });
};

const SQLITE_CORRUPT = 11;

/**
 * Whether an engine is running now, and which. Changes nothing; an engine that starts meanwhile still gets the lock.
 * `holder` is null if it has not written its data yet. Throws RB441.
 */
export const whoHolds = (runDir: string): { live: false } | { live: true; holder: LockHolder | null } => {
  const { lock: path, holder: sidecar } = layout(runDir);
  if (!existsSync(path)) return { live: false };
  const db = openLock(path, { readOnly: true });
  try {
    db.exec('PRAGMA busy_timeout = 0; SELECT 1 FROM sqlite_schema');
    return { live: false };
  } catch (error) {
    if (isBusy(error)) return { live: true, holder: readHolder(sidecar) };
    // The lock was tested before this read: it is free.
    if (isDamaged(error) || isHalfWritten(error)) return { live: false };
    return fail('RB441', { path, why: lockReason(error) }, { cause: error });
  } finally {
    db.close();
  }
};

const openLock = (path: string, options: { readOnly: boolean }): DatabaseSync => {
  try {
    if (!options.readOnly) makeOnce(path);
    const { DatabaseSync } = sqlite();
    return new DatabaseSync(path, options);
  } catch (error) {
    return fail('RB441', { path, why: lockReason(error) }, { cause: error });
  }
};

// Never opened again by us once it is there: closing any descriptor of the file, also one that only read it,
// would drop this process's locks on it (POSIX).
const makeOnce = (path: string): void => {
  try {
    const fd = openSync(path, 'wx', PRIVATE_FILE);
    fchmodSync(fd, PRIVATE_FILE);
    closeSync(fd);
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'EEXIST') throw error;
  }
};

const readHolder = (path: string): LockHolder | null => {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
};

const lockReason = (error: unknown): string => (isSqliteError(error) ? error.message : reasonOf(error));
