/** Notes about the run directory, for commands that only read; they refuse nothing. */
import { existsSync } from 'node:fs';
import { whoHolds } from '../journal/lock.ts';
import { comparePlace, placeOf, type RunPlace } from '../journal/run-place.ts';
import type { RecordedRun } from './recorded-run.ts';

/** The state of the original directory. A copy restored to the original path has replaced it. */
export const whoIsAt = (original: RunPlace, here: RunPlace): 'live' | 'idle' | 'gone' => {
  if (original.path === here.path || !existsSync(original.path)) return 'gone';
  return whoHolds(original.path).live ? 'live' : 'idle';
};

const there = {
  live: 'where an engine is running it',
  idle: 'which still exists',
  gone: 'which no longer exists',
} as const;

export const placeNotes = ({ run, record }: Pick<RecordedRun, 'run' | 'record'>): readonly string[] => {
  if (record.state === 'damaged')
    return [`The lock database ${run.lock} is damaged; runbook resume shows what to do`];
  if (record.state === 'unread') return [];
  const { place } = record;
  if (!place) {
    return run.about.recorded
      ? [`The lock database ${run.lock} was removed; runbook resume shows what to do`]
      : [];
  }
  const here = placeOf(run.path);
  const found = comparePlace(place, here);
  if (found === 'copied')
    return [`This is a copy of the run that was made in ${place.path}, ${there[whoIsAt(place, here)]}`];
  return found === 'moved' ? [`The run directory was moved here from ${place.path}`] : [];
};
