import { entry } from './entry.ts';
import { choose, list } from './remedies.ts';

/** RB460 to RB464: `--skip` of a step that has not started. */
export const skip = {
  RB460: entry<{ step: string; leftOut: boolean; near: string | null; known: readonly string[] }>({
    exit: 2,
    message: ({ step, leftOut }) =>
      leftOut
        ? `--skip ${step}: the step is left out already, since its \`when\` is false`
        : `--skip ${step}: the runbook has no such step`,
    remedy: ({ leftOut, near, known }) =>
      leftOut ? 'Leave --skip out' : choose(near, 'Steps', known, 'The runbook has no steps'),
  }),
  RB461: entry<{ step: string; gate: string }>({
    exit: 2,
    message: ({ step, gate }) => `--skip ${step}: the gate "${gate}" requires this step`,
    remedy: () => 'Without it the gate would be a no-go. Change `require` in the runbook if that is wrong',
  }),
  RB462: entry<{ step: string; side: 'act' | 'gate' }>({
    exit: 2,
    message: ({ step, side }) =>
      side === 'act'
        ? `--skip ${step}: this step crosses the point of no return`
        : `--skip ${step}: this gate decides on the point of no return`,
    remedy: () => 'It cannot be skipped in advance. Change the runbook if the run does not need it',
  }),
  RB463: entry<{ step: string; readers: readonly string[] }>({
    exit: 2,
    message: ({ step, readers }) => `--skip ${step}: its output is needed by ${list(readers)}`,
    remedy: ({ step, readers }) =>
      `Skip ${readers.length === 1 ? 'that step' : 'those steps'} as well, or guard what reads it in the runbook: steps['${step}'].ran && ...`,
  }),
  RB464: entry<{ step: string; state: string }>({
    exit: 2,
    message: ({ step, state }) =>
      `--skip ${step}: the step is ${state === 'running' ? 'running' : `over (${state})`}`,
    remedy: () => 'Only the step that the run is held at, and steps that have not started, can be skipped',
  }),
} as const;
