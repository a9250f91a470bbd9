/** What later expressions read of a watch or a checklist once it is over. */

import type { JsonObject, Plan, PlanChecklist } from '../plan.ts';
import { itemState, stepState, takenOf, watchState } from './queries.ts';
import type { RunState, WatchState } from './state.ts';

/** null: it is not over, or no such step has an output of its own. */
export const coreOutput = (plan: Plan, state: RunState, id: string): JsonObject | null => {
  const step = plan.steps[id];
  const { state: at, startedAt } = stepState(state, id);
  if (!step || at === 'pending' || at === 'running' || startedAt === null) return null;
  switch (step.kind) {
    case 'watch':
      return watchOutput(watchState(state, id));
    case 'checklist':
      return checklistOutput(state, step);
    case 'act':
    case 'gate':
    case 'wait':
      return null;
  }
};

const watchOutput = ({ total, last }: WatchState): JsonObject => ({
  measurements: takenOf(total),
  successes: total.success,
  failures: total.failure,
  inconclusive: total.inconclusive,
  errors: total.error,
  last: last?.verdict ?? 'none',
});

/** An unanswered item counts as failed, also where it was skipped. */
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
