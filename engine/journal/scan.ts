/** Reading a journal, line by line, without a lock and without changing it. */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import type { Recorded } from '../decide/events.ts';
import { type Diagnostic, DiagnosticError, diagnose, fail } from '../diagnostic.ts';
import { decodeLine, FORMAT, type Head, START } from './codec.ts';
import { lines } from './lines.ts';
import { reasonOf } from './system-error.ts';

export interface Scan {
  /** Up to the first bad line. */
  readonly events: readonly Recorded[];
  readonly head: Head;
  /** Bytes of the good lines. */
  readonly goodBytes: number;
  /** Bytes after the last newline: an append that a crash cut short, or one that is just being written. */
  readonly tornBytes: number;
  readonly problem: Diagnostic | null;
}

/** Throws RB412 where the file cannot be read; a bad line is in `problem`. */
export const scanJournal = (path: string): Scan => {
  const fd = open(path);
  try {
    return scan(path, fd);
  } catch (error) {
    return fail('RB412', { path, why: reasonOf(error) }, { cause: error });
  } finally {
    closeSync(fd);
  }
};

/** Throws RB410 or RB411 at a bad line, RB412 where the file cannot be read. A torn tail is not an error. */
export const readJournal = (path: string): Scan & { readonly problem: null } => {
  const { problem, ...scanned } = scanJournal(path);
  if (problem) throw new DiagnosticError([problem]);
  return { ...scanned, problem: null };
};

const open = (path: string): number => {
  try {
    // O_NONBLOCK: a pipe in the journal's place must not hang the engine.
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return fail('RB412', { path, why: reasonOf(error) }, { cause: error });
  }
};

const scan = (path: string, fd: number): Scan => {
  if (!fstatSync(fd).isFile()) fail('RB412', { path, why: 'it is not a regular file' });
  const events: Recorded[] = [];
  let head = START;
  let goodBytes = 0;
  for (const { bytes, terminated } of lines(fd)) {
    if (!terminated) return { events, head, goodBytes, tornBytes: bytes.length, problem: null };
    const decoded = decodeLine(bytes, head);
    if ('bad' in decoded) {
      const line = events.length + 1;
      const problem =
        decoded.format === undefined
          ? diagnose('RB410', { path, line, what: decoded.bad })
          : diagnose('RB411', { path, line, format: decoded.format, known: FORMAT });
      return { events, head, goodBytes, tornBytes: 0, problem };
    }
    events.push(decoded.event);
    head = decoded.head;
    goodBytes += bytes.length + 1;
  }
  return { events, head, goodBytes, tornBytes: 0, problem: null };
};
