/** What each choice at a hold does. */

import type { HoldChoice } from '../decide/events.ts';
import { parseActKey } from '../decide/keys.ts';
import { staysOf } from '../decide/outlook.ts';
import { owedMs, undoableSteps } from '../decide/owed.ts';
import { lineOf } from '../decide/queries.ts';
import type { HoldState, RunState } from '../decide/state.ts';
import type { Plan } from '../plan.ts';
import { actName, effectWord } from './act.ts';
import { plural, span } from './format.ts';
import { staysText } from './rollback.ts';

/** Of a run that is held. */
export const explainChoice = (choice: HoldChoice, plan: Plan, state: RunState, hold: HoldState): string => {
  switch (choice) {
    case 'look':
      if (hold.cause === 'condition') return 'evaluate its `when` again; changes nothing';
      return 'probe again whether it happened; changes nothing';
    case 'retry':
      return retry(plan, state, hold);
    case 'skip':
      if (hold.cause === 'watch') return 'end the watch and continue; paused steps continue';
      return skip(plan, state, hold);
    case 'done':
      return 'it happened: count it as done and continue';
    case 'roll-back':
      return rollBack(plan, state);
    case 'continue':
      return hold.cause === 'span'
        ? 'continue, although the limit is passed; it holds the run no more'
        : 'continue, although a later rollback may end after the hard stop';
    case 'ended':
      return 'I checked by hand: the unreachable process has ended';
    case 'stop':
      return `leave it held; later: runbook resume ${state.runId}`;
  }
};

const skip = (plan: Plan, state: RunState, { step }: HoldState): string => {
  if (state.rollback) return 'skip this undo and continue the rollback';
  const crosses = !state.line && lineOf(plan)?.act === step;
  return `continue WITHOUT it${crosses ? '; the next step that changes something is the point of no return' : ''}`;
};

const retry = (plan: Plan, state: RunState, { act, cause, step }: HoldState): string => {
  if (cause === 'lock') return 'ask for the lock again; nothing starts without it';
  if (cause === 'watch') return 'continue the watch with new counts; paused steps continue';
  if (step !== null && plan.steps[step]?.kind === 'checklist') return 'check only the failed items again';
  if (act === null) return `ask ${step ?? 'it'} again`;
  if (cause === 'living') return 'try again to end its process';
  const { phase } = parseActKey(act);
  const verb = phase === 'do' || phase === 'undo' ? 'run' : 'read';
  return `${verb} ${actName(act)} again (attempt ${(state.acts[act]?.attempts.at(-1)?.n ?? 0) + 1})`;
};

const rollBack = (plan: Plan, state: RunState): string => {
  const undoes = undoableSteps(plan, state).length;
  const stays = staysText(plan, staysOf(plan, state));
  const what =
    undoes === 0 ? 'end the run here: there is nothing to undo' : undoText(undoes, owedMs(plan, state));
  return stays === null ? what : `${what}; ${stays}`;
};

const undoText = (undoes: number, ms: number): string =>
  `undo ${plural(undoes, 'step')}${ms > 0 ? `, about ${span(ms)}` : ''}`;

/** What is known about the target after the act at which the run is held; null: nothing to say. */
export const holdEffect = (state: RunState, { act, cause }: HoldState): string | null => {
  const last = act && state.acts[act]?.attempts.at(-1);
  const { phase } = act ? parseActKey(act) : { phase: null };
  if (cause !== 'failed' || !last || (phase !== 'do' && phase !== 'undo')) return null;
  return effectWord[last.effect];
};
