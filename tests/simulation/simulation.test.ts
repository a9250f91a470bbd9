import { expect, test } from 'vitest';
import { decide } from '../../engine/decide/decide.ts';
import { fold } from '../../engine/decide/fold.ts';
import { fc } from '../support/property.ts';
import { plans } from './plans.ts';
import { checkShown } from './shown.ts';
import { type Draw, SimulatedRun } from './world.ts';

const roughSteps = 150;
const kindSteps = 600;

const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** The events before a failure, for its reader. */
const told = (run: SimulatedRun, error: unknown): Error => {
  const tail = run.events.slice(-25).map((event) => JSON.stringify(event));
  return new Error(`${error instanceof Error ? error.message : String(error)}\n${tail.join('\n')}`);
};

/** fast-check prints the seed and the shrunk plan of a failing run. */
test('whatever goes wrong in a run, nothing is done twice, left over or rolled back after the point of no return', {
  timeout: 300_000,
}, () => {
  fc.assert(
    fc.property(plans, fc.gen(), (plan, gen) => {
      const draw: Draw = (bound) => gen(fc.nat, { max: bound - 1 });
      const run = new SimulatedRun(plan, draw);
      try {
        for (let i = 0; i < roughSteps && run.step(); i++) {
          // Pure: the same from the journal alone, from plain JSON, and a second time.
          if (i % 48 === 0) checkShown(run);
          if (i % 16 !== 0) continue;
          const state = fold(json(run.events));
          expect(state).toEqual(run.state);
          expect(decide(json(plan), json(state), run.now)).toEqual(decide(plan, run.state, run.now));
        }
        run.kind = true;
        for (let i = 0; i < kindSteps && run.step(); i++);
        expect(run.state.settled).not.toBeNull();
        checkShown(run);
      } catch (error) {
        throw told(run, error);
      }
    }),
    { numRuns: Number(process.env.SIMULATED_RUNS ?? 5_000) },
  );
});
