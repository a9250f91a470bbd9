import { authoring } from './authoring.ts';
import { cli } from './cli.ts';
import { journal } from './journal.ts';
import { ledger } from './ledger.ts';
import { lint } from './lint.ts';
import { load } from './load.ts';
import { locks } from './locks.ts';
import { run } from './run.ts';
import { skip } from './skip.ts';

export const catalogue = {
  ...load,
  ...journal,
  ...locks,
  ...run,
  ...cli,
  ...ledger,
  ...skip,
  ...lint,
  ...authoring,
} as const;
