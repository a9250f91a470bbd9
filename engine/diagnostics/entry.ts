/** 2: usage or runbook invalid; 3: waiting for a human; 4: journal locked or mismatched; 1: failed, resumable. */
export type DiagnosticExit = 1 | 2 | 3 | 4;

export interface Entry<D> {
  readonly exit: DiagnosticExit;
  /** What is wrong: place, expectation. One sentence, no full stop. */
  message(data: D): string;
  /** What to do: one action, or null where the message says it. */
  remedy(data: D): string | null;
}

export const entry = <D>(e: Entry<D>): Entry<D> => e;
