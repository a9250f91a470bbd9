/** The append-only file that a run is resumed from. Only the holder of the run's lock may open one. */
import { basename, dirname } from 'node:path';
import type { Event, Recorded } from '../decide/events.ts';
import { DiagnosticError, diagnose, fail } from '../diagnostic.ts';
import { encodeLine, type Head, START } from './codec.ts';
import { type JournalFile, type OpenJournalFile, openJournalFile } from './journal-file.ts';
import { type Heads, headName } from './run-record.ts';
import { readJournal } from './scan.ts';
import { isDiskFull, isSystemError, reasonOf } from './system-error.ts';

export interface Journal {
  /** All of the run so far, the first session's too; grows with every append. */
  readonly events: readonly Recorded[];
  readonly path: string;
  /**
   * Returns once the events are on disk, as a later reader will see them: numbered, and dated `at` (epoch
   * ms) or as the last event where the clock was set back. A crash keeps a prefix of `events`, never a gap.
   * Throws RB401 (disk full), RB402 or RB446; after that every append throws the same, and nothing may be started.
   */
  append(events: readonly Event[], at: number): readonly Recorded[];
  close(): void;
}

/**
 * Throws RB401 or RB402 where the file cannot be made; EEXIST is one of the reasons.
 * @param heads of the run's lock: told how far the journal has come
 */
export const createJournal = (
  path: string,
  open: OpenJournalFile = openJournalFile,
  heads: Heads | null = null,
): Journal => {
  const file = openFile(path, 'create', open);
  return new FileJournal(path, file, { events: [], head: START, length: 0 }, heads);
};

/**
 * Opens the journal of an earlier session; it holds at least `run-created`. An unterminated last line is cut.
 *
 * Throws RB410 or RB411 at a bad line, RB412 where it cannot be read, RB413 where it holds no event, RB442 where it
 * does not go on from what is recorded of it, RB401 or RB402 where it cannot be written.
 * @param heads of the run's lock
 * @returns tornBytes: how much was cut; no act was started on it, for its append never returned
 */
export const openJournal = (
  path: string,
  open: OpenJournalFile = openJournalFile,
  heads: Heads | null = null,
): { journal: Journal; tornBytes: number } => {
  const recorded = heads?.head(headName(path)) ?? null;
  const { events, head, goodBytes, tornBytes } = readJournal(path, recorded);
  if (events.length === 0) fail('RB413', { path });
  const file = openFile(path, 'append', open);
  try {
    if (tornBytes > 0) file.truncate(goodBytes);
    // The content may be in the page cache only: its engine may have died between write and fsync.
    file.sync();
    heads?.keep(headName(path), { bytes: goodBytes, hash: head.hash });
  } catch (error) {
    file.close();
    throw writeError(path, error);
  }
  return {
    journal: new FileJournal(path, file, { events: [...events], head, length: goodBytes }, heads),
    tornBytes,
  };
};

const openFile = (path: string, how: 'create' | 'append', open: OpenJournalFile): JournalFile => {
  try {
    return open(path, how);
  } catch (error) {
    throw writeError(path, error);
  }
};

const writeError = (path: string, error: unknown): unknown => {
  if (!isSystemError(error)) return error;
  const data = { path, run: basename(dirname(path)), why: reasonOf(error) };
  return new DiagnosticError([diagnose(isDiskFull(error) ? 'RB401' : 'RB402', data)], { cause: error });
};

/** An engine that is killed leaves the record so far behind at the most; each record costs tens of microseconds. */
const recordEveryMs = 50;

class FileJournal implements Journal {
  readonly path: string;
  readonly #file: JournalFile;
  readonly #events: Recorded[];
  readonly #heads: Heads | null;
  #head: Head;
  #length: number;
  #failure: { readonly error: unknown } | null = null;
  #closed = false;
  /** When the head was recorded last, and the timer that records the present one. */
  #recordedAt = Number.NEGATIVE_INFINITY;
  #recording: NodeJS.Timeout | null = null;

  constructor(
    path: string,
    file: JournalFile,
    read: { events: Recorded[]; head: Head; length: number },
    heads: Heads | null,
  ) {
    this.path = path;
    this.#file = file;
    this.#events = read.events;
    this.#head = read.head;
    this.#length = read.length;
    this.#heads = heads;
  }

  get events(): readonly Recorded[] {
    return this.#events;
  }

  append(events: readonly Event[], at: number): readonly Recorded[] {
    if (this.#failure) throw this.#failure.error;
    if (this.#closed) throw new Error(`engine bug: append to the closed journal ${this.path}`);
    if (events.length === 0) return [];
    let head = this.#head;
    const lines = events.map((event) => {
      const encoded = encodeLine(event, Math.max(at, head.at), head);
      head = encoded.head;
      return encoded;
    });
    const bytes = Buffer.from(lines.map(({ line }) => line).join(''));
    this.#write(bytes);
    this.#head = head;
    this.#length += bytes.length;
    this.#recordSoon();
    const recorded = lines.map(({ event }) => event);
    this.#events.push(...recorded);
    return recorded;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      // A head that could not be recorded stays behind, which the next open bears.
      if (this.#recording && !this.#failure) this.#record();
    } catch {
    } finally {
      this.#file.close();
    }
  }

  /** At once after a pause; of appends that come close together only the last one: its record covers them all. */
  #recordSoon(): void {
    if (!this.#heads || this.#recording) return;
    const waitMs = this.#recordedAt + recordEveryMs - performance.now();
    if (waitMs <= 0) {
      this.#record();
      return;
    }
    this.#recording = setTimeout(() => {
      try {
        this.#record();
      } catch {
        // Kept as the failure that the next append throws.
      }
    }, waitMs).unref();
  }

  // What is on disk stays there, and the next session folds it; this one starts nothing further.
  #record(): void {
    if (this.#recording) clearTimeout(this.#recording);
    this.#recording = null;
    this.#recordedAt = performance.now();
    try {
      this.#heads?.keep(headName(this.path), { bytes: this.#length, hash: this.#head.hash });
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }

  #write(bytes: Buffer): void {
    try {
      this.#file.write(bytes);
      this.#file.sync();
    } catch (error) {
      this.#cut();
      this.#failure = { error: writeError(this.path, error) };
      throw this.#failure.error;
    }
  }

  // After a failed fsync a retry may report success for pages that the kernel has dropped: an error is final,
  // and unacknowledged bytes are removed. If that fails too, the next open cuts the torn tail.
  #cut(): void {
    try {
      this.#file.truncate(this.#length);
    } catch {}
  }
}
