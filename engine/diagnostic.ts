/**
 * Everything an operator can have done wrong or run into, as data. Wording is rendered last, from one
 * catalogue (engine/diagnostics/): a code without an entry does not compile.
 */
import type { catalogue } from './diagnostics/index.ts';

type Catalogue = typeof catalogue;
export type Code = keyof Catalogue;
export type DataOf<C extends Code> = Parameters<Catalogue[C]['message']>[0];

/** 1-based. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly col: number;
  /** How many characters to underline; at least 1. */
  readonly length: number;
  readonly sourceLine: string;
  /** The item of the loop that it is read for; absent: it is read once. */
  readonly item?: string;
  /** Of a part: the places that use it, the innermost first, such as `cutover.yaml:12`. */
  readonly usedFrom?: string;
}

export type Diagnostic = {
  [C in Code]: { readonly code: C; readonly data: DataOf<C>; readonly position?: Position };
}[Code];

/** An operator's mistake or a bad circumstance, thrown across layers; never an engine bug. */
export class DiagnosticError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[], options?: ErrorOptions) {
    super(diagnostics.map((d) => d.code).join(', '), options);
    this.name = 'DiagnosticError';
    this.diagnostics = diagnostics;
  }
}

export const diagnose = <C extends Code>(code: C, data: DataOf<C>, position?: Position): Diagnostic =>
  ({ code, data, ...(position && { position }) }) as Diagnostic;

/** Throws one diagnostic. */
export const fail = <C extends Code>(code: C, data: DataOf<C>, options?: ErrorOptions): never => {
  throw new DiagnosticError([diagnose(code, data)], options);
};
