import type { Code, DataOf, Diagnostic } from '../diagnostic.ts';

/** A diagnostic still without its place in the file; offsets are into the expression. */
export interface Flaw {
  readonly diagnostic: Diagnostic;
  readonly start: number;
  readonly end: number;
}

type Span = { readonly start: number; readonly end: number };
export type Report = <C extends Code>(span: Span, code: C, data: DataOf<C>) => void;
