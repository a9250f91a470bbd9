/** Reading a journal, line by line, without a lock and without changing it. */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import type { Recorded } from '../decide/events.ts';
import { type Diagnostic, DiagnosticError, diagnose, fail } from '../diagnostic.ts';
import { decodeLine, FORMAT, type Head, START } from './codec.ts';
import { lines } from './lines.ts';
import type { HeadMark } from './run-record.ts';
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

/**
 * Throws RB412 where the file cannot be read; a bad line is in `problem`.
 * @param recorded head of the file: the file must continue from there, else RB442 is in `problem`
 */
export const scanJournal = (path: string, recorded: HeadMark | null = null): Scan => {
  const fd = open(path);
  try {
    return scan(path, fd, recorded);
  } catch (error) {
    return fail('RB412', { path, why: reasonOf(error) }, { cause: error });
  } finally {
    closeSync(fd);
  }
};

/**
 * Throws RB410 or RB411 at a bad line, RB412 where the file cannot be read, RB442 where it does not continue from its
 * recorded head. A torn tail is not an error.
 */
export const readJournal = (
  path: string,
  recorded: HeadMark | null = null,
): Scan & { readonly problem: null } => {
  const { problem, ...scanned } = scanJournal(path, recorded);
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

const scan = (path: string, fd: number, recorded: HeadMark | null): Scan => {
  if (!fstatSync(fd).isFile()) fail('RB412', { path, why: 'it is not a regular file' });
  const events: Recorded[] = [];
  let head = START;
  let goodBytes = 0;
  const over = (tornBytes: number, problem: Diagnostic | null = null): Scan => ({
    events,
    head,
    goodBytes,
    tornBytes,
    problem,
  });
  const isOther = (): boolean =>
    recorded !== null &&
    (goodBytes === recorded.bytes ? head.hash !== recorded.hash : goodBytes > recorded.bytes);
  let met = recorded === null || recorded.bytes === 0;
  for (const { bytes, terminated } of lines(fd)) {
    if (!terminated) return over(bytes.length, met ? null : strange(path, recorded, goodBytes));
    const decoded = decodeLine(bytes, head);
    if ('bad' in decoded) {
      const line = events.length + 1;
      const problem =
        decoded.format === undefined
          ? diagnose('RB410', { path, line, what: decoded.bad })
          : diagnose('RB411', { path, line, format: decoded.format, known: FORMAT });
      return over(0, problem);
    }
    events.push(decoded.event);
    head = decoded.head;
    goodBytes += bytes.length + 1;
    if (!met && isOther()) return over(0, strange(path, recorded, goodBytes));
    met ||= goodBytes === recorded?.bytes;
  }
  return over(0, met ? null : strange(path, recorded, goodBytes));
};

const strange = (path: string, recorded: HeadMark | null, goodBytes: number): Diagnostic | null => {
  if (recorded === null) return null;
  const cut = goodBytes < recorded.bytes;
  const what = cut ? `it was truncated: it ends at byte ${goodBytes}` : 'it was rewritten';
  return diagnose('RB442', { path, recorded: recorded.bytes, what });
};
