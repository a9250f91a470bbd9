/** Sentences that all formats share. */
import { plural } from '../words/format.ts';
import { type Change, countsOf, type Danger } from './change.ts';
import type { DiffReport, RunbookDiff } from './runbook-diff.ts';

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

export const titleOf = ({ step, what }: Change): string => (step === null ? what : `${step}: ${what}`);

export const dangerWord: Record<Danger, string> = {
  high: 'High danger',
  medium: 'Medium danger',
  low: 'Low danger',
  none: 'No change of meaning',
};
