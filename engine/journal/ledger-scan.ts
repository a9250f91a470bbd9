/** Reading a ledger, record by record, without changing it; the caller holds the lock, or can bear a torn tail. */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { DiagnosticError, fail } from '../diagnostic.ts';
import {
  decodeRecord,
  type EntryRecord,
  type FrozenRecord,
  ITEM_STATES,
  type ItemRecord,
  type ItemState,
  LEDGER_START,
  type LedgerRecord,
} from './ledger-codec.ts';
import { lines } from './lines.ts';
import type { HeadMark } from './run-record.ts';
import { reasonOf } from './system-error.ts';

export const isEntry = (record: LedgerRecord): record is EntryRecord => 'n' in record;
export const isFrozen = (record: LedgerRecord): record is FrozenRecord => 'count' in record;

export interface Tail {
  /** Bytes of the good lines. */
  readonly goodBytes: number;
  /** Bytes after the last newline: a write that a crash cut short. */
  readonly tornBytes: number;
  /** Of the last good line. */
  readonly hash: string;
  /** Whether the file continues from its recorded head. */
  readonly extendsRecorded: boolean;
}

const START: Tail = { goodBytes: 0, tornBytes: 0, hash: LEDGER_START, extendsRecorded: false };

/** Throws RB416 at a bad line, RB417 where the file cannot be read. */
export function* records(path: string, recorded: HeadMark | null = null): Generator<LedgerRecord, Tail> {
  const fd = open(path);
  try {
    if (!fstatSync(fd).isFile()) fail('RB417', { path, why: 'it is not a regular file' });
    let tail: Tail = { ...START, extendsRecorded: recorded === null };
    let line = 0;
    for (const { bytes, terminated } of lines(fd)) {
      if (!terminated) return { ...tail, tornBytes: bytes.length };
      line++;
      const decoded = decodeRecord(bytes, tail.hash);
      if ('bad' in decoded) return fail('RB416', { path, line, what: decoded.bad });
      const goodBytes = tail.goodBytes + bytes.length + 1;
      const met = goodBytes === recorded?.bytes && decoded.hash === recorded.hash;
      const extendsRecorded = tail.extendsRecorded || met;
      tail = { goodBytes, tornBytes: 0, hash: decoded.hash, extendsRecorded };
      yield decoded.record;
    }
    return tail;
  } catch (error) {
    if (error instanceof DiagnosticError) throw error;
    return fail('RB417', { path, why: reasonOf(error) }, { cause: error });
  } finally {
    closeSync(fd);
  }
}

/** The items in their order, each read from the disk as it is asked for. */
export function* items(path: string): Generator<ItemRecord & { readonly n: number }> {
  let n = 0;
  for (const record of records(path)) {
    if (isFrozen(record) || isEntry(record)) return;
    yield { ...record, n: n++ };
  }
}

export interface LedgerContents extends Tail {
  readonly frozen: FrozenRecord;
  /** Index into ITEM_STATES by item: a byte each, so that 100,000 recipients cost no memory. */
  readonly states: Uint8Array;
  /** When an item that is claimed or unknown was claimed last. */
  readonly claimedAt: Map<number, number>;
}

const stateCode = (state: ItemState): number => ITEM_STATES.indexOf(state);
export const stateAt = (states: Uint8Array, n: number): ItemState => ITEM_STATES[states[n] ?? 0] ?? 'planned';

/** Folds an entry into what is known. */
export const settleInto = (
  { states, claimedAt }: Pick<LedgerContents, 'states' | 'claimedAt'>,
  { n, to, at }: EntryRecord,
): void => {
  states[n] = stateCode(to);
  if (to === 'claimed') claimedAt.set(n, at);
  else if (to !== 'unknown') claimedAt.delete(n);
};

/** Throws RB416, RB417. */
export const scanLedger = (path: string, recorded: HeadMark | null = null): LedgerContents => {
  const reading = records(path, recorded);
  let count = 0;
  let frozen: FrozenRecord | null = null;
  let contents = { states: new Uint8Array(0), claimedAt: new Map<number, number>() };
  const take = (record: LedgerRecord): boolean => {
    if (isEntry(record)) {
      if (record.n >= contents.states.length) return false;
      settleInto(contents, record);
    } else if (isFrozen(record)) {
      if (frozen || record.count !== count) return false;
      frozen = record;
      contents = { states: new Uint8Array(count), claimedAt: new Map() };
    } else if (frozen) return false;
    else count++;
    return true;
  };
  for (let line = 1; ; line++) {
    const { done, value } = reading.next();
    // The file got its name with the freezing line in it: without one it was cut by somebody else.
    if (done && frozen) return { ...contents, ...value, frozen };
    if (!done && take(value)) continue;
    reading.return(START);
    return fail('RB416', { path, line, what: done ? 'is missing' : 'is out of order' });
  }
};

const open = (path: string): number => {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return fail('RB417', { path, why: reasonOf(error) }, { cause: error });
  }
};
