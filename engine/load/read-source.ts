/** Reads a YAML file as text, or throws the reason why that is not possible. */
import { constants, open } from 'node:fs/promises';
import { relative } from 'node:path';
import { fail } from '../diagnostic.ts';

export const MAX_BYTES = 2 * 1024 * 1024;

const why = (error: unknown): string => {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'EISDIR':
      return 'it is a directory';
    case 'ENOTDIR':
      return 'a part of its path is not a directory';
    case 'ELOOP':
      return 'its symbolic links go in circles';
    case 'ENAMETOOLONG':
      return 'the path is too long';
    default:
      return error instanceof Error ? error.message : String(error);
  }
};

/** Throws DiagnosticError for what can't be opened, is no regular file, or is longer than `limit`. */
export const readRegularFile = async (path: string, shown: string, limit: number): Promise<Uint8Array> => {
  // Non-blocking, or a named pipe would wait for a writer for ever.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) =>
    (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? fail('RB101', { path: shown })
      : fail('RB102', { path: shown, why: why(error) }),
  );
  try {
    const stat = await handle.stat();
    if (!stat.isFile())
      return fail('RB102', {
        path: shown,
        why: stat.isDirectory() ? 'it is a directory' : 'it is not a regular file',
      });
    if (stat.size > limit) return fail('RB103', { path: shown, bytes: stat.size, limit });
    return await handle.readFile();
  } finally {
    await handle.close();
  }
};

/** Throws DiagnosticError (RB104, RB105). */
export const decodeText = (bytes: Uint8Array, shown: string): string => {
  const [a, b, c] = bytes;
  const wrong = (reason: string) => fail('RB104', { path: shown, why: reason });
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return wrong('it is UTF-16');
  if (a === 0xef && b === 0xbb && c === 0xbf) return wrong('it starts with a byte order mark');
  if (bytes.includes(0)) return wrong(b === 0 || a === 0 ? 'it looks like UTF-16' : 'it contains a NUL byte');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return wrong('it contains bytes that are not UTF-8');
  }
  return text.trim() === '' ? fail('RB105', { path: shown }) : text;
};

/** A runbook, or a file of vars. Throws DiagnosticError. */
export const readText = async (path: string): Promise<{ readonly file: string; readonly text: string }> => {
  const file = shownPath(path);
  return { file, text: decodeText(await readRegularFile(path, file, MAX_BYTES), file) };
};

/** As an operator in this folder would type it. */
export const shownPath = (path: string): string => {
  const near = relative('', path);
  return near === '' || near.startsWith('..') ? path : near;
};
