/** `runbook resume [RUN]`. */
import { refusalOf } from '../decide/answer.ts';
import type { RunState } from '../decide/state.ts';
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
  const skips = [...new Set(input.list(options.skip))];
  const steps = input.list(options.acceptChange);
  const reason = input.text(options.reason)?.trim() ?? '';
  if (steps.length > 0 && reason === '') return fail('RB607', { flag: '--accept-change' });
  const runsDir = givenRunsDir(host, input);
  const run = openRun(runsDir, input.argument(0) ?? 'latest');
  const live = whoHolds(run.path).live;
  if (live && skips.length > 1) return fail('RB606', { flags: skips.map((step) => `--skip ${step}`) });
  // A running engine is asked for the choice at its hold only.
  const held = live ? (skips[0] ?? null) : heldAmong(skips, readRun(runsDir, run.id).state);
  const command = givenChoice(host, input, held);
  if (command && live) {
    // What the engine would refuse is refused here, where the person who asked for it can read why.
    const { plan, state } = readRun(runsDir, run.id);
    const asked = { ...command, at: runNow(host, state) };
    const refused = refusalOf(plan, state, asked);
    if (refused) throw new DiagnosticError([refusalDiagnostic(refused, plan, state)]);
    return handOver(host, input, run, asked);
  }
  // Imported only here: a command for a running engine does not need the engine.
  const { continueRun } = await import('./continue-run.ts');
  return continueRun(host, input, run, {
    command,
    skips: skips.filter((step) => step !== held),
    accept: { steps, reason },
  });
};

const heldAmong = (skips: readonly string[], { hold }: RunState): string | null =>
  skips.find((step) => step === hold?.step) ?? null;
