/** `runbook approve RUN GATE`: checked against the journal here, journaled by the engine of the run. */

import { refusalOf } from '../decide/answer.ts';
import type { Command } from '../decide/decisions.ts';
import { lineOf } from '../decide/queries.ts';
import { DiagnosticError, fail } from '../diagnostic.ts';
import { whoHolds } from '../journal/lock.ts';
import { givenRunsDir } from './given.ts';
import { handOver } from './hand-over.ts';
import { options } from './options.ts';
import { readRun } from './recorded-run.ts';
import { refusalDiagnostic } from './refusal.ts';
import { runNow } from './run-now.ts';
import type { Handler } from './spec.ts';

export const approve: Handler = async (host, input) => {
  const recorded = readRun(givenRunsDir(host, input), input.needed(0));
  const reason = input.text(options.reasonRequired)?.trim() ?? '';
  if (reason === '') return fail('RB607', { flag: 'approve' });
  const command: Command = {
    command: 'approve',
    gate: input.needed(1),
    verdict: input.flag(options.noGo) ? 'no_go' : 'go',
    as: input.text(options.as) ?? null,
    unattended: false,
    user: host.user,
    reason,
    at: runNow(host, recorded.state),
  };
  const { plan, state } = recorded;
  const refused = refusalOf(plan, state, command);
  if (refused) {
    throw new DiagnosticError([refusalDiagnostic(refused, plan, state)]);
  }
  const opensTheLine = lineOf(plan)?.gate === command.gate;
  if (command.verdict === 'go' && opensTheLine && !whoHolds(recorded.run.path).live) {
    return fail('RB621', { gate: command.gate, run: recorded.run.id });
  }
  return handOver(host, input, recorded.run, command);
};
