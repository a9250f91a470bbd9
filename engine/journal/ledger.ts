/**
 * A durable list of items with the outcome of each. Only the holder of the run's lock may
 * write one.
 *
 * A claim is on disk before the call that it announces. A settlement is only written, and reaches the disk with the
 * next claim: one that a power cut takes away leaves its item claimed, and a claimed item is never started again by
 * itself. So the worst that the cheaper half can cost is a question, and one fsync an item is enough.
 */
import { existsSync } from 'node:fs';
import { DiagnosticError, diagnose, fail } from '../diagnostic.ts';
import { type JournalFile, type OpenJournalFile, openJournalFile } from './journal-file.ts';
import { type EntryRecord, encodeRecord, ITEM_STATES, type ItemState } from './ledger-codec.ts';
import { type Planned, writeFrozen } from './ledger-freeze.ts';
import { items, type LedgerContents, scanLedger, settleInto, stateAt } from './ledger-scan.ts';
import { type HeadMark, type Heads, headName } from './run-record.ts';
import { isSystemError, reasonOf } from './system-error.ts';

export type Settled = Exclude<ItemState, 'planned' | 'claimed'>;

export interface FrozenList {
  readonly count: number;
  /** Of keys and values in their order: the same list in another run has the same. */
  readonly sha256: string;
  /** Epoch ms. */
  readonly atMs: number;
}

/** What the run knows of a ledger beside the file itself. */
export interface LedgerKept {
  /** As journaled when the list was frozen; null: no such list was. */
  known(): Pick<FrozenList, 'count' | 'sha256'> | null;
  /** Durable when it returns: before it does, nothing can be claimed. */
  froze(list: FrozenList): void;
  readonly heads: Heads | null;
}

export interface LedgerOptions {
  readonly path: string;
  /** Says which act the file belongs to. */
  readonly act: string;
  readonly name: string;
  /** Epoch ms. */
  readonly now: () => number;
  readonly open?: OpenJournalFile;
  /** Without it the file alone is believed. */
  readonly kept?: LedgerKept;
}

export class FileLedger {
  readonly path: string;
  readonly #o: Required<Omit<LedgerOptions, 'kept'>> & Pick<LedgerOptions, 'kept'>;
  #contents: LedgerContents | null = null;
  #file: JournalFile | null = null;
  #length = 0;
  #hash = '';
  /** Written, but not known to be on disk. */
  #dirty = false;
  #failure: { readonly error: unknown } | null = null;
  #closed = false;
  /** Claimed items, by key. */
  readonly #handed = new Map<string, number>();

  constructor(options: LedgerOptions) {
    this.path = options.path;
    this.#o = { open: openJournalFile, ...options };
  }

  /** After a failed write, no further call succeeds in this session. */
  get failed(): boolean {
    return this.#failure !== null;
  }

  /**
   * null: nothing was ever planned. Throws RB403, RB416, RB417, and RB418 where it is not the list that was frozen,
   * as all the others do.
   */
  frozen(): FrozenList | null {
    const contents = this.#read();
    return contents && frozenOf(contents);
  }

  /** Once; a list that is frozen already is given back, and `planned` not even asked. Throws what `planned` throws. */
  async freeze(planned: AsyncIterable<Planned>): Promise<FrozenList> {
    const before = this.frozen();
    if (before) return before;
    const { path, act, name, now, open } = this.#o;
    try {
      await writeFrozen({ path, act, ledger: name, now, open }, planned);
    } catch (error) {
      throw isSystemError(error) ? this.#fail(error) : error;
    }
    const after = this.frozen();
    if (!after) throw new Error(`engine bug: ${path} is not there after it was written`);
    return after;
  }

  /** Items that are certainly not done, in order; one settled as not done meanwhile is in the next call. */
  async *pending(): AsyncGenerator<Planned> {
    yield* this.#hand(['planned', 'not-done']);
  }

  /** What was claimed without an outcome, or ended with an unknown one. */
  async *unsettled(): AsyncGenerator<Planned & { state: ItemState; claimedAtMs: number }> {
    for (const item of this.#hand(['claimed', 'unknown'])) {
      const { states, claimedAt } = this.#needed();
      yield { ...item, state: stateAt(states, item.n), claimedAtMs: claimedAt.get(item.n) ?? 0 };
    }
  }

