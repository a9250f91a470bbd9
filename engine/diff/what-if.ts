/** Which answers of what-if changed: how a run ends after a single fault. */

import type { Plan } from '../plan.ts';
import { shellWord } from '../text.ts';
import {
  type Answers,
  answersOf,
  type ChangedAnswer,
  changedAnswers,
  type StoryEnd,
} from '../what-if/answers.ts';
import { faultsOf } from '../what-if/faults.ts';
import { whatIf } from '../what-if/what-if.ts';
import { endWord } from '../what-if/words.ts';
import { plural } from '../words/format.ts';
import type { Change } from './change.ts';
import { Found } from './found.ts';
import type { Match } from './match.ts';

/** Faults times steps of both plans: what takes about five seconds each. */
const AFFORDABLE = 60_000;

export const isAffordable = (...plans: readonly Plan[]): boolean =>
  plans.every(
    (plan) =>
      faultsOf(plan).filter(({ second }) => !second).length * Object.keys(plan.steps).length <= AFFORDABLE,
  );

export interface WhatIfDiff {
  readonly changes: readonly Change[];
  /** Of faults that both versions know. */
  readonly answers: readonly ChangedAnswer[];
}

export const diffWhatIf = (was: Plan, is: Plan, match: Match): WhatIfDiff => {
  const [before, after] = [was, is].map((plan) => whatIf(plan, { pairs: 0, seed: 1 }));
  if (!before || !after) return { changes: [], answers: [] };
  const answers = changedAnswers(withIds(answersOf(before), match), answersOf(after));
  const found = new Found(null);
  const known = new Set(before.broken.map(({ invariant }) => invariant));
  const fresh = after.broken.filter(({ invariant }) => !known.has(invariant));
  const dropped = droppedUndos(was, is, match);
  const causes = fresh.length === 0 ? new Map<string, string>() : causesOf(fresh, was, is, dropped);
  for (const { invariant, message, stories, story } of fresh)
    found.add('what-if', 'high', {
      what: `breaks "${invariant}"`,
      after: `--story ${shellWord(story)}`,
      reason: `${message ?? 'An invariant is false'}: in ${plural(stories, 'simulated run')} with one fault, before in none`,
      cause: causes.get(invariant),
    });
  const told = new Set(fresh.map(({ invariant }) => `breaks "${invariant}"`));
  // The change of the undo says that it is gone.
  const gone = new Set(dropped.map(([, id]) => id));
  const isTold = (why: string): boolean =>
    told.has(why) || (notUndone(why)?.every((id) => gone.has(id)) ?? false);
  tellWorse(answers, isTold, found);
  const fixed = before.broken.filter(
    ({ invariant }) => !after.broken.some((each) => each.invariant === invariant),
  );
  for (const { invariant } of fixed)
    found.add('what-if', 'low', {
      what: `"${invariant}" is no longer broken`,
      reason: 'No single fault breaks it any more',
    });
  return { changes: found.changes, answers };
};

const notUndone = (why: string): readonly string[] | undefined =>
  /^no longer undone: (.+)$/.exec(why)?.[1]?.split(', ');

/** Steps whose undo is gone, with their ids before and after. */
const droppedUndos = (was: Plan, is: Plan, { pairs }: Match): readonly (readonly [string, string])[] =>
  [...pairs].filter(([old, id]) => {
    const [before, after] = [was.steps[old], is.steps[id]];
    return (
      before?.kind === 'act' &&
      after?.kind === 'act' &&
      (before.undo.mode === 'auto' || before.undo.mode === 'own') &&
      after.undo.mode === 'none'
    );
  });

/** More are not tried: each takes one more what-if. */
const MOST_TRIED = 3;

/** By invariant, the step without whose dropped undo no fault breaks it: that undo is put back, and it is tried. */
const causesOf = (
  fresh: readonly { readonly invariant: string }[],
  was: Plan,
  is: Plan,
  dropped: readonly (readonly [string, string])[],
): ReadonlyMap<string, string> => {
  const causes = new Map<string, string>();
  for (const [old, id] of dropped.slice(0, MOST_TRIED)) {
    const [before, after] = [was.steps[old], is.steps[id]];
    if (before?.kind !== 'act' || after?.kind !== 'act') continue;
    const steps = { ...is.steps, [id]: { ...after, undo: before.undo } };
    const tried = whatIf({ ...is, steps }, { pairs: 0, seed: 1 });
    if (!tried) continue;
    const still = new Set(tried.broken.map(({ invariant }) => invariant));
    for (const { invariant } of fresh)
      if (!still.has(invariant) && !causes.has(invariant)) causes.set(invariant, id);
  }
  return causes;
};

/** One change for each way in which stories are worse: one dropped undo makes all later rollbacks worse. */
const tellWorse = (
  answers: readonly ChangedAnswer[],
  isTold: (why: string) => boolean,
  found: Found,
): void => {
  const worse = new Map<string, ChangedAnswer[]>();
  const other: ChangedAnswer[] = [];
  for (const answer of answers) {
    if (answer.worse.length === 0) other.push(answer);
    for (const why of answer.worse) {
      const known = worse.get(why);
      if (known) known.push(answer);
      else worse.set(why, [answer]);
    }
  }
  for (const [why, those] of worse) {
    if (isTold(why)) continue;
    found.add('what-if', why.startsWith('breaks') ? 'high' : 'medium', {
      what: why,
      ...example(those),
      reason: where(those),
    });
  }
  if (other.length > 0)
    found.add('what-if', 'low', {
      what: 'other endings',
      ...example(other),
      reason: `${where(other)}; none of them is plainly worse`,
    });
};

const example = ([first]: readonly ChangedAnswer[]) => {
  if (!first) return {};
  const before = first.before ? endText(first.before) : 'this choice was not offered';
  const after = first.after ? endText(first.after) : 'this choice is not offered';
  // They differ in what is not told here, such as what people are asked.
  return before === after ? {} : { before, after };
};

const endText = ({ end, undone, stays }: StoryEnd): string =>
  [
    endWord[end],
    `${plural(undone.length, 'step')} undone`,
    ...(stays.length > 0 ? [`not undone: ${stays.join(', ')}`] : []),
  ].join(', ');

const where = (answers: readonly ChangedAnswer[]): string => {
  const faults = [...new Map(answers.map((answer) => [answer.fault, answer])).values()];
  const [first] = faults;
  const name = first === undefined ? '' : first.step === null ? first.text : `"${first.step}": ${first.text}`;
  const choice = first && first.choices !== '' ? `, then ${first.choices}` : '';
  return `After ${plural(faults.length, 'simulated fault')}, such as ${name}${choice}`;
};

/** The answers of the version before, with the ids that its steps have now. */
const withIds = (answers: Answers, { pairs }: Match): Answers => {
  const rename = (id: string): string => pairs.get(id) ?? id;
  if ([...pairs].every(([was, is]) => was === is)) return answers;
  const inList = (ids: readonly string[]) => ids.map(rename).toSorted();
  return Object.fromEntries(
    Object.entries(answers).map(([fault, answer]) => {
      const { step } = answer;
      const id =
        step !== null && fault.startsWith(step) ? `${rename(step)}${fault.slice(step.length)}` : fault;
      const stories = Object.entries(answer.stories).map(([choices, end]) => [
        choices,
        {
          ...end,
          asked: end.asked.map((question) => question.replace(/(?<= at )\S+$/, rename)),
          undone: inList(end.undone),
          stays: inList(end.stays),
        },
      ]);
      return [
        id,
        { ...answer, step: step === null ? null : rename(step), stories: Object.fromEntries(stories) },
      ];
    }),
  );
};
