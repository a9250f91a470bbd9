/**
 * The real engine, over a real journal and step types that do what a story says: it ends as what-if said, with the
 * same steps done and undone, held for the same reason, and with the facts of the story true of its world.
 */
import { describe, expect, test } from 'vitest';
import type { PlanActStep } from '../../../engine/plan.ts';
import type { Outcome } from '../../../engine/step.ts';
import { type Fault, faultsOf } from '../../../engine/what-if/faults.ts';
import { Prover } from '../../../engine/what-if/invariants.ts';
import { explore, type Told } from '../../../engine/what-if/run-story.ts';
import { World } from '../../../engine/what-if/world.ts';
import { actStep, autoUndo, gateStep, plan, planAct } from '../../support/plan-builder.ts';
import { type FakeWorld, fakeWorld } from '../run/fake-steps.ts';
import { TestRun } from '../run/test-run.ts';

const look = (name: string) => planAct({ type: 'look', with: { name }, effects: 'read', onUnknown: 'rerun' });

const put = (id: string, over: Partial<PlanActStep> = {}): PlanActStep => {
  const act = planAct({ type: 'put', with: { name: id }, preview: `put ${id}` });
  const undo = { ...autoUndo, acts: [act] };
  return actStep(id, { act, undo, sets: { [id]: true }, ...over });
};

const guarded = {
  preconditions: [look('before-b')],
  verify: [look('after-b')],
  onFailure: 'rollback',
} as const;

const cutover = plan(
  [
    put('a'),
    put('b', guarded),
    put('c', { undo: { ...autoUndo, mode: 'none', acts: [], why: 'nothing to restore' } }),
    gateStep('gate', { allowUnattended: true, timeoutMs: null }),
    'line',
    put('d'),
    put('e', { onFailure: 'continue' }),
  ],
  { facts: { a: false, b: false, c: false, d: false, e: false } },
);

/** What fails in the real world as it fails in the story. */
const breakIt = (world: FakeWorld, { at, kind, step, part }: Fault): void => {
  const failed = (effect: 'none' | 'some' | 'unknown'): Outcome<unknown> => ({
    done: false,
    effect,
    retryable: true,
    short: 'it failed',
  });
  if (kind === 'check-fails') {
    const name = part === 'pre 1' ? 'before-b' : 'after-b';
    world.script.set(`look ${name}`, async () => failed('none'));
    return;
  }
  world.script.set(step, async (context, act) => {
    if (context.act !== at) throw new Error(`${context.act} instead of ${at}`);
    if (['fails-changed', 'times-out-done', 'times-out-partial', 'times-out-unknown-done'].includes(kind))
      act();
    return failed(kind === 'fails' ? 'none' : kind === 'fails-changed' ? 'some' : 'unknown');
  });
  if (kind === 'times-out-partial') world.probes.set(step, { state: 'partial', why: 'half of it is there' });
  if (kind.startsWith('times-out-unknown')) world.probes.set(step, { state: 'unknown', why: 'no trace' });
};

const looksPass = (world: FakeWorld): void => {
  for (const name of ['before-b', 'after-b'])
    world.script.set(`look ${name}`, async () => ({ done: true, output: {} }));
};

const fixIt = (world: FakeWorld): void => {
  world.script.clear();
  world.probes.clear();
  looksPass(world);
};

/** Faults that a step type can play; a crash is played by the crash sweep. */
const playable = faultsOf(cutover).filter(
  ({ second, kind }) => !second && /^(fails|times-out|check-fails)/.test(kind),
);

const storiesOf = (fault: Fault): readonly Told[] => {
  const stories: Told[] = [];
  explore(World.begin({ plan: cutover, prover: new Prover(cutover) }, [fault]), (told) => stories.push(told));
  return stories;
};

const stepStates = (state: Told['world']['state']) =>
  Object.fromEntries(Object.entries(state.steps).map(([id, s]) => [id, s.state]));

const playReally = async ({ faults, ending }: Told) => {
  const run = new TestRun(cutover, fakeWorld());
  looksPass(run.world);
  for (const fault of faults) breakIt(run.world, fault);
  let last = await run.session({ yesToGates: ['gate'] });
  for (const { choice } of ending.asked) {
    if (choice === null || choice === 'nobody') break;
    fixIt(run.world);
    last = await run.session({ yesToGates: ['gate'], commands: [run.resolve(choice)] });
  }
  return { state: last.state, standing: run.world.standing };
};

describe.each(playable.map((fault) => [fault.id, fault] as const))('%s', (_, fault) => {
  const stories = storiesOf(fault);
  test.each(stories.map((story) => [story.id, story] as const))('%s', async (_id, story) => {
    const { state, standing } = await playReally(story);
    const told = story.world.state;
    expect(stepStates(state)).toEqual(stepStates(told));
    expect(state.settled?.result).toBe(told.settled?.result);
    expect({ cause: state.hold?.cause, choices: state.hold?.choices, line: state.line?.act }).toEqual({
      cause: told.hold?.cause,
      choices: told.hold?.choices,
      line: told.line?.act,
    });
    const real = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [name, standing.has(name)]));
    expect(story.world.facts.combinations()).toContainEqual(real);
  });
});
