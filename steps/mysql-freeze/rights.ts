import type { NeededRight } from '../_targets/mysql/rights.ts';

/** What the step's own account must be allowed to do. */
export const freezeRights: readonly NeededRight[] = [
  { does: 'lock an account', rights: ['CREATE USER'], on: '*.*' },
  { does: 'see all sessions', rights: ['PROCESS'], on: '*.*' },
  {
    does: 'end sessions of others',
    rights: ['CONNECTION ADMIN', 'CONNECTION_ADMIN', 'SUPER'],
    on: '*.*',
  },
];
