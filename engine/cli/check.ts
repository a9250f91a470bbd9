/** `runbook check RUN STEP ITEM`: checked against the journal here, journaled by the engine of the run. */
import { refusalOf } from '../decide/answer.ts';
import type { Command } from '../decide/decisions.ts';
import { DiagnosticError, fail } from '../diagnostic.ts';
import { givenRunsDir } from './given.ts';
import { handOver } from './hand-over.ts';
import { options } from './options.ts';
import { readRun } from './recorded-run.ts';
import { refusalDiagnostic } from './refusal.ts';
import { runNow } from './run-now.ts';
import type { Handler } from './spec.ts';

export const check: Handler = async (host, input) => {
  const passed = input.flag(options.pass);
  if (passed === input.flag(options.fail)) return fail('RB626', {});
  const recorded = readRun(givenRunsDir(host, input), input.needed(0));
  const reason = input.text(options.reasonRequired)?.trim() ?? '';
  if (reason === '') return fail('RB607', { flag: 'check' });
  const command: Command = {
    command: 'check',
    step: input.needed(1),
    item: input.needed(2),
    passed,
    as: input.text(options.as) ?? '',
    user: host.user,
    reason,
    at: runNow(host, recorded.state),
  };
  const refused = refusalOf(recorded.plan, recorded.state, command);
  if (refused) {
    throw new DiagnosticError([refusalDiagnostic(refused, recorded.plan, recorded.state)]);
  }
  return handOver(host, input, recorded.run, command);
};
