/** The diagnostics of a file, as `validate` finds them and as an editor shows them. */
import type { Range, Diagnostic as Shown } from 'vscode-languageserver';
import { DiagnosticSeverity } from 'vscode-languageserver';
import type { Diagnostic } from '../diagnostic.ts';
import { diagnosticRecord } from '../diagnostics/render.ts';
import { marked } from '../text.ts';
import type { Draft } from './drafts.ts';

export interface Found {
  readonly diagnostic: Diagnostic;
  readonly shown: Shown;
}

const top: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

export const findProblems = async (
  draft: Draft,
  varsFiles: readonly string[],
  folder: string | null,
): Promise<readonly Found[]> => {
  const { document } = draft;
  const { found, more } = await draft.examined(varsFiles, folder);
  const own = found.source.file;
  const rangeOf = ({ position }: Diagnostic): Range => {
    if (!position || position.file !== own) return top;
    const start = (found.source.lines.lineStarts[position.line - 1] ?? 0) + position.col - 1;
    return { start: document.positionAt(start), end: document.positionAt(start + position.length) };
  };
  return [...more, ...(await found.diagnose())].map((diagnostic): Found => {
    const { message, remedy } = diagnosticRecord(diagnostic);
    const { position } = diagnostic;
    // A vars file is not open here: its problems stand at the top of the runbook.
    const where = position && position.file !== own ? `${position.file}:${position.line}: ` : '';
    const shown: Shown = {
      range: rangeOf(diagnostic),
      severity: DiagnosticSeverity.Error,
      source: 'runbook',
      code: diagnostic.code,
      message: marked([where + message, remedy].filter((part) => part !== null).join('\n')),
    };
    return { diagnostic, shown };
  });
};
