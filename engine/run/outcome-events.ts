import type { ActKey, Event, Failure, Polled } from '../decide/events.ts';
import type { Masked } from '../decide/masked.ts';
import type { Json, PlanAct } from '../plan.ts';
import type { AnyStepType, Outcome, Probed } from '../step.ts';
import { foreignText, outcomeFailure } from './failure.ts';
import { type Masking, starred } from './masking.ts';
import type { Otherwise } from './places.ts';
import { type BrokenOutput, journalOutput } from './step-data.ts';

/** Facts about an attempt that its outcome depends on. */
export interface PlannedAttempt {
  readonly act: ActKey;
  readonly attempt: number;
  readonly spec: PlanAct;
  readonly type: AnyStepType;
  /** An undo from the before-image: it has no output. */
  readonly undo: boolean;
  readonly masking: Masking;
  /** `masked`: the step type has masked some text itself, to shorten it; it may be in the output. */
  readonly cut: { masked: boolean };
  /** What a read with `until` has seen so far; `reads` 0: it has none. */
  readonly polled: { reads: number; value: Masked | null };
}

const recorded = (
  { masking, cut }: PlannedAttempt,
  output: Json,
): { output: Json; masked?: readonly string[] } => {
  const { value, masked } = masking.record(output);
  const all = cut.masked ? [...new Set([...masked, ...starred(value)])] : masked;
  return { output: value, ...(all.length > 0 && { masked: all }) };
};

const outputFailure = ({ short, remedy }: BrokenOutput, masking: Masking): Failure => ({
  code: 'output-invalid',
  short: foreignText(short, masking),
  remedy: foreignText(remedy, masking),
});

export const finished = (planned: PlannedAttempt, outcome: Outcome<Json>, signal: AbortSignal): Event => {
  const { act, attempt, spec, type, masking } = planned;
  const head = { type: 'act-finished', act, attempt, ...polledOf(planned) } as const;
  const read = spec.effects === 'read' && !planned.undo;
  const changed = read ? 'none' : 'some';
  if (outcome.done) {
    const output = planned.undo ? { value: null } : journalOutput(type, outcome.output);
    return 'value' in output
      ? { ...head, result: 'done', effect: changed, ...recorded(planned, output.value) }
      : {
          ...head,
          result: 'failed',
          effect: changed,
          error: outputFailure(output.error, masking),
          retryable: false,
        };
  }
  const code = codeOf(outcome, signal);
  return {
    ...head,
    result: 'failed',
    effect: read ? 'none' : outcome.effect,
    error: outcomeFailure(outcome, masking, code, spec.message),
    retryable: code === 'stopped' ? false : outcome.retryable,
    // A read that still runs changes nothing: no wait and no question is needed.
    ...(outcome.living && !read && { living: true }),
  };
};

const polledOf = ({ polled: { reads, value } }: PlannedAttempt): { polled?: Polled } =>
  reads === 0 ? {} : { polled: { reads, ...(value !== null && { value }) } };

/** `paused`: it was asked to pause and did; anything else is a normal failure. */
const codeOf = (
  outcome: Extract<Outcome<Json>, { done: false }>,
  { aborted, reason }: AbortSignal,
): string => {
  if (!aborted) return 'failed';
  if (reason === 'timeout') return outcome.byItself ? 'failed' : 'timeout';
  if (reason !== 'pause') return 'stopped';
  return outcome.retryable && outcome.effect !== 'unknown' && !outcome.living ? 'paused' : 'failed';
};

/** The result proves nothing: this is not the place where the attempt left its files. */
export const lost = ({ act, attempt, masking }: PlannedAttempt, { short, remedy }: Otherwise): Event => ({
  type: 'act-probed',
  act,
  attempt,
  state: 'unknown',
  why: masking.text(`${short}. ${remedy}`),
  lost: true,
});

export const probed = (planned: PlannedAttempt, answer: Probed<unknown>): Event => {
  const { act, attempt, masking } = planned;
  const head = { type: 'act-probed', act, attempt } as const;
  if (answer.state === 'partial' || answer.state === 'unknown') {
    return { ...head, state: answer.state, why: foreignText(answer.why, masking) };
  }
  if (answer.state === 'failed') {
    const { outcome } = answer;
    // It has not ended: no verdict, and no second attempt.
    if (outcome.living) return { ...head, state: 'unknown', why: masking.text(outcome.short) };
    const error = outcomeFailure(outcome, masking, 'failed', planned.spec.message);
    return { ...head, state: 'failed', effect: outcome.effect, error, retryable: outcome.retryable };
  }
  if (answer.state !== 'done') return { ...head, state: answer.state };
  const output = journalOutput(planned.type, answer.output);
  return 'value' in output
    ? { ...head, state: 'done', ...recorded(planned, output.value) }
    : { ...head, state: 'unknown', why: foreignText(output.error.short, masking) };
};
