/** The state of a step in one word: unlike the core's state, it separates held from running. */

import { isAutoUndo } from '../decide/act-of.ts';
import type { ActKey } from '../decide/events.ts';
import { hasFailed, isStopped, stepState } from '../decide/queries.ts';
import type { RunState } from '../decide/state.ts';
import type { Plan } from '../plan.ts';
import { skippedWord } from './skipped.ts';

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
  | 'skipped (condition)'
  | 'undone'
  | 'failed, undone'
  | 'left as it is';

export const stepWord = (state: RunState, id: string): StepWord => {
  const s = stepState(state, id);
  const { state: at, gate } = s;
  if (isStopped(state, id) && state.hold?.cause !== 'no-go' && state.hold?.cause !== 'gate-expired')
    return 'held';
  if (at === 'undone') return hasFailed(state, id) ? 'failed, undone' : 'undone';
  if (at === 'kept') return 'left as it is';
  if (state.rollback && stepState(state, id).undoStartedAt !== null) return 'undoing';
  if (at !== 'running') return skippedWord(s) ?? at;
  if (gate?.verdict === 'no_go') return 'no-go';
  if (gate?.verdict === 'expired') return 'expired';
  if (!state.rollback) return 'running';
  // Only the rollback continues.
  return hasFailed(state, id) ? 'failed' : 'stopped';
};

/** What the undo of a step does: the type's own undo restores the before-image. */
export const undoPreview = (plan: Plan, key: ActKey, preview: string): string =>
  isAutoUndo(plan, key) ? `undoes: ${preview}` : preview;
