/** The journal's port to the disk: a wrapper in a test can stop the engine between a write and its fsync. */
import { closeSync, constants, fchmodSync, fdatasyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { PRIVATE_FILE, syncDir } from './durable.ts';

export interface JournalFile {
  /** Appends all of it. Throws the system's error; a part may then be in the file. */
  write(bytes: Uint8Array): void;
  /** Returns once content and length are on disk. */
  sync(): void;
  truncate(length: number): void;
  close(): void;
}

export type OpenJournalFile = (path: string, how: 'create' | 'append') => JournalFile;

const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;

export const openJournalFile: OpenJournalFile = (path, how) => {
  const flags = O_WRONLY | O_APPEND | O_NOFOLLOW | (how === 'create' ? O_CREAT | O_EXCL : 0);
  const fd = openSync(path, flags, PRIVATE_FILE);
  if (how === 'create') {
    fchmodSync(fd, PRIVATE_FILE);
    syncDir(dirname(path));
  }
  return {
    write(bytes) {
      // A disk that fills up accepts a part first and refuses only the next call.
      for (let from = 0; from < bytes.length; ) from += writeSync(fd, bytes, from);
    },
    sync: () => fdatasyncSync(fd),
    truncate: (length) => ftruncateSync(fd, length),
    close: () => closeSync(fd),
  };
};
