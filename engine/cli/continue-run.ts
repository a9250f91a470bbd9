/** Continues a run that has no engine: reads its journal, accepts the runbook's changes, drives it. */
import { refusalOf } from '../decide/answer.ts';
import type { Command } from '../decide/decisions.ts';
import { DiagnosticError, fail } from '../diagnostic.ts';
import { type Journal, openJournal } from '../journal/journal.ts';
import { replay } from '../journal/replay.ts';
import type { RunDir } from '../journal/run-dir.ts';
import { savePlan } from '../journal/saved-plan.ts';
import { policiesOf } from '../policy/find.ts';
import { createMasking } from '../run/masking.ts';
import type { Acceptance } from './amendment.ts';
import { drive } from './drive.ts';
import type { ExitCode } from './exit-codes.ts';
import { trustedTypes } from './given.ts';
import type { Host } from './host.ts';
import { options } from './options.ts';
import { appliedBefore, unchecked, underPolicies } from './policies.ts';
import { refusalDiagnostic } from './refusal.ts';
import { reload } from './reload.ts';
import { runNow } from './run-now.ts';
import { secretsOf } from './secrets-of.ts';
import { checkSkips, skipCommands } from './skips.ts';
import type { Input } from './spec.ts';
import { acceptedCopy, type Taken, takeRun } from './take-run.ts';
import { checkYesToGates } from './unattended.ts';

export interface Continuation {
  readonly command: Command | null;
  /** Steps that are not to be started. */
  readonly skips?: readonly string[];
  readonly accept: Acceptance;
}

/** Throws RB440 if an engine is running, RB443 to RB445 if the run directory is not the original one. */
export const continueRun = async (
  host: Host,
  input: Input,
  run: RunDir,
  what: Continuation,
): Promise<ExitCode> => {
  const taken = takeRun(host, run, acceptedCopy(input));
  try {
    const { journal, tornBytes } = openJournal(run.journal, undefined, taken.lock.record);
    try {
      return await underLock(host, input, run, what, taken, journal, tornBytes);
    } finally {
      journal.close();
    }
  } finally {
    taken.lock.release();
  }
};

const underLock = async (
  host: Host,
  input: Input,
  run: RunDir,
  { command: given, skips = [], accept }: Continuation,
  { lock, notes: told, adopt }: Taken,
  journal: Journal,
  tornBytes: number,
): Promise<ExitCode> => {
  const state = replay(run.journal, journal.events);
  const command = given && { ...given, at: runNow(host, state) };
  // Before the point of no return even a run that succeeded can be rolled back.
  if (state.settled && command?.command !== 'roll-back') {
    return fail('RB619', { run: run.id, result: state.settled.result.replace('_', ' ') });
  }
  const goesBack =
    command?.command === 'roll-back' || (command?.command === 'resolve' && command.choice === 'roll-back');
  // An accepted change means the current file.
  const goingBack = (goesBack || state.rollback !== null) && accept.steps.length === 0;
  const types = await trustedTypes(host);
  const { plan, registry, runbookDir, amendment, note } = await reload(run, state, types, accept, goingBack);
  if (command) {
    const refused = refusalOf(plan, state, command);
    if (refused) throw new DiagnosticError([refusalDiagnostic(refused, plan, state)]);
  }
  const skipping = skipCommands(host, input, skips, runNow(host, state));
  checkSkips(plan, state, skips);
  // A rollback is always allowed: what it would be refused for may be what it restores.
  const rollsBack = goesBack || state.rollback !== null;
  const { applied, notes: ofPolicies } = rollsBack
    ? unchecked
    : underPolicies(
        await policiesOf(run.about.runbookPath, run.about.policies),
        { plan, runbookDir, t0: state.clock?.t0 ?? host.now() },
        appliedBefore(journal.events),
      );
  const yesToGates = checkYesToGates(plan, input.list(options.yesToGate));
  const secrets = await secretsOf(host, plan, runbookDir);
  const masking = createMasking(secrets);
  adopt(journal, masking);
  if (amendment) {
    // The plan is on disk before the journal names it.
    savePlan(run.path, plan);
    journal.append(
      [
        {
          type: 'plan-amended',
          planDigest: plan.digest,
          ...amendment,
          accepted: amendment.accepted.map((a) => ({ ...a, reason: masking.text(a.reason) })),
          user: host.user,
        },
      ],
      Math.max(runNow(host, state), journal.events.at(-1)?.at ?? 0),
    );
  }
  const notes = [
    ...told,
    ...(tornBytes > 0
      ? [`${tornBytes} bytes of an unfinished journal line were removed; no act had started from it`]
      : []),
    ...(amendment ? ['The runbook changed since the last session:', ...amendment.changes] : []),
    ...(note ? [note] : []),
    ...ofPolicies,
  ];
  const commands = [...skipping, ...(command ? [command] : [])];
  return drive(host, input, {
    plan,
    registry,
    run,
    journal,
    heads: lock.record,
    runbookDir,
    secrets,
    yesToGates,
    commands,
    applied,
    notes,
  });
};
