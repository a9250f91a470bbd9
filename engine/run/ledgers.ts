/** The ledgers of a run's acts. One belongs to an act, whichever attempt or session of it is at work. */
import type * as z from 'zod';
import type { ActKey } from '../decide/events.ts';
import type { OpenJournalFile } from '../journal/journal-file.ts';
import { FileLedger, type LedgerKept } from '../journal/ledger.ts';
import { ledgerPath } from '../journal/ledger-lost.ts';
import type { Heads } from '../journal/run-record.ts';
import type { Json } from '../plan.ts';
import type { ActContext, Ledger, LedgerItem } from '../step.ts';
import type { Recorder } from './recorder.ts';

/** Where it is noted which lists were frozen, and how far each file has come. */
export interface LedgerNotes {
  readonly recorder: Pick<Recorder, 'state' | 'add' | 'flush'>;
  /** null: nobody holds the run's lock, as in a test. */
  readonly heads: Heads | null;
}

export class Ledgers {
  readonly #dir: string;
  readonly #now: () => number;
  readonly #openFile: OpenJournalFile | undefined;
  readonly #notes: LedgerNotes | undefined;
  readonly #open = new Map<ActKey, Map<string, FileLedger>>();

  constructor(dir: string, now: () => number, notes?: LedgerNotes, openFile?: OpenJournalFile) {
    this.#dir = dir;
    this.#now = now;
    this.#notes = notes;
    this.#openFile = openFile;
  }

  /**
   * Before an act is prepared, run or probed: whether each list that it ever froze is still there. Its type cannot
   * forget to ask, nor take a missing one for a list that is still to be made. Throws RB416, RB417, RB418.
   */
  verify(act: ActKey): void {
    for (const name of Object.keys(this.#notes?.recorder.state.ledgers[act] ?? {}))
      this.#file(act, name).frozen();
  }

  of(act: ActKey, mask: (text: string) => string): ActContext['ledger'] {
    return <T>(name: string, schema: z.ZodType<T>): Ledger<T> => {
      if (!/^[a-z][a-z0-9-]*$/.test(name)) throw new Error(`a ledger cannot be named ${name}`);
      return typed(this.#file(act, name), schema, mask);
    };
  }

  /** At the end of an attempt: leftover calls cannot start another item. Throws RB403. */
  close(act: ActKey): void {
    const opened = this.#open.get(act);
    for (const [name, ledger] of opened ?? []) {
      // One that failed stays: a later attempt must not believe a disk that has lied once.
      if (ledger.failed) continue;
      opened?.delete(name);
      ledger.close();
    }
  }

  #file(act: ActKey, name: string): FileLedger {
    const opened = this.#open.get(act) ?? new Map<string, FileLedger>();
    this.#open.set(act, opened);
    const known = opened.get(name);
    if (known) return known;
    const ledger = new FileLedger({
      path: ledgerPath(this.#dir, act, name),
      act,
      name,
      now: this.#now,
      ...(this.#openFile && { open: this.#openFile }),
      ...(this.#notes && { kept: kept(this.#notes, act, name) }),
    });
    opened.set(name, ledger);
    return ledger;
  }
}

const kept = ({ recorder, heads }: LedgerNotes, act: ActKey, ledger: string): LedgerKept => ({
  known: () => recorder.state.ledgers[act]?.[ledger] ?? null,
  froze({ count, sha256 }) {
    recorder.add({ type: 'ledger-frozen', act, ledger, count, sha256 });
    recorder.flush();
  },
  heads,
});

const typed = <T>(file: FileLedger, schema: z.ZodType<T>, mask: (text: string) => string): Ledger<T> => {
  const parsed = <I extends { key: string; value: Json }>(item: I): I & LedgerItem<T> => ({
    ...item,
    value: schema.parse(item.value),
  });
  return {
    frozen: async () => file.frozen(),
    freeze: (items) =>
      file.freeze(
        (async function* () {
          for await (const { key, value } of items) yield { key, value: schema.parse(value) as Json };
        })(),
      ),
    async *pending() {
      for await (const item of file.pending()) yield parsed(item);
    },
    async *unsettled() {
      for await (const item of file.unsettled()) {
        yield parsed({
          ...item,
          state: item.state === 'unknown' ? ('unknown' as const) : ('claimed' as const),
        });
      }
    },
    claim: async (key) => file.claim(key),
    settle: async (key, state, note) =>
      file.settle(key, state, note === undefined ? {} : { note: mask(note) }),
    counts: async () => file.counts(),
  };
};
