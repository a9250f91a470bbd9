/** What a reviewer is told of a runbook: by a diagnostic of the loader, a lint rule, a policy or a diff. Plain JSON. */

/** As linters and CI systems name it. */
export type Level = 'error' | 'warning' | 'note';

/** In the text of a file. 1-based; `endCol` is one past the last character. */
export interface Region {
  readonly line: number;
  readonly col: number;
  readonly endCol: number;
}

export interface Remark {
  /** `RB701`; `runbook explain RB701` shows its page. */
  readonly code: string;
  readonly level: Level;
  /** As the operator names it; relative to the folder the command runs in. */
  readonly file: string;
  readonly region: Region;
  /** The step that it is about; null: the runbook as a whole. */
  readonly step: string | null;
  /** What is wrong, in one sentence without a full stop. */
  readonly message: string;
  /** What to do, in one sentence without a full stop; null: the message says it. */
  readonly remedy: string | null;
}
