/** Why the core does not take what a person asked for, as a diagnostic. */

import { lineOf } from '../decide/queries.ts';
import type { Refusal } from '../decide/refusal.ts';
import type { RunState } from '../decide/state.ts';
import { type Diagnostic, diagnose } from '../diagnostic.ts';
import type { Plan } from '../plan.ts';
import { choiceCommands } from '../words/hold.ts';
import { skipDiagnostic } from './skips.ts';

export const refusalDiagnostic = (refusal: Refusal, plan: Plan, state: RunState): Diagnostic => {
  const run = state.runId;
  switch (refusal.why) {
    case 'gate-not-open':
      return diagnose('RB610', { gate: refusal.gate, open: refusal.open, run });
    case 'gate-over':
      return diagnose('RB613', { gate: refusal.gate, run });
    case 'gate-passed': {
      const { gate, lineCrossed } = refusal;
      const over = state.settled !== null;
      const forwardFix = lineCrossed ? (lineOf(plan)?.forwardFix.text.trimEnd() ?? '') : null;
      return diagnose('RB627', { gate, run, over, forwardFix });
    }
    case 'not-an-approver':
      return diagnose('RB611', { gate: refusal.gate, as: refusal.as, approvers: refusal.approvers });
    case 'already-answered':
      return diagnose('RB612', { gate: refusal.gate, as: refusal.as });
    case 'not-unattended':
      return diagnose('RB605', { gate: refusal.gate, line: plan.steps[refusal.gate]?.line ?? 0 });
    case 'item-not-open':
      return diagnose('RB622', { step: refusal.step, item: refusal.item, open: refusal.open, run });
    case 'item-over':
      return diagnose('RB623', { step: refusal.step, item: refusal.item, run });
    case 'item-answered':
      return diagnose('RB624', {
        step: refusal.step,
        item: refusal.item,
        by: refusal.by,
        passed: refusal.passed,
      });
    case 'not-asked':
      return diagnose('RB625', { step: refusal.step, as: refusal.as, approvers: refusal.approvers });
    case 'not-held':
      return diagnose('RB614', { run });
    case 'other-step-held':
      return diagnose('RB615', { step: refusal.step, held: refusal.held });
    case 'not-a-choice':
      return diagnose('RB616', {
        choice: refusal.choice,
        commands: state.hold ? choiceCommands(state.hold, run) : [],
      });
    case 'not-skippable':
      return skipDiagnostic(refusal.step, refusal.fault, plan);
    case 'line-crossed':
      return diagnose('RB617', { forwardFix: lineOf(plan)?.forwardFix.text.trimEnd() ?? '' });
    case 'already-rolling-back':
      return diagnose('RB618', { run });
    case 'settled':
      return diagnose('RB619', { run, result: refusal.result.replace('_', ' ') });
  }
};
