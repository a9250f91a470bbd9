/** What a command that only reads says about the run directory; it refuses nothing. */
import { existsSync } from 'node:fs';
import { whoHolds } from '../journal/lock.ts';
import { comparePlace, placeOf, type RunPlace } from '../journal/run-place.ts';
import type { RecordedRun } from './recorded-run.ts';

/** At the place of the original; one that was put back where it stood has replaced it. */
export const whoIsAt = (original: RunPlace, here: RunPlace): 'live' | 'idle' | 'gone' => {
  if (original.path === here.path || !existsSync(original.path)) return 'gone';
  return whoHolds(original.path).live ? 'live' : 'idle';
};

const there = {
  live: 'where an engine is at it',
  idle: 'which is still there',
  gone: 'which is no longer there',
} as const;

export const placeNotes = ({ run, record }: Pick<RecordedRun, 'run' | 'record'>): readonly string[] => {
  if (record.state === 'damaged') return [`The lock database ${run.lock} is damaged; resume says what to do`];
  if (record.state === 'unread') return [];
  const { place } = record;
  if (!place) {
    return run.about.recorded ? [`The lock database ${run.lock} was removed; resume says what to do`] : [];
  }
  const here = placeOf(run.path);
  const found = comparePlace(place, here);
  if (found === 'copied')
    return [`This is a copy of the run that was made in ${place.path}, ${there[whoIsAt(place, here)]}`];
  return found === 'moved' ? [`The run directory was moved here from ${place.path}`] : [];
};
