/** One session of a run: from a held lock to an exit code. `exec`, `resume` and `rollback` end here. */
import type { Command } from '../decide/decisions.ts';
import { fold } from '../decide/fold.ts';
import type { RunState } from '../decide/state.ts';
import { DiagnosticError } from '../diagnostic.ts';
import { diagnosticRecord, renderDiagnostic } from '../diagnostics/render.ts';
import type { Journal } from '../journal/journal.ts';
import { acquireLock, type Lock } from '../journal/lock.ts';
import type { RunDir } from '../journal/run-dir.ts';
import type { Plan } from '../plan.ts';
import type { Registry } from '../registry.ts';
import { startClock } from '../run/clock.ts';
import { createMasking } from '../run/masking.ts';
import type { RunOptions, RunResult } from '../run/options.ts';
import { run } from '../run/run.ts';
import { weakSecrets } from '../run/weak-secrets.ts';
import { endWord } from '../words/rollback.ts';
import { type ExitCode, exitOf } from './exit-codes.ts';
import { EngineBug, maskedDiagnostics } from './failure.ts';
import type { Host } from './host.ts';
import { options } from './options.ts';
import { refusalDiagnostic } from './refusal.ts';
import type { Input } from './spec.ts';
import { viewOf } from './view-of.ts';

export interface Session {
  readonly plan: Plan;
  readonly registry: Registry;
  readonly run: RunDir;
  readonly journal: Journal;
  readonly heads: NonNullable<RunOptions['heads']>;
  /** Folder of the runbook. */
  readonly runbookDir: string;
  readonly secrets: ReadonlyMap<string, string>;
  readonly yesToGates: readonly string[];
  readonly commands: readonly Command[];
  readonly setClock?: NonNullable<RunOptions['setClock']>;
  readonly applied: NonNullable<RunOptions['applied']>;
  readonly lockReason?: string;
  /** Printed once at the start. */
  readonly notes?: readonly string[];
}

/** The last line on stdout. */
const outcomeWord = (outcome: RunResult['outcome'], state: RunState): string =>
  outcome === 'rolled-back' ? endWord(state) : outcomeWords[outcome];

const outcomeWords: { readonly [O in Exclude<RunResult['outcome'], 'rolled-back'>]: string } = {
  succeeded: 'succeeded',
  'held-failed': 'held: a step failed',
  'held-human': 'held: waiting for a person',
  'held-lock': 'held: its lock is not available',
  interrupted: 'interrupted',
};

/** Throws RB440 with the one who holds it. */
export const lockRun = (host: Host, runPath: string): Lock =>
  acquireLock(runPath, { pid: host.pid, host: host.hostname, user: host.user, startedAt: host.now() });

/** The lock is the caller's to release. Throws DiagnosticError, or EngineBug with the place of the journal. */
export const drive = async (host: Host, input: Input, session: Session): Promise<ExitCode> => {
  const { notes = [], run: runDir, ...rest } = session;
  const json = input.flag(options.json);
  const { view, interactive } = await viewOf(host, json, session.runbookDir);
  const masking = createMasking(session.secrets);
  const weak = weakSecrets(session.plan, session.secrets).map((d) => renderDiagnostic(d, { color: false }));
  for (const note of [...notes, ...weak]) view.note(masking.text(note));
  const interrupts = host.interrupts();
  try {
    const { outcome, state } = await run({
      ...rest,
      runDir: runDir.path,
      view,
      interactive,
      clock: startClock(fold(session.journal.events)),
      who: { pid: host.pid, host: host.hostname, user: host.user },
      interrupts,
      refused: (refusal, state) => {
        const diagnostic = refusalDiagnostic(refusal, session.plan, state);
        const { message: why, remedy } = diagnosticRecord(diagnostic);
        return { why, remedy, text: renderDiagnostic(diagnostic, { color: false }) };
      },
    });
    if (!json) host.stdout.write(`${outcomeWord(outcome, state)}  ${state.runId}\n`);
    return exitOf(outcome);
  } catch (error) {
    if (error instanceof DiagnosticError) throw maskedDiagnostics(error, masking);
    throw new EngineBug(runDir.path, runDir.journal, error, masking.text);
  } finally {
    interrupts.close();
    session.journal.close();
  }
};
