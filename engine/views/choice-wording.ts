/** What each choice at a hold would do, so that nobody has to know the engine to choose. */
import type { HoldChoice } from '../decide/events.ts';
import { parseActKey } from '../decide/keys.ts';
import { owedMs, owedSteps } from '../decide/owed.ts';
import type { HoldState, RunState } from '../decide/state.ts';
import type { Plan } from '../plan.ts';
import { actName, effectWord } from './act-wording.ts';
import { plural, span } from './format.ts';

/** Of a run that is held. */
export const explainChoice = (choice: HoldChoice, plan: Plan, state: RunState, hold: HoldState): string => {
  switch (choice) {
    case 'look':
      return 'ask the target once more whether it happened; changes nothing';
    case 'retry':
      return retry(plan, state, hold);
    case 'skip':
      if (hold.cause === 'watch') return 'give up watching, and go on; what was paused goes on too';
      return state.rollback
        ? 'leave it as it is, or as you undid it, and go on going back'
        : 'go on WITHOUT it';
    case 'done':
      return 'it did happen: take it as done, and go on';
    case 'roll-back':
      return goBack(plan, state);
    case 'continue':
      return 'go on, although a way back may then no longer fit before the hard stop';
    case 'ended':
      return 'its work has ended, I have seen to it: go on';
    case 'stop':
      return `leave it held; later: runbook resume ${state.runId}`;
  }
};

const retry = (plan: Plan, state: RunState, { act, cause, step }: HoldState): string => {
  if (cause === 'watch') return `go on watching, with fresh counts; what was paused goes on`;
  if (step !== null && plan.steps[step]?.kind === 'checklist')
    return 'look at the failed items again, only at them';
  if (act === null) return `ask ${step ?? 'it'} again`;
  if (cause === 'living') return 'try once more to end its work';
  const { phase } = parseActKey(act);
  const verb = phase === 'do' || phase === 'undo' ? 'run' : 'read';
  return `${verb} ${actName(act)} again (attempt ${(state.acts[act]?.attempts.at(-1)?.n ?? 0) + 1})`;
};

const goBack = (plan: Plan, state: RunState): string => {
  const steps = owedSteps(plan, state).length;
  const ms = owedMs(plan, state);
  if (steps === 0) return 'end the run here: there is nothing to undo';
  return `undo ${plural(steps, 'step')}${ms > 0 ? `, about ${span(ms)}` : ''}`;
};

/** What is known of the world after the act that the run is held at; null: it says nothing. */
export const holdEffect = (state: RunState, { act, cause }: HoldState): string | null => {
  const last = act && state.acts[act]?.attempts.at(-1);
  const { phase } = act ? parseActKey(act) : { phase: null };
  if (cause !== 'failed' || !last || (phase !== 'do' && phase !== 'undo')) return null;
  return effectWord[last.effect];
};
