/** What is kept while a run is folded is what a look through the whole state finds, at every event. */
import { expect, test } from 'vitest';
import { decide } from '../../engine/decide/decide.ts';
import { apply, initialState } from '../../engine/decide/fold.ts';
import { owedMs, owedSteps, undoFront } from '../../engine/decide/owed.ts';
import { openActs } from '../../engine/decide/touched.ts';
import { faultsOf } from '../../engine/what-if/faults.ts';
import { Prover } from '../../engine/what-if/invariants.ts';
import { samplePairs } from '../../engine/what-if/pairs.ts';
import { explore } from '../../engine/what-if/run-story.ts';
import { World } from '../../engine/what-if/world.ts';
import { fc } from '../support/property.ts';
import { plans } from './plans.ts';

test('at every event of stories with two faults', { timeout: 300_000 }, () => {
  let compared = 0;
  fc.assert(
    fc.property(plans, fc.nat(), (plan, seed) => {
      const shared = { plan, prover: new Prover(plan) };
      for (const faults of samplePairs(faultsOf(plan), 4, seed).sampled) {
        explore(World.begin(shared, faults), ({ world }) => {
          const state = initialState();
          for (const event of world.events) {
            apply(state, event);
            // A copy was not folded, so it is looked through as a whole.
            const copy = structuredClone(state);
            expect(openActs(state)).toEqual(openActs(copy));
            expect(owedSteps(plan, state)).toEqual(owedSteps(plan, copy));
            expect(undoFront(plan, state)).toEqual(undoFront(plan, copy));
            expect(owedMs(plan, state)).toBe(owedMs(plan, copy));
            expect(decide(plan, state, event.at)).toEqual(decide(plan, copy, event.at));
            compared++;
          }
        });
      }
    }),
    { numRuns: Number(process.env.SIMULATED_STORIES ?? 24) / 2 },
  );
  expect(compared).toBeGreaterThan(1_000);
});
