/** Files that are wholly there after a power cut, or not at all; readable by their owner only. */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

export const PRIVATE_FILE = 0o600;
export const PRIVATE_DIR = 0o700;

/** Makes the names in a directory durable: without it a file that was fsynced can be gone after a power cut. */
export const syncDir = (path: string): void => {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
};

/** Replaces the file at once; a reader sees the old content or the new. Throws the system's error. */
export const writeDurably = (path: string, content: string | Uint8Array): void => {
  const temp = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  const fd = openSync(temp, 'wx', PRIVATE_FILE);
  try {
    try {
      fchmodSync(fd, PRIVATE_FILE);
      writeFileSync(fd, content);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temp, path);
  } catch (error) {
    rmSync(temp, { force: true });
    throw error;
  }
  syncDir(dirname(path));
};

/** Throws the system's error, EEXIST among them. */
export const makePrivateDir = (path: string): void => {
  mkdirSync(path, { mode: PRIVATE_DIR });
  // The umask can only take bits away, and some take the owner's.
  chmodSync(path, PRIVATE_DIR);
};
