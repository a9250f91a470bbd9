/** Lanes: chains of steps of one entry of the list that run beside each other. */
import type { Plan, PlanEntry, PlanStep } from '../plan.ts';
import { perPlan } from './per-plan.ts';

/** A step outside of a `parallel` is a lane of its own. None for the point of no return. */
export const lanesOf = (entry: PlanEntry): readonly (readonly string[])[] => {
  switch (entry.kind) {
    case 'step':
      return [[entry.step]];
    case 'parallel':
      return entry.lanes ?? entry.steps.map((id) => [id]);
    case 'line':
      return [];
  }
};

/** Where a step stands: the index of its entry, of its lane in it, and its own in that lane. */
export interface Place {
  readonly entry: number;
  readonly lane: number;
  readonly index: number;
}

const placesOf = perPlan((plan): ReadonlyMap<string, Place> => {
  const places = new Map<string, Place>();
  for (const [entry, each] of plan.entries.entries())
    for (const [lane, ids] of lanesOf(each).entries())
      for (const [index, id] of ids.entries()) places.set(id, { entry, lane, index });
  return places;
});

const nowhere: Place = { entry: -1, lane: 0, index: 0 };

export const placeOf = (plan: Plan, step: string): Place => placesOf(plan).get(step) ?? nowhere;

/** In a parallel entry that is written as lanes; null: elsewhere, where each step is a lane of its own. */
export const laneIndexOf = (
  plan: Plan,
  step: string,
): { readonly lane: number; readonly index: number } | null => {
  const { entry, lane, index } = placeOf(plan, step);
  const found = plan.entries[entry];
  return found?.kind === 'parallel' && found.lanes ? { lane, index } : null;
};

/** The list without the point of no return: entries of lanes of steps. */
export const laneStepsOf = perPlan((plan): readonly (readonly (readonly PlanStep[])[])[] =>
  plan.entries
    .filter(({ kind }) => kind !== 'line')
    .map((entry) => lanesOf(entry).map((lane) => lane.flatMap((id) => plan.steps[id] ?? []))),
);
