/** One sentence per event, the same in every view. */

import type { Event, EventType, Recorded } from '../decide/events.ts';
import { parseActKey, parseTimerId, type TimerKind } from '../decide/keys.ts';
import type { RunState } from '../decide/state.ts';
import type { Plan } from '../plan.ts';
import { wordAct } from './act.ts';
import { wordChecklist } from './checklist.ts';
import { wordCondition, wordSkippedByCondition } from './condition.ts';
import { clean, instant, offset, plural, span, timeOfDay } from './format.ts';
import { verdictWord } from './gate.ts';
import { wordGateOpened, wordHold } from './hold.ts';
import { wordLock } from './lock.ts';
import { wordPlace } from './place.ts';
import { endWord, wordRollback, wordRolledBack } from './rollback.ts';
import type { Sentence } from './sentence.ts';
import { notRunText } from './skipped.ts';
import { wordSpan } from './span.ts';
import { wordWatch } from './watch.ts';

type Worder<T extends EventType> = (
  event: Extract<Event, { type: T }> & { seq: number; at: number },
  plan: Plan,
  state: RunState,
) => Sentence | null;

const ended = {
  settled: 'the run has ended',
  held: 'the run is held',
  interrupted: 'interrupted, resumable',
  failed: 'the engine stopped',
} as const;

const settledWord = {
  succeeded: ['good', 'done'],
  failed: ['bad', 'failed'],
  skipped: ['warn', 'skipped'],
  undone: ['good', 'undone'],
  kept: ['warn', 'left as it is'],
} as const;

/** The duration of a step, and its planned one. */
export const took = (plan: Plan, state: RunState, id: string, at: number): string => {
  const step = state.steps[id];
  const undoing = state.rollback !== null && step?.undoStartedAt != null;
  const from = undoing ? step.undoStartedAt : step?.startedAt;
  if (from == null) return '';
  const planStep = plan.steps[id];
  const undo = planStep?.kind === 'act' ? planStep.undo.expectedMs : null;
  const expected = undoing ? undo : (planStep?.expectedMs ?? null);
  return ` in ${span(at - from)}${expected === null ? '' : ` (expected ${span(expected)})`}`;
};

const waitingUntil: Worder<'timer-set'> = (e, plan) => {
  const { of } = parseTimerId(e.timer);
  return {
    tone: 'dim',
    text: `${of}: waiting until ${timeOfDay(e.until)}, ${span(e.until - e.at)}`,
    ...also(plan.steps[of]?.name),
  };
};

const closing =
  (what: string): Worder<'timer-set'> =>
  (e) => ({ tone: 'dim', text: `${what} closes at ${timeOfDay(e.until)}, in ${span(e.until - e.at)}` });

const wordTimer = {
  at: waitingUntil,
  wait: waitingUntil,
  items: closing('checklist'),
  gate: closing('gate'),
  retry: (e) => ({
    tone: 'warn',
    text: `next attempt at ${timeOfDay(e.until)}, in ${span(e.until - e.at)}`,
  }),
  // The state of a watch is always on the screen; a line per interval would hide the rest.
  measure: () => null,
  // The last moment for a rollback is always on the screen; the step itself waits for nothing.
  window: () => null,
  // An open span is always on the screen.
  span: () => null,
} satisfies Record<TimerKind, Worder<'timer-set'>>;

const also = (line: string | undefined): { more?: readonly string[] } => (line ? { more: [line] } : {});

