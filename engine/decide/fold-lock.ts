import type { Event, EventType } from './events.ts';
import type { LockState, RunState } from './state.ts';

type Of<T extends EventType> = Extract<Event, { type: T }> & { seq: number; at: number };

const fresh = (name: string, runOn: string, session: number): LockState => ({
  name,
  runOn,
  ttlMs: 0,
  token: null,
  session,
  takenAt: null,
  from: null,
  lost: null,
  remedy: null,
  givenBackAt: null,
  givenBackBy: null,
  left: null,
});

export const foldLock = {
  'lock-taken'(state: RunState, e: Of<'lock-taken'>): void {
    const { lock: name, place, ttlMs, token, from } = e;
    state.lock = {
      ...fresh(name, place, state.session?.n ?? 0),
      ttlMs,
      token,
      takenAt: e.at,
      from: from ?? null,
    };
  },
  'lock-refused'(state: RunState, e: Of<'lock-refused'>): void {
    state.lock ??= fresh(e.lock, e.place, state.session?.n ?? 0);
    Object.assign(state.lock, { lost: e.why, remedy: e.remedy ?? null });
  },
  'lock-lost'(state: RunState, e: Of<'lock-lost'>): void {
    if (state.lock) Object.assign(state.lock, { lost: e.why, remedy: e.remedy ?? null });
  },
  'lock-given-back'(state: RunState, e: Of<'lock-given-back'>): void {
    if (!state.lock) return;
    Object.assign(state.lock, {
      givenBackAt: e.at,
      givenBackBy: e.by ?? null,
      left: e.left ?? null,
      lost: null,
      remedy: null,
    });
  },
};

/** A person wants it tried again. */
export const askForLock = (state: RunState): void => {
  if (!state.lock) return;
  // Never taken: as if it had not been tried.
  if (state.lock.token === null) state.lock = null;
  else Object.assign(state.lock, { lost: null, remedy: null, session: 0 });
};
