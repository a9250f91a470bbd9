/** What later expressions read of a watch or a checklist once it is over. */

import type { JsonObject, Plan, PlanChecklist } from '../plan.ts';
import { newWatch } from './fold-watch.ts';
import { itemState, stepState, takenOf } from './queries.ts';
import type { RunState } from './state.ts';

/** null: it is not over, or no such step has an output of its own. */
export const coreOutput = (plan: Plan, state: RunState, id: string): JsonObject | null => {
  const step = plan.steps[id];
  const { state: at, watch } = stepState(state, id);
  if (at === 'pending' || at === 'running') return null;
  if (step?.kind === 'watch') {
    const { total, last } = watch ?? newWatch();
    return {
      measurements: takenOf(total),
      successes: total.success,
      failures: total.failure,
      inconclusive: total.inconclusive,
      errors: total.error,
      last: last?.verdict ?? 'none',
    };
  }
  return step?.kind === 'checklist' ? checklistOutput(state, step) : null;
};

/** An item that was skipped unanswered has not passed. */
const checklistOutput = (state: RunState, step: PlanChecklist): JsonObject => {
  const items = step.items.map((item) => {
    const found = itemState(state, step, item);
    const by = found ? (found.by ?? 'check') : 'nobody';
    return [
      item.id,
      { passed: found?.passed ?? false, by, reason: found?.reason ?? 'not answered' },
    ] as const;
  });
  const passed = items.filter(([, { passed: ok }]) => ok).length;
  return { passed, failed: items.length - passed, items: Object.fromEntries(items) };
};
