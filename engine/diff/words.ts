/** Sentences that all formats share. */
import { plural, span } from '../words/format.ts';
import { type Change, countsOf, type Danger } from './change.ts';
import { phraseOf } from './phrases.ts';
import type { DiffReport, RunbookDiff } from './runbook-diff.ts';
import type { StepRow } from './times.ts';

/** `2 high, 1 medium`; empty where nothing changes the run. */
export const countText = (changes: readonly Change[]): string => {
  const counts = countsOf(changes);
  return (['high', 'medium', 'low'] as const)
    .flatMap((danger) => (counts[danger] > 0 ? [`${counts[danger]} ${danger}`] : []))
    .join(', ');
};

export const noChange = 'No change of meaning';

/** First line of every format: what a reviewer has to know if they read nothing else. */
export const verdict = (report: DiffReport): string => {
  const { runbooks } = report;
  if (runbooks.length === 0) return 'No runbook changed';
  const changes = runbooks.flatMap((each) => each.changes);
  const counts = countText(changes);
  const where = runbooks.length === 1 ? '' : ` in ${plural(runbooks.length, 'runbook')}`;
  if (counts === '') return `${noChange}${where}`;
  const { high, medium } = countsOf(changes);
  const by = `by danger: ${counts}`;
  if (high > 0) return `${plural(high, 'dangerous change')}${where} (${by})`;
  if (medium > 0) return `${plural(medium, 'change')} to look at${where} (${by})`;
  return `Only changes of low danger${where} (${by})`;
};

export const verdictOf = ({ changes }: RunbookDiff): string => {
  const counts = countText(changes);
  return counts === '' ? noChange : counts;
};

export const titleOf = (change: Change): string =>
  change.step === null ? phraseOf(change) : `${change.step}: ${phraseOf(change)}`;

/** What shows a story of what-if; null: another value. */
export const storyCommand = ({ kind, after }: Change, file: string): string | null =>
  kind === 'what-if' && after?.startsWith('--story ') ? `runbook what-if ${file} ${after}` : null;

/** Where each step changes by the same, that in one sentence; null: read the table. */
export const sameShift = (steps: readonly StepRow[]): string | null => {
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first || !last || steps.length < 3) return null;
  const shifts = (['start', 'latestAbort', 'rollback'] as const).map((key) => {
    const all = new Set(
      steps.map(({ [key]: { before, after } }) =>
        before === null || after === null ? (before === after ? 0 : Number.NaN) : after - before,
      ),
    );
    return all.size === 1 ? ([...all][0] ?? Number.NaN) : Number.NaN;
  });
  if (shifts.some(Number.isNaN)) return null;
  const [start = 0, abort = 0, rollback = 0] = shifts;
  const by = (ms: number, more: string, less: string): string =>
    `${span(Math.abs(ms))} ${ms > 0 ? more : less}`;
  const parts = [
    ...(start === 0 ? [] : [`each starts ${by(start, 'later', 'earlier')}`]),
    ...(abort === 0 ? [] : [`the latest start of a rollback is ${by(abort, 'later', 'earlier')}`]),
    ...(rollback === 0 ? [] : [`a rollback takes ${by(rollback, 'longer', 'less')}`]),
  ];
  return `Times as planned, for ${steps.length} steps from "${first.step}" to "${last.step}": ${parts.join('; ')}.`;
};

export const dangerWord: Record<Danger, string> = {
  high: 'High danger',
  medium: 'Medium danger',
  low: 'Low danger',
  none: 'No change of meaning',
};
