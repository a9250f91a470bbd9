/** Whether the recorded lists still exist, for commands that only read the run. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ActKey } from '../decide/events.ts';
import { parseActKey } from '../decide/keys.ts';
import type { RunState } from '../decide/state.ts';
import { type Diagnostic, DiagnosticError, diagnose } from '../diagnostic.ts';
import { actFileName } from '../file-name.ts';
import { checkLedger } from './ledger.ts';
import { scanLedger } from './ledger-scan.ts';
import { headName, type RecordSeen } from './run-record.ts';

export const ledgerPath = (dir: string, act: ActKey, name: string): string =>
  join(dir, `${actFileName(act)}.${name}.jsonl`);

/** @param step null: of all */
export const lostLedgers = (
  dir: string,
  ledgers: RunState['ledgers'],
  record: Pick<RecordSeen, 'head'>,
  step: string | null,
): readonly Diagnostic[] =>
  Object.entries(ledgers).flatMap(([key, lists]) => {
    const act = key as ActKey;
    if (step !== null && parseActKey(act).step !== step) return [];
    return Object.entries(lists).flatMap(([name, known]) => {
      const path = ledgerPath(dir, act, name);
      if (!existsSync(path)) return [diagnose('RB418', { path, ...known, found: 'it is missing' })];
      const recorded = record.head(headName(path));
      try {
        checkLedger(path, scanLedger(path, recorded), known, recorded);
        return [];
      } catch (error) {
        if (error instanceof DiagnosticError) return error.diagnostics;
        throw error;
      }
    });
  });
