/** Acts: their attempts, outcomes, and whether one crossed the point of no return. */

import type { Json } from '../plan.ts';
import type { ActKey, Event, EventType } from './events.ts';
import { attemptId, timerId } from './keys.ts';
import { mayHaveActed } from './queries.ts';
import type { ActState, AttemptState, RunState } from './state.ts';

type Of<T extends EventType> = Extract<Event, { type: T }> & { seq: number; at: number };

export const act = (state: RunState, key: ActKey): ActState => {
  state.acts[key] ??= {
    attempts: [],
    countFrom: 0,
    done: false,
    output: null,
    input: {},
    before: null,
    masked: { output: [], input: [], before: [] },
  };
  return state.acts[key];
};

const attempt = (state: RunState, key: ActKey, n: number): AttemptState => {
  const found = act(state, key).attempts.find((a) => a.n === n);
  if (!found) throw new Error(`event for ${attemptId(key, n)}, which never started`);
  return found;
};

const isDone = (a: ActState, { output, masked }: { output: Json; masked?: readonly string[] }): void => {
  Object.assign(a, { done: true, output });
  a.masked.output = masked ?? [];
};

/** It is crossed when the first such act starts, whatever the number of attempts. */
export const foldCrossed = (state: RunState, e: Of<'line-crossed'>): void => {
  state.line ??= { crossedAt: e.at, act: e.act };
  if (state.line.act !== e.act) state.line.also = [...(state.line.also ?? []), e.act];
};

/** Started acts cross the point of no return; it is uncrossed if all their attempts are proven not to have acted. */
export const recheckLine = (state: RunState): void => {
  if (!state.line) return;
  const crossing = [state.line.act, ...(state.line.also ?? [])];
  if (!crossing.some((key) => state.acts[key]?.attempts.some(mayHaveActed))) state.line = null;
};

const isCrossing = ({ line }: RunState, key: ActKey): boolean =>
  line !== null && (line.act === key || (line.also ?? []).includes(key));

export const foldStarted = (state: RunState, e: Of<'act-started'>): void => {
  const a = act(state, e.act);
  // The first image is restored: a later attempt may find half-done work.
  if (a.attempts.every((earlier) => !mayHaveActed(earlier))) {
    Object.assign(a, { input: e.input, before: e.before });
    Object.assign(a.masked, { input: e.masked?.input ?? [], before: e.masked?.before ?? [] });
  }
  // A passed check is open again while a later session reads it again.
  a.done = false;
  a.attempts.push({
    n: e.attempt,
    seq: e.seq,
    session: state.session?.n ?? 0,
    startedAt: e.at,
    finishedAt: null,
    result: null,
    effect: 'unknown',
    error: null,
    retryable: false,
    living: false,
    ended: false,
    endAgain: false,
    probe: null,
    waived: false,
  });
  delete state.timers[timerId.retry(e.act, e.attempt - 1)];
};

export const foldFinished = (state: RunState, e: Of<'act-finished'>): void => {
  const a = attempt(state, e.act, e.attempt);
  const stopped = e.result === 'failed' && e.error.code === 'stopped';
  // It had already failed before it was ended: its reason and its retry count are kept.
  if (stopped && a.result === 'failed') {
    Object.assign(a, { living: e.living ?? false, ended: !e.living, endAgain: false });
    return;
  }
  a.finishedAt = e.at;
  a.result = e.result;
  a.effect = e.effect;
  if (e.polled) a.polled = e.polled;
  if (e.result === 'done') {
    isDone(act(state, e.act), e);
    return;
  }
  // The followed attempt ended without a known outcome: it is probed again.
  if (a.probe?.state === 'alive') a.probe = null;
  a.error = e.error;
  a.retryable = e.retryable;
  a.living = e.living ?? false;
  a.ended = stopped && !a.living;
  a.endAgain = false;
  if (isCrossing(state, e.act)) recheckLine(state);
};

export const foldProbed = (state: RunState, e: Of<'act-probed'>): void => {
  const a = attempt(state, e.act, e.attempt);
  a.probe = {
    state: e.state,
    why: 'why' in e ? e.why : null,
    lost: 'lost' in e,
    session: state.session?.n ?? 0,
  };
  if (e.state === 'done') {
    a.finishedAt ??= e.at;
    isDone(act(state, e.act), e);
  }
  if (e.state === 'failed') {
    const { effect, error, retryable } = e;
    Object.assign(a, { result: 'failed', effect, error, retryable, finishedAt: a.finishedAt ?? e.at });
  }
  if (isCrossing(state, e.act)) recheckLine(state);
};
