/** `runbook resume [RUN]`. */
import { refusalOf } from '../decide/answer.ts';
import { DiagnosticError, fail } from '../diagnostic.ts';
import { whoHolds } from '../journal/lock.ts';
import { openRun } from '../journal/run-dir.ts';
import { givenChoice } from './choice.ts';
import { givenRunsDir } from './given.ts';
import { handOver } from './hand-over.ts';
import { options } from './options.ts';
import { readRun } from './recorded-run.ts';
import { refusalDiagnostic } from './refusal.ts';
import { runNow } from './run-now.ts';
import type { Handler } from './spec.ts';

export const resume: Handler = async (host, input) => {
  const command = givenChoice(host, input);
  const steps = input.list(options.acceptChange);
  const reason = input.text(options.reason)?.trim() ?? '';
  if (steps.length > 0 && reason === '') return fail('RB607', { flag: '--accept-change' });
  const runsDir = givenRunsDir(host, input);
  const run = openRun(runsDir, input.argument(0) ?? 'latest');
  if (command && whoHolds(run.path).live) {
    // What the engine would refuse is refused here, where the person who asked for it can read why.
    const { plan, state } = readRun(runsDir, run.id);
    const asked = { ...command, at: runNow(host, state) };
    const refused = refusalOf(plan, state, asked);
    if (refused) throw new DiagnosticError([refusalDiagnostic(refused, plan, state)]);
    return handOver(host, input, run, asked);
  }
  // Imported only here: a command for a running engine does not need the engine.
  const { continueRun } = await import('./continue-run.ts');
  return continueRun(host, input, run, { command, accept: { steps, reason } });
};
