/** A document that people read and edit: replaced at once, its rights and owner kept. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail } from '../diagnostic.ts';
import { syncDir } from '../journal/durable.ts';
import { isSystemError, reasonOf } from '../journal/system-error.ts';

/** Empty where there is no such file. Throws RB641. */
export const readDocument = (path: string): Uint8Array => {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return new Uint8Array();
    return fail('RB641', { path, why: reasonOf(error) }, { cause: error });
  }
};

/** A reader sees the old content or the new. A symbolic link stays one. Throws RB641: the file is as it was. */
export const replaceDocument = (path: string, content: string | Uint8Array): void => {
  try {
    replace(path, content);
  } catch (error) {
    fail('RB641', { path, why: reasonOf(error) }, { cause: error });
  }
};

const replace = (path: string, content: string | Uint8Array): void => {
  const before = statSync(path, { throwIfNoEntry: false });
  const real = before ? realpathSync(path) : path;
  const temp = join(dirname(real), `.${basename(real)}.${randomBytes(6).toString('hex')}`);
  // A new file gets what the caller's umask leaves.
  const fd = openSync(temp, 'wx', 0o666);
  try {
    try {
      if (before) {
        const own = fstatSync(fd);
        if (before.uid !== own.uid || before.gid !== own.gid) fchownSync(fd, before.uid, before.gid);
        fchmodSync(fd, before.mode & 0o7777);
      }
      writeFileSync(fd, content);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temp, real);
  } catch (error) {
    rmSync(temp, { force: true });
    throw error;
  }
  syncDir(dirname(real));
};
