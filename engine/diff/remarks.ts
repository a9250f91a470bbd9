/** A diff as remarks, for SARIF and annotations. */
import { firstLine } from '../review/from-diagnostics.ts';
import type { Level, Remark } from '../review/remark.ts';
import type { Rule } from '../review/view.ts';
import { byDanger, type Change, codeOf, type Danger, kinds } from './change.ts';
import type { DiffReport, RunbookDiff } from './runbook-diff.ts';
import { shortenedChange } from './shortened.ts';
import { storyCommand, titleOf } from './words.ts';

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
          message: messageOf(change, diff),
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

const messageOf = (change: Change, { file }: RunbookDiff): string => {
  const { before, after, reason } = shortenedChange(change);
  const story = storyCommand(change, file);
  const values =
    story !== null
      ? ` (one of them: ${story})`
      : before !== null && after !== null
        ? ` (${before} -> ${after})`
        : before !== null
          ? ` (before: ${before})`
          : after !== null
            ? ` (now: ${after})`
            : '';
  return `${titleOf(change)}: ${reason}${values}`;
};

const titles = new Map<string, string>(Object.values(kinds));

export const diffCodes: readonly string[] = [...titles.keys()];

/** null: no code of a diff. */
export const diffRule = (code: string): Rule | null => {
  const title = titles.get(code);
  if (title === undefined) return null;
  const help = `# ${code} ${title}

Reported by \`runbook diff\` where this differs between two versions of a runbook. The message says what it was, what
it is, and what that means for a run.

- error: high danger. A protection is taken away, less is demanded, or a command overrides a protection. Ask the author
  why, and what protects the run instead.
- warning: medium danger. Something is changed in another way than before. Read both versions.
- note: low danger. Other times, or more protection than before.`;
  return { title, help, level: 'warning' };
};
