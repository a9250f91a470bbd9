/**
 * fold(events) -> state. `apply` changes the state it is given: a run folds each event once, and a copy per
 * event would make a long journal quadratic. Every other reader treats the state as read-only.
 */

import type { Event, EventType, Recorded } from './events.ts';
import { act, foldCrossed, foldFinished, foldProbed, foldStarted, recheckLine } from './fold-act.ts';
import { checkAgain, foldChecked, foldOpened, readItemsAnew } from './fold-checklist.ts';
import { checkConditionsAnew, foldCondition, lookAgain } from './fold-condition.ts';
import { askForLock, foldLock } from './fold-lock.ts';
import { foldSpanBreached, foldSpanClosed, foldSpanOpened, waiveSpans } from './fold-span.ts';
import { foldMeasured, foldTripped, watchOn } from './fold-watch.ts';
import { isUndo, parseActKey, timerId } from './keys.ts';
import { stepState } from './queries.ts';
import type { HoldState, RunState, StepState } from './state.ts';
import { keepTouched } from './touched.ts';

type Of<T extends EventType> = Extract<Event, { type: T }> & { seq: number; at: number };

export const initialState = (): RunState => ({
  runId: '',
  runbook: '',
  planDigest: '',
  environment: null,
  user: '',
  createdAt: 0,
  seq: 0,
  lastAt: 0,
  session: null,
  clock: null,
  clockOffMs: 0,
  booted: null,
  places: {},
  ledgers: {},
  steps: {},
  acts: {},
  started: 0,
  cursor: null,
  timers: {},
  line: null,
  rollback: null,
  hold: null,
  lock: null,
  resolutions: {},
  holds: 0,
  windowWaived: false,
  measuredUndoMs: {},
  spans: {},
  settled: null,
});

const step = (state: RunState, id: string): StepState => {
  state.steps[id] ??= stepState(state, id);
  return state.steps[id];
};

const handlers: { [T in EventType]: (state: RunState, event: Of<T>) => void } = {
  'run-created'(state, e) {
    state.runId = e.runId;
    state.runbook = e.runbook;
    state.planDigest = e.planDigest;
    state.environment = e.environment;
    state.user = e.user;
    state.createdAt = e.at;
    state.measuredUndoMs = e.measuredUndoMs;
  },
  'plan-amended'(state, e) {
    state.planDigest = e.planDigest;
    readItemsAnew(state);
    checkConditionsAnew(state);
  },
  'session-started'(state, e) {
    // After a crash during a write, the crossing may be recorded without its act: the act has not started.
    recheckLine(state);
    state.session = {
      n: e.session,
      pid: e.pid,
      host: e.host,
      user: e.user,
      interactive: e.interactive,
      startedAt: e.at,
      endedAt: null,
    };
    state.booted = e.booted ?? null;
  },
  'session-ended'(state, e) {
    if (state.session) state.session.endedAt = e.at;
  },
  'clock-set'(state, e) {
    state.clock = { t0: e.t0, skipWaits: e.skipWaits };
  },
  'clock-stepped'(state, e) {
    state.clockOffMs += e.byMs;
  },
  'place-known'(state, e) {
    const { seq, host, boot, user, stateDir, marker } = e;
    state.places[e.place] ??= [];
    state.places[e.place]?.push({ seq, host, boot, user, stateDir, marker });
  },
  'ledger-frozen'(state, e) {
    state.ledgers[e.act] ??= {};
    Object.assign(state.ledgers[e.act] as object, { [e.ledger]: { count: e.count, sha256: e.sha256 } });
  },
  'command-refused'() {},
  'run-adopted'() {},
  'step-started'(state, e) {
    const s = step(state, e.step);
    s.state = 'running';
    s.order = state.started++;
    s.plannedAt = e.plannedAt;
    s.startedAt = e.at;
    state.cursor = e.step;
    delete state.timers[timerId.at(e.step)];
  },
  'act-started'(state, e) {
    foldStarted(state, e);
    const { step: id, phase } = parseActKey(e.act);
    if (isUndo(phase)) step(state, id).undoStartedAt ??= e.at;
  },
  'act-finished': foldFinished,
  'act-probed': foldProbed,
  'step-settled'(state, e) {
    const s = step(state, e.step);
    s.state = e.state;
    s.reason = e.reason ?? null;
    s.settledAt = e.at;
    if (e.state === 'skipped') s.skipped = e.because ?? 'person';
    if (e.state !== 'undone' && e.state !== 'kept') s.forwardAt = e.at;
    delete state.timers[timerId.at(e.step)];
    delete state.timers[timerId.wait(e.step)];
    delete state.timers[timerId.measure(e.step)];
    delete state.timers[timerId.items(e.step, s.checklist?.round ?? 0)];
    delete state.timers[timerId.window(e.step)];
  },
  'condition-checked'(state, e) {
    foldCondition(step(state, e.step), e);
  },
  'timer-set'(state, e) {
    state.timers[e.timer] = { until: e.until, ended: false };
  },
  'timer-ended'(state, e) {
    const timer = state.timers[e.timer];
    if (timer) timer.ended = true;
  },
  'gate-opened'(state, e) {
    const s = step(state, e.step);
    // An outdated go is asked again: the gate is open, and later steps wait.
    s.state = 'running';
    s.forwardAt = null;
    state.cursor = e.step;
    s.gate = {
      round: e.round,
      openedAt: e.at,
      openedSession: state.session?.n ?? 0,
      unmet: e.unmet,
      criteria: e.criteria,
      answers: [],
      verdict: null,
      validUntil: null,
    };
  },
  'gate-answered'(state, e) {
    const { verdict, by, unattended, user, reason, at } = e;
    step(state, e.step).gate?.answers.push({ verdict, by, unattended, user, reason, at });
  },
  'gate-settled'(state, e) {
    const gate = step(state, e.step).gate;
    if (gate) Object.assign(gate, { verdict: e.verdict, validUntil: e.validUntil });
    delete state.timers[timerId.gate(e.step, e.round)];
  },
  'watch-measured'(state, e) {
    foldMeasured(step(state, e.step), e);
    delete state.timers[timerId.measure(e.step)];
  },
  'watch-tripped'(state, e) {
    foldTripped(step(state, e.step), e);
    delete state.timers[timerId.measure(e.step)];
  },
  'checklist-opened'(state, e) {
    const s = step(state, e.step);
    delete state.timers[timerId.items(e.step, s.checklist?.round ?? 0)];
    foldOpened(s, state.session?.n ?? 0, e);
  },
  'item-checked'(state, e) {
    foldChecked(step(state, e.step), e);
  },
  'span-opened': foldSpanOpened,
  'span-closed': foldSpanClosed,
  'span-breached': foldSpanBreached,
  'line-crossed'(state, e) {
    foldCrossed(state, e);
  },
  'rollback-started'(state, e) {
    state.rollback = { startedAt: e.at, reason: e.reason, by: e.by, owed: e.owed, settledAt: null };
    state.settled = null;
    state.timers = {};
  },
  'rollback-settled'(state, e) {
    if (state.rollback) state.rollback.settledAt = e.at;
  },
  ...foldLock,
  'run-held'(state, e) {
    const { hold: id, cause, step: of, act: at, message, choices } = e;
    state.hold = { id, cause, step: of, act: at, message, remedy: e.remedy ?? null, choices, at: e.at };
    state.holds++;
  },
  'hold-resolved'(state, e) {
    const hold = state.hold;
    if (hold?.id !== e.hold) throw new Error(`event resolves ${e.hold}, but the run is not held by it`);
    state.hold = null;
    state.resolutions[e.hold] = { choice: e.choice, by: e.by, reason: e.reason, at: e.at };
    resolve(state, hold, e.choice);
  },
  'run-settled'(state, e) {
    state.settled = { result: e.result, at: e.at };
    state.timers = {};
  },
};

