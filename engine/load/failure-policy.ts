/** What follows when a step fails. */

import type { PlanActStep } from '../plan.ts';
import type { LoadContext } from './context.ts';
import type { Act } from './schema/steps.ts';
import type { StepSite } from './step-site.ts';

/** After the point of no return no rollback is possible: a requested one is an error, a default one becomes a hold. */
export const failurePolicy = (
  { id, on_failure }: Pick<Act, 'id' | 'on_failure'>,
  { path, afterLine }: StepSite,
  { problems, source, defaults }: LoadContext,
): PlanActStep['onFailure'] => {
  if (on_failure === 'rollback' && afterLine) {
    problems.add('RB233', { step: id, what: 'a rollback' }, source.value([...path, 'on_failure']));
  }
  const usual = defaults.on_failure ?? 'hold';
  return on_failure ?? (afterLine && usual === 'rollback' ? 'hold' : usual);
};
