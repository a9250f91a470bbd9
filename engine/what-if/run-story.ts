/** A script to its endings: at each question the story goes on with every choice that is explored. */
import type { Fault } from './faults.ts';
import { type Choice, type Ending, endingOf, type Question } from './story.ts';
import type { World } from './world.ts';

export interface Told {
  readonly id: string;
  readonly faults: readonly Fault[];
  readonly ending: Ending;
  readonly world: World;
  /** Of its faults, those that never struck. */
  readonly unmet: number;
  /** It had more questions than are explored, and was left there. */
  readonly cut: boolean;
}

/** Questions of one story that are answered with every choice; at later ones nobody answers. */
const mostQuestions = 5;

/**
 * A try that succeeds, a rollback, and nobody. `skip` is left out: that a person goes on without a step, or without
 * its undo, is a decision against the runbook.
 */
export const exploredChoices = (question: Question, wasDone: boolean): readonly Choice[] => {
  const forward: readonly Choice[] =
    question.cause === 'unknown' ? [wasDone ? 'done' : 'retry'] : ['retry', 'ended', 'continue'];
  const explored: readonly Choice[] = [...forward, 'roll-back', 'nobody'];
  return explored.filter((choice) => choice === 'nobody' || question.offered.includes(choice as never));
};

export const asPlanned = 'as-planned';

export const storyId = (faults: readonly Fault[], questions: readonly Question[]): string =>
  [faults.length === 0 ? asPlanned : faults.map(({ id }) => id).join('+')]
    .concat(
      questions.flatMap(({ choice, offered }) => (choice === null || offered.length === 0 ? [] : choice)),
    )
    .join('/');

/** A step of a group has slashes in its id, and so has its fault; a choice has none. */
export const partsOfStory = (
  id: string,
): { readonly script: string; readonly choices: readonly string[] } => {
  const [, script, choices = ''] = /^(as-planned|.*:[^/:]*)(?:\/(.*))?$/.exec(id) ?? [];
  if (script === undefined) return { script: id, choices: [] };
  return { script, choices: choices === '' ? [] : choices.split('/') };
};

export const explore = (world: World, told: (story: Told) => void): void => {
  if (world.go() === 'ended') {
    told(tell(world, false));
    return;
  }
  const question = world.questions.at(-1) as Question;
  if (world.questions.length > mostQuestions) {
    world.choose('nobody');
    world.go();
    told(tell(world, true));
    return;
  }
  const choices = exploredChoices(question, world.heldActWasDone());
  for (const [i, choice] of choices.entries()) {
    // The last one goes on with this world: nobody needs it any more.
    const next = i === choices.length - 1 ? world : world.fork();
    next.choose(choice);
    explore(next, told);
  }
};

/** Always the first choice: how the run goes on where people keep it going. */
export const goOn = (world: World): Told => {
  while (world.go() === 'asked') {
    const [first = 'nobody'] = exploredChoices(world.questions.at(-1) as Question, world.heldActWasDone());
    world.choose(first);
  }
  return tell(world, false);
};

export const tell = (world: World, cut: boolean): Told => ({
  id: storyId(world.faults, world.questions),
  faults: world.faults,
  ending: endingOf(world),
  world,
  unmet: world.faults.filter((fault) => !world.struck.has(fault)).length,
  cut,
});
