import type { ActKey, Event } from '../decide/events.ts';
import type { Json, PlanAct } from '../plan.ts';
import type { AnyStepType, Outcome, Probed } from '../step.ts';
import { outcomeFailure } from './failure.ts';
import type { Masking } from './masking.ts';
import type { Otherwise } from './places.ts';
import { journalOutput } from './step-data.ts';

export interface Ended {
  readonly act: ActKey;
  readonly attempt: number;
  readonly spec: PlanAct;
  readonly type: AnyStepType;
  /** An undo from the before-image: it has no output. */
  readonly undo: boolean;
  readonly masking: Masking;
}

export const finished = (ended: Ended, outcome: Outcome<Json>, signal: AbortSignal): Event => {
  const { act, attempt, spec, type, masking } = ended;
  const head = { type: 'act-finished', act, attempt } as const;
  const read = spec.effects === 'read' && !ended.undo;
  const changed = read ? 'none' : 'some';
  if (outcome.done) {
    const output = ended.undo ? { value: null } : journalOutput(type, outcome.output);
    return 'value' in output
      ? { ...head, result: 'done', effect: changed, output: masking.json(output.value) }
      : { ...head, result: 'failed', effect: changed, error: output.error, retryable: false };
  }
  const code = codeOf(outcome, signal);
  return {
    ...head,
    result: 'failed',
    effect: read ? 'none' : outcome.effect,
    error: outcomeFailure(outcome, masking, code, spec.message),
    retryable: code === 'stopped' ? false : outcome.retryable,
    ...(outcome.living && { living: true }),
  };
};

/** `paused`: told to come to rest, and known to have: anything else is a failure like any other. */
const codeOf = (
  outcome: Extract<Outcome<Json>, { done: false }>,
  { aborted, reason }: AbortSignal,
): string => {
  if (!aborted) return 'failed';
  if (reason === 'timeout') return 'timeout';
  if (reason !== 'pause') return 'stopped';
  return outcome.retryable && outcome.effect !== 'unknown' && !outcome.living ? 'paused' : 'failed';
};

/** Whatever was found there says nothing: it is not where the attempt left its evidence. */
export const lost = ({ act, attempt, masking }: Ended, { short, remedy }: Otherwise): Event => ({
  type: 'act-probed',
  act,
  attempt,
  state: 'unknown',
  why: masking.text(`${short}. ${remedy}`),
  lost: true,
});

export const probed = (ended: Ended, answer: Probed<unknown>): Event => {
  const { act, attempt, masking } = ended;
  const head = { type: 'act-probed', act, attempt } as const;
  if (answer.state === 'partial' || answer.state === 'unknown') {
    return { ...head, state: answer.state, why: masking.text(answer.why) };
  }
  if (answer.state === 'failed') {
    const { outcome } = answer;
    const error = outcomeFailure(outcome, masking, 'failed', ended.spec.message);
    return { ...head, state: 'failed', effect: outcome.effect, error, retryable: outcome.retryable };
  }
  if (answer.state !== 'done') return { ...head, state: answer.state };
  const output = journalOutput(ended.type, answer.output);
  return 'value' in output
    ? { ...head, state: 'done', output: masking.json(output.value) }
    : { ...head, state: 'unknown', why: output.error.short };
};
