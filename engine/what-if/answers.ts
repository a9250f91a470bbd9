/** What-if as a value that two versions of a runbook can be compared by. Plain JSON. */

import { asPlanned, partsOfStory } from './run-story.ts';
import type { Ending } from './story.ts';
import { faultText } from './table.ts';
import type { StoryAnswer, WhatIf } from './what-if.ts';

/** How one story ends. Lists are sorted; offsets from T0, ms. */
export interface StoryEnd extends Pick<Ending, 'end' | 'crossed' | 'backMs' | 'hardStopKept'> {
  /** Cause and step of each question, `failed at freeze`; the choices are its key. */
  readonly asked: readonly string[];
  readonly undone: readonly string[];
  readonly stays: readonly string[];
  /** Names of invariants. */
  readonly broken: readonly string[];
}

export interface Answer {
  /** null: the run as planned. */
  readonly step: string | null;
  /** `verify 1 fails`. */
  readonly fault: string;
  /** By what people choose, `retry/roll-back`; an empty key: nobody is asked. None: no story reaches the fault. */
  readonly stories: { readonly [choices: string]: StoryEnd };
}

/** By fault id; `as-planned` is the run without a fault. */
export type Answers = { readonly [fault: string]: Answer };

export const answersOf = (found: WhatIf): Answers => ({
  // A run that has to ask on its way is compared with one that has not.
  [asPlanned]: { step: null, fault: 'as planned', stories: { '': endOf(found.asPlanned) } },
  ...Object.fromEntries(
    found.faults.map(({ fault, stories }) => [
      fault.id,
      { step: fault.step, fault: faultText(fault), stories: storiesOf(stories) },
    ]),
  ),
});

const storiesOf = (stories: readonly StoryAnswer[]): Answer['stories'] =>
  Object.fromEntries(stories.map((story) => [partsOfStory(story.id).choices.join('/'), endOf(story)]));

const endOf = ({ ending, broken }: StoryAnswer): StoryEnd => {
  const { end, crossed, backMs, hardStopKept, asked, undone, stays } = ending;
  return {
    end,
    crossed,
    backMs,
    hardStopKept,
    asked: asked.map(({ cause, step }) => (step === null ? cause : `${cause} at ${step}`)),
    undone: undone.toSorted(),
    stays: stays.toSorted(),
    broken: broken.toSorted(),
  };
};

export interface ChangedAnswer {
  readonly fault: string;
  readonly step: string | null;
  readonly text: string;
  readonly choices: string;
  /** null: there was no such fault, or no such choice. */
  readonly before: StoryEnd | null;
  /** null: there is none any more. */
  readonly after: StoryEnd | null;
  /** In words, each a change for the worse; empty: it is different, not worse. */
  readonly worse: readonly string[];
}

/**
 * Of faults that both know, the stories that end differently. An instant that moved is no change, unless the hard
 * stop is missed by it. Faults of steps that are new or gone are the business of a diff of the steps.
 */
export const changedAnswers = (before: Answers, after: Answers): readonly ChangedAnswer[] =>
  Object.entries(before).flatMap(([fault, was]) => {
    const is = after[fault];
    if (!is) return [];
    const choices = new Set([...Object.keys(was.stories), ...Object.keys(is.stories)]);
    return [...choices].flatMap((key): readonly ChangedAnswer[] => {
      const [old, now] = [was.stories[key] ?? null, is.stories[key] ?? null];
      if (likeness(old) === likeness(now)) return [];
      const worse = worseIn(key, old, now);
      return [{ fault, step: is.step, text: is.fault, choices: key, before: old, after: now, worse }];
    });
  });

const likeness = (end: StoryEnd | null): string => JSON.stringify(end && { ...end, backMs: null });

const added = (before: readonly string[], after: readonly string[]): readonly string[] =>
  after.filter((each) => !before.includes(each));

const worseIn = (choices: string, before: StoryEnd | null, after: StoryEnd | null): readonly string[] => {
  if (!after) return choices.endsWith('roll-back') ? ['no rollback is offered any more'] : [];
  const broken = added(before?.broken ?? [], after.broken).map((name) => `breaks "${name}"`);
  if (!before) return broken;
  const stays = added(before.stays, after.stays);
  const ended = before.end === 'succeeded' || before.end === 'rolled-back';
  return [
    ...broken,
    ...(stays.length > 0 ? [`no longer undone: ${stays.join(', ')}`] : []),
    ...(before.hardStopKept === true && after.hardStopKept === false ? ['misses the hard stop'] : []),
    ...(!before.crossed && after.crossed ? ['is after the point of no return'] : []),
    ...(choices === '' ? added(before.asked, after.asked).map((question) => `asks: ${question}`) : []),
    ...(ended && (after.end === 'held' || after.end === 'waiting') ? ['does not end by itself'] : []),
  ];
};