const worders: { [T in EventType]: Worder<T> } = {
  'run-created': (e) => ({
    tone: 'strong',
    text: `run ${e.runId} of ${e.runbook}${e.environment ? ` (${e.environment})` : ''}, by ${e.user}`,
  }),
  'plan-amended': (e) => ({
    tone: 'warn',
    text: `runbook changed since the last session, accepted by ${e.user}`,
    more: [...e.changes, ...e.accepted.map((a) => `accepted for ${a.step}: ${a.reason}`)],
  }),
  'session-started': (e) => ({
    tone: 'dim',
    text: `${e.session > 1 ? 'resumed, ' : ''}session ${e.session} by ${e.user}@${e.host}, pid ${e.pid}`,
  }),
  'session-ended': (e) => ({ tone: 'dim', text: `session ${e.session} ended: ${ended[e.reason]}` }),
  'clock-set': (e) => ({
    tone: 'plain',
    text: `T0 is ${instant(e.t0)}${e.skipWaits ? '; idle waits are skipped' : ''}`,
  }),
  'clock-stepped': (e) => ({
    tone: 'warn',
    text: `the clock of this machine was set ${e.byMs < 0 ? 'back' : 'forward'} by ${span(Math.abs(e.byMs))}; T0 and all waits are unchanged`,
  }),
  'place-known': wordPlace,
  'ledger-frozen': (e) => ({
    tone: 'dim',
    text: `${parseActKey(e.act).step}: list of ${plural(e.count, 'recipient')} fixed`,
  }),
  'command-refused': (e) => ({
    tone: 'warn',
    text: `refused: ${e.command}${e.step ? ` ${e.step}` : ''} by ${e.as ?? e.user}: ${e.why}`,
  }),
  'run-adopted': (e) => ({
    tone: 'warn',
    text: `run directory moved from ${e.from} to ${e.to}, accepted by ${e.user}: ${e.reason}`,
  }),
  'step-started': (e, plan) => {
    const late = e.plannedAt === null ? 0 : e.at - e.plannedAt;
    const slip = late >= 1000 ? `, ${span(late)} late` : '';
    const name = plan.steps[e.step]?.name;
    const title = name === undefined || name === e.step ? e.step : `${e.step}: ${name}`;
    return { tone: 'strong', text: `${title}${slip}` };
  },
  'act-started': wordAct['act-started'],
  'act-finished': wordAct['act-finished'],
  'act-probed': wordAct['act-probed'],
  'condition-checked': wordCondition,
  'step-settled': (e, plan, state) => {
    if (e.because === 'condition') return wordSkippedByCondition(e);
    const [tone, word] = settledWord[e.state];
    const by = e.by ? ` by ${e.by}` : '';
    const why = e.reason ? `: ${e.reason}` : '';
    const time = e.state === 'kept' ? '' : took(plan, state, e.step, e.at);
    return { tone, text: `${e.step} ${word}${by}${time}${why}` };
  },
  'timer-set': (e, plan, state) => {
    const { kind } = parseTimerId(e.timer);
    return kind && wordTimer[kind](e, plan, state);
  },
  'timer-ended': () => null,
  'gate-opened': wordGateOpened,
  'gate-answered': (e) => ({
    tone: e.verdict === 'go' ? 'good' : 'bad',
    text: `gate ${e.step}: ${verdictWord[e.verdict]} by ${
      e.unattended ? `${e.user}, unattended (--yes-to-gate)` : `${e.by} (login ${e.user})`
    }: ${e.reason}`,
  }),
  'gate-settled': (e) => ({
    tone: e.verdict === 'go' ? 'good' : 'bad',
    text: `gate ${e.step} decided: ${verdictWord[e.verdict]}`,
  }),
  ...wordWatch,
  ...wordSpan,
  ...wordChecklist,
  'line-crossed': (e, plan) => {
    const line = plan.entries.find((x) => x.kind === 'line');
    return {
      tone: 'warn',
      text: `POINT OF NO RETURN crossed by ${parseActKey(e.act).step}: no rollback from here`,
      ...also(line && `forward fix: ${line.forwardFix.path}`),
    };
  },
  ...wordLock,
  'rollback-started': wordRollback,
  'rollback-settled': (_, plan, state) => wordRolledBack(plan, state),
  'run-held': wordHold,
  'hold-resolved': (e) => ({ tone: 'plain', text: `${e.by} chose to ${choiceWord[e.choice]}: ${e.reason}` }),
  'run-settled': (e, plan, state) => {
    const word = e.result === 'succeeded' ? 'succeeded' : endWord(state);
    const without = e.result === 'succeeded' ? notRunText(plan, state) : null;
    return {
      tone: e.result === 'succeeded' ? 'good' : 'warn',
      text: `${word.toUpperCase()} after ${span(e.at - state.createdAt)}${without === null ? '' : `; steps: ${without}`}`,
    };
  },
};

export const choiceWord = {
  look: 'look again',
  retry: 'retry',
  skip: 'skip the step',
  done: 'count it as done',
  'roll-back': 'roll back',
  continue: 'continue',
  ended: 'confirm that the process has ended',
  stop: 'stop',
} as const;

/**
 * null: the event is of no interest to an operator. `state` is the state after the event. Safe to print: a failure
 * quotes what a command wrote.
 */
export const describeEvent = (event: Recorded, plan: Plan, state: RunState): Sentence | null => {
  // One handler per type; the table's own type proves the pairing, which TypeScript can't see through the index.
  const said = (worders[event.type] as Worder<EventType>)(event, plan, state);
  return said && { ...said, text: clean(said.text), ...(said.more && { more: said.more.map(clean) }) };
};

/** `T-29m45s`, or `--` while no clock is set. */
export const offsetNow = (state: RunState, now: number): string =>
  state.clock ? offset(now - state.clock.t0) : '--';
