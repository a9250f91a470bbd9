/** What one step wants next: continue with these decisions, or stop the run for a reason. */
import type { PlanActStep } from '../plan.ts';
import type { ActProgress } from './advance-act.ts';
import type { Decision } from './decisions.ts';
import type { ActKey, HoldCause, HoldChoice } from './events.ts';
import { type Masked, ofPlan, say } from './masked.ts';
import type { RunState } from './state.ts';

export interface HoldRequest {
  readonly cause: HoldCause;
  readonly step: string | null;
  readonly act: ActKey | null;
  readonly message: Masked;
  readonly remedy: Masked | null;
  readonly choices: readonly HoldChoice[];
}

export type Move =
  | { kind: 'go'; decisions: readonly Decision[] }
  /** `urgent`: asked while siblings, and the step itself, continue. */
  | { kind: 'hold'; request: HoldRequest; urgent?: boolean }
  | { kind: 'roll-back'; reason: Masked };

export const go = (...decisions: Decision[]): Move => ({ kind: 'go', decisions });

export const settleStep = (
  step: string,
  state: Extract<Decision, { do: 'settle-step' }>['state'],
  reason: Masked | null = null,
): Decision => ({ do: 'settle-step', id: `settle:${step}:${state}`, step, state, reason });

export const skipByCondition = (step: string, reason: Masked): Decision => ({
  do: 'settle-step',
  id: `settle:${step}:skipped`,
  step,
  state: 'skipped',
  reason,
  because: 'condition',
});

/** The hold's number makes its id the same until it is journaled, and another one the next time. */
export const holdDecision = (state: RunState, request: HoldRequest): Decision => {
  const hold = `hold-${state.holds + 1}`;
  return { do: 'hold', id: hold, ...request };
};

/** Rollback is offered only while it is possible. */
export const choices = (state: RunState, ...wanted: HoldChoice[]): readonly HoldChoice[] =>
  wanted.filter((c) => c !== 'roll-back' || (!state.line && !state.rollback));

/** An act that was not done: its step's policy decides. */
export const afterAct = (
  state: RunState,
  step: Pick<PlanActStep, 'id' | 'onFailure'>,
  act: ActKey,
  progress: Exclude<ActProgress, { is: 'done' }>,
): Move => {
  switch (progress.is) {
    case 'busy':
      return { kind: 'go', decisions: progress.decisions };
    case 'living':
      return {
        kind: 'hold',
        request: {
          cause: 'living',
          step: step.id,
          act,
          message: say`${ofPlan(step.id)}: it is not proven that its process has ended`,
          remedy: null,
          choices: choices(state, 'retry', 'ended', 'stop'),
        },
      };
    case 'unknown':
      return {
        kind: 'hold',
        request: {
          cause: 'unknown',
          step: step.id,
          act,
          message: say`${ofPlan(step.id)}: unknown whether it happened (${progress.why})`,
          remedy: null,
          choices: choices(state, 'look', 'retry', 'done', 'skip', 'roll-back', 'stop'),
        },
      };
    case 'failed': {
      const { short, remedy } = progress.error;
      return failed(state, step, { act, why: short, remedy: remedy ?? null });
    }
  }
};

/** A step that failed for good: its policy decides. */
export const failed = (
  state: RunState,
  { id, onFailure }: Pick<PlanActStep, 'id' | 'onFailure'>,
  { act, why, remedy }: { act: ActKey | null; why: Masked; remedy: Masked | null },
): Move => {
  const reason = say`${ofPlan(id)}: ${why}`;
  if (onFailure === 'continue') return go(settleStep(id, 'failed', why));
  if (onFailure === 'rollback' && !state.line) return { kind: 'roll-back', reason };
  const refused = onFailure === 'rollback';
  return {
    kind: 'hold',
    request: {
      cause: refused ? 'line-crossed' : 'failed',
      step: id,
      act,
      message: refused ? say`${reason}; a rollback was due, but the point of no return is crossed` : reason,
      remedy,
      choices: choices(state, 'retry', 'skip', 'roll-back', 'stop'),
    },
  };
};
