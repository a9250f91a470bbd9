/** Who was served is not known any more: neither a failure that a policy may answer, nor a reason to try again. */
import type { Failure } from './events.ts';

/** Missing or another one, damaged, unreadable. */
const codes: readonly string[] = ['RB416', 'RB417', 'RB418'];

export const isLedgerLost = (error: Failure | null): boolean => error !== null && codes.includes(error.code);
