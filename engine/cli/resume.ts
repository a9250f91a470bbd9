/** `runbook resume [RUN]`. */
import { fail } from '../diagnostic.ts';
import { whoHolds } from '../journal/lock.ts';
import { openRun } from '../journal/run-dir.ts';
import { givenChoice } from './choice.ts';
import { givenRunsDir } from './given.ts';
import { handOver } from './hand-over.ts';
import { options } from './options.ts';
import type { Handler } from './spec.ts';

export const resume: Handler = async (host, input) => {
  const command = givenChoice(host, input);
  const steps = input.list(options.acceptChange);
  const reason = input.text(options.reason)?.trim() ?? '';
  if (steps.length > 0 && reason === '') return fail('RB607', { flag: '--accept-change' });
  const run = openRun(givenRunsDir(host, input), input.argument(0) ?? 'latest');
  if (command && whoHolds(run.path).live) {
    handOver(host, input, run, command);
    return 0;
  }
  // Only here: what is handed over to a live engine needs no engine of its own.
  const { continueRun } = await import('./continue-run.ts');
  return continueRun(host, input, run, { command, accept: { steps, reason } });
};
