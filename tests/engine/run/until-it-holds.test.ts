/** Reads that are retried while their server is away; on a manual machine, so that nothing sleeps. */
import { expect, test } from 'vitest';
import { fold } from '../../../engine/decide/fold.ts';
import { startClock } from '../../../engine/run/clock.ts';
import type { AnyStepType, Outcome } from '../../../engine/step.ts';
import { TargetError } from '../../../engine/target.ts';
import { actStep, plan, planAct } from '../../support/plan-builder.ts';
import { fakeRegistry, fakeWorld } from './fake-steps.ts';
import { ManualMachine } from './manual-machine.ts';
import { TestRun } from './test-run.ts';

type Away = 'unreachable' | 'hanging' | 'living' | 'stuck';

/** The server is away from the beginning until `backAt`, in each of the ways in which one is away. */
const readRegistry = (machine: ManualMachine, away: Away, backAt: number) => {
  const world = fakeWorld();
  world.standing.set('a', true);
  const registry = fakeRegistry(world);
  const look = registry.steps.get('look') as AnyStepType;
  const read: AnyStepType = {
    ...look,
    load: async () => {
      const { acts } = await look.load();
      const run = async (
        context: Parameters<typeof acts.run>[0],
        input: unknown,
        before: unknown,
      ): Promise<Outcome<unknown>> => {
        if (machine.real >= backAt) return acts.run(context, input, before);
        if (away === 'unreachable') throw new TargetError('db', 'unreachable', 'refused', 'wait');
        if (away === 'stuck') return new Promise(() => {});
        await new Promise<void>((done) => {
          if (context.signal.aborted) done();
          context.signal.addEventListener('abort', () => done());
        });
        if (away === 'hanging') throw context.signal.reason;
        return { done: false, effect: 'none', retryable: true, short: 'cut', living: true };
      };
      return { acts: { ...acts, run } };
    },
  };
  return { ...registry, steps: new Map([...registry.steps, ['look', read]]) };
};

const look = planAct({
  type: 'look',
  with: { name: 'a' },
  effects: 'read',
  onUnknown: 'rerun',
  timeoutMs: 4_000,
  retry: { limit: 10, intervalMs: 3_000, backoff: 1 },
});
const put = planAct({ type: 'put', with: { name: 'b' }, preview: 'put b' });

const plans = {
  pre: plan([actStep('s', { act: put, preconditions: [look] })]),
  verify: plan([actStep('s', { act: put, verify: [look] })]),
  do: plan([actStep('s', { act: look })]),
};

const cases = (['pre', 'verify', 'do'] as const).flatMap((phase) =>
  (['unreachable', 'hanging', 'living', 'stuck'] as const).map((away) => ({ phase, away })),
);

test.each(cases)(
  '$phase: a server that is away for 30 s ($away) costs retries only',
  async ({ phase, away }) => {
    const night = new TestRun(plans[phase], fakeWorld());
    const machine = new ManualMachine(Date.now());
    const registry = readRegistry(machine, away, 30_000);
    const clock = startClock(fold(night.journal()), machine);
    const { outcome, state } = await night.session({ registry, clock });
    expect(outcome).toBe('succeeded');
    expect(machine.real).toBeLessThan(90_000);
    expect(state.holds).toBe(0);
  },
);

test.each(cases)(
  '$phase: one that stays away ($away) is a failure in the end, not an unknown',
  async ({ phase, away }) => {
    const night = new TestRun(plans[phase], fakeWorld());
    const machine = new ManualMachine(Date.now());
    const registry = readRegistry(machine, away, Number.POSITIVE_INFINITY);
    const clock = startClock(fold(night.journal()), machine);
    const { outcome, state } = await night.session({ registry, clock });
    expect(outcome).toBe('held-failed');
    expect(state.hold?.cause).toBe('failed');
    const last = state.acts[`s/${phase}/0`]?.attempts.at(-1);
    expect(last).toMatchObject({ effect: 'none', living: false });
  },
);
