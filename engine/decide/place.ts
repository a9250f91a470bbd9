/** Whether a place is still the one where an act left its files: elsewhere, their absence proves nothing. */
import type { PlaceState, RunState } from './state.ts';

/** A place as it is found now. `marker`: of this run, in its state folder; null: there is none. */
export type FoundPlace = Omit<PlaceState, 'seq' | 'marker'> & { readonly marker: string | null };

/** As it was known when the event `seq` was written; undefined: it was not known then. */
export const placeAsOf = (state: RunState, place: string, seq: number): PlaceState | undefined =>
  state.places[place]?.findLast((known) => known.seq < seq);

/** A reboot keeps the marker and the claims: both are durable. */
export const isSamePlace = (was: PlaceState, now: FoundPlace): boolean =>
  was.host === now.host && was.user === now.user && was.marker === now.marker;

/** The difference, for the person who has to fix it; only for a place that is not the same. */
export const whatDiffers = (place: string, was: PlaceState, now: FoundPlace): string => {
  const found: string[] = [];
  if (was.host !== now.host) found.push(`the host name of ${place} is ${now.host}, it was ${was.host}`);
  if (was.user !== now.user) found.push(`the user on ${place} is ${now.user}, it was ${was.user}`);
  if (was.marker !== now.marker)
    found.push(
      was.stateDir === now.stateDir
        ? `the state folder of this run on ${place} (in ${now.stateDir}) was removed or replaced`
        : `the state folder of this run on ${place} is in ${now.stateDir}, it was in ${was.stateDir}`,
    );
  return found.join('; ');
};
