/** The pure core over every single fault of a plan, and over pairs of faults as far as they were asked for. */
import type { Plan } from '../plan.ts';
import { withoutExpected } from './durations.ts';
import { type Fault, faultsOf } from './faults.ts';
import { Prover } from './invariants.ts';
import { samplePairs } from './pairs.ts';
import { explore, goOn, type Told } from './run-story.ts';
import type { Ending } from './story.ts';
import { type Line, tellStory } from './tell.ts';
import { World } from './world.ts';

export interface StoryAnswer {
  readonly id: string;
  readonly ending: Ending;
  /** Names of invariants. */
  readonly broken: readonly string[];
  /** All of its faults have struck. */
  readonly met: boolean;
  readonly cut: boolean;
}

export interface FaultAnswer {
  readonly fault: Fault;
  /** One for each choice that people have; none: no story reached the fault. */
  readonly stories: readonly StoryAnswer[];
}

export interface CounterExample {
  readonly invariant: string;
  readonly that: string;
  readonly message: string | null;
  /** Stories that break it. */
  readonly stories: number;
  /** The shortest of them. */
  readonly story: string;
  readonly lines: readonly Line[];
}

export interface WhatIf {
  readonly plan: Plan;
  readonly asPlanned: StoryAnswer;
  readonly faults: readonly FaultAnswer[];
  readonly pairs: { readonly run: number; readonly of: number; readonly seed: number; readonly met: number };
  /** Stories told in all. */
  readonly stories: number;
  /** Stories with more questions than are explored. */
  readonly cut: number;
  readonly withoutExpected: number;
  /** Names of what was proven, the built-in ones included. */
  readonly proven: readonly string[];
  readonly broken: readonly CounterExample[];
}

export interface WhatIfOptions {
  /** The most pairs of faults to try. */
  readonly pairs: number;
  readonly seed: number;
  /** Called after each fault or pair that was played. */
  readonly onPlayed?: (done: number, total: number) => void;
}

/** Measurements of a watch beside the list that a story has time for: they would be most of its events. */
const measurements = 4;

/** Watches in the background measure less often; when the list starts and ends is not changed by that. */
export const withFewMeasurements = (plan: Plan): Plan => ({
  ...plan,
  steps: Object.fromEntries(
    Object.entries(plan.steps).map(([id, step]) => {
      if (step.kind !== 'watch' || step.untilMs === null || step.count !== null) return [id, step];
      const span = step.untilMs - (step.atMs ?? 0);
      return [id, { ...step, intervalMs: Math.max(step.intervalMs, Math.ceil(span / measurements)) }];
    }),
  ),
});

export const whatIf = (given: Plan, { pairs: mostPairs, seed, onPlayed }: WhatIfOptions): WhatIf => {
  const plan = withFewMeasurements(given);
  const shared = { plan, prover: new Prover(plan) };
  const all = faultsOf(plan);
  const single = all
    .filter(({ second }) => !second)
    .map((fault): Script => ({ faults: [fault], told: null }));
  const { sampled, of } = samplePairs(all, mostPairs, seed);
  const pairs = sampled.map((faults): Script => ({ faults, told: null }));
  const examples = new Examples();

  // Stories with the same beginning part where the first of their faults may strike.
  const planned = World.begin(shared, []);
  const waiting = byPoint([...single, ...pairs]);
  let played = 0;
  planned.onPoint = (point) => {
    for (const script of waiting.get(point) ?? []) {
      if (script.told !== null) continue;
      script.told = play(planned.fork(script.faults), examples);
      played += 1;
      onPlayed?.(played, single.length + pairs.length);
    }
    waiting.delete(point);
  };
  const first = goOn(planned);
  examples.add(first);

  const told = [...single, ...pairs].flatMap((script) => script.told ?? []);
  return {
    plan: given,
    asPlanned: light(first),
    faults: single.flatMap(({ faults: [fault], told: stories }) =>
      fault ? { fault, stories: stories ?? [] } : [],
    ),
    pairs: {
      run: pairs.length,
      of,
      seed,
      met: pairs.filter(({ told: t }) => t?.some(({ met }) => met)).length,
    },
    stories: told.length + 1,
    cut: told.filter((story) => story.cut).length,
    withoutExpected: withoutExpected(plan),
    proven: examples.proven(shared.prover, plan),
    broken: examples.list(),
  };
};

interface Script {
  readonly faults: readonly Fault[];
  /** null: no story has reached one of its faults. */
  told: readonly StoryAnswer[] | null;
}

const byPoint = (scripts: readonly Script[]): Map<string, Script[]> => {
  const found = new Map<string, Script[]>();
  for (const script of scripts) {
    for (const { at } of script.faults) {
      const there = found.get(at);
      if (there) there.push(script);
      else found.set(at, [script]);
    }
  }
  return found;
};

const play = (world: World, examples: Examples): readonly StoryAnswer[] => {
  const answers: StoryAnswer[] = [];
  explore(world, (story) => {
    answers.push(light(story));
    examples.add(story);
  });
  return answers;
};

const light = ({ id, ending, world, cut, unmet }: Told): StoryAnswer => ({
  id,
  ending,
  broken: world.broken.map(({ invariant }) => invariant.name),
  met: unmet === 0,
  cut,
});

/** Of each invariant the story that is the quickest to read: few faults, nothing in doubt, few choices, few events. */
class Examples {
  readonly #byName = new Map<string, { told: Told; effort: number; count: number }>();

  add(told: Told): void {
    for (const { invariant, inDoubt } of told.world.broken) {
      const known = this.#byName.get(invariant.name);
      const effort = effortOf(told, inDoubt);
      const best = known && known.effort <= effort ? known : { told, effort };
      this.#byName.set(invariant.name, { ...best, count: (known?.count ?? 0) + 1 });
    }
  }

  list(): readonly CounterExample[] {
    return [...this.#byName].map(([name, { told, count }]) => {
      const found = told.world.broken.find(({ invariant }) => invariant.name === name);
      return {
        invariant: name,
        that: found?.invariant.that ?? '',
        message: found?.error ?? found?.invariant.message ?? null,
        stories: count,
        story: told.id,
        lines: tellStory(told.world),
      };
    });
  }

  proven(prover: Prover, plan: Plan): readonly string[] {
    return prover.names(plan).filter((name) => !this.#byName.has(name));
  }
}

const effortOf = ({ faults, world }: Told, inDoubt: boolean): number =>
  faults.length * 1e8 + (inDoubt ? 1e7 : 0) + world.questions.length * 1e6 + world.events.length;
