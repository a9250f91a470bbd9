/** Failures of a command: printed on stderr, turned into an exit code. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Diagnostic, DiagnosticError } from '../diagnostic.ts';
import type { DiagnosticExit } from '../diagnostics/entry.ts';
import { diagnosticRecord, exitOf, renderDiagnostic } from '../diagnostics/render.ts';
import type { Json } from '../plan.ts';
import type { Masking } from '../run/masking.ts';
import { escaped, jsonText } from '../text.ts';
import { mayPaint } from '../views/paint.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Host } from './host.ts';

/** An assertion of the engine that fired while a run was open. */
export class EngineBug extends Error {
  override readonly name = 'EngineBug';
  readonly runDir: string;
  readonly journalPath: string;
  /** Of the run's secrets: the stack is sent to the developers. */
  readonly mask: (text: string) => string;
  constructor(runDir: string, journalPath: string, cause: unknown, mask: (text: string) => string) {
    super('engine bug', { cause });
    this.mask = mask;
    this.runDir = runDir;
    this.journalPath = journalPath;
  }
}

/** It may quote a secret of the run. */
export const maskedDiagnostics = (error: DiagnosticError, masking: Pick<Masking, 'json'>): DiagnosticError =>
  new DiagnosticError(
    error.diagnostics.map((d) => ({ ...d, data: masking.json(d.data as Json) }) as Diagnostic),
    { cause: error },
  );

/** The data of a bug report. */
export type Reporting = Pick<Host, 'argv' | 'env' | 'version' | 'now'> & {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
};

export const reportFailure = (host: Reporting, error: unknown): ExitCode => {
  if (error instanceof DiagnosticError) return reportDiagnostics(host, error);
  return reportBug(host, error);
};

const isDiagnosticExit = (code: number): code is DiagnosticExit => code >= 1 && code <= 4;

const reportDiagnostics = (host: Reporting, error: DiagnosticError): ExitCode => {
  for (const diagnostic of error.diagnostics) {
    if (host.argv.includes('--json')) {
      host.stdout.write(`${jsonText({ type: 'diagnostic', ...diagnosticRecord(diagnostic) })}\n`);
    }
    host.stderr.write(`${renderDiagnostic(diagnostic, { color: mayPaint(host.stderr) })}\n`);
  }
  const code = exitOf(error.diagnostics);
  return isDiagnosticExit(code) ? code : 70;
};

/** The stack may quote anything, so it goes to a private file or, when asked for, to the screen. */
const reportBug = (host: Reporting, error: unknown): ExitCode => {
  const bug = error instanceof EngineBug ? error : null;
  const cause = bug ? bug.cause : error;
  const raw = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  const stack = escaped(bug ? bug.mask(raw) : raw);
  const lines = ['This is a bug of runbook itself, not of your runbook.'];
  if (bug) {
    lines.push(`The journal is intact: ${bug.journalPath}`, `First see: runbook status`);
    lines.push(`Details: ${keepStack(host, bug.runDir, stack) ?? 'could not be written'}`);
  } else if (!host.env.RUNBOOK_DEBUG) {
    lines.push('Run it again with RUNBOOK_DEBUG=1 to see where it happened.');
  }
  lines.push(`Please report it, with the version (${host.version}) and the command.`);
  if (host.env.RUNBOOK_DEBUG) lines.push(stack);
  host.stderr.write(`${lines.join('\n')}\n`);
  return 70;
};

const keepStack = (host: Reporting, runDir: string, stack: string): string | null => {
  const path = join(runDir, `engine-bug-${host.now()}.txt`);
  try {
    writeFileSync(path, `runbook ${host.version}\n${stack}\n`, { mode: 0o600 });
    return path;
  } catch {
    // The disk may be what is broken; the exit code and the lines above must still get out.
    return null;
  }
};
