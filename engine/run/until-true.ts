/**
 * A read that is repeated until its output is as wanted, within one attempt: one event in the journal, whatever the
 * number of reads. A resumed run starts a new attempt, which has the whole time again.
 */
import prettyMs from 'pretty-ms';
import { joined, type Masked } from '../decide/masked.ts';
import { DiagnosticError } from '../diagnostic.ts';
import { errorLine, evaluate, type Scope } from '../expr/evaluate.ts';
import { schemaOf } from '../expr/json-schema.ts';
import { leavesOf } from '../expr/leaves.ts';
import type { Json, PlanUntil } from '../plan.ts';
import type { Outcome } from '../step.ts';
import type { View } from '../views/view.ts';
import { foreignText, shownLine, thrownOutcome } from './failure.ts';
import { type Masking, starred } from './masking.ts';
import type { Clock } from './options.ts';
import type { PlannedAttempt } from './outcome-events.ts';
import type { Recorder } from './recorder.ts';
import type { Scopes } from './scope.ts';
import { journalOutput } from './step-data.ts';
import { untilItHolds } from './until-it-holds.ts';

type Failed = Extract<Outcome<Json>, { done: false }>;
interface Parts {
  readonly clock: Clock;
  readonly view: Pick<View, 'progress'>;
  readonly masking: Masking;
  readonly scopes: Scopes;
  readonly recorder: Recorder;
}

/** Shown in one line: what the condition reads may be long. */
const longestValue = 200;

const notYet = (short: string): Failed => ({ done: false, effect: 'none', retryable: true, short });
const never = (short: string): Failed => ({ ...notYet(short), retryable: false });

const last = (path: string): string => path.split('.').at(-1) ?? path;

/** `lag was 12`: what the condition reads of the output, each by its last name where that is clear. */
export const toldOf = (
  expr: string,
  output: Json,
  masking: Pick<Parts['masking'], 'shown' | 'text'>,
): Masked => {
  const leaves = leavesOf('result', expr, output);
  const names = leaves.map(({ path }) => last(path));
  const parts = leaves.map(({ path, value }) => {
    const name = names.filter((other) => other === last(path)).length > 1 ? path : last(path);
    return joined([masking.text(name === '' ? 'result' : name), masking.shown(value)], ' was ');
  });
  const whole =
    parts.length > 0 ? joined(parts, ', ') : joined([masking.text('result'), masking.shown(output)], ' was ');
  return shownLine(whole, longestValue);
};

export interface Judgement {
  readonly outcome: Outcome<Json>;
  /** What was seen; null: nothing could be read. */
  readonly told: Masked | null;
}

/** Whether the output of one read is as wanted. An expression that fails for this output may succeed for the next. */
export const judgeUntil = (
  { expr }: PlanUntil,
  outcome: Outcome<Json>,
  { type, cut, masking, scope }: Pick<PlannedAttempt, 'type' | 'cut' | 'masking'> & { readonly scope: Scope },
): Judgement => {
  if (!outcome.done) return { outcome, told: null };
  const output = journalOutput(type, outcome.output);
  // Where the attempt is recorded, it is refused with what to do about it.
  if ('error' in output) return { outcome, told: null };
  const told = toldOf(expr, output.value, masking);
  const result = {
    value: output.value,
    schema: schemaOf(type.output, 'output'),
    ...(cut.masked && { masked: starred(output.value) }),
  };
  try {
    const value = evaluate(expr, { ...scope, result });
    if (value === true) return { outcome, told };
    return { outcome: value === false ? notYet(told) : never(`${expr}: neither true nor false`), told };
  } catch (error) {
    return { outcome: notYet(errorLine(error)), told };
  }
};

export const untilTrue = async (
  once: (signal: AbortSignal) => Promise<Outcome<Json>>,
  planned: PlannedAttempt,
  until: PlanUntil,
  { parts, control }: { readonly parts: Parts; readonly control: AbortController },
): Promise<Outcome<Json>> => {
  const { spec, act, polled } = planned;
  const { clock, view, masking, scopes, recorder } = parts;
  const begun = clock.now();
  const leftMs = () => begun + until.forMs - clock.now();
  // The last read starts when `for` is over.
  const timeoutMs = () => Math.min(spec.timeoutMs, Math.max(leftMs(), until.everyMs));
  let unanswered: Failed | null = null;

  const read = async (signal: AbortSignal): Promise<Outcome<Json>> => {
    const limit = timeoutMs();
    const found = await once(signal).catch((error: unknown): Outcome<Json> => {
      if (error instanceof DiagnosticError) throw error;
      return signal.reason === 'timeout'
        ? notYet(`no answer within ${prettyMs(limit)}`)
        : thrownOutcome(error, false, false);
    });
    const { state } = recorder;
    const scope = scopes.of(state, Object.keys(state.steps));
    const { outcome, told } = judgeUntil(until, found, { ...planned, scope });
    unanswered = found.done ? null : found;
    polled.reads += 1;
    if (told !== null) polled.value = told;
    const said = told ?? foreignText(found.done ? '' : found.short, masking);
    const now = clock.now();
    view.progress(act, { done: now - begun, total: until.forMs, unit: 'ms', said }, now);
    return outcome;
  };

  const most = Math.ceil(until.forMs / until.everyMs) + 1;
  const retry = { limit: most, intervalMs: until.everyMs, backoff: 1 };
  const within = { leftMs, timeoutMs };
  const outcome = await untilItHolds(read, { ...spec, retry }, { clock, control, within });
  if (outcome.done || !outcome.retryable) return outcome;
  if (control.signal.aborted) return { ...never('stopped while it waited'), living: outcome.living ?? false };
  const after = prettyMs(Math.round((clock.now() - begun) / 1000) * 1000);
  return {
    ...outcome,
    retryable: false,
    short: `not true after ${after}: ${saidAtLast(outcome, unanswered, polled.value)}`,
  };
};

/** The last value, and why the last read has none. */
const saidAtLast = (outcome: Failed, unanswered: Failed | null, value: Masked | null): string => {
  if (unanswered === null) return outcome.short;
  return `the last read failed (${outcome.short})${value === null ? '' : `; before that, ${value}`}`;
};
