import type { Plan } from '../plan.ts';

/** What follows from the plan alone, worked out once: the core is asked many times a step about the same plan. */
export const perPlan = <T>(make: (plan: Plan) => T): ((plan: Plan) => T) => {
  const made = new WeakMap<Plan, { readonly value: T }>();
  return (plan) => {
    let found = made.get(plan);
    if (!found) {
      found = { value: make(plan) };
      made.set(plan, found);
    }
    return found.value;
  };
};
