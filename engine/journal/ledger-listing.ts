/** Ledgers as a person reads them: beside a live engine, without a lock, changing nothing. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from '../diagnostic.ts';
import { idOfFileName } from '../file-name.ts';
import type { Json } from '../plan.ts';
import type { EntryRecord, FrozenRecord, ItemState } from './ledger-codec.ts';
import { isEntry, isFrozen, items, records } from './ledger-scan.ts';
import { isSystemError, reasonOf } from './system-error.ts';

export interface LedgerFile {
  readonly path: string;
  /** `step/phase/index`. */
  readonly act: string;
  readonly step: string;
  readonly name: string;
}

const fileName = /^(.+)\.(pre|do|verify|undo|trip)\.(\d+)\.([a-z][a-z0-9-]*)\.jsonl$/;

/** @param dir the run's ledgers; missing where no act ever froze one. Throws RB417. */
export const ledgerFiles = (dir: string): readonly LedgerFile[] => {
  try {
    return readdirSync(dir)
      .toSorted()
      .flatMap((file) => {
        const [, ofStep, phase, index, name] = fileName.exec(file) ?? [];
        if (ofStep === undefined || name === undefined) return [];
        const step = idOfFileName(ofStep);
        return [{ path: join(dir, file), act: `${step}/${phase}/${index}`, step, name }];
      });
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return [];
    return fail('RB417', { path: dir, why: reasonOf(error) }, { cause: error });
  }
};

export interface ListedItem {
  readonly key: string;
  readonly value: Json;
  readonly state: ItemState;
  /** Epoch ms of its last entry; null: it was not started. */
  readonly at: number | null;
  readonly claimedAt: number | null;
  readonly note: string | null;
  /** The person who settled it by hand. */
  readonly by: EntryRecord['by'] | null;
}

type Known = Pick<ListedItem, 'state' | 'at' | 'claimedAt' | 'note' | 'by'>;

const untouched: Known = { state: 'planned', at: null, claimedAt: null, note: null, by: null };

export interface LedgerView {
  readonly frozen: FrozenRecord;
  readonly counts: { readonly [state in ItemState]: number };
  /** In their order, read as they are asked for. */
  items(): Generator<ListedItem>;
}

/** Throws RB416, RB417. */
export const readLedger = (path: string): LedgerView => {
  let frozen: FrozenRecord | null = null;
  const known = new Map<number, Known>();
  for (const record of records(path)) {
    if (isFrozen(record)) frozen = record;
    else if (isEntry(record)) {
      const { n, to, at, note = null, by = null } = record;
      const claimedAt = to === 'claimed' ? at : (known.get(n)?.claimedAt ?? null);
      known.set(n, { state: to, at, claimedAt, note, by });
    }
  }
  if (!frozen)
    return fail('RB416', { path, line: 1, what: 'is not followed by the line that freezes the list' });
  const counts = { planned: frozen.count, claimed: 0, done: 0, 'not-done': 0, failed: 0, unknown: 0 };
  for (const { state } of known.values()) {
    counts[state]++;
    counts.planned--;
  }
  return {
    frozen,
    counts,
    *items() {
      for (const { n, key, value } of items(path)) yield { key, value, ...(known.get(n) ?? untouched) };
    },
  };
};
