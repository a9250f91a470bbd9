/** `runbook rollback [RUN]`: asked of the live engine, or carried out here when there is none. */
import { refusalOf } from '../decide/answer.ts';
import type { Command } from '../decide/decisions.ts';
import { DiagnosticError, fail } from '../diagnostic.ts';
import { whoHolds } from '../journal/lock.ts';
import { givenRunsDir } from './given.ts';
import { handOver } from './hand-over.ts';
import { options } from './options.ts';
import { readRun } from './recorded-run.ts';
import { refusalDiagnostic } from './refusal.ts';
import { runNow } from './run-now.ts';
import type { Handler } from './spec.ts';

export const rollback: Handler = async (host, input) => {
  const reason = input.text(options.reasonRequired)?.trim() ?? '';
  if (reason === '') return fail('RB607', { flag: 'rollback' });
  const recorded = readRun(givenRunsDir(host, input), input.argument(0));
  const { run, plan, state } = recorded;
  const command: Command = { command: 'roll-back', user: host.user, reason, at: runNow(host, state) };
  const refused = refusalOf(plan, state, command);
  if (refused) {
    if (refused.why === 'line-crossed') {
      // Imported only here: it loads half the engine.
      const { sayWhatWouldBeLost } = await import('./refuse-rollback.ts');
      await sayWhatWouldBeLost(host, recorded);
    }
    throw new DiagnosticError([refusalDiagnostic(refused, plan, state)]);
  }
  if (whoHolds(run.path).live) return handOver(host, input, run, command);
  // Imported only here: a command for a running engine does not need the engine.
  const { continueRun } = await import('./continue-run.ts');
  return continueRun(host, input, run, { command, accept: { steps: [], reason: '' } });
};
