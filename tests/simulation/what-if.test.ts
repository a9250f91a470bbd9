/** A story of what-if is a run that the real core decides: over made-up plans, every single fault, and some pairs. */
import { expect, test } from 'vitest';
import { decide } from '../../engine/decide/decide.ts';
import { isErrand } from '../../engine/decide/record.ts';
import { faultsOf } from '../../engine/what-if/faults.ts';
import { Prover } from '../../engine/what-if/invariants.ts';
import { samplePairs } from '../../engine/what-if/pairs.ts';
import { replay } from '../../engine/what-if/replay.ts';
import { explore, type Told } from '../../engine/what-if/run-story.ts';
import { whatIf, withFewMeasurements } from '../../engine/what-if/what-if.ts';
import { World } from '../../engine/what-if/world.ts';
import { fc } from '../support/property.ts';
import { checkJustified } from './justified.ts';
import { plans } from './plans.ts';

const told = (story: Told, error: unknown): Error => {
  const tail = story.world.events.slice(-25).map((event) => JSON.stringify(event));
  return new Error(
    `${story.id}: ${error instanceof Error ? error.message : String(error)}\n${tail.join('\n')}`,
  );
};

/** What ended is over, what is held waits for a person, and what waits has a question that is open. */
const checkEnd = ({ ending, world }: Told): void => {
  const { state } = world;
  const { plan } = world.shared;
  expect(state.settled?.result ?? null).toBe(
    { succeeded: 'succeeded', 'rolled-back': 'rolled_back', held: null, waiting: null }[ending.end],
  );
  expect(state.hold !== null).toBe(ending.end === 'held');
  if (ending.end === 'waiting')
    expect(decide(plan, state, world.now).filter((d) => !isErrand(d))).toEqual([]);
  const undone = Object.keys(plan.steps).filter((id) => state.steps[id]?.state === 'undone');
  expect([...ending.undone].sort()).toEqual(undone.sort());
};

test('every event of a story is one that the core asked for, and its end is what the core says', {
  timeout: 300_000,
}, () => {
  fc.assert(
    fc.property(plans, fc.nat(), (plan, seed) => {
      const shared = { plan, prover: new Prover(plan) };
      const faults = faultsOf(plan);
      const { sampled } = samplePairs(faults, 5, seed);
      const scripts = [[], ...faults.filter(({ second }) => !second).map((f) => [f]), ...sampled];
      for (const script of scripts) {
        explore(World.begin(shared, script), (story) => {
          try {
            expect(checkJustified(plan, story.world.events)).toEqual(story.world.state);
            checkEnd(story);
          } catch (error) {
            throw told(story, error);
          }
        });
      }
    }),
    { numRuns: Number(process.env.SIMULATED_STORIES ?? 24) },
  );
});

test('a story that was forked where it parts ends as the same story from its beginning', {
  timeout: 300_000,
}, () => {
  fc.assert(
    fc.property(plans, fc.nat(), (plan, seed) => {
      const found = whatIf(plan, { pairs: 0, seed });
      const stories = found.faults.flatMap((fault) => fault.stories);
      for (const { id, ending } of stories) {
        const replayed = replay(plan, id);
        expect(replayed.ok, id).toBe(true);
        if (replayed.ok) expect(replayed.told.ending, id).toEqual(ending);
      }
      expect(withFewMeasurements(withFewMeasurements(plan))).toEqual(withFewMeasurements(plan));
    }),
    { numRuns: Number(process.env.SIMULATED_STORIES ?? 24) / 2 },
  );
});
