import type { Event } from '../decide/events.ts';
import { say } from '../decide/masked.ts';
import type { FaultKind } from './faults.ts';

/** What the `when` of a step gives, under a fault or without one. */
export const conditionAnswer = (step: string, fault: FaultKind | null): Event => {
  const head = { type: 'condition-checked', step } as const;
  if (fault === 'when-error') return { ...head, holds: false, error: say`a value is missing` };
  return { ...head, holds: fault !== 'when-false' };
};
