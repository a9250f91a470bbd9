/** Sentences that the views of what-if share. */
import { offset, plural, span } from '../words/format.ts';
import { answerMs, decideMs, resumeMs, spread, unplannedMs } from './durations.ts';
import type { AnswerRow } from './table.ts';
import type { WhatIf } from './what-if.ts';

export const endWord: { readonly [E in AnswerRow['end']]: string } = {
  succeeded: 'succeeded',
  'rolled-back': 'rolled back',
  held: 'stays held',
  waiting: 'waits',
};

export const backWord = (backMs: number | null): string => (backMs === null ? 'not yet' : offset(backMs));

export const hardStopWord = (kept: boolean | null): string =>
  kept === null ? 'none' : kept ? 'kept' : 'MISSED';

/** What was not undone, and why nothing more is. */
export const staysText = ({ end, crossed, stays }: AnswerRow): string => {
  if (crossed) return end === 'succeeded' ? '' : 'after the point of no return';
  return stays.length === 0 ? '' : `${end === 'rolled-back' ? 'stays' : 'not undone'}: ${names(stays)}`;
};

/** Empty: nothing. */
export const undoneText = ({ undone }: AnswerRow): string => (undone.length === 0 ? '' : names(undone));

/** A handful of names, and how many more there are. */
const names = (ids: readonly string[], most = 3): string => {
  const more = ids.length - most;
  return more > 0 ? `${ids.slice(0, most).join(', ')} and ${more} more` : ids.join(', ');
};

const count = (n: number): string => n.toLocaleString('en-US');

const pairsText = ({ run, of, seed, met }: WhatIf['pairs']): string => {
  if (run === 0) return `none of ${count(of)} pairs`;
  const which = run === of ? `all ${count(of)} pairs` : `${count(run)} of ${count(of)} pairs (seed ${seed})`;
  return `${which}, of which ${count(met)} struck twice`;
};

export const summary = (found: WhatIf): readonly string[] => {
  const { asPlanned, faults, pairs, stories, cut, withoutExpected, plan } = found;
  const stop = plan.timeline.hardStopMs;
  const { end, backMs } = asPlanned.ending;
  const asks = asPlanned.ending.asked.length === 0 ? '' : ', and asks on the way';
  return [
    `${plural(faults.length, 'single fault')}, ${pairsText(pairs)}: ${count(stories)} stories`,
    `As planned: ${endWord[end]}${asks}, ${backMs === null ? 'no end' : `done by ${offset(backMs)}`}, hard stop ${stop === null ? 'none' : offset(stop)}`,
    `Times are the latest: \`expected\` plus ${spread * 100} %, ${span(unplannedMs * (1 + spread))} for each of ${plural(withoutExpected, 'step')} without it, time limits in full, ${span(answerMs)} for an answer, ${span(decideMs)} for a decision, ${span(resumeMs)} until a new engine`,
    'At a hold: a retry that succeeds, a rollback, and nobody. Not explored: --skip, and more than two faults. A check passes, and a `when` is true, unless the fault is its own; a watch in the background measures a few times only',
    ...(cut > 0 ? [`${plural(cut, 'story', 'stories')} had more questions than are explored`] : []),
  ];
};

export const verdict = ({ broken, proven }: WhatIf): string => {
  if (broken.length > 0)
    return `${plural(broken.length, 'invariant')} broken: ${broken.map((b) => b.invariant).join('; ')}`;
  return proven.length === 0
    ? 'No invariants are declared'
    : `${plural(proven.length, 'invariant')} true in every story`;
};
