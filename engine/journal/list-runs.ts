import { join, resolve } from 'node:path';
import type { Recorded } from '../decide/events.ts';
import type { RunState } from '../decide/state.ts';
import { type Diagnostic, DiagnosticError } from '../diagnostic.ts';
import { layout } from './layout.ts';
import { replay } from './replay.ts';
import { readMeta } from './run-meta.ts';
import { headName, seeRecord } from './run-record.ts';
import { runIds } from './runs-dir.ts';
import { readJournal } from './scan.ts';

export interface ListedRun {
  readonly id: string;
  readonly path: string;
  /** Empty: broken, or its engine ended before it wrote anything. */
  readonly events: readonly Recorded[];
  /** null: it has none. */
  readonly state: RunState | null;
  /** Why its journal cannot be read. */
  readonly broken: Diagnostic | null;
}

/**
 * Newest first; a broken one is listed, not fatal. Takes no lock and changes nothing. Lazy, so that a hundred
 * journals are not in memory at once. Throws RB420 where the directory itself cannot be read.
 */
export function* listRuns(runsDir: string): Generator<ListedRun> {
  const parent = resolve(runsDir);
  for (const id of newestFirst(parent)) {
    const path = join(parent, id);
    yield { id, path, ...read(path, layout(path).journal) };
  }
}

/** An id tells the minute only. */
const newestFirst = (parent: string): readonly string[] => {
  const minute = (id: string): string => id.slice(0, 'YYYYMMDD-HHMM'.length);
  const born = (id: string): number => {
    try {
      return readMeta(layout(join(parent, id)).meta).createdAt;
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      return 0;
    }
  };
  return runIds(parent).toSorted((a, b) =>
    minute(a) === minute(b) ? born(b) - born(a) : minute(a) < minute(b) ? 1 : -1,
  );
};

const read = (path: string, journal: string): Pick<ListedRun, 'events' | 'state' | 'broken'> => {
  try {
    const { events } = readJournal(journal, seeRecord(path).head(headName(journal)));
    return { events, state: events.length > 0 ? replay(journal, events) : null, broken: null };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return { events: [], state: null, broken: error.diagnostics[0] ?? null };
  }
};
