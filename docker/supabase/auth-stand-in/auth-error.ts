/** Errors as Supabase Auth answers them: an HTTP status, a stable code and a sentence. */
import { DatabaseError } from 'pg';

export class AuthError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    code: string,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

export const invalid = (message: string): AuthError => new AuthError(400, 'validation_failed', message);

/** What the server could not do; the cause goes to its log only. */
export const unexpected = (message: string, cause: unknown): AuthError =>
  new AuthError(500, 'unexpected_failure', message, {}, { cause });

/** From this version of the API on `code` is the word, before it was the HTTP status. */
const firstVersionWithWords = '2024-01-01';

/** The error of Postgres for a row that breaks a rule is passed on. */
const told = /^(?:P0001|2300[01]|2350[235]|23514|23P01)$/;

const postgresBody = ({ cause }: AuthError): Record<string, unknown> | null =>
  cause instanceof DatabaseError && told.test(cause.code ?? '')
    ? {
        code: cause.code,
        message: cause.message,
        ...(cause.hint && { hint: cause.hint }),
        ...(cause.detail && { detail: cause.detail }),
      }
    : null;

/** @param errorId names the error in the log of the server; part of a 5xx only */
export const errorBody = (
  error: AuthError,
  apiVersion: string | undefined,
  errorId: string,
): Record<string, unknown> =>
  apiVersion !== undefined && apiVersion >= firstVersionWithWords
    ? { code: error.code, message: error.message, ...error.details }
    : (postgresBody(error) ?? {
        code: error.status,
        error_code: error.code,
        msg: error.message,
        ...(error.status >= 500 && { error_id: errorId }),
        ...error.details,
      });
