/** Where the list is: in each lane of the open entry the step that runs or that starts next. */
import type { Plan, PlanEntry, PlanStep } from '../plan.ts';
import { lanesOf, placeOf } from './lanes.ts';
import { isBackground, stepState } from './queries.ts';
import type { RunState } from './state.ts';

/** A failed step that is settled has on_failure: continue. */
export const isOver = (state: RunState, id: string): boolean => {
  const { state: current } = stepState(state, id);
  return current !== 'pending' && current !== 'running';
};

/** All entries before the last started step have ended: they are not visited again. */
export const firstOpenEntry = (plan: Plan, state: RunState): number =>
  state.cursor === null ? 0 : Math.max(0, placeOf(plan, state.cursor).entry);

/** The list does not wait for a watch that runs beside it. */
const isPassed = (plan: Plan, state: RunState, id: string): boolean =>
  isOver(state, id) || (isBackground(plan.steps[id]) && stepState(state, id).state === 'running');

/** The first step of each lane that has not ended. */
export const openSteps = (plan: Plan, state: RunState, entry: PlanEntry): readonly PlanStep[] =>
  lanesOf(entry).flatMap((lane) => {
    const id = lane.find((each) => !isPassed(plan, state, each));
    return id === undefined ? [] : (plan.steps[id] ?? []);
  });

/** Of the first entry that is open; empty: the list has ended. */
export const frontOf = (plan: Plan, state: RunState): readonly PlanStep[] => {
  for (let i = firstOpenEntry(plan, state); i < plan.entries.length; i++) {
    const open = openSteps(plan, state, plan.entries[i] as PlanEntry);
    if (open.length > 0) return open;
  }
  return [];
};
