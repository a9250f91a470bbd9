/** What became of a step, in the words of an operator: the core's state does not tell a held one from a busy one. */
import { isAutoUndo } from '../decide/act-of.ts';
import type { ActKey } from '../decide/events.ts';
import { stepState } from '../decide/fold.ts';
import { actKey } from '../decide/keys.ts';
import type { ActState, RunState } from '../decide/state.ts';
import type { Plan } from '../plan.ts';

export type StepWord =
  | 'pending'
  | 'running'
  | 'held'
  | 'no-go'
  | 'expired'
  | 'stopped'
  | 'undoing'
  | 'succeeded'
  | 'failed'
  | 'skipped'
  | 'undone'
  | 'failed, undone'
  | 'left as it is';

/** Acts start in the order of their numbers. */
const forwardActs = (state: RunState, id: string): readonly ActState[] => {
  const found: ActState[] = [];
  for (const phase of ['pre', 'do', 'verify'] as const) {
    for (let i = 0; ; i++) {
      const act = state.acts[actKey(id, phase, i)];
      if (!act) break;
      found.push(act);
    }
  }
  return found;
};

const hasFailed = (state: RunState, id: string): boolean =>
  forwardActs(state, id).some((act) => !act.done && act.attempts.at(-1)?.result === 'failed');

/** Whether its own work stands still until a person has chosen. A window hold lets it go on. */
export const isStopped = (state: RunState, id: string): boolean =>
  state.hold?.step === id && state.hold.cause !== 'window';

export const stepWord = (state: RunState, id: string): StepWord => {
  const { state: at, gate } = stepState(state, id);
  if (isStopped(state, id) && state.hold?.cause !== 'no-go' && state.hold?.cause !== 'gate-expired')
    return 'held';
  if (at === 'undone') return hasFailed(state, id) ? 'failed, undone' : 'undone';
  if (at === 'kept') return 'left as it is';
  if (state.rollback && stepState(state, id).undoStartedAt !== null) return 'undoing';
  if (at !== 'running') return at;
  if (gate?.verdict === 'no_go') return 'no-go';
  if (gate?.verdict === 'expired') return 'expired';
  if (!state.rollback) return 'running';
  // Only the rollback goes on from here.
  return hasFailed(state, id) ? 'failed' : 'stopped';
};

/** ms from its start to its end going forward; null: not started, or still at it. */
export const forwardMs = (state: RunState, id: string): number | null => {
  const { startedAt, forwardAt, gate } = stepState(state, id);
  if (startedAt === null) return null;
  if (forwardAt !== null) return forwardAt - startedAt;
  if (isStopped(state, id) && !state.rollback) return (state.hold?.at ?? startedAt) - startedAt;
  if (!state.rollback) return null;
  if (gate) return state.rollback.startedAt - startedAt;
  const ends = forwardActs(state, id).flatMap((act) => act.attempts.flatMap((a) => a.finishedAt ?? []));
  return Math.max(startedAt, ...ends) - startedAt;
};

/** ms that its undo took; null: it was not undone, or is still. */
export const undoMs = (state: RunState, id: string): number | null => {
  const { state: at, undoStartedAt, settledAt } = stepState(state, id);
  return at === 'undone' && undoStartedAt !== null && settledAt !== null ? settledAt - undoStartedAt : null;
};

/** What the undo of a step does: a type's own goes back to the before-image of this act. */
export const undoPreview = (plan: Plan, key: ActKey, preview: string): string =>
  isAutoUndo(plan, key) ? `undoes: ${preview}` : preview;
