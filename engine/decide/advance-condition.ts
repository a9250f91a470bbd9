/** Whether a step starts at all: its `when`, which the runner evaluates once, at the moment of its start. */
import type { PlanStep } from '../plan.ts';
import { ofPlan, say } from './masked.ts';
import { choices, go, type Move, skipByCondition } from './move.ts';
import { stepState } from './queries.ts';
import type { RunState } from './state.ts';

/** null: it starts. The journaled answer counts, also in a later session. */
export const advanceCondition = (state: RunState, step: PlanStep): Move | null => {
  if (step.when === undefined) return null;
  const { condition } = stepState(state, step.id);
  if (!condition || condition.outdated) {
    const n = (condition?.n ?? 0) + 1;
    return go({ do: 'check-condition', id: `condition:${step.id}#${n}`, step: step.id, n });
  }
  if (condition.error !== null) {
    return {
      kind: 'hold',
      request: {
        cause: 'condition',
        step: step.id,
        act: null,
        message: say`${ofPlan(step.id)}: its \`when\` cannot be evaluated: ${condition.error}`,
        remedy: null,
        choices: choices(state, 'look', 'skip', 'roll-back', 'stop'),
      },
    };
  }
  if (condition.holds) return null;
  return go(skipByCondition(step.id, say`${ofPlan(step.whenAsWritten ?? step.when)} is false`));
};
