/** What the shell gets; scripts and schedulers rely on these. */
import type { RunResult } from '../run/options.ts';

export const exitCodes = {
  0: 'done',
  1: 'a step failed; the run is resumable',
  2: 'usage, an invalid runbook, or a refused request; nothing was started',
  3: 'waiting for a human',
  4: 'journal locked, damaged or not matching; a lock or an earlier run is in the way',
  5: 'rolled back',
  70: 'a bug of the engine; the journal is intact',
  130: 'interrupted; the run is resumable',
} as const;

export type ExitCode = keyof typeof exitCodes;

const byOutcome: { [O in RunResult['outcome']]: ExitCode } = {
  succeeded: 0,
  'rolled-back': 5,
  'held-failed': 1,
  'held-human': 3,
  'held-lock': 4,
  interrupted: 130,
};

export const exitOf = (outcome: RunResult['outcome']): ExitCode => byOutcome[outcome];
