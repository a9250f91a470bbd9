import { expect } from 'vitest';
import { type Code, type Diagnostic, DiagnosticError } from '../../../engine/diagnostic.ts';
import type { Entry } from '../../../engine/diagnostics/entry.ts';
import { catalogue } from '../../../engine/diagnostics/index.ts';

/** The one diagnostic that `act` throws; anything else fails the test. */
export const diagnosed = (act: () => unknown): Diagnostic => {
  try {
    act();
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    expect(error.diagnostics).toHaveLength(1);
    return error.diagnostics[0] as Diagnostic;
  }
  throw new Error('nothing was thrown');
};

/** As an operator reads it: code, exit, message, remedy. */
export const told = ({ code, data }: Diagnostic): string => {
  const { exit, message, remedy } = catalogue[code] as Entry<Extract<Diagnostic, { code: Code }>['data']>;
  return `${code} (exit ${exit}) ${message(data)}\n${remedy(data)}`;
};
