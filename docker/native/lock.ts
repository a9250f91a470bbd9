import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from './lab-error.ts';

/** A first `up` may download a server; who died meanwhile holds no lock. */
const waitMs = 15 * 60_000;

/** One `up`, `down` or `reset` of a lab at a time; the kernel frees the lock of a process that dies. */
export const withLock = async <T>(dir: string, work: () => Promise<T>): Promise<T> => {
  const file = new DatabaseSync(join(dir, 'lock.sqlite'));
  try {
    const giveUp = Date.now() + waitMs;
    while (!claim(file)) {
      if (Date.now() > giveUp)
        throw new LabError(`Another process has been busy with the lab in ${dir}`, 'End it, then try again');
      await sleep(50);
    }
    return await work();
  } finally {
    file.close();
  }
};

const claim = (file: DatabaseSync): boolean => {
  try {
    file.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof Error && /database is locked/.test(error.message)) return false;
    throw error;
  }
};
