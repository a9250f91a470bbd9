/** A lost ledger: unknown which items are done. Not a failure for the policy, and never a retry. */
import type { Failure } from './events.ts';

/** Missing or another list, damaged, unreadable. */
const codes: readonly string[] = ['RB416', 'RB417', 'RB418'];

export const isLedgerLost = (error: Failure | null): boolean => error !== null && codes.includes(error.code);
