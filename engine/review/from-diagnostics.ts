import type { Diagnostic } from '../diagnostic.ts';
import { diagnosticRecord } from '../diagnostics/render.ts';
import type { Region, Remark } from './remark.ts';

/** For what is about a file as a whole. */
export const firstLine: Region = { line: 1, col: 1, endCol: 2 };

/** @param file of a diagnostic that has no position: the runbook that was asked about */
export const fromDiagnostics = (diagnostics: readonly Diagnostic[], file: string): readonly Remark[] =>
  diagnostics.map((d) => {
    const { code, message, remedy, position } = diagnosticRecord(d);
    const region = position && {
      line: position.line,
      col: position.col,
      endCol: position.col + position.length,
    };
    return {
      code,
      level: 'error',
      file: position?.file ?? file,
      region: region ?? firstLine,
      step: null,
      message,
      remedy,
    };
  });
