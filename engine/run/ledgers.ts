/** The ledgers of a run's acts. One belongs to an act, whichever attempt or session of it is at work. */
import { join } from 'node:path';
import type * as z from 'zod';
import type { ActKey } from '../decide/events.ts';
import type { OpenJournalFile } from '../journal/journal-file.ts';
import { FileLedger } from '../journal/ledger.ts';
import type { Json } from '../plan.ts';
import type { ActContext, Ledger, LedgerItem } from '../step.ts';

export const ledgerPath = (dir: string, act: ActKey, name: string): string =>
  join(dir, `${act.replaceAll('/', '.')}.${name}.jsonl`);

export class Ledgers {
  readonly #dir: string;
  readonly #now: () => number;
  readonly #openFile: OpenJournalFile | undefined;
  readonly #open = new Map<ActKey, Map<string, FileLedger>>();

  constructor(dir: string, now: () => number, openFile?: OpenJournalFile) {
    this.#dir = dir;
    this.#now = now;
    this.#openFile = openFile;
  }

  of(act: ActKey, mask: (text: string) => string): ActContext['ledger'] {
    return <T>(name: string, schema: z.ZodType<T>): Ledger<T> => {
      if (!/^[a-z][a-z0-9-]*$/.test(name)) throw new Error(`a ledger cannot be named ${name}`);
      return typed(this.#file(act, name), schema, mask);
    };
  }

  /** When an attempt is over: what it left behind cannot start another item. Throws RB403. */
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
    });
    opened.set(name, ledger);
    return ledger;
  }
}

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
