/** When each step that is left is expected to start and to end, as now expected. */

import type { Plan, PlanStep } from '../plan.ts';
import { laneStepsOf } from './lanes.ts';
import { isBackground, isLeft, stepState } from './queries.ts';
import type { RunState } from './state.ts';
import { waitUntil } from './times.ts';

/** Instants in epoch ms. Watches beside the list have none: the list does not wait for them. */
export interface Scheduled {
  readonly step: PlanStep;
  readonly start: number;
  readonly end: number;
}

/** How long a step lasts: its planned duration, but at least its wait. */
const lastsMs = (step: PlanStep): number => {
  switch (step.kind) {
    case 'wait':
      return Math.max(step.expectedMs ?? 0, step.forMs);
    case 'watch':
      return step.expectedMs ?? step.initialDelayMs + Math.max(0, (step.count ?? 1) - 1) * step.intervalMs;
    case 'act':
    case 'gate':
    case 'checklist':
      return step.expectedMs ?? 0;
  }
};

/**
 * A step starts at its planned instant, or when the steps before it are expected to end. In the order of the list. `gates`: how long people
 * are taken to need for each gate that is left. `at-once` is the earliest: a gate may be answered as soon as it opens.
 */
export const schedule = (
  plan: Plan,
  state: RunState,
  now: number,
  gates: 'as-planned' | 'at-once' = 'as-planned',
): readonly Scheduled[] => {
  const lasts = (step: PlanStep): number => (gates === 'at-once' && step.kind === 'gate' ? 0 : lastsMs(step));
  const left: Scheduled[] = [];
  let free = now;
  for (const lanes of laneStepsOf(plan)) {
    const from = free;
    for (const lane of lanes) {
      let at = from;
      for (const step of lane) {
        if (!isLeft(state, step) || isBackground(step)) continue;
        const start = stepState(state, step.id).startedAt ?? Math.max(at, waitUntil(plan, state, step) ?? at);
        at = Math.max(at, start + lasts(step));
        left.push({ step, start, end: at });
      }
      free = Math.max(free, at);
    }
  }
  return left;
};
