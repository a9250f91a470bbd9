/** Locks an existing run, only in the directory that it was created in. */

import { DiagnosticError, fail } from '../diagnostic.ts';
import type { Journal } from '../journal/journal.ts';
import { acquireLock, type Lock, resetDamagedLock } from '../journal/lock.ts';
import type { RunDir } from '../journal/run-dir.ts';
import { comparePlace, placeOf, type RunPlace } from '../journal/run-place.ts';
import type { Masking } from '../run/masking.ts';
import type { Host } from './host.ts';
import { options } from './options.ts';
import { whoIsAt } from './place-note.ts';
import type { Input } from './spec.ts';

export interface Taken {
  readonly lock: Lock;
  readonly notes: readonly string[];
  /** After the journal is open: recorded there before the lock database accepts this place. */
  adopt(journal: Journal, masking: Pick<Masking, 'text'>): void;
}

/** `--accept-copy`, with its reason; null: not given. Throws RB607. */
export const acceptedCopy = (input: Input): string | null => {
  if (!input.flag(options.acceptCopy)) return null;
  const reason = input.text(options.reason)?.trim() ?? '';
  return reason === '' ? fail('RB607', { flag: '--accept-copy' }) : reason;
};

/** Throws RB440, RB441, and without a reason to accept it RB443 (a copy), RB444 or RB445 (the record is lost). */
export const takeRun = (host: Host, run: RunDir, accepted: string | null): Taken => {
  const { lock, damaged } = lockOf(host, run, accepted !== null);
  try {
    return { lock, ...placed(host, run, lock, damaged, accepted) };
  } catch (error) {
    lock.release();
    throw error;
  }
};

const lockOf = (host: Host, run: RunDir, accepts: boolean): { lock: Lock; damaged: boolean } => {
  const { pid, hostname, user } = host;
  const lock = () => acquireLock(run.path, { pid, host: hostname, user, startedAt: host.now() });
  try {
    return { lock: lock(), damaged: false };
  } catch (error) {
    const isDamaged = error instanceof DiagnosticError && error.diagnostics[0]?.code === 'RB444';
    if (!isDamaged || !accepts) throw error;
    resetDamagedLock(run.path);
    return { lock: lock(), damaged: true };
  }
};

const placed = (
  host: Host,
  run: RunDir,
  { record }: Lock,
  damaged: boolean,
  accepted: string | null,
): Omit<Taken, 'lock'> => {
  const recorded = record.place();
  const here = placeOf(run.path);
  const found = comparePlace(recorded, here);
  // A run of an older engine has no record yet; a missing record of a newer one was removed.
  const lost = damaged || (found === 'unknown' && run.about.recorded === true);
  const isStrange = lost || found === 'copied';
  if (recorded && found === 'copied') refuseLive(run, recorded, here, accepted);
  else if (lost && accepted === null) fail('RB445', { path: run.lock, run: run.id });
  const adopts = isStrange && accepted !== null;
  const from = recorded?.path ?? 'a directory that is no longer recorded';
  return {
    notes: [
      ...(found === 'moved' ? [`The run directory was moved here from ${from}`] : []),
      ...(adopts ? [`Continued here from ${from}`] : []),
      ...(accepted !== null && !adopts
        ? ['--accept-copy was not needed: this is the original run directory']
        : []),
    ],
    adopt(journal, masking) {
      if (adopts)
        journal.append(
          [{ type: 'run-adopted', from, to: here.path, user: host.user, reason: masking.text(accepted) }],
          Math.max(host.now(), journal.events.at(-1)?.at ?? 0),
        );
      const { path, device, inode } = here;
      const same = recorded?.path === path && recorded.device === device && recorded.inode === inode;
      if (!same) record.keepPlace(here);
    },
  };
};

/** Two engines on one run would repeat each other's acts. */
const refuseLive = (run: RunDir, recorded: RunPlace, here: RunPlace, accepted: string | null): void => {
  const there = whoIsAt(recorded, here);
  if (accepted !== null && there !== 'live') return;
  fail('RB443', { path: run.path, run: run.id, from: recorded.path, there });
};
