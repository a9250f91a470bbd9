/** A diff as remarks, for SARIF and annotations. */
import { firstLine } from '../review/from-diagnostics.ts';
import type { Level, Remark } from '../review/remark.ts';
import type { Rule } from '../review/view.ts';
import { byDanger, type Change, codeOf, type Danger, kinds } from './change.ts';
import type { DiffReport, RunbookDiff } from './runbook-diff.ts';
import { titleOf } from './words.ts';

const levels: Record<Exclude<Danger, 'none'>, Level> = { high: 'error', medium: 'warning', low: 'note' };

/** What changes nothing is no remark. */
export const diffRemarks = ({ runbooks }: DiffReport): readonly Remark[] =>
  runbooks.flatMap((diff) =>
    byDanger(diff.changes).flatMap((change) => {
      if (change.danger === 'none') return [];
      return [
        {
          code: codeOf(change.kind),
          level: levels[change.danger],
          file: diff.file,
          region: regionOf(change, diff),
          step: change.step,
          message: messageOf(change),
          remedy: null,
        },
      ];
    }),
  );

/** A step that is gone stands at no line of the version after. */
const regionOf = ({ step }: Change, { after }: RunbookDiff) => {
  const line = after?.plan?.steps[step ?? '']?.line;
  return line === undefined ? firstLine : { line, col: 1, endCol: 2 };
};

const messageOf = (change: Change): string => {
  const { before, after, reason } = change;
  const values =
    before !== null && after !== null
      ? ` (${before} -> ${after})`
      : before !== null
        ? ` (before: ${before})`
        : after !== null
          ? ` (now: ${after})`
          : '';
  return `${titleOf(change)}: ${reason}${values}`;
};

const titles = new Map<string, string>(Object.values(kinds));

export const diffRule = (code: string): Rule | null => {
  const title = titles.get(code);
  if (title === undefined) return null;
  const help = `${title} differs between the two versions. The message says what it was, what it is, and what that means for the run.`;
  return { title, help, level: 'warning' };
};
