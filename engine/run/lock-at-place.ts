/** Taking a lock and giving it back, each in a few calls of its place. */
import type { PlaceLock, SeenLock } from '../target.ts';
import { TargetError } from '../target.ts';
import type { Connections } from './connections.ts';
import { entryText, type LockEntry, type Standing, standingOf } from './lock-entry.ts';

/** Others may be quicker, and then it is looked at again. */
const mostClaims = 5;

export type Taken =
  | { readonly taken: true; readonly token: number; readonly from: LockEntry | null }
  | { readonly taken: false; readonly standing: Standing };

/** Throws TargetError where the place cannot be reached, or has no locks. */
export const lockAt = async (
  connections: Pick<Connections, 'open'>,
  place: string,
  name: string,
): Promise<PlaceLock> => {
  const opened = await connections.open(place);
  if (!opened.lock)
    throw new TargetError(place, 'config', 'no lock can be kept there', 'Name another place in `run_on`');
  return opened.lock(name);
};

/** One that is this run's already is taken again: an earlier engine of it has lost it then. */
export const takeLock = async (lock: PlaceLock, entry: LockEntry): Promise<Taken> => {
  let standing: Standing = { is: 'unreadable' };
  for (let n = 1; n <= mostClaims; n++) {
    const seen = await lock.look();
    standing = standingOf(seen, entry.run);
    if (standing.is === 'held' || standing.is === 'unreadable') break;
    const token = seen.token + 1;
    if (await lock.claim(token, entryText(entry)))
      return { taken: true, token, from: standing.is === 'stale' ? standing.by : null };
  }
  return { taken: false, standing };
};

export type GivenBack =
  | 'given-back'
  | 'not-held'
  | Extract<Standing, { is: 'held' | 'stale' | 'unreadable' }>;

/** Only where it is still this run's. */
export const giveBackLock = async (lock: PlaceLock, entry: LockEntry): Promise<GivenBack> => {
  for (let n = 1; n <= mostClaims; n++) {
    const seen: SeenLock = await lock.look();
    const standing = standingOf(seen, entry.run);
    if (standing.is === 'free') return 'not-held';
    if (standing.is !== 'own') return standing;
    if (await lock.claim(seen.token + 1, entryText({ ...entry, free: true }))) return 'given-back';
  }
  return { is: 'unreadable' };
};
