/** One story by its id, told whole. */
import type { Plan } from '../plan.ts';
import { type Fault, faultsOf } from './faults.ts';
import { Prover } from './invariants.ts';
import { asPlanned, exploredChoices, partsOfStory, type Told, tell } from './run-story.ts';
import type { Choice, Question } from './story.ts';
import { withFewMeasurements } from './what-if.ts';
import { World } from './world.ts';

export type Replayed =
  | { readonly ok: true; readonly told: Told }
  /** `unknown`: the part of the id that means nothing; `known`: what could stand there. */
  | { readonly ok: false; readonly unknown: string; readonly known: readonly string[] };

export const replay = (asked: Plan, id: string): Replayed => {
  const plan = withFewMeasurements(asked);
  const all = new Map(faultsOf(plan).map((fault) => [fault.id, fault]));
  const { script, choices: given } = partsOfStory(id);
  const choices = [...given];
  const faults: Fault[] = [];
  let part = '';
  for (const piece of script === asPlanned ? [] : script.split('+')) {
    part = part === '' ? piece : `${part}+${piece}`;
    const fault = all.get(part);
    if (!fault) continue;
    faults.push(fault);
    part = '';
  }
  if (part !== '') return { ok: false, unknown: part, known: [...all.keys()] };
  const world = World.begin({ plan, prover: new Prover(plan) }, faults);
  while (world.go() === 'asked') {
    const known = exploredChoices(world.questions.at(-1) as Question, world.heldActWasDone());
    const choice = choices.shift();
    if (choice === undefined || !known.includes(choice as Choice))
      return { ok: false, unknown: choice ?? '', known };
    world.choose(choice as Choice);
  }
  const [left] = choices;
  return left === undefined
    ? { ok: true, told: tell(world, false) }
    : { ok: false, unknown: left, known: [] };
};
