/** Collects what changed in one step, or in the runbook as a whole. */

import type { Json } from '../plan.ts';
import type { Change, Danger, Kind } from './change.ts';
import { changedLines, excerpts, type LineChange } from './lines.ts';
import { shownValue } from './values.ts';

export interface Said {
  readonly what: string;
  readonly before?: Json | undefined;
  readonly after?: Json | undefined;
  readonly reason: string;
  readonly cause?: string | undefined;
}

export class Found {
  readonly changes: Change[] = [];
  readonly #step: string | null;

  constructor(step: string | null) {
    this.#step = step;
  }

  /** What can only be shown as lines. */
  addLines(
    kind: Kind,
    danger: Danger,
    { what, lines, reason }: { what: string; lines: readonly LineChange[]; reason: string },
  ): void {
    this.changes.push({ kind, danger, step: this.#step, what, before: null, after: null, lines, reason });
  }

  add(kind: Kind, danger: Danger, { what, before, after, reason, cause }: Said): void {
    const [was, is] = [textOf(before), textOf(after)];
    const several = [was, is].some((text) => text?.trimEnd().includes('\n'));
    const [short, shorter] = was !== null && is !== null ? excerpts(oneLine(was), oneLine(is)) : [was, is];
    this.changes.push({
      kind,
      danger,
      step: this.#step,
      what,
      before: short === null ? null : oneLine(short),
      after: shorter === null ? null : oneLine(shorter),
      ...(several && was !== null && is !== null && { lines: changedLines(was, is) }),
      reason,
      ...(cause !== undefined && { cause }),
    });
  }
}

const textOf = (value: Json | undefined): string | null => (value === undefined ? null : shownValue(value));

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
