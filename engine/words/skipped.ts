/** Steps that did nothing, counted: a run that succeeded says so next to it. */
import type { RunState, StepState } from '../decide/state.ts';
import type { Plan } from '../plan.ts';

/** null: it was not skipped. */
export const skippedWord = ({ state, skipped }: StepState): 'skipped' | 'skipped (condition)' | null => {
  if (state !== 'skipped') return null;
  return skipped === 'condition' ? 'skipped (condition)' : 'skipped';
};

export interface NotRun {
  /** By a person. */
  readonly skipped: number;
  readonly byCondition: number;
  /** By `when`, as the runbook was loaded. */
  readonly leftOut: number;
}

export const notRun = (plan: Plan, state: RunState): NotRun => {
  const words = Object.values(state.steps).map(skippedWord);
  const count = (word: string) => words.filter((each) => each === word).length;
  return {
    skipped: count('skipped'),
    byCondition: count('skipped (condition)'),
    leftOut: plan.leftOut?.length ?? 0,
  };
};

/** `1 skipped, 2 skipped (condition), 1 left out`; null: none. */
export const notRunText = (plan: Plan, state: RunState): string | null => {
  const { skipped, byCondition, leftOut } = notRun(plan, state);
  const parts = [
    [skipped, 'skipped'],
    [byCondition, 'skipped (condition)'],
    [leftOut, 'left out'],
  ] as const;
  const shown = parts.flatMap(([n, word]) => (n > 0 ? [`${n} ${word}`] : []));
  return shown.length === 0 ? null : shown.join(', ');
};
