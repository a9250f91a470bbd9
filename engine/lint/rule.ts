/** What a rule of `runbook lint` is. Rules are pure: all that they read was gathered before. */
import type { Position } from '../diagnostic.ts';
import type { Level } from '../review/remark.ts';
import type { LintContext } from './context.ts';

/** An edit that is surely meant; offsets into the file. */
export interface Fix {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Found {
  readonly at: Position;
  /** null: the runbook as a whole. */
  readonly step: string | null;
  /** One sentence without a full stop, as all messages. */
  readonly message: string;
  readonly remedy: string;
  readonly fix?: Fix;
}

/** What `runbook explain` shows. Plain text with Markdown's code marks. */
export interface Page {
  /** What it looks for, in a sentence. */
  readonly what: string;
  /** Why that is dangerous: what has happened to somebody. */
  readonly why: string;
  /** Runbooks without `version` and `name`. The bad one gives this remark and no other; the good one gives none. */
  readonly bad: string;
  readonly good: string;
}

export interface Rule {
  readonly code: string;
  /** In kebab-case. */
  readonly name: string;
  readonly level: Level;
  readonly page: Page;
  check(context: LintContext): Iterable<Found>;
}