/** The changes by a choice; what it starts (skip, roll-back) is a separate event. */
const resolve = (state: RunState, hold: HoldState, choice: Of<'hold-resolved'>['choice']): void => {
  if (hold.cause === 'lock') askForLock(state);
  if (choice !== 'look') waiveSpans(state);
  if (choice === 'continue' && hold.cause === 'window') state.windowWaived = true;
  const held = hold.step ? state.steps[hold.step] : undefined;
  if (choice === 'retry' && held?.watch?.tripped) watchOn(held);
  if (choice === 'retry' && hold.step !== null && held?.checklist) checkAgain(state, hold.step);
  if (choice === 'look' && held && hold.cause === 'condition') lookAgain(held);
  const gate = held?.gate;
  if (choice === 'retry' && gate) {
    // No session opened it: the decider asks again, in a new round.
    gate.verdict = null;
    gate.openedSession = 0;
  }
  if (!hold.act) return;
  const a = act(state, hold.act);
  const last = a.attempts.at(-1);
  if (!last) return;
  if (choice === 'look') last.probe = null;
  if (choice === 'ended') Object.assign(last, { living: false, ended: true });
  if (choice === 'retry' && hold.cause === 'living') last.endAgain = true;
  if (choice === 'retry' && hold.cause !== 'living') {
    last.waived = true;
    a.countFrom = last.n;
  }
  if (choice === 'done') a.done = true;
};

export const apply = (state: RunState, event: Recorded): void => {
  const first = event.type === 'run-created' && state.seq === 0;
  state.seq = event.seq;
  state.lastAt = event.at;
  // The table is keyed by the event's own type, which TypeScript cannot follow through the index.
  (handlers[event.type] as (state: RunState, event: Recorded) => void)(state, event);
  keepTouched(state, event, first);
};

export const fold = (events: Iterable<Recorded>): RunState => {
  const state = initialState();
  for (const event of events) apply(state, event);
  return state;
};
