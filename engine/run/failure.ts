/** Whatever went wrong with an act, as the masked record that the journal keeps. */
import type { Failure } from '../decide/events.ts';
import { type Masked, reshape } from '../decide/masked.ts';
import { DiagnosticError } from '../diagnostic.ts';
import { diagnosticRecord } from '../diagnostics/render.ts';
import { ExprError, errorLine } from '../expr/evaluate.ts';
import type { Json } from '../plan.ts';
import { type FailedOutcome, type Outcome, StepFailed } from '../step.ts';
import { TargetError } from '../target.ts';
import { clean } from '../text.ts';
import type { Masking } from './masking.ts';

/** A line for the screen: the first one, and not endless. Of masked text: a secret cut in two is not found. */
const oneLine = (text: string): string => {
  const line = text.trim().split(/\r?\n/, 1)[0] ?? '';
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
};

/** Node quotes what it refuses, cut short: a part of a secret is not found. */
const messageOf = (error: Error): string => {
  const { code } = error as NodeJS.ErrnoException;
  const quotes = typeof code === 'string' && code.startsWith('ERR_INVALID_ARG');
  return quotes ? error.message.replace(/\. Received .*/s, '') : error.message;
};

/** Errors are chained; a chain may be circular. */
const deepestCause = 8;

const asJson = (cause: unknown): string | undefined => {
  try {
    return JSON.stringify(cause);
  } catch {
    return 'the cause cannot be shown';
  }
};

const detailOf = (cause: unknown, depth = 0): string | undefined => {
  if (cause === undefined || depth > deepestCause) return undefined;
  if (!(cause instanceof Error)) return typeof cause === 'string' ? cause : asJson(cause);
  const deeper = detailOf(cause.cause, depth + 1);
  return deeper ? `${messageOf(cause)}: ${deeper}` : messageOf(cause);
};

/**
 * The only way for error texts of libraries, servers and the system: masked, then without characters that act on a
 * terminal. Every text that reaches a screen, a journal or a log comes through here or through `record`.
 */
export const foreignText = (error: unknown, masking: Pick<Masking, 'text'>): Masked =>
  reshape(masking.text(lineOf(error)), clean);

/** Masked text for one line of a screen; what it shows of an output may be long. */
export const shownLine = (text: Masked, longest: number): Masked =>
  reshape(text, (whole) => {
    const shown = clean(whole);
    return shown.length > longest ? `${shown.slice(0, longest - 1)}…` : shown;
  });

const lineOf = (error: unknown): string => {
  if (error instanceof ExprError) return errorLine(error);
  return error instanceof Error ? messageOf(error) : String(error);
};

const record = (
  masking: Masking,
  code: string,
  short: string,
  detail?: string,
  remedy?: string,
): Failure => ({
  code,
  short: reshape(masking.text(short), (text) => oneLine(clean(text))),
  ...(detail && { detail: reshape(masking.text(detail), clean) }),
  ...(remedy && { remedy: reshape(masking.text(remedy), clean) }),
});

/** Of a failed outcome; `code` says how the attempt was cut short, if it was. */
export const outcomeFailure = (
  outcome: FailedOutcome,
  masking: Masking,
  code = 'failed',
  message?: string | null,
): Failure => {
  const short = message ? `${message} (${outcome.short})` : outcome.short;
  return record(masking, code, short, detailOf(outcome.cause), outcome.remedy);
};

/** The state before the act could not be read: another attempt may succeed, unlike a wrong input. */
export class Unprepared extends Error {
  override readonly name = 'Unprepared';
  constructor(cause: unknown) {
    super('could not be prepared', { cause });
  }

  /** An operator's mistake stays one, and a step that has understood its failure says whether to try again. */
  get passing(): boolean {
    const { cause } = this;
    return cause instanceof StepFailed ? cause.outcome.retryable : !(cause instanceof DiagnosticError);
  }
}

/** Of a throw. */
export const thrownFailure = (error: unknown, masking: Masking): Failure => {
  if (error instanceof Unprepared) return thrownFailure(error.cause, masking);
  if (error instanceof StepFailed) return outcomeFailure(error.outcome, masking);
  if (error instanceof TargetError) {
    return record(
      masking,
      'target',
      `${error.target}: ${error.message}`,
      detailOf(error.cause),
      error.remedy,
    );
  }
  if (error instanceof DiagnosticError) {
    const [first] = error.diagnostics;
    if (first) {
      const { message, remedy } = diagnosticRecord(first);
      return record(masking, first.code, message, undefined, remedy ?? undefined);
    }
  }
  if (error instanceof ExprError) return record(masking, 'render', error.message, undefined, error.remedy);
  if (error === 'timeout') return record(masking, 'timeout', 'timed out');
  const text = error instanceof Error ? messageOf(error) : String(error);
  return record(masking, 'failed', text, error instanceof Error ? detailOf(error.cause) : undefined);
};

/**
 * Of a step's own `run` or `undo`: a StepFailed becomes the outcome that it holds, any other error is thrown. All calls
 * of the two go through here, so that a failure is the same whether it is thrown or returned.
 */
export const outcomeOf = async <O>(call: () => Promise<Outcome<O>>): Promise<Outcome<O>> => {
  try {
    return await call();
  } catch (error) {
    if (error instanceof StepFailed) return error.outcome;
    throw error;
  }
};

/**
 * The one place where any other throw becomes an outcome. During a write it means unknown, unless no client was ever handed
 * out: then nothing could happen.
 */
export const thrownOutcome = (error: unknown, write: boolean, reached: boolean): Outcome<Json> => {
  const untouched = !write || (error instanceof TargetError && !reached);
  const short = error instanceof Error ? messageOf(error) : String(error);
  return {
    done: false,
    effect: untouched ? 'none' : 'unknown',
    retryable: error instanceof TargetError ? error.retry : true,
    short: error instanceof TargetError ? `${error.target}: ${short}` : short,
    cause: error instanceof Error ? error.cause : undefined,
    ...(error instanceof TargetError && { remedy: error.remedy }),
  };
};