  /** On disk when it returns. Only what `pending` has handed out; a throw means: not claimed. */
  claim(key: string): void {
    const n = this.#index(key);
    const state = stateAt(this.#needed().states, n);
    if (state !== 'planned' && state !== 'not-done') {
      throw new Error(`engine bug: ${key} of ${this.path} was claimed while it is ${state}`);
    }
    this.#append({ n, to: 'claimed', at: this.#o.now() }, true);
  }

  /** On disk with the next claim, or when `pending` ends. */
  settle(key: string, to: Settled, more: Pick<EntryRecord, 'note' | 'by'> = {}): void {
    const n = this.#index(key);
    if (stateAt(this.#needed().states, n) === 'planned') {
      throw new Error(`engine bug: ${key} of ${this.path} was settled without a claim`);
    }
    this.#append({ n, to, at: this.#o.now(), ...more }, false);
    this.#handed.delete(key);
  }

  /** For a person who settles it by hand; null: there is no such item. */
  lookUp(key: string): ItemState | null {
    if (!this.#read()) return null;
    for (const item of items(this.path)) {
      if (item.key !== key) continue;
      this.#handed.set(key, item.n);
      return stateAt(this.#needed().states, item.n);
    }
    return null;
  }

  counts(): { readonly [state in ItemState]: number } {
    const counts = { planned: 0, claimed: 0, done: 0, 'not-done': 0, failed: 0, unknown: 0 };
    for (const code of this.#read()?.states ?? []) counts[ITEM_STATES[code] ?? 'planned']++;
    return counts;
  }

  /** Whatever was written is on disk when it returns. */
  sync(): void {
    if (!this.#dirty || this.#failure) return;
    try {
      this.#file?.sync();
      this.#dirty = false;
      this.#keep();
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** After this, no claim is possible. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.sync();
    } finally {
      this.#file?.close();
    }
  }

  *#hand(wanted: readonly ItemState[]): Generator<Planned & { n: number }> {
    if (!this.#read()) return;
    try {
      for (const { n, key, value } of items(this.path)) {
        if (!wanted.includes(stateAt(this.#needed().states, n))) continue;
        this.#handed.set(key, n);
        yield { n, key, value };
      }
    } finally {
      this.sync();
    }
  }

  #index(key: string): number {
    const n = this.#handed.get(key);
    if (n === undefined) throw new Error(`engine bug: ${key} was not handed out by ${this.path}`);
    return n;
  }

  #needed(): LedgerContents {
    const contents = this.#read();
    if (!contents) throw new Error(`engine bug: ${this.path} was used before it was frozen`);
    return contents;
  }

  #read(): LedgerContents | null {
    if (this.#failure) throw this.#failure.error;
    if (this.#closed) throw new Error(`engine bug: the closed ledger ${this.path} was used`);
    if (this.#contents) return this.#contents;
    const { kept } = this.#o;
    const known = kept?.known() ?? null;
    if (!existsSync(this.path)) {
      if (known) fail('RB418', { path: this.path, ...known, found: 'it is missing' });
      return null;
    }
    const recorded = kept?.heads?.head(headName(this.path)) ?? null;
    const contents = scanLedger(this.path, recorded);
    checkLedger(this.path, contents, known, recorded);
    try {
      this.#file ??= this.#o.open(this.path, 'append');
      if (contents.tornBytes > 0) this.#file.truncate(contents.goodBytes);
      // What was read may be in the page cache only: its engine may have died between write and fsync.
      this.#file.sync();
      this.#length = contents.goodBytes;
      this.#hash = contents.hash;
      // Also where it is found so: the engine may have died between the file and its event.
      if (!known) kept?.froze(frozenOf(contents));
      this.#keep();
    } catch (error) {
      throw this.#fail(error);
    }
    this.#contents = contents;
    return contents;
  }

  // Only data on disk: the record must never be ahead of the file.
  #keep(): void {
    this.#o.kept?.heads?.keep(headName(this.path), { bytes: this.#length, hash: this.#hash });
  }

  #append(entry: EntryRecord, durably: boolean): void {
    const contents = this.#needed();
    const { line, hash } = encodeRecord(entry, this.#hash);
    const bytes = Buffer.from(line);
    try {
      this.#file?.write(bytes);
      if (durably) this.#file?.sync();
    } catch (error) {
      this.#cut();
      throw this.#fail(error);
    }
    this.#dirty = !durably;
    this.#length += bytes.length;
    this.#hash = hash;
    settleInto(contents, entry);
    if (durably) this.#recordClaim();
  }

  #recordClaim(): void {
    try {
      this.#keep();
    } catch (error) {
      throw this.#fail(error);
    }
  }

  // An unacknowledged claim is removed: its call is never made. If that fails too, it stays, and the
  // item is asked about: the safe side.
  #cut(): void {
    try {
      this.#file?.truncate(this.#length);
    } catch {}
  }

  #fail(error: unknown): unknown {
    const wrapped = isSystemError(error)
      ? new DiagnosticError([diagnose('RB403', { path: this.path, why: reasonOf(error) })], { cause: error })
      : error;
    this.#failure = { error: wrapped };
    return wrapped;
  }
}

const frozenOf = ({ frozen }: Pick<LedgerContents, 'frozen'>): FrozenList => ({
  count: frozen.count,
  sha256: frozen.sha256,
  atMs: frozen.at,
});

/** Throws RB418 where the file is another list than the journaled one, or does not go on from what is recorded of it. */
export const checkLedger = (
  path: string,
  { frozen, goodBytes, extendsRecorded }: Pick<LedgerContents, 'frozen' | 'goodBytes' | 'extendsRecorded'>,
  known: Pick<FrozenList, 'count' | 'sha256'> | null,
  recorded: HeadMark | null,
): void => {
  const other = known !== null && (known.count !== frozen.count || known.sha256 !== frozen.sha256);
  if (!other && extendsRecorded) return;
  const cut = recorded !== null && goodBytes < recorded.bytes;
  const found = other
    ? `it has ${frozen.count} with sha256 ${frozen.sha256.slice(0, 12)}`
    : cut
      ? `it was truncated: it ends at byte ${goodBytes} of ${recorded.bytes}`
      : 'the outcomes of the items were rewritten';
  fail('RB418', { path, count: frozen.count, sha256: frozen.sha256, ...known, found });
};
